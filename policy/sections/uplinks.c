/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.c - find the device of each [uplink], fill in its defaults and check what it says. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"
#include "policy/sections/traffic.h"

#define METRIC_STEP 100 /* between uplinks without metric= */

/* A port has no addresses of its own: its bridge is the uplink. */
static void check_port(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
		       const struct xnm_network *network)
{
	char device[XNM_DEVICE_TEXT_LEN];

	if (xnm_network_has_interface(network, uplink->interface))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, INTERFACE),
			       "interface=%s: is a port of the bridge of [network %s]; name the "
			       "bridge, interface=%s",
			       xnm_policy_device(r->policy, uplink->interface, device),
			       network->name, network->bridge);
}

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

/* Replies from outside come with their own source addresses, which a locked guest may not send. */
static void check_locking(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
			  const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	enum xnm_locking_mode mode = vif->locking_mode ? vif->locking_mode : network->locking_mode;
	bool ip6 = false, ip4 = uplink->gateway.dhcp, any4 = false, any6 = false;

	for (unsigned int i = 0; i < uplink->gateway.n; i++) {
		ip4 |= uplink->gateway.list[i].family == AF_INET;
		ip6 |= uplink->gateway.list[i].family == AF_INET6;
	}
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
		struct xnm_cidr host = vif->own.list[i];

		if (gateways->n && gateways->list[0].family == host.family)
			continue;
		host.prefix_len = host.family == AF_INET ? 32 : 128;
		gateways->list[gateways->n++] = host;
	}
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

static void resolve_guest(const struct xnm_resolver *r, struct xnm_uplink *uplink)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(uplink, UPLINK, GUEST);
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
			xnm_mistake_at(r->rep, origin,
				       "guest=%s: no [vif] section that matches its name has "
				       "network=; add [vif %s/%u] with network=",
				       uplink->guest, uplink->guest_domain, uplink->guest_devid);
		return;
	}
	memcpy(uplink->network, network->name, sizeof(uplink->network));
	if (network->backend == XNM_BACKEND_BRIDGE)
		memcpy(uplink->device, network->bridge, sizeof(uplink->device));
	else if (!uplink->device[0])
		xnm_mistake_at(r->rep, origin,
			       "guest=%s: [network %s] has no bridge; add interface=, the vifname= "
			       "of the guest's configuration",
			       uplink->guest, network->name);
	if (uplink->interface[0] && network->backend == XNM_BACKEND_BRIDGE &&
	    strcmp(uplink->interface, network->bridge) != 0)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, INTERFACE),
			       "interface=%s: %s is behind the bridge %s of [network %s]; remove "
			       "interface=",
			       uplink->interface, uplink->guest, network->bridge, network->name);
	if (!xnm_uplink_has_gateway(uplink) && !uplink->gateway.none)
		default_gateways(&uplink->gateway, vif);
	if (!xnm_uplink_has_gateway(uplink) && !uplink->gateway.none &&
	    !XNM_KEY_REFUSED(r, uplink, UPLINK, GATEWAY))
		xnm_mistake_at(r->rep, origin,
			       "guest=%s: needs gateway=, the guest's address in [network %s]",
			       uplink->guest, network->name);
	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		check_gateway(r, uplink, network, &uplink->gateway.list[i]);
	check_expected(r, uplink);
	check_locking(r, uplink, vif, network);
}

static void fill_quality(struct xnm_quality *quality)
{
	const struct {
		uint32_t *value, otherwise;
	} defaults[] = {
		{ &quality->interval_ms, 10000 },
		{ &quality->timeout_ms, 2000 },
		{ &quality->count, 3 },
		{ &quality->down, 3 },
		{ &quality->up, 3 },
		{ &quality->failure_loss_percent, 40 },
		{ &quality->failure_latency_ms, 1000 },
		{ &quality->recovery_latency_ms, 500 },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(defaults); i++) {
		if (*defaults[i].value == 0)
			*defaults[i].value = defaults[i].otherwise;
	}
	if (!quality->has_recovery_loss)
		quality->recovery_loss_percent = 10;
}

/* If one probe could count as bad and as good, the uplink would go up and down for ever. */
static void check_quality(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	const struct xnm_quality *quality = &uplink->quality;

	if (quality->recovery_loss_percent >= quality->failure_loss_percent)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, RECOVERY_LOSS),
			       "[uplink %s]: recovery-loss=%u%% must be less than "
			       "failure-loss=%u%%",
			       uplink->name, quality->recovery_loss_percent,
			       quality->failure_loss_percent);
	if (quality->recovery_latency_ms >= quality->failure_latency_ms)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, RECOVERY_LATENCY),
			       "[uplink %s]: recovery-latency=%ums must be less than "
			       "failure-latency=%ums",
			       uplink->name, quality->recovery_latency_ms,
			       quality->failure_latency_ms);
	if (uplink->n_track && !xnm_uplink_has_gateway(uplink))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, TRACK),
			       "track= of [uplink %s] needs gateway=: there is no route to move",
			       uplink->name);
}

/*
 * How the metrics of two uplinks collide; the kernel takes one route per metric.
 * NULL: they do not.
 */
static const char *meet(const struct xnm_uplink *uplink, const struct xnm_uplink *other)
{
	if (other->metric == uplink->metric)
		return "has it already";
	if (other->n_track && other->metric + XNM_METRIC_OF_DOWN == uplink->metric)
		return "has it while it is down, choose another";
	if (uplink->n_track && uplink->metric + XNM_METRIC_OF_DOWN == other->metric)
		return "has what this one has while it is down, choose another";
	return NULL;
}

static void check_metric(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	char where[160];

	for (const struct xnm_uplink *other = r->policy->uplinks; other < uplink; other++) {
		const char *when = meet(uplink, other);

		if (!when || !xnm_uplink_has_gateway(other) || !xnm_uplink_has_gateway(uplink))
			continue;
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, METRIC),
			       "metric=%u: [uplink %s] %s, %s", uplink->metric, other->name, when,
			       xnm_policy_origin(r->policy, other->origin, where, sizeof(where)));
		return;
	}
}

void xnm_resolve_uplinks(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		struct xnm_uplink *uplink = &policy->uplinks[i];

		if (!uplink->interface[0] && !uplink->guest[0] &&
		    !XNM_KEY_REFUSED(r, uplink, UPLINK, INTERFACE) &&
		    !XNM_KEY_REFUSED(r, uplink, UPLINK, GUEST))
			xnm_mistake_at(r->rep, uplink->origin,
				       "[uplink %s] needs interface= or guest=", uplink->name);
		memcpy(uplink->device, uplink->interface, sizeof(uplink->device));
		if (!uplink->metric)
			uplink->metric = METRIC_STEP * (i + 1);
		fill_quality(&uplink->quality);
		if (uplink->guest[0])
			resolve_guest(r, uplink);
		for (unsigned int j = 0; j < policy->n_networks; j++)
			check_port(r, uplink, &policy->networks[j]);
		check_quality(r, uplink);
		check_metric(r, uplink);
	}
	for (unsigned int i = 0; i < policy->n_networks; i++)
		xnm_check_circles(r, &policy->networks[i]);
}
