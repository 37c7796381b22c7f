/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_event.c - the calls that libxl makes, and calls that nobody should make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"

#define MAX_WORDS 8

/* Sets the environment to these words alone and parses the call. */
static int parse(const char *const argv[], const char *const env[], struct xnm_event *event,
		 struct xnm_err *err)
{
	char *words[MAX_WORDS + 1] = { NULL };
	int argc = 0, rc;

	assert_int_equal(clearenv(), 0);
	for (int i = 0; i < MAX_WORDS && env[i]; i++) {
		char name[64] = "";
		const char *value = strchr(env[i], '=');

		assert_non_null(value);
		memcpy(name, env[i], (size_t)(value - env[i]));
		assert_int_equal(setenv(name, value + 1, 1), 0);
	}
	for (; argc < MAX_WORDS && argv[argc]; argc++) {
		words[argc] = strdup(argv[argc]);
		assert_non_null(words[argc]);
	}
	memset(err, 0, sizeof(*err));
	/* what is not set must not be what was there before */
	memset(event, 0xa5, sizeof(*event));
	rc = xnm_event_parse(event, argc, words, err);
	for (int i = 0; i < argc; i++)
		free(words[i]);
	return rc;
}

struct good {
	const char *argv[MAX_WORDS];
	const char *env[MAX_WORDS];
	enum xnm_verb verb;
	uint32_t domid, devid;
	const char *device;
	const char *backend;
	const char *bridge;
};

