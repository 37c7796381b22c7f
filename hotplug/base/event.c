/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.c - turn argv and environment into struct xnm_event, or say which word is wrong. */
#include "hotplug/base/event.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/value.h"

static const char *const verb_names[] = {
	[XNM_VERB_ONLINE] = "online",
	[XNM_VERB_OFFLINE] = "offline",
	[XNM_VERB_ADD] = "add",
	[XNM_VERB_REMOVE] = "remove",
};

const char *xnm_verb_name(enum xnm_verb verb)
{
	return verb_names[verb];
}

int xnm_verb_parse(const char *name, enum xnm_verb *verb)
{
	for (size_t i = 0; i < XNM_N_ELEMENTS(verb_names); i++) {
		if (strcmp(name, verb_names[i]) == 0) {
			*verb = (enum xnm_verb)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *xnm_event_command(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++) {
		if (!strchr(argv[i], '='))
			return argv[i];
	}
	return "";
}

bool xnm_event_is_tap(const struct xnm_event *event)
{
	return event->verb == XNM_VERB_ADD || event->verb == XNM_VERB_REMOVE;
}

const char *xnm_event_device(const struct xnm_event *event)
{
	return xnm_event_is_tap(event) ? event->tap : event->vif;
}

void xnm_event_init(struct xnm_event *event, enum xnm_verb verb, uint32_t domid, uint32_t devid)
{
	memset(event, 0, sizeof(*event));
	event->verb = verb;
	event->domid = domid;
	event->devid = devid;
	/*
	 * vif32751.65535-emu is longer than IFNAMSIZ: the kernel refuses such a device, so
	 * cutting its name is harmless
	 */
	(void)snprintf(event->vif, sizeof(event->vif), "vif%u.%u", domid, devid);
	(void)snprintf(event->tap, sizeof(event->tap), "vif%u.%u-emu", domid, devid);
	(void)snprintf(event->backend, sizeof(event->backend), "backend/vif/%u/%u", domid, devid);
}

/* Reads "NUMBER" up to the byte end, which must follow. Returns the rest or NULL. */
static const char *parse_number(const char *text, char end, uint32_t max, uint32_t *out)
{
	char digits[11] = "";
	const char *stop = strchr(text, end);

	if (!stop)
		stop = text + strlen(text);
	if (*stop != end || (size_t)(stop - text) >= sizeof(digits))
		return NULL;
	memcpy(digits, text, (size_t)(stop - text));
	if (xnm_parse_u32(digits, 0, max, out))
		return NULL;
	return *stop == '\0' ? stop : stop + 1;
}

bool xnm_is_tap_name(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, "-emu") == 0;
}

int xnm_vif_id_parse(const char *text, uint32_t *domid, uint32_t *devid)
{
	if (strncmp(text, "vif", 3) == 0)
		text += 3;
	text = parse_number(text, '.', XNM_DOMID_MAX, domid);
	if (!text || !parse_number(text, '\0', XNM_DEVID_MAX, devid))
		return -EINVAL;
	return 0;
}

/* [/local/domain/<own>/]backend/vif/<domid>/<devid> */
static int parse_backend_path(struct xnm_event *event, const char *path, struct xnm_err *err)
{
	static const char absolute[] = "/local/domain/";
	static const char relative[] = "backend/vif/";
	const char *rest = path;
	uint32_t own, domid, devid;
	char shown[96];

	if (strncmp(rest, absolute, sizeof(absolute) - 1) == 0)
		rest = parse_number(rest + sizeof(absolute) - 1, '/', XNM_DOMID_MAX, &own);
	if (rest && strncmp(rest, relative, sizeof(relative) - 1) == 0)
		rest = parse_number(rest + sizeof(relative) - 1, '/', XNM_DOMID_MAX, &domid);
	else
		rest = NULL;
	if (rest)
		rest = parse_number(rest, '\0', XNM_DEVID_MAX, &devid);
	if (!rest || strlen(path) >= sizeof(event->backend))
		return xnm_fail(err, -EINVAL,
				"XENBUS_PATH '%s' is not backend/vif/DOMID/DEVID: xnm-vif is "
				"meant to be run by libxl, as script=xnm-vif of a vif",
				xnm_printable(path, shown, sizeof(shown)));
	xnm_event_init(event, event->verb, domid, devid);
	(void)snprintf(event->backend, sizeof(event->backend), "%s", path);
	return 0;
}

/* The value of key: that of the last "key=value" argument, else of the environment variable. */
static const char *lookup(const char *key, int argc, char *const argv[])
{
	size_t len = strlen(key);

	for (int i = argc - 1; i > 0; i--) {
		if (strncmp(argv[i], key, len) == 0 && argv[i][len] == '=')
			return argv[i] + len + 1;
	}
	return getenv(key);
}

/* libxl tells the device's name beside the path; they must agree. */
static int check_device_name(const struct xnm_event *event, int argc, char *const argv[],
			     struct xnm_err *err)
{
	bool tap = xnm_event_is_tap(event);
	const char *key = tap ? "INTERFACE" : "vif";
	const char *name = lookup(key, argc, argv);
	const char *wanted = xnm_event_device(event);
	char shown[64];

	if (!name || name[0] == '\0' || strcmp(name, wanted) == 0)
		return 0;
	return xnm_fail(err, -EINVAL, "%s '%s' does not belong to XENBUS_PATH '%s', which is %s",
			key, xnm_printable(name, shown, sizeof(shown)), event->backend, wanted);
}

static int parse_bridge(struct xnm_event *event, const char *bridge, struct xnm_err *err)
{
	char shown[64];

	if (!bridge)
		return 0;
	if (strlen(bridge) >= sizeof(event->bridge) || !xnm_text_ok(bridge, strlen(bridge)))
		return xnm_fail(err, -EINVAL, "bridge '%s' is not a device name",
				xnm_printable(bridge, shown, sizeof(shown)));
	(void)snprintf(event->bridge, sizeof(event->bridge), "%s", bridge);
	return 0;
}

/* After the verb there is nothing but KEY=VALUE; of keys that are not ours there may be any. */
static int check_words(int argc, char *const argv[], struct xnm_err *err)
{
	const char *verb = xnm_event_command(argc, argv);
	char shown[64];

	for (int i = 1; i < argc; i++) {
		if (argv[i] != verb && !strchr(argv[i], '='))
			return xnm_fail(err, -EINVAL,
					"'%s' is no argument of %s, which takes KEY=VALUE alone",
					xnm_printable(argv[i], shown, sizeof(shown)), verb);
	}
	return 0;
}

int xnm_event_parse(struct xnm_event *event, int argc, char *const argv[], struct xnm_err *err)
{
	const char *path, *type = "vif";
	int rc;

	memset(event, 0, sizeof(*event));
	if (xnm_verb_parse(xnm_event_command(argc, argv), &event->verb))
		return xnm_fail(err, -EINVAL, "expected online, offline, add or remove");

	rc = check_words(argc, argv, err);
	if (rc)
		return rc;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "type_if=", 8) == 0)
			type = argv[i] + 8;
	}
	if (strcmp(type, xnm_event_is_tap(event) ? "tap" : "vif") != 0) {
		event->ignored = true;
		return 0;
	}

	path = lookup("XENBUS_PATH", argc, argv);
	if (!path)
		return xnm_fail(err, -EINVAL,
				"XENBUS_PATH is not set: xnm-vif is meant to be run by libxl, as "
				"script=xnm-vif of a vif");
	rc = parse_backend_path(event, path, err);
	if (rc == 0)
		rc = check_device_name(event, argc, argv, err);
	if (rc == 0)
		rc = parse_bridge(event, lookup("bridge", argc, argv), err);
	return rc;
}

bool xnm_owner_equal(const struct xnm_owner *a, const struct xnm_owner *b)
{
	return a->domid == b->domid && a->devid == b->devid;
}

void xnm_owners_add(struct xnm_owners *owners, const struct xnm_owner *owner)
{
	if (owners->n < XNM_N_ELEMENTS(owners->list))
		owners->list[owners->n++] = *owner;
}
