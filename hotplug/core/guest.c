/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest.c - read what the toolstack has written of a vif and its guest into xenstore. */
#include "hotplug/core/facts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/identity.h"
#include "hotplug/xen/store.h"
#include "policy/types/types.h"

/* The keys of the backend directory that we read, if they are there. */
enum backend_key {
	KEY_FRONTEND,
	KEY_MAC,
	KEY_BRIDGE,
	KEY_VIFNAME,
	KEY_VLAN,
	KEY_MTU,
	KEY_TYPE,
	KEY_IP,
	KEY_HOTPLUG_STATUS,
	KEY_HOTPLUG_ERROR,
	KEY_RATE,
	N_BACKEND_KEYS,
};

static const char *const key_names[N_BACKEND_KEYS] = {
	[KEY_FRONTEND] = "frontend",
	[KEY_MAC] = "mac",
	[KEY_BRIDGE] = "bridge",
	[KEY_VIFNAME] = "vifname",
	[KEY_VLAN] = "vlan",
	[KEY_MTU] = "mtu",
	[KEY_TYPE] = "type",
	[KEY_IP] = "ip",
	[KEY_HOTPLUG_STATUS] = "hotplug-status",
	[KEY_HOTPLUG_ERROR] = "hotplug-error",
	[KEY_RATE] = "rate",
};

struct reader {
	struct xnm_store *store;
	const struct xnm_event *event;
	struct xnm_err *err;
	unsigned int present; /* bits of enum backend_key */
};

static void note_key(void *arg, const char *name)
{
	struct reader *reader = arg;

	for (unsigned int i = 0; i < N_BACKEND_KEYS; i++) {
		if (strcmp(name, key_names[i]) == 0)
			reader->present |= 1u << i;
	}
}

/* A key that is not there leaves out empty and is no error. */
static int read_key(struct reader *reader, enum backend_key key, char *out, size_t out_size)
{
	const char *name = key_names[key];
	int rc;

	out[0] = '\0';
	if (!(reader->present & (1u << key)))
		return 0;
	rc = xnm_store_read(reader->store, reader->event->backend, name, out, out_size);
	if (rc == -ENOENT)
		return 0;
	if (rc == -EINVAL || rc == -E2BIG)
		return xnm_fail(reader->err, -EINVAL, "%s='%s' in xenstore %s", name, out,
				rc == -EINVAL ? "has characters that are not printable"
					      : "is too long");
	if (rc)
		return xnm_fail(reader->err, rc, "cannot read %s/%s from xenstore: %s",
				reader->event->backend, name, strerror(-rc));
	return 0;
}

static int bad_value(struct reader *reader, enum backend_key key, const char *value,
		     const char *remedy)
{
	char shown[96];

	return xnm_fail(reader->err, -EINVAL, "%s='%s' %s: correct it in the guest's vif line",
			key_names[key], xnm_printable(value, shown, sizeof(shown)), remedy);
}

static int read_identity(struct reader *reader, struct xnm_guest *guest)
{
	char text[160];
	int rc;

	rc = read_key(reader, KEY_MAC, text, sizeof(text));
	if (rc)
		return rc;
	if (xnm_parse_mac(text, &guest->mac))
		return bad_value(reader, KEY_MAC, text, "is not a unicast MAC address");
	rc = read_key(reader, KEY_BRIDGE, guest->bridge, sizeof(guest->bridge));
	if (rc)
		return rc;
	if (guest->bridge[0] == '\0')
		(void)snprintf(guest->bridge, sizeof(guest->bridge), "%s", reader->event->bridge);
	rc = read_key(reader, KEY_TYPE, text, sizeof(text));
	guest->is_ioemu = strcmp(text, "vif_ioemu") == 0;
	return rc;
}

