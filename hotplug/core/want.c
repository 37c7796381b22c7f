/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - merge the guest's keys and the policy into what one vif should be. */
#include "hotplug/core/want.h"
#include "policy/sections/uplinks.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/applied.h"
#include "hotplug/notes/vif.h"
#include "policy/override.h"
#include "policy/sections/share.h"

int xnm_bridge_name_parse(struct xnm_bridge_name *out, const char *text, struct xnm_err *err)
{
	const char *reason = NULL;
	char shown[96];
	int rc;

	memset(out, 0, sizeof(*out));
	if (text[0] == '\0')
		return xnm_fail(err, -EINVAL,
				"no bridge is named: add bridge= to the guest's vif line");
	rc = xnm_vlans_parse_bridge(text, out->base, &out->vlan, &reason);
	if (rc == 0) {
		out->has_suffix = true;
		return 0;
	}
	if (xnm_ifname_ok(text)) {
		(void)snprintf(out->base, sizeof(out->base), "%s", text);
		return 0;
	}
	return xnm_fail(err, -EINVAL, "bridge='%s' %s: correct it in the guest's vif line",
			xnm_printable(text, shown, sizeof(shown)),
			rc == -EINVAL && reason ? reason : "is not the name of a bridge");
}

void xnm_want_identity(struct xnm_vif_identity *id, const struct xnm_event *event,
		       const struct xnm_guest *guest)
{
	memset(id, 0, sizeof(*id));
	memcpy(id->domain_name, guest->domain_name, sizeof(id->domain_name));
	memcpy(id->uuid, guest->uuid, sizeof(id->uuid));
	memcpy(id->bridge, guest->bridge, sizeof(id->bridge));
	id->n_bridge_names = guest->n_bridge_names;
	id->bridge_names = guest->bridge_names;
	memcpy(id->vifname, guest->vifname, sizeof(id->vifname));
	memcpy(id->vif, event->vif, sizeof(id->vif));
	id->mac = guest->mac;
	id->devid = event->devid;
}

/* The policy has [vif] sections, but none matches: on-unknown= decides. */
static int want_unknown(struct xnm_want *want, const struct xnm_policy *policy,
			const struct xnm_guest *guest, struct xnm_err *err)
{
	char mac[XNM_MAC_TEXT_LEN];

	if (!policy->present || want->section)
		return 0;
	switch (policy->global.on_unknown) {
	case XNM_UNKNOWN_ACCEPT:
		return 0;
	case XNM_UNKNOWN_DISABLE:
		want->attach = false;
		(void)snprintf(want->why, sizeof(want->why), "on-unknown=disable");
		return 0;
	case XNM_UNKNOWN_DEFAULT_NETWORK:
		want->network = xnm_policy_network(policy, policy->global.default_network);
		(void)snprintf(want->why, sizeof(want->why), "on-unknown=default-network");
		return want->network ? 0
				     : xnm_fail(err, -EINVAL,
						"default-network='%s' is not a [network] of the "
						"policy",
						policy->global.default_network);
	case XNM_UNKNOWN_REJECT:
		break;
	}
	xnm_format_mac(&guest->mac, mac);
	return xnm_fail(err, -EPERM,
			"no [vif] section of the policy matches this vif (domain '%s', mac %s), "
			"and on-unknown=reject: add one to %s",
			guest->domain_name, mac, xnm_policy_file());
}

/*
 * The network of the bridge that the guest names. The policy has the kernel's names, so a bridge's
 * network is found also if the guest uses an altname.
 */
static const struct xnm_network *network_of(struct xnm_want *want, const char *named,
					    const char *device)
{
	if (device[0] == '\0')
		return xnm_policy_network_by_bridge(want->policy, named);
	if (strcmp(named, device) != 0)
		(void)snprintf(want->bridge.said, sizeof(want->bridge.said), "%s", named);
	return xnm_policy_network_by_bridge(want->policy, device);
}

const char *xnm_want_bridge_text(const struct xnm_want *want, char out[XNM_BRIDGE_TEXT_LEN])
{
	char device[XNM_DEVICE_TEXT_LEN];

	if (want->bridge.said[0])
		(void)snprintf(out, XNM_BRIDGE_TEXT_LEN, "%s (altname of %s)", want->bridge.said,
			       want->bridge.name);
	else
		(void)snprintf(out, XNM_BRIDGE_TEXT_LEN, "%s",
			       xnm_policy_device(want->policy, want->bridge.name, device));
	return out;
}

/* The vif's network, or its bridge without a network; and the VLANs in bridge=. */
static int want_bridge(struct xnm_want *want, const struct xnm_guest *guest,
		       const struct xnm_policy *policy, bool full_bridge_exists,
		       struct xnm_err *err)
{
	struct xnm_bridge_name name;
	int rc;

	if (want->section && want->section->network[0]) {
		want->network = xnm_policy_network(policy, want->section->network);
		if (!want->network)
			return xnm_fail(err, -EINVAL, "network='%s' is not in the policy",
					want->section->network);
	}
	if (!want->network)
		want->network = xnm_policy_network(policy, guest->bridge);
	if (!want->network)
		want->network = network_of(want, guest->bridge, guest->device);
	if (want->network) {
		memcpy(want->bridge.name, want->network->bridge, sizeof(want->bridge.name));
		return 0;
	}
	/* also a name that is too long to be read with and without a suffix */
	if (guest->device[0]) {
		memcpy(want->bridge.name, guest->device, sizeof(want->bridge.name));
		return 0;
	}
	rc = xnm_bridge_name_parse(&name, guest->bridge, err);
	if (rc)
		return rc;
	if (!name.has_suffix || full_bridge_exists) {
		(void)snprintf(want->bridge.name, sizeof(want->bridge.name), "%.*s", IFNAMSIZ - 1,
			       guest->bridge);
		return 0;
	}
	if (guest->has_vlan)
		return xnm_fail(err, -EINVAL,
				"both bridge='%s' and vlan= give VLANs: use one of them",
				guest->bridge);
	memcpy(want->bridge.name, guest->base_device[0] ? guest->base_device : name.base,
	       sizeof(want->bridge.name));
	want->network = xnm_policy_network(policy, name.base);
	if (!want->network)
		want->network = network_of(want, name.base, guest->base_device);
	if (want->network)
		memcpy(want->bridge.name, want->network->bridge, sizeof(want->bridge.name));
	want->bridge.vlan = name.vlan;
	want->bridge.has_vlan = true;
	want->bridge.vlan_why = "the suffix of the guest's bridge= asks for it";
	return 0;
}

