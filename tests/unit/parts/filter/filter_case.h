/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter_case.h - from the text of a policy and a guest's addresses to the elements that come out. */
#ifndef XNM_FILTER_CASE_H
#define XNM_FILTER_CASE_H

#include "hotplug/base/util.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/filter/filter.h"
#include "hotplug/run/parts.h"
#include "tests/unit/kernel/element_text.h"

static struct xnm_policy policy;
static struct xnm_guest guest;
static struct xnm_event event;
static struct xnm_want want;
static struct xnm_elements elements;
static struct xnm_err err;

static void fail_on_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, text);
}

static void load(const char *text)
{
	_cleanup_fclose_ FILE *stream = fmemopen((char *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(stream);
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", fail_on_mistake, NULL), 0);
}

/* The guest guest1 with these addresses, on the bridge lan. */
static inline void make_guest(const char *addresses)
{
	char text[512], *save = NULL;

	memset(&guest, 0, sizeof(guest));
	guest.mac = (struct xnm_mac){ { 0x00, 0x16, 0x3e, 0, 0, 1 } };
	(void)snprintf(guest.domain_name, sizeof(guest.domain_name), "guest1");
	(void)snprintf(guest.bridge, sizeof(guest.bridge), "lan");
	(void)snprintf(text, sizeof(text), "%s", addresses);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		assert_int_equal(xnm_parse_cidr(word, &guest.addresses[guest.n_addresses++]), 0);
}

/* What vif1.0 puts in. */
static inline int filter_vif(const char *text, const char *addresses)
{
	int rc;

	err.text[0] = '\0';
	load(text);
	make_guest(addresses);
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	rc = xnm_want(&want, &event, &guest, &policy, false, &err);
	return rc ? rc : xnm_filter_vif(&elements, &want, &guest, "vif1.0", &policy, &err);
}

#endif
