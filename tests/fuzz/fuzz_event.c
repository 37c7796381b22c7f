/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_event.c - arguments and environment made of arbitrary bytes. */

/*
 * Every line of the input is a word: those that begin with '$' are variables
 * of the environment, the others are arguments.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"

#define MAX_WORDS 16

/* The variables that are looked at; others are left alone, the fuzzer has its own. */
static const char *const names[] = { "XENBUS_PATH", "vif", "INTERFACE", "bridge" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_variable(char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return;
	*value++ = '\0';
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		if (strcmp(word, names[i]) == 0)
			(void)setenv(word, value, 1);
	}
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What must hold for every event that is accepted. */
static void check(const struct xnm_event *event)
{
	uint32_t domid, devid;
	struct xnm_event again;

	if (event->ignored)
		return;
	require(event->domid <= XNM_DOMID_MAX && event->devid <= XNM_DEVID_MAX);
	require(xnm_vif_id_parse(event->vif, &domid, &devid) == 0);
	require(domid == event->domid && devid == event->devid);
	/* the longest tap's name is cut, which no device can have anyway */
	require(xnm_ifname_is_vif(event->vif) && strncmp(event->tap, event->vif, 5) == 0);
	require(strlen(event->backend) < sizeof(event->backend));
	require(xnm_text_ok(event->backend, strlen(event->backend)));
	require(!strstr(event->backend, "..") && !strstr(event->backend, "//"));
	require(xnm_text_ok(event->bridge, strlen(event->bridge)));
	xnm_event_init(&again, event->verb, event->domid, event->devid);
	require(strcmp(again.vif, event->vif) == 0 && strcmp(again.tap, event->tap) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[MAX_WORDS + 2] = { NULL };
	char *text = malloc(size + 1), *save = NULL;
	struct xnm_err err = { "" };
	struct xnm_event event;
	char program[] = "xnm-vif";
	int argc = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++)
		(void)unsetenv(names[i]);
	argv[argc++] = program;
	for (char *word = strtok_r(text, "\n", &save); word; word = strtok_r(NULL, "\n", &save)) {
		if (word[0] == '$')
			set_variable(word + 1);
		else if (argc <= MAX_WORDS)
			argv[argc++] = word;
	}
	memset(&event, 0xa5, sizeof(event));
	if (xnm_event_parse(&event, argc, argv, &err) == 0)
		check(&event);
	else
		require(err.text[0] != '\0');
	require(xnm_text_ok(err.text, strlen(err.text)));
	free(text);
	return 0;
}
