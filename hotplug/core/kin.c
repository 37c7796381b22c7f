/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kin.c - find out whether the vif in a note is of the same guest as the event's, or no longer exists. */
#include "hotplug/core/identity.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "hotplug/core/want.h"
#include "hotplug/core/witness.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/vif.h"
#include "hotplug/xen/store.h"

static bool is_there(const char *name)
{
	return name[0] && (if_nametoindex(name) || errno != ENODEV);
}

/* Whether a vif's device exists, by netback's name or ours. */
static bool has_devices(const struct xnm_vif_note *state)
{
	struct xnm_event event;

	xnm_event_init(&event, XNM_VERB_OFFLINE, state->domid, state->devid);
	return is_there(event.vif) || is_there(event.tap) || is_there(state->device.ifname) ||
	       is_there(state->device.tap) || xnm_kernel_has_vif(state->domid, state->devid);
}

/* The backend directory of another vif, beside that of the event. */
static void other_backend(const struct xnm_event *event, const struct xnm_owner *owner,
			  char out[XNM_PATH_MAX])
{
	size_t len = strlen(event->backend);

	for (int parts = 0; len > 0 && parts < 2; len--)
		parts += event->backend[len - 1] == '/';
	(void)snprintf(out, XNM_PATH_MAX, "%.*s/%u/%u", (int)len, event->backend, owner->domid,
		       owner->devid);
}

/* libxl first sets the backend's state to Closing, and runs the script when it is Closed. */
static bool is_leaving(const struct xnm_facts *facts, const char *backend)
{
	char text[16];
	uint32_t state;

	if (xnm_store_read(facts->store, backend, "online", text, sizeof(text)) == 0 &&
	    strcmp(text, "0") == 0)
		return true;
	/* XenbusStateClosing and XenbusStateClosed */
	return xnm_store_read(facts->store, backend, "state", text, sizeof(text)) == 0 &&
	       xnm_parse_u32(text, 5, 6, &state) == 0;
}

static bool has_no_keys(const struct xnm_facts *facts, const char *backend)
{
	char text[16];

	return xnm_store_read(facts->store, backend, "state", text, sizeof(text)) == -ENOENT &&
	       xnm_store_read(facts->store, backend, "frontend-id", text, sizeof(text)) == -ENOENT;
}

/* The domain may have been renamed since the note was written: its present name counts. */
static bool was_renamed(const struct xnm_facts *facts, const struct xnm_identity *me,
			const struct xnm_vif_note *other)
{
	struct xnm_identity them = xnm_identity_of_notes(other);
	char path[32], name[sizeof(other->domain_name)];

	(void)snprintf(path, sizeof(path), "/local/domain/%u", other->domid);
	if (strcmp(me->name, them.name) == 0 ||
	    xnm_store_read(facts->store, path, "name", name, sizeof(name)))
		return false;
	/* with the same UUID it is the same guest; without any, a suffix proves nothing */
	if (me->uuid[0] && strcmp(me->uuid, them.uuid) == 0)
		(void)xnm_strip_migration_suffix(name);
	them.name = name;
	return xnm_same_guest(me, &them);
}

enum xnm_kin xnm_facts_kin(const struct xnm_facts *facts, const struct xnm_event *event,
			   const struct xnm_owner *owner, struct xnm_vif_note *other)
{
	const struct xnm_identity me = xnm_identity_of_guest(&facts->guest, event->domid);
	struct xnm_identity them;
	char backend[XNM_PATH_MAX];
	int rc;

	rc = xnm_vif_note_read(facts->dir, owner->domid, owner->devid, other);
	/* a note whose vif no longer exists counts as nobody's, but not if the vif runs or cannot
	 * be read */
	if (rc == -ENOENT && !xnm_vif_is_used(owner->domid, owner->devid))
		return XNM_KIN_GONE;
	if (rc) {
		/* it may be incomplete */
		xnm_vif_note_clear(other);
		other->domid = owner->domid;
		other->devid = owner->devid;
	}
	them = xnm_identity_of_notes(other);
	if (rc || !xnm_mac_equal(&me.mac, &them.mac))
		return XNM_KIN_OTHER;
	if (xnm_same_guest(&me, &them) || was_renamed(facts, &me, other))
		return XNM_KIN_SAME;
	other_backend(event, owner, backend);
	if (is_leaving(facts, backend))
		return xnm_follows_guest(&me, &them) ? XNM_KIN_SAME : XNM_KIN_OTHER;
	return has_no_keys(facts, backend) && !has_devices(other) ? XNM_KIN_GONE : XNM_KIN_OTHER;
}

static int refuse(const struct xnm_facts *facts, const struct xnm_event *event,
		  const struct xnm_want *want, const struct xnm_vif_note *other,
		  struct xnm_err *err)
{
	char mac[XNM_MAC_TEXT_LEN];

