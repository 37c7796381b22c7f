/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - merge the guest's keys and the policy into what one vif should be. */
#include "hotplug/core/want.h"
#include "hotplug/parts/address/want.h"
#include "policy/sections/uplinks.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
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

static void identify(struct xnm_vif_identity *id, const struct xnm_event *event,
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

/* The first value that is set, the most specific one first. */
static void want_flag(struct xnm_port_want *port, enum xnm_port_flag flag, enum xnm_tristate vif,
		      enum xnm_tristate network)
{
	enum xnm_tristate value = vif != XNM_UNSET ? vif : network;

	if (value == XNM_UNSET)
		return;
	port->mask |= (uint16_t)flag;
	if (value == XNM_YES)
		port->value |= (uint16_t)flag;
}

static void want_port(struct xnm_port_want *port, const struct xnm_port_policy *vif,
		      const struct xnm_port_policy *network, bool locked)
{
	want_flag(port, XNM_PORT_ISOLATED, vif->isolated, network->isolated);
	want_flag(port, XNM_PORT_LEARNING, vif->learning, network->learning);
	want_flag(port, XNM_PORT_HAIRPIN, vif->hairpin, network->hairpin);
	want_flag(port, XNM_PORT_GUARD, vif->guard, network->guard);
	want_flag(port, XNM_PORT_ROOT_BLOCK, vif->root_block, network->root_block);
	want_flag(port, XNM_PORT_FLOOD, vif->flood, network->flood);
	want_flag(port, XNM_PORT_MCAST_FLOOD, vif->mcast_flood, network->mcast_flood);
	want_flag(port, XNM_PORT_BCAST_FLOOD, vif->bcast_flood, network->bcast_flood);
	want_flag(port, XNM_PORT_NEIGH_SUPPRESS, vif->neigh_suppress, network->neigh_suppress);
	/*
	 * Frames to 01:80:c2:00:00:0x, whatever they carry, go from a port to this host's own
	 * protocols without passing nftables; only those that may be forwarded pass it
	 * (br_handle_frame() in net/bridge/br_input.c), where those of locked vifs are dropped
	 */
	if (locked)
		want_flag(port, XNM_PORT_GROUP_FWD, XNM_YES, XNM_YES);
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
			"and on-unknown=reject: add one to " XNM_POLICY_FILE,
			guest->domain_name, mac);
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

static void want_vlan(struct xnm_want *want, const struct xnm_guest *guest)
{
	if (want->section && want->section->has_vlan) {
		want->bridge.vlan = want->section->vlan;
		want->bridge.vlan_why = "the [vif] section says so";
	} else if (want->bridge.has_vlan) {
		return;
	} else if (guest->has_vlan) {
		want->bridge.vlan = guest->vlan;
		want->bridge.vlan_why = "the guest's vlan= says so";
	} else if (want->network && want->network->has_vlan) {
		want->bridge.vlan = want->network->vlan;
		want->bridge.vlan_why = "the [network] section says so";
	} else {
		return;
	}
	want->bridge.has_vlan = true;
}

static void want_mtu(struct xnm_want *want, const struct xnm_guest *guest)
{
	if (want->section && want->section->mtu_bytes) {
		want->device.mtu_bytes = want->section->mtu_bytes;
		want->device.mtu_why = "the [vif] section says so";
	} else if (guest->mtu_bytes) {
		want->device.mtu_bytes = guest->mtu_bytes;
		want->device.mtu_why = "the guest's mtu= says so";
	} else if (want->network && want->network->mtu_bytes) {
		want->device.mtu_bytes = want->network->mtu_bytes;
		want->device.mtu_why = "the [network] section says so";
	} else {
		want->device.mtu_why = "it is the bridge's MTU";
	}
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
	if (!section)
		return;
	want->filter.allow = section->allow;
	memcpy(want->filter.allowed, section->ipv4_allowed,
	       section->n_ipv4_allowed * sizeof(want->filter.allowed[0]));
	memcpy(want->filter.allowed + section->n_ipv4_allowed, section->ipv6_allowed,
	       section->n_ipv6_allowed * sizeof(want->filter.allowed[0]));
	want->filter.n_allowed = section->n_ipv4_allowed + section->n_ipv6_allowed;
}

static int want_name(struct xnm_want *want, const struct xnm_event *event,
		     const struct xnm_guest *guest, struct xnm_err *err)
{
	const char *suffix = xnm_event_is_tap(event) ? "-emu" : "";
	const char *name = xnm_event_device(event);
	int len;

	if (guest->vifname[0] == '\0')
		len = snprintf(want->device.name, sizeof(want->device.name), "%s", name);
	else
		len = snprintf(want->device.name, sizeof(want->device.name), "%s%s", guest->vifname,
			       suffix);
	if (len < 0 || (size_t)len >= sizeof(want->device.name))
		return xnm_fail(err, -ENAMETOOLONG,
				"vifname='%s' and its suffix '%s' are too long for a network "
				"device: shorten it",
				guest->vifname, suffix);
	return 0;
}

/* Without a gateway somebody else makes the routes, perhaps from the guest's router
 * advertisements. */
static bool has_ip6(const struct xnm_gateways *gateway)
{
	for (unsigned int i = 0; i < gateway->n; i++) {
		if (gateway->list[i].family == AF_INET6)
			return true;
	}
	return gateway->none || gateway->expected.family == AF_INET6;
}

/* A guest with share=yes needs a network whose uplink names it. */
static int want_shares(struct xnm_want *want, const struct xnm_guest *guest, struct xnm_err *err)
{
	const struct xnm_policy *policy = want->policy;

	for (unsigned int i = 0; want->attach && want->network && i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		if (!xnm_uplink_is_shared_by(uplink, guest->domain_name, want->devid) ||
		    strcmp(uplink->network, want->network->name) != 0)
			continue;
		want->filter.brings_ip6 |= has_ip6(&uplink->gateway);
		if (!xnm_uplink_has_gateway(uplink))
			continue;
		if (want->uplink.n_shares == XNM_MAX_VIF_UPLINKS)
			return xnm_fail(err, -E2BIG,
					"[uplink %s] is one uplink too many with guest=%s: one vif "
					"can be %d uplinks",
					uplink->name, uplink->guest, XNM_MAX_VIF_UPLINKS);
		want->uplink.shares[want->uplink.n_shares++] = uplink;
	}
	return 0;
}

/* Where the policy alone decides the network, loading it has checked this already. */
static int check_share(const struct xnm_want *want, struct xnm_err *err)
{
	if (!want->attach || !want->section || want->section->share != XNM_YES ||
	    !xnm_vif_cannot_share(want->section, want->network))
		return 0;
	return xnm_fail(err, -EINVAL,
			"[vif %s] has share=yes, but is locked to its own addresses: add "
			"locking-mode=unlocked, or ipv4-allowed=any, there",
			want->section->match);
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

int xnm_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	     const struct xnm_policy *policy, bool full_bridge_exists, struct xnm_err *err)
{
	static const struct xnm_port_policy unset;
	struct xnm_vif_identity id;
	int rc;

	memset(want, 0, sizeof(*want));
	want->attach = true;
	identify(&id, event, guest);
	want->section = xnm_policy_match(policy, &id);
	rc = want_unknown(want, policy, guest, err);
	if (rc)
		return rc;
	want->policy = policy;
	want->devid = event->devid;
	rc = want_name(want, event, guest, err);
	want_locking(want);
	if (rc == 0 && want->attach)
		rc = want_bridge(want, guest, policy, full_bridge_exists, err);
	if (rc)
		return rc;
	/* the network may have a locking-mode= of its own */
	want_locking(want);
	if (want->attach && want->network)
		want->backend = want->network->backend;
	rc = want_shares(want, guest, err);
	if (rc)
		return rc;
	want_vlan(want, guest);
	want_mtu(want, guest);
	if (want->backend != XNM_BACKEND_ROUTE)
		want_port(&want->bridge.port, want->section ? &want->section->port : &unset,
			  want->network ? &want->network->port : &unset, want->filter.locked);
	want->bridge.is_trunk =
		want->backend != XNM_BACKEND_ROUTE && xnm_vlans_tagged(&want->bridge.vlan);
	xnm_scope(want->address.scope, want->bridge.name, want->bridge.has_vlan,
		  &want->bridge.vlan);
	rc = want_addresses(want, guest, err);
	if (rc == 0)
		rc = want_check_addresses(want, err);
	if (rc == 0)
		rc = check_share(want, err);
	if (rc)
		return rc;
	if (want->attach && want->network && want->network->dhcp == XNM_SERVER_DNSMASQ)
		xnm_dhcp_dir(want->dnsmasq.dir, want->network);
	if (want->section)
		(void)xnm_policy_origin(policy, want->section->origin, want->why,
					sizeof(want->why));
	else if (want->network && want->why[0] == '\0')
		(void)xnm_policy_origin(policy, want->network->origin, want->why,
					sizeof(want->why));
	return 0;
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
