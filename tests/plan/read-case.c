/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read-case.c - read the folder of one plan test; plan-test.c says what may stand there. */
#include "tests/plan/read.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/notes/vif.h"

uint32_t read_number(const char *value)
{
	uint32_t n;

	if (xnm_parse_u32(value, 0, UINT32_MAX, &n)) {
		fprintf(stderr, "plan-test: '%s' is not a number\n", value);
		exit(2);
	}
	return n;
}

bool read_yes(const char *value)
{
	bool is;

	if (xnm_parse_bool(value, &is)) {
		fprintf(stderr, "plan-test: '%s' is not yes or no\n", value);
		exit(2);
	}
	return is;
}

static int read_event_key(void *arg, const char *section, const char *key, const char *value)
{
	struct moment *now = arg;
	struct xnm_event *event = &now->event;

	(void)section;
	now->reapply |= strcmp(key, "verb") == 0 && strcmp(value, "reapply") == 0;
	if (strcmp(key, "verb") == 0 && now->reapply)
		return 1;
	if (strcmp(key, "verb") == 0)
		return xnm_verb_parse(value, &event->verb) == 0;
	if (strcmp(key, "domid") == 0)
		event->domid = read_number(value);
	else if (strcmp(key, "devid") == 0)
		event->devid = read_number(value);
	else
		return 0;
	return 1;
}

static int read_guest_list(struct xnm_guest *guest, const char *value)
{
	char text[256], *save = NULL;

	COPY(text, value);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (xnm_parse_cidr(word, &guest->addresses[guest->n_addresses++]))
			return 0;
	}
	return 1;
}

static int read_guest_key(void *arg, const char *section, const char *key, const char *value)
{
	struct xnm_guest *guest = arg;
	const char *reason;

	(void)section;
	if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &guest->mac) == 0;
	if (strcmp(key, "ip") == 0)
		return read_guest_list(guest, value);
	if (strcmp(key, "vlan") == 0) {
		guest->has_vlan = true;
		return xnm_vlans_parse(value, &guest->vlan, &reason) == 0;
	}
	if (strcmp(key, "bridge") == 0)
		COPY(guest->bridge, value);
	else if (strcmp(key, "vifname") == 0)
		COPY(guest->vifname, value);
	else if (strcmp(key, "mtu") == 0)
		guest->mtu_bytes = read_number(value);
	else if (strcmp(key, "type") == 0)
		guest->is_ioemu = strcmp(value, "vif_ioemu") == 0;
	else if (strcmp(key, "hotplug-status") == 0)
		guest->connected = strcmp(value, "connected") == 0;
	else if (strcmp(key, "hotplug-error") == 0)
		guest->has_error = true;
	else if (strcmp(key, "name") == 0)
		COPY(guest->domain_name, value);
	else if (strcmp(key, "uuid") == 0)
		COPY(guest->uuid, value);
	else if (strcmp(key, "frontend-mtu") == 0)
		guest->frontend_mtu_bytes = read_number(value);
	else
		return 0;
	return 1;
}

static void read_file(const char *folder, const char *name, ini_handler handler, void *arg)
{
	char path[512];
	int rc;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = ini_parse(path, handler, arg);
	if (rc > 0) {
		fprintf(stderr, "plan-test: %s:%d: not understood\n", path, rc);
		exit(2);
	}
}

void read_folder(struct folder *folder, const char *path)
{
	struct moment *now = &folder->now;
	struct xnm_event *event = &now->event;
	struct xnm_facts *facts = &folder->model.facts;
	const struct device *device;

	memset(now, 0, sizeof(*now));
	xnm_event_init(event, XNM_VERB_ONLINE, 1, 0);
	read_file(path, "event", read_event_key, now);
	xnm_event_init(event, event->verb, event->domid, event->devid);
	now->state.domid = event->domid;
	now->state.devid = event->devid;
	device = kept_device(folder, xnm_event_device(event));
	begin_moment(folder, device);
	read_file(path, "guest", read_guest_key, &facts->guest);
	read_file(path, "links", read_links_key, folder);
	xnm_vif_note_old_mac_scope(&now->state);
	if (facts->device.link.name[0] == '\0')
		COPY(facts->device.link.name, xnm_event_device(event));
	if (!device && now->device_master[0] == '\0')
		facts->device.link.port_known = facts->device.link.port_flags = 0;
}