	xnm_format_mac(&facts->guest.mac, mac);
	if (other->domid == event->domid)
		return xnm_fail(err, -EADDRINUSE,
				"vif%u.%u and vif%u.%u of one guest (%s) have the same mac=%s on "
				"%s: give one of the two another mac=",
				event->domid, event->devid, other->domid, other->devid,
				xnm_name_or_unknown(facts->guest.domain_name), mac,
				want->bridge.name);
	return xnm_fail(err, -EADDRINUSE,
			"mac=%s of vif%u.%u (%s) is that of vif%u.%u (%s) on %s, which is another "
			"guest: give one of the two another mac=",
			mac, event->domid, event->devid,
			xnm_name_or_unknown(facts->guest.domain_name), other->domid, other->devid,
			xnm_name_or_unknown(other->domain_name), want->bridge.name);
}

struct mac_search {
	struct xnm_facts *facts;
	const struct xnm_event *event;
	const struct xnm_want *want;
	struct xnm_err *err;
};

static void default_vlans(struct xnm_vlans *vlans, const struct xnm_link *bridge)
{
	memset(vlans, 0, sizeof(*vlans));
	vlans->pvid = (uint16_t)(bridge->ifindex ? bridge->default_pvid : 1);
	xnm_vlan_set(vlans->member, vlans->pvid);
}

/* Whether two ports, one of them a trunk, have a VLAN in common. */
static bool share_vlan(const struct mac_search *search, const struct xnm_vif_note *other)
{
	const struct xnm_link *bridge = &search->facts->bridge.link;
	struct xnm_vlans mine = search->want->bridge.vlan, theirs;
	const char *reason;

	if (!search->want->bridge.has_vlan)
		default_vlans(&mine, bridge);
	if (!other->bridge.vlan[0])
		default_vlans(&theirs, bridge);
	else if (xnm_vlans_parse(other->bridge.vlan, &theirs, &reason))
		return true;
	for (size_t i = 0; i < sizeof(mine.member); i++) {
		if (mine.member[i] & theirs.member[i])
			return true;
	}
	return false;
}

/* A trunk conflicts only with vifs in its VLANs; a vif whose note is unreadable may be in any. */
static bool is_elsewhere(const struct mac_search *search, const struct xnm_vif_note *other)
{
	return other->address.mac_scope[0] &&
	       (search->want->bridge.is_trunk || strchr(other->address.mac_scope, '*')) &&
	       !share_vlan(search, other);
}

static int look_at(void *arg, const struct xnm_owner *owner)
{
	const struct mac_search *search = arg;
	struct xnm_facts *facts = search->facts;
	static struct xnm_vif_note other;
	enum xnm_kin kin;

	if (owner->domid == search->event->domid && owner->devid == search->event->devid)
		return 0;
	kin = xnm_facts_kin(facts, search->event, owner, &other);
	if (kin == XNM_KIN_OTHER && is_elsewhere(search, &other))
		return 0;
	/* the vif has another MAC address by now */
	if (kin == XNM_KIN_OTHER && other.address.mac_scope[0] &&
	    !xnm_mac_equal(&other.address.mac, &facts->guest.mac))
		kin = XNM_KIN_GONE;
	if (kin == XNM_KIN_OTHER) {
		facts->address.rival.vif = *owner;
		xnm_format_mac(&facts->guest.mac, facts->address.rival.what);
		return refuse(facts, search->event, search->want, &other, search->err);
	}
	xnm_owners_add(&facts->address.leave, owner);
	if (kin == XNM_KIN_SAME) {
		facts->address.is_same_guests = true;
		facts->address.predecessor = *owner;
	}
	return 0;
}

/* The vif that has the MAC address in this scope. */
static int look_in(struct mac_search *search, const char *scope)
{
	struct xnm_owner owner;

	return xnm_mac_note_owner(search->facts->dir, scope, &search->facts->guest.mac, &owner)
		       ? 0
		       : look_at(search, &owner);
}

int xnm_facts_mac(struct xnm_facts *facts, const struct xnm_event *event,
		  const struct xnm_want *want, struct xnm_err *err)
{
	struct mac_search search = { facts, event, want, err };
	const struct xnm_mac *mac = &facts->guest.mac;
	char scope[XNM_SCOPE_LEN];
	struct xnm_owner owner;
	int rc;

	xnm_want_mac_scope(want, scope);
	/* a routed vif shares its link with nobody */
	if (!scope[0])
		return 0;
	facts->address.mac_is_free = xnm_mac_note_owner(facts->dir, scope, mac, &owner) ||
				     owner.domid != event->domid || owner.devid != event->devid;
	if (want->bridge.is_trunk)
		return xnm_mac_note_each(facts->dir, want->bridge.name, mac, look_at, &search);
	rc = look_in(&search, scope);
	xnm_scope_trunk(scope, want->bridge.name);
	return rc ? rc : look_in(&search, scope);
}