static const struct good good[] = {
	{ /* Xen 4.17, PV guest */
	  .argv = { "xnm-vif", "online", "type_if=vif" },
	  .env = { "script=/etc/xen/scripts/xnm-vif", "XENBUS_TYPE=vif",
		   "XENBUS_PATH=backend/vif/1/0", "XENBUS_BASE_PATH=backend",
		   "netdev=", "vif=vif1.0" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 1,
	  .device = "vif1.0",
	  .backend = "backend/vif/1/0",
	  .bridge = "" },
	{ /* the vif of an HVM guest: INTERFACE is set too, but names the tap */
	  .argv = { "xnm-vif", "online", "type_if=vif" },
	  .env = { "XENBUS_PATH=backend/vif/7/3", "INTERFACE=vif7.3-emu", "vif=vif7.3" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 7,
	  .devid = 3,
	  .device = "vif7.3",
	  .backend = "backend/vif/7/3",
	  .bridge = "" },
	{ /* its tap */
	  .argv = { "xnm-vif", "add", "type_if=tap" },
	  .env = { "XENBUS_PATH=backend/vif/7/3", "INTERFACE=vif7.3-emu", "vif=vif7.3" },
	  .verb = XNM_VERB_ADD,
	  .domid = 7,
	  .devid = 3,
	  .device = "vif7.3-emu",
	  .backend = "backend/vif/7/3",
	  .bridge = "" },
	{ .argv = { "xnm-vif", "remove", "type_if=tap" },
	  .env = { "XENBUS_PATH=backend/vif/7/3" },
	  .verb = XNM_VERB_REMOVE,
	  .domid = 7,
	  .devid = 3,
	  .device = "vif7.3-emu",
	  .backend = "backend/vif/7/3",
	  .bridge = "" },
	{ /* without type_if: the verb says it */
	  .argv = { "xnm-vif", "offline" },
	  .env = { "XENBUS_PATH=backend/vif/32751/65535" },
	  .verb = XNM_VERB_OFFLINE,
	  .domid = 32751,
	  .devid = 65535,
	  .device = "vif32751.65535",
	  .backend = "backend/vif/32751/65535",
	  .bridge = "" },
	{ /* a driver domain's absolute path */
	  .argv = { "xnm-vif", "online", "type_if=vif" },
	  .env = { "XENBUS_PATH=/local/domain/3/backend/vif/5/1" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 5,
	  .devid = 1,
	  .device = "vif5.1",
	  .backend = "/local/domain/3/backend/vif/5/1",
	  .bridge = "" },
	{ /* arguments win over the environment, the last one over the others */
	  .argv = { "xnm-vif", "online", "XENBUS_PATH=backend/vif/8/0",
		    "XENBUS_PATH=backend/vif/9/0", "bridge=br1", "bridge=br2" },
	  .env = { "XENBUS_PATH=backend/vif/1/0", "bridge=br0" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 9,
	  .device = "vif9.0",
	  .backend = "backend/vif/9/0",
	  .bridge = "br2" },
	{ /* unknown keys are ignored; nothing is evaluated */
	  .argv = { "xnm-vif", "online", "type_if=vif", "foo=$(reboot)", "=" },
	  .env = { "XENBUS_PATH=backend/vif/1/0", "bridge=`reboot`;$HOME" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 1,
	  .device = "vif1.0",
	  .backend = "backend/vif/1/0",
	  .bridge = "`reboot`;$HOME" },
	{ /* an empty name says nothing */
	  .argv = { "xnm-vif", "online", "vif=" },
	  .env = { "XENBUS_PATH=backend/vif/1/0", "vif=vif2.0" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 1,
	  .device = "vif1.0",
	  .backend = "backend/vif/1/0",
	  .bridge = "" },
	{ /* a key is not the beginning of another one */
	  .argv = { "xnm-vif", "online", "bridges=br1", "bridge-=" },
	  .env = { "XENBUS_PATH=backend/vif/1/0" },
	  .verb = XNM_VERB_ONLINE,
	  .domid = 1,
	  .device = "vif1.0",
	  .backend = "backend/vif/1/0",
	  .bridge = "" },
};

static void test_good(void **state)
{
	struct xnm_event event;
	struct xnm_err err;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(good); i++) {
		const struct good *row = &good[i];

		if (parse(row->argv, row->env, &event, &err))
			fail_msg("row %zu: %s", i, err.text);
		assert_string_equal(err.text, "");
		assert_false(event.ignored);
		assert_int_equal(event.verb, row->verb);
		assert_int_equal(event.domid, row->domid);
		assert_int_equal(event.devid, row->devid);
		assert_string_equal(xnm_event_device(&event), row->device);
		assert_string_equal(event.backend, row->backend);
		assert_string_equal(event.bridge, row->bridge);
	}
}

/* For the other half of an HVM guest's NIC the script is not meant. */
static void test_ignored(void **state)
{
	static const char *const calls[][3] = {
		{ "online", "type_if=tap" }, { "offline", "type_if=tap" },
		{ "add", "type_if=vif" },    { "remove", "type_if=vif" },
		{ "add", "type_if=" },	     { "remove", NULL },
		{ "online", "type_if=tap" }, { "add", NULL },
	};
	static const char *const no_env[MAX_WORDS] = { NULL };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(calls); i++) {
		const char *argv[MAX_WORDS] = { "xnm-vif", calls[i][0], calls[i][1] };
		struct xnm_event event;
		struct xnm_err err;

		/* not even the environment matters */
		if (parse(argv, no_env, &event, &err) || !event.ignored)
			fail_msg("%s %s is not ignored: %s", calls[i][0],
				 calls[i][1] ? calls[i][1] : "", err.text);
	}
}

struct bad {
	const char *argv[MAX_WORDS];
	const char *env[MAX_WORDS];
	const char *text; /* a part of the message */
};

#define ONLINE(path)                                                      \
	{                                                                 \
		{ "x", "online" }, { "XENBUS_PATH=" path }, "XENBUS_PATH" \
	}
#define ZEROS_64 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct bad bad[] = {
	{ { "x" }, { "XENBUS_PATH=backend/vif/1/0" }, "expected online" },
	{ { NULL }, { NULL }, "expected online" },
	{ { "x", "" }, { "XENBUS_PATH=backend/vif/1/0" }, "expected online" },
	{ { "x", "Online" }, { "XENBUS_PATH=backend/vif/1/0" }, "expected online" },
	{ { "x", "online " }, { "XENBUS_PATH=backend/vif/1/0" }, "expected online" },
	{ { "x", "online" }, { NULL }, "XENBUS_PATH is not set" },
	{ { "x", "remove", "type_if=tap" }, { NULL }, "XENBUS_PATH is not set" },
	{ { "x", "online", "1.0" }, { "XENBUS_PATH=backend/vif/1/0" }, "'1.0' is no argument" },
	{ { "x", "online", "" }, { "XENBUS_PATH=backend/vif/1/0" }, "'' is no argument" },
	ONLINE(""),
	ONLINE("/"),
	ONLINE("backend/vif/"),
	ONLINE("backend/vif/1"),
	ONLINE("backend/vif/1/"),
	ONLINE("backend/vif//0"),
	ONLINE("backend/vif/1/0/"),
	ONLINE("backend/vif/1/0 "),
	ONLINE("backend/vif/ 1/0"),
	ONLINE("backend/vif/+1/0"),
	ONLINE("backend/vif/-1/0"),
	ONLINE("backend/vif/0x1/0"),
	ONLINE("backend/vif/1/0/../../2/0"),
	ONLINE("backend/vif/../vif/1/0"),
	ONLINE("/backend/vif/1/0"),
	ONLINE("backend/vbd/1/0"),
	ONLINE("backend/vif/32752/0"),
	ONLINE("backend/vif/1/65536"),
	ONLINE("backend/vif/4294967297/0"),
	ONLINE("backend/vif/18446744073709551617/0"),
	ONLINE("/local/domain/backend/vif/1/0"),
	ONLINE("/local/domain//backend/vif/1/0"),
	ONLINE("/local/domain/3/4/backend/vif/1/0"),
	ONLINE("/local/domain/99999/backend/vif/1/0"),
	ONLINE("/local/domain/3/local/domain/3/backend/vif/1/0"),
	ONLINE("backend/vif/" ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 "1/0"),
	ONLINE("backend/vif/1/0\n"),
	ONLINE("backend/vif/1/0\xff"),
	{ { "x", "online" }, { "XENBUS_PATH=backend/vif/1/0", "vif=vif2.0" }, "vif 'vif2.0'" },
	{ { "x", "online" }, { "XENBUS_PATH=backend/vif/1/0", "vif=vif1.0-emu" }, "vif1.0-emu" },
	{ { "x", "online", "vif=eth0" },
	  { "XENBUS_PATH=backend/vif/1/0", "vif=vif1.0" },
	  "vif 'eth0'" },
	{ { "x", "add", "type_if=tap" },
	  { "XENBUS_PATH=backend/vif/1/0", "INTERFACE=vif1.0" },
	  "INTERFACE 'vif1.0'" },
	{ { "x", "online", "bridge=br\n0" }, { "XENBUS_PATH=backend/vif/1/0" }, "bridge 'br?0'" },
	{ { "x", "online", "bridge=br\x1b[2J" }, { "XENBUS_PATH=backend/vif/1/0" }, "br?[2J" },
	{ { "x", "online", "bridge=" ZEROS_64 ZEROS_64 },
	  { "XENBUS_PATH=backend/vif/1/0" },
	  "is not a device name" },
};

static void test_bad(void **state)
{
	struct xnm_event event;
	struct xnm_err err;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(bad); i++) {
		int rc = parse(bad[i].argv, bad[i].env, &event, &err);

		if (rc >= 0)
			fail_msg("row %zu (%s) is accepted", i, bad[i].env[0]);
		if (!strstr(err.text, bad[i].text))
			fail_msg("row %zu: '%s' is not in: %s", i, bad[i].text, err.text);
		for (const char *p = err.text; *p; p++)
			assert_in_range((unsigned char)*p, ' ', '~');
	}
}

static void test_verbs(void **state)
{
	static const char *const names[] = { "online", "offline", "add", "remove" };
	enum xnm_verb verb;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		assert_int_equal(xnm_verb_parse(names[i], &verb), 0);
		assert_string_equal(xnm_verb_name(verb), names[i]);
	}
	assert_true(xnm_verb_parse("", &verb) < 0);
	assert_true(xnm_verb_parse("onlin", &verb) < 0);
}

static void test_vif_id(void **state)
{
	static const char *const wrong[] = { "",	  "vif",	  "vif1",    "1",
					     "1.",	  ".0",		  "1.0.0",   "1.0-emu",
					     "vifvif1.0", " 1.0",	  "1.0 ",    "1,0",
					     "a.0",	  "1.65536",	  "32752.0", "-1.0",
					     "1.-0",	  "99999999999.0" };
	uint32_t domid, devid;

	(void)state;
	assert_int_equal(xnm_vif_id_parse("12.34", &domid, &devid), 0);
	assert_int_equal(domid, 12);
	assert_int_equal(devid, 34);
	assert_int_equal(xnm_vif_id_parse("vif32751.65535", &domid, &devid), 0);
	assert_int_equal(domid, 32751);
	assert_int_equal(devid, 65535);
	for (size_t i = 0; i < XNM_N_ELEMENTS(wrong); i++) {
		if (xnm_vif_id_parse(wrong[i], &domid, &devid) == 0)
			fail_msg("'%s' is accepted", wrong[i]);
	}
}

static void test_init(void **state)
{
	struct xnm_event event;

	(void)state;
	memset(&event, 0xa5, sizeof(event));
	xnm_event_init(&event, XNM_VERB_REMOVE, 3, 4);
	assert_string_equal(event.vif, "vif3.4");
	assert_string_equal(event.tap, "vif3.4-emu");
	assert_string_equal(event.backend, "backend/vif/3/4");
	assert_string_equal(event.bridge, "");
	assert_false(event.ignored);
	assert_true(xnm_event_is_tap(&event));
	/* a name that no device can have is cut, and stays a string */
	xnm_event_init(&event, XNM_VERB_ADD, 32751, 65535);
	assert_int_equal(strlen(event.tap), sizeof(event.tap) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),   cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_bad),    cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_vif_id), cmocka_unit_test(test_init),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