void xnm_want_bridge(struct xnm_want *want, const struct xnm_link *bridge)
{
	unsigned int pvid = bridge->ifindex ? bridge->default_pvid : 1;

	if (want->backend != XNM_BACKEND_ROUTE && want->bridge.has_vlan &&
	    want->bridge.vlan.pvid == pvid)
		xnm_scope(want->address.scope, want->bridge.name, false, NULL);
}

void xnm_want_mac_scope(const struct xnm_want *want, char out[XNM_SCOPE_LEN])
{
	out[0] = '\0';
	if (!want->attach || want->backend == XNM_BACKEND_ROUTE)
		return;
	if (want->bridge.is_trunk)
		xnm_scope_trunk(out, want->bridge.name);
	else
		memcpy(out, want->address.scope, XNM_SCOPE_LEN);
}

uint32_t xnm_want_group(const struct xnm_want *want)
{
	char scope[XNM_SCOPE_LEN];

	if (!want->attach || !want->filter.locked)
		return 0;
	xnm_scope_trunk(scope, want->bridge.name);
	return xnm_scope_group(want->bridge.is_trunk ? scope : want->address.scope);
}

const char *xnm_final_name(const struct xnm_want *want, const struct xnm_facts *facts)
{
	bool is_free = facts->device.holder.ifindex == 0 ||
		       facts->device.holder.ifindex == facts->device.link.ifindex;

	return is_free ? want->device.name : facts->device.link.name;
}

/* Only on a routed vif does this host have addresses, for a guest with IPv6 addresses. */
bool xnm_wants_ipv6(const struct xnm_want *want)
{
	if (want->backend != XNM_BACKEND_ROUTE)
		return false;
	for (unsigned int i = 0; i < want->address.n; i++) {
		if (want->address.list[i].family == AF_INET6)
			return true;
	}
	return false;
}

bool xnm_wants_owned(const struct xnm_want *want)
{
	return want->attach && want->filter.locked && want->backend != XNM_BACKEND_ROUTE &&
	       !want->held;
}

/* Locked, unless the policy says otherwise. */
static void want_locking(struct xnm_want *want)
{
	const struct xnm_vif_policy *section = want->section;
	enum xnm_locking_mode mode = section ? section->locking_mode : XNM_LOCK_UNSET;

	if (mode == XNM_LOCK_UNSET && want->network)
		mode = want->network->locking_mode;
	if (mode == XNM_LOCK_DISABLED)
		want->attach = false;
	want->filter.locked = mode == XNM_LOCK_UNSET || mode == XNM_LOCK_LOCKED;
}

/* A section that is only what 'xnm set' has set is in none of the policy's files. */
static void want_why(struct xnm_want *want)
{
	const struct xnm_policy *policy = want->policy;
	const struct xnm_vif_policy *section = want->section;
	bool is_set = policy->overridden.present;
	size_t len;

	if (section && !(is_set && section->origin.file == policy->overridden.file))
		(void)xnm_policy_origin(policy, XNM_KEY_ORIGIN(section, VIF, NETWORK), want->why,
					sizeof(want->why));
	else if (want->network && want->why[0] == '\0')
		(void)xnm_policy_origin(policy, want->network->origin, want->why,
					sizeof(want->why));
	len = strlen(want->why);
	if (is_set)
		(void)snprintf(want->why + len, sizeof(want->why) - len, "%sxnm set",
			       len ? ", " : "");
}

int xnm_want_begin(struct xnm_want *want, const struct xnm_event *event,
		   const struct xnm_guest *guest, const struct xnm_policy *policy,
		   bool full_bridge_exists, struct xnm_err *err)
{
	struct xnm_vif_identity id;
	int rc;

	memset(want, 0, sizeof(*want));
	want->attach = true;
	xnm_want_identity(&id, event, guest);
	want->section = xnm_policy_match(policy, &id);
	rc = want_unknown(want, policy, guest, err);
	if (rc)
		return rc;
	want->policy = policy;
	want->devid = event->devid;
	/* what was set for the vif changes its section, and not whether it has one */
	if (policy->overridden.present)
		want->section = &policy->overridden.section;
	want_locking(want);
	if (want->attach)
		rc = want_bridge(want, guest, policy, full_bridge_exists, err);
	if (rc)
		return rc;
	/* the network may have a locking-mode= of its own */
	want_locking(want);
	if (want->attach && want->network)
		want->backend = want->network->backend;
	want_why(want);
	return 0;
}

struct xnm_link_vif xnm_want_link_vif(const struct xnm_want *want, const struct xnm_guest *guest)
{
	return (struct xnm_link_vif){
		.domain = guest->domain_name,
		.devid = want->devid,
		.network = want->network ? want->network->name : "",
		.n = want->address.n,
		.addresses = want->address.list,
	};
}