static int read_vifname(struct reader *reader, struct xnm_guest *guest)
{
	char text[64];
	int rc;

	if (!(reader->present & (1u << KEY_VIFNAME)))
		return 0;
	rc = read_key(reader, KEY_VIFNAME, text, sizeof(text));
	if (rc)
		return rc;
	if (!xnm_ifname_ok(text))
		return bad_value(
			reader, KEY_VIFNAME, text,
			"is not a name for a network device (at most 15 of A-Z a-z 0-9 _ . "
			": @ -)");
	/* the vif's own name changes nothing; another vif's may be needed by a later guest */
	if (xnm_ifname_is_vif(text) && strcmp(text, reader->event->vif) != 0)
		return bad_value(reader, KEY_VIFNAME, text,
				 "is the name of another guest's interface");
	if (guest->is_ioemu && strlen(text) + strlen("-emu") >= IFNAMSIZ)
		return bad_value(reader, KEY_VIFNAME, text,
				 "is too long: the emulated NIC adds -emu, which leaves 11 "
				 "characters");
	memcpy(guest->vifname, text, strlen(text) + 1);
	return 0;
}

static int read_link_settings(struct reader *reader, struct xnm_guest *guest)
{
	const char *reason;
	char text[512];
	int rc;

	rc = read_key(reader, KEY_MTU, text, sizeof(text));
	if (rc)
		return rc;
	if (reader->present & (1u << KEY_MTU) &&
	    xnm_parse_u32(text, XNM_MTU_MIN, XNM_MTU_MAX, &guest->mtu_bytes))
		return bad_value(reader, KEY_MTU, text, "is not a number from 68 to 65535");
	rc = read_key(reader, KEY_VLAN, text, sizeof(text));
	if (rc)
		return rc;
	if (text[0] != '\0') {
		if (xnm_vlans_parse(text, &guest->vlan, &reason))
			return bad_value(reader, KEY_VLAN, text, reason);
		guest->has_vlan = true;
	}
	return 0;
}

/* ip= is free text; by convention addresses with spaces between them. */
static int read_addresses(struct reader *reader, struct xnm_guest *guest)
{
	const char *reason = "is not an IPv4 or IPv6 address";
	char text[512], *save = NULL;
	int rc;

	rc = read_key(reader, KEY_IP, text, sizeof(text));
	if (rc)
		return rc;
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (guest->n_addresses == XNM_MAX_ADDRESSES)
			return bad_value(reader, KEY_IP, word, "is one address too many (16 fit)");
		if (xnm_parse_own_address(word, &guest->addresses[guest->n_addresses],
					  sizeof(guest->addresses[0]), &reason))
			return bad_value(reader, KEY_IP, word, reason);
		guest->n_addresses++;
	}
	return 0;
}

/*
 * The frontend directory belongs to the guest. All we take from it is the MTU
 * node, which is ours; and only at the one place where it can be.
 */
static int read_frontend(struct reader *reader, struct xnm_guest *guest)
{
	const struct xnm_event *event = reader->event;
	char expected[XNM_PATH_MAX], text[16];
	int rc;

	rc = read_key(reader, KEY_FRONTEND, guest->frontend, sizeof(guest->frontend));
	if (rc)
		return rc;
	(void)snprintf(expected, sizeof(expected), "/local/domain/%u/device/vif/%u", event->domid,
		       event->devid);
	if (strcmp(guest->frontend, expected) != 0)
		return xnm_fail(
			reader->err, -EINVAL,
			"frontend='%s' in xenstore is not %s: the backend directory belongs "
			"to another device",
			guest->frontend, expected);
	rc = xnm_store_read(reader->store, guest->frontend, "mtu", text, sizeof(text));
	if (rc == -ETIMEDOUT)
		return xnm_fail(reader->err, rc, "xenstored does not answer");
	if (rc == 0)
		(void)xnm_parse_u32(text, XNM_MTU_MIN, XNM_MTU_MAX, &guest->frontend_mtu_bytes);
	return 0;
}

/*
 * Reads what the toolstack says of a domain. A driver domain may not see it;
 * what is there and cannot be read is noted, and not taken for nothing.
 */
static void read_domain_key(struct reader *reader, struct xnm_guest *guest, const char *domain,
			    const char *key, char *out, size_t out_size)
{
	int rc = xnm_store_read(reader->store, domain, key, out, out_size);

	if (rc)
		out[0] = '\0';
	if (rc == 0 || rc == -ENOENT || rc == -EACCES || rc == -EPERM)
		return;
	guest->unread_key = key;
	guest->unread_rc = rc;
}

