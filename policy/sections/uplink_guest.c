/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink_guest.c - find the network of a guest that is an uplink, and check that it can be one. */
#include "policy/sections/uplinks.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/resolve.h"
#include "policy/sections/subnets.h"

/* xnm_parse_target() has checked the syntax. */
static bool split_guest(const struct xnm_resolver *r, struct xnm_uplink *uplink)
{
	const char *slash = strchr(uplink->guest, '/');
	size_t len = slash ? (size_t)(slash - uplink->guest) : strlen(uplink->guest);
	struct xnm_cidr address;

	if (xnm_parse_cidr(uplink->guest, &address) == 0) {
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GUEST),
			       "guest=%s: must be a domain, or DOMAIN/NUMBER of a vif; its address "
			       "is gateway=",
			       uplink->guest);
		return false;
	}
	memcpy(uplink->guest_domain, uplink->guest, len);
	uplink->guest_devid = 0;
	return !slash || xnm_parse_u32(slash + 1, 0, UINT16_MAX, &uplink->guest_devid) == 0;
}

const struct xnm_vif_policy *xnm_uplink_section(const struct xnm_policy *policy,
						const struct xnm_uplink *uplink)
{
	struct xnm_vif_identity id = { .devid = uplink->guest_devid };

	(void)snprintf(id.domain_name, sizeof(id.domain_name), "%s", uplink->guest_domain);
	return xnm_policy_match(policy, &id);
}

bool xnm_uplink_is_shared_by(const struct xnm_uplink *uplink, const char *domain, uint32_t devid)
{
	return uplink->guest_domain[0] && uplink->guest_devid == devid &&
	       strcmp(uplink->guest_domain, domain) == 0;
}

bool xnm_uplink_has_family(const struct xnm_uplink *uplink, uint8_t family)
{
	bool any = uplink->gateway.dhcp && family == AF_INET;

	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		any |= uplink->gateway.list[i].family == family;
	return any;
}

/* Replies from outside come with their own source addresses, which a locked guest may not send. */
void xnm_resolve_uplink_locking(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
				const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	enum xnm_locking_mode mode = vif->locking_mode ? vif->locking_mode : network->locking_mode;
	bool ip4 = xnm_uplink_has_family(uplink, AF_INET), any4 = false;
	bool ip6 = xnm_uplink_has_family(uplink, AF_INET6), any6 = false;

	for (unsigned int i = 0; i < vif->n_ipv4_allowed; i++)
		any4 |= vif->ipv4_allowed[i].prefix_len == 0;
	for (unsigned int i = 0; i < vif->n_ipv6_allowed; i++)
		any6 |= vif->ipv6_allowed[i].prefix_len == 0;
	if (mode == XNM_LOCK_UNLOCKED || ((!ip4 || any4) && (!ip6 || any6)))
		return;
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GUEST),
		       "guest=%s: [vif %s] may send from its own addresses only, which drops what "
		       "comes from outside; add%s%s, or locking-mode=unlocked",
		       uplink->guest, vif->match, ip4 && !any4 ? " ipv4-allowed=any" : "",
		       ip6 && !any6 ? " ipv6-allowed=any" : "");
}

static void default_gateways(struct xnm_gateways *gateways, const struct xnm_vif_policy *vif)
{
	for (unsigned int i = 0; i < vif->own.n && gateways->n < XNM_MAX_GATEWAYS; i++) {
		struct xnm_cidr host = xnm_cidr_host(&vif->own.list[i]);

		if (gateways->n && gateways->list[0].family == host.family)
			continue;
		gateways->list[gateways->n++] = host;
	}
}

/* The guest is behind its network's bridge, or else behind its vif, which interface= names. */
static void find_device(const struct xnm_resolver *r, struct xnm_uplink *uplink,
			const struct xnm_network *network)
{
	memcpy(uplink->network, network->name, sizeof(uplink->network));
	if (network->backend == XNM_BACKEND_BRIDGE)
		memcpy(uplink->device, network->bridge, sizeof(uplink->device));
	else if (!uplink->device[0])
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GUEST),
			       "guest=%s: [network %s] has no bridge; add interface=, the vifname= "
			       "of the guest's configuration",
			       uplink->guest, network->name);
	if (uplink->interface[0] && network->backend == XNM_BACKEND_BRIDGE &&
	    strcmp(uplink->interface, network->bridge) != 0)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, INTERFACE),
			       "interface=%s: %s is behind the bridge %s of [network %s]; remove "
			       "interface=",
			       uplink->interface, uplink->guest, network->bridge, network->name);
}

/* Without gateway=, the guest's own addresses are. */
static void fill_gateways(const struct xnm_resolver *r, struct xnm_uplink *uplink,
			  const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	if (xnm_uplink_has_gateway(uplink) || uplink->gateway.none)
		return;
	default_gateways(&uplink->gateway, vif);
	if (!xnm_uplink_has_gateway(uplink) && !XNM_KEY_REFUSED(r, uplink, UPLINK, GATEWAY))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GUEST),
			       "guest=%s: needs gateway=, the guest's address in [network %s]",
			       uplink->guest, network->name);
}

static void check_gateway(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
			  const struct xnm_network *network, const struct xnm_cidr *gateway)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(uplink, UPLINK, GATEWAY);
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(gateway, text);
	*strchr(text, '/') = '\0';
	if (xnm_network_has_host(network, gateway))
		xnm_mistake_at(r->rep, origin,
			       "gateway=%s: the host itself has it in [network %s]; the guest's "
			       "address is meant",
			       text, network->name);
	else if (network->backend == XNM_BACKEND_BRIDGE && !xnm_cidr_is_link_local(gateway) &&
		 xnm_network_lacks(network, gateway))
		xnm_mistake_at(r->rep, origin, "gateway=%s: is in no subnet of [network %s]", text,
			       network->name);
}

/* Without a prefix, the guest could lease this host any address. */
static void check_expected(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	if (uplink->gateway.dhcp && uplink->gateway.expected.family == 0)
		xnm_mistake_at(
			r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GATEWAY),
			"gateway=dhcp: with guest=%s it needs the prefix that the guest gives "
			"out, without which it could lease this host any address; write it "
			"behind dhcp, as in gateway=dhcp 192.168.43.0/24",
			uplink->guest);
}

void xnm_resolve_uplink_guest(const struct xnm_resolver *r, struct xnm_uplink *uplink)
{
	const struct xnm_network *network = NULL;
	const struct xnm_vif_policy *vif;

	if (!split_guest(r, uplink) || r->section_lost)
		return;
	vif = xnm_uplink_section(r->policy, uplink);
	if (vif && vif->network[0])
		network = xnm_policy_network(r->policy, vif->network);
	if (!network) {
		/* an unknown name in network= is reported by vifs.c */
		if (!vif || !vif->network[0])
			xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, GUEST),
				       "guest=%s: no [vif] section that matches its name has "
				       "network=; add [vif %s/%u] with network=",
				       uplink->guest, uplink->guest_domain, uplink->guest_devid);
		return;
	}
	find_device(r, uplink, network);
	fill_gateways(r, uplink, vif, network);
	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		check_gateway(r, uplink, network, &uplink->gateway.list[i]);
	check_expected(r, uplink);
	xnm_resolve_uplink_locking(r, uplink, vif, network);
}
