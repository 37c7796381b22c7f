/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_forward.c - look for ports that lead nowhere and uplinks that are not there. */
#include "policy/sections/check.h"

#include <fnmatch.h>

#include "hotplug/base/cidr.h"
#include "policy/match.h"

/* What the [vif] sections say of the domain that a [forward] leads to. */
struct target {
	bool has_address; /* in the forward's network, or in one that only the guest names */
	const struct xnm_vif_policy *named; /* there too, with the very name of the domain */
	const struct xnm_vif_policy *elsewhere; /* so named, but in another network */
};

static bool devid_matches(const struct xnm_forward *forward, const char *pattern)
{
	char devid[12];

	if (!forward->has_target_devid)
		return true;
	(void)snprintf(devid, sizeof(devid), "%u", forward->target_devid);
	return fnmatch(pattern, devid, FNM_NOESCAPE) == 0;
}

static void look_at(struct target *target, const struct xnm_forward *forward,
		    const struct xnm_vif_policy *vif)
{
	struct xnm_match_patterns patterns;
	bool here, named;

	xnm_match_split(vif->match, &patterns);
	if (fnmatch(patterns.name, forward->target_domain, FNM_NOESCAPE) != 0 ||
	    !devid_matches(forward, patterns.devid))
		return;
	here = vif->network[0] == '\0' || strcmp(vif->network, forward->network) == 0;
	named = strcmp(patterns.name, forward->target_domain) == 0;
	if (here && xnm_own_is_set(&vif->own))
		target->has_address = true;
	if (here && named && !target->named)
		target->named = vif;
	if (!here && named && !target->elsewhere)
		target->elsewhere = vif;
}

static void check_target(const struct xnm_policy *policy, struct xnm_reporter *rep,
			 const struct xnm_forward *forward)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(forward, FORWARD, TARGET);
	struct target target = { .has_address = false };
	char where[160];

	for (unsigned int i = 0; i < policy->n_vifs; i++)
		look_at(&target, forward, &policy->vifs[i]);
	if (target.has_address)
		return;
	if (target.named)
		xnm_mistake_at(
			rep, origin, "target=%s: has no address; add address= to [vif %s], %s",
			forward->target, target.named->match,
			xnm_policy_origin(policy, target.named->origin, where, sizeof(where)));
	else if (target.elsewhere)
		xnm_mistake_at(rep, origin,
			       "target=%s: [vif %s] joins [network %s], not [network %s]",
			       forward->target, target.elsewhere->match, target.elsewhere->network,
			       forward->network);
	else
		xnm_warning_at(rep, origin,
			       "target=%s: no [vif] section gives its address; the guest's "
			       "configuration must have ip=",
			       forward->target);
}

void xnm_check_forwards(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		if (!policy->forwards[i].target_is_address)
			check_target(policy, rep, &policy->forwards[i]);
	}
}

static bool is_used(const struct xnm_policy *policy, const char *uplink)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int j = 0; j < network->n_uplinks; j++) {
			if (strcmp(network->uplinks[j], uplink) == 0)
				return true;
		}
	}
	return false;
}

/* A prefix of gateway=dhcp that overlaps a subnet of this host: no lease in it would be taken. */
static void check_expected(const struct xnm_policy *policy, struct xnm_reporter *rep,
			   const struct xnm_uplink *uplink)
{
	const struct xnm_cidr *expected = &uplink->gateway.expected;
	char text[XNM_CIDR_TEXT_LEN], subnet[XNM_CIDR_TEXT_LEN];

	if (expected->family == 0)
		return;
	xnm_format_cidr(expected, text);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int k = 0; k < network->n_addresses; k++) {
			if (network->addresses[k].prefix_len > expected->prefix_len ||
			    !xnm_cidr_overlap(expected, &network->addresses[k]))
				continue;
			xnm_format_cidr(&network->addresses[k], subnet);
			xnm_warning_at(rep, XNM_KEY_ORIGIN(uplink, UPLINK, GATEWAY),
				       "gateway=dhcp %s: no lease of it is taken, as this host has "
				       "address=%s in [network %s]",
				       text, subnet, network->name);
		}
	}
}

void xnm_check_uplinks(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		check_expected(policy, rep, uplink);
		/* a bridge of the policy may be made by the first guest only */
		if (uplink->guest[0] || if_nametoindex(uplink->interface) != 0 ||
		    xnm_policy_network_by_bridge(policy, uplink->interface) ||
		    !is_used(policy, uplink->name))
			continue;
		xnm_mistake_at(rep, uplink->origin,
			       "[uplink %s]: there is no interface %s on this machine",
			       uplink->name, uplink->interface);
	}
}

/*
 * Whether one of its uplinks has a default route of the host, which is made with
 * the network's guests.
 */
static bool is_hosts_way(const struct xnm_policy *policy, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

		if (uplink && xnm_uplink_has_gateway(uplink))
			return true;
	}
	return false;
}

/* The host uses uplinks by metric=, whatever the order in uplink=. */
static void check_order(const struct xnm_policy *policy, struct xnm_reporter *rep,
			const struct xnm_network *network)
{
	const struct xnm_uplink *last = NULL;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

		if (!uplink || !xnm_uplink_has_gateway(uplink))
			continue;
		if (last && last->metric > uplink->metric)
			xnm_warning_at(rep, XNM_KEY_ORIGIN(network, NETWORK, UPLINK),
				       "uplink=%s %s: the second one is preferred, with metric=%u "
				       "against %u",
				       last->name, uplink->name, uplink->metric, last->metric);
		last = uplink;
	}
}

void xnm_check_networks(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];
		const char *mode = xnm_forward_word(network->forward);

		check_order(policy, rep, network);
		if (network->host_services.set && !xnm_network_is_closed(network))
			xnm_warning_at(rep, XNM_KEY_ORIGIN(network, NETWORK, HOST_SERVICES),
				       "host-services= has no effect with forward=%s", mode);
		if (network->n_uplinks && !is_hosts_way(policy, network) &&
		    (network->forward == XNM_FORWARD_NONE ||
		     (network->forward == XNM_FORWARD_BRIDGE &&
		      network->masquerade == XNM_MASQ_NO)))
			xnm_warning_at(rep, XNM_KEY_ORIGIN(network, NETWORK, UPLINK),
				       "uplink= has no effect with forward=%s", mode);
	}
}