static void read_uuid(struct reader *reader, struct xnm_guest *guest, const char *domain,
		      char out[XNM_UUID_TEXT_LEN])
{
	char vm[64];

	read_domain_key(reader, guest, domain, "vm", vm, sizeof(vm));
	xnm_uuid_of_vm(vm, out);
}

/*
 * A stub domain has a second copy of the vifs of the domain that it emulates devices for. libxl
 * names it after that domain, with a suffix, and domain 0 writes its number to the node "target".
 */
static void read_target(struct reader *reader, const char *domain, struct xnm_guest *guest)
{
	const size_t len = strlen(guest->domain_name), suffix = strlen("-dm");
	char text[16], path[64];

	if (len <= suffix || strcmp(guest->domain_name + len - suffix, "-dm") != 0 ||
	    xnm_store_read(reader->store, domain, "target", text, sizeof(text)) ||
	    xnm_parse_u32(text, 1, XNM_DOMID_MAX, &guest->target))
		return;
	(void)snprintf(path, sizeof(path), "/local/domain/%u", guest->target);
	read_uuid(reader, guest, path, guest->target_uuid);
}

/* A driver domain cannot read it: then the guest is known by its MAC, bridge and devid. */
static void read_domain(struct reader *reader, struct xnm_guest *guest)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/local/domain/%u", reader->event->domid);
	read_domain_key(reader, guest, path, "name", guest->domain_name,
			sizeof(guest->domain_name));
	read_uuid(reader, guest, path, guest->uuid);
	read_target(reader, path, guest);
}

int xnm_facts_readable(const struct xnm_guest *guest, uint32_t domid, struct xnm_err *err)
{
	int rc = guest->unread_rc;

	if (rc == -EINVAL || rc == -E2BIG)
		return xnm_fail(err, -EINVAL,
				"%s of domain %u in xenstore %s, and the policy matches by it: "
				"give the guest another one (1 to %zu characters of ASCII)",
				guest->unread_key, domid,
				rc == -EINVAL ? "has characters that are not printable ASCII"
					      : "is too long",
				sizeof(guest->domain_name) - 1);
	return rc ? xnm_fail(err, rc, "cannot read %s of domain %u from xenstore: %s",
			     guest->unread_key, domid, strerror(-rc))
		  : 0;
}

static int read_guest(struct xnm_guest *guest, struct xnm_store *store,
		      const struct xnm_event *event, struct xnm_err *err)
{
	struct reader reader = { .store = store, .event = event, .err = err };
	char status[16];
	int rc;

	memset(guest, 0, sizeof(*guest));
	rc = xnm_store_list(store, event->backend, note_key, &reader);
	if (rc)
		return xnm_fail(err, rc, "cannot read %s from xenstore: %s", event->backend,
				rc == -ENOENT ? "it does not exist: the guest is gone"
					      : strerror(-rc));
	rc = read_identity(&reader, guest);
	if (rc == 0)
		rc = read_vifname(&reader, guest);
	if (rc == 0)
		rc = read_link_settings(&reader, guest);
	if (rc == 0)
		rc = read_addresses(&reader, guest);
	if (rc == 0)
		rc = read_frontend(&reader, guest);
	if (rc == 0 && !xnm_event_is_tap(event))
		rc = read_key(&reader, KEY_HOTPLUG_STATUS, status, sizeof(status));
	else
		status[0] = '\0';
	if (rc)
		return rc;
	guest->connected = strcmp(status, "connected") == 0;
	guest->has_error = reader.present & (1u << KEY_HOTPLUG_ERROR);
	guest->has_rate = reader.present & (1u << KEY_RATE);
	read_domain(&reader, guest);
	return 0;
}

int xnm_facts_guest(struct xnm_guest *guest, struct xnm_store *store, const struct xnm_event *event,
		    struct xnm_err *err)
{
	int rc;

	xnm_store_begin_row();
	rc = read_guest(guest, store, event, err);
	xnm_store_end_row();
	return rc;
}
