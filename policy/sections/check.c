/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - look for probable mistakes of a policy that are not refused at every event. */
#include "policy/sections/check.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/match.h"
#include "policy/sections/subnets.h"

static struct xnm_origin address_origin(const struct xnm_vif_policy *vif)
{
	return XNM_KEY_ORIGIN(vif, VIF, ADDRESS);
}

/*
 * Compares one address of a vif with the subnets of its network. Loading has
 * checked closed ones.
 */
static void check_subnets(struct xnm_reporter *rep, const struct xnm_vif_policy *vif,
			  const struct xnm_cidr *host, const struct xnm_network *network)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_cidr_format_told(host, text);
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (xnm_cidr_same_host(host, &network->addresses[i]))
			xnm_mistake_at(rep, address_origin(vif),
				       "address=%s: the host itself has it in [network %s]", text,
				       network->name);
	}
	if (!xnm_network_is_closed(network) && xnm_network_lacks(network, host))
		xnm_mistake_at(rep, address_origin(vif),
			       "address=%s: is in no subnet of [network %s]", text, network->name);
}

/* Whether one address of two vifs is a conflict. */
static bool share_addresses(const struct xnm_policy *policy, const struct xnm_vif_policy *a,
			    const struct xnm_vif_policy *b)
{
	const struct xnm_network *network, *other;

	if (strcmp(a->network, b->network) == 0)
		return true;
	/* the host routes to both, but bridges may use the same private addresses */
	network = xnm_policy_network(policy, a->network);
	other = xnm_policy_network(policy, b->network);
	return network && other && xnm_network_is_closed(network) && xnm_network_is_closed(other);
}

/* Looks for a section, up to the one of vif, that has the address already. */
static void check_twice(const struct xnm_policy *policy, struct xnm_reporter *rep,
			const struct xnm_vif_policy *vif, unsigned int n)
{
	const struct xnm_cidr *host = &vif->own.list[n];
	char text[XNM_CIDR_TEXT_LEN], where[160];

	for (const struct xnm_vif_policy *other = policy->vifs; other <= vif; other++) {
		unsigned int end = other == vif ? n : other->own.n;

		for (unsigned int i = 0; i < end; i++) {
			if (!xnm_cidr_same_host(&other->own.list[i], host) ||
			    !share_addresses(policy, other, vif))
				continue;
			xnm_cidr_format_told(host, text);
			(void)xnm_policy_origin(policy, address_origin(other), where,
						sizeof(where));
			xnm_mistake_at(rep, address_origin(vif),
				       "address=%s: [vif %s] has it already, %s", text,
				       other->match, where);
			return;
		}
	}
}

static void check_addresses(const struct xnm_policy *policy, struct xnm_reporter *rep,
			    const struct xnm_vif_policy *vif)
{
	const struct xnm_network *network = xnm_policy_network(policy, vif->network);

	for (unsigned int i = 0; i < vif->own.n; i++) {
		if (network)
			check_subnets(rep, vif, &vif->own.list[i], network);
		check_twice(policy, rep, vif, i);
	}
	if (vif->n_acls && !xnm_own_is_set(&vif->own))
		xnm_warning_at(rep, XNM_KEY_ORIGIN(vif, VIF, ACL),
			       "acl= without address=; the guest's configuration must have ip=");
}

/*
 * Whether pattern a matches all that b does. Only the clear cases: a is "*",
 * both are the same, or b is no pattern at all.
 */
static bool covers(const char *a, const char *b)
{
	if (strcmp(a, "*") == 0 || strcmp(a, b) == 0)
		return true;
	return !strpbrk(b, "*?[") && fnmatch(a, b, FNM_NOESCAPE) == 0;
}

/* Warns when a section before vif takes all that it could match. */
static void check_shadowed(const struct xnm_policy *policy, struct xnm_reporter *rep,
			   const struct xnm_vif_policy *vif)
{
	struct xnm_match_patterns mine, theirs;
	char where[160];

	xnm_match_split(vif->match, &mine);
	for (const struct xnm_vif_policy *other = policy->vifs; other < vif; other++) {
		if (xnm_match_has_keys(policy, other))
			continue;
		xnm_match_split(other->match, &theirs);
		if (!covers(theirs.name, mine.name) || !covers(theirs.devid, mine.devid))
			continue;
		(void)xnm_policy_origin(policy, other->origin, where, sizeof(where));
		xnm_warning_at(rep, vif->origin,
			       "[vif %s] is never used: [vif %s] comes before it, %s", vif->match,
			       other->match, where);
		return;
	}
}

int xnm_policy_check_for(const struct xnm_policy *policy, const struct xnm_netem_can *can,
			 xnm_policy_report report, void *arg)
{
	struct xnm_reporter rep = { .policy = policy, .report = report, .arg = arg };

	xnm_check_networks(policy, &rep);
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		check_addresses(policy, &rep, &policy->vifs[i]);
		check_shadowed(policy, &rep, &policy->vifs[i]);
	}
	xnm_check_tc(policy, &rep);
	xnm_check_netems(policy, &rep, can);
	xnm_check_classes(policy, &rep);
	xnm_check_uplinks(policy, &rep);
	xnm_check_forwards(policy, &rep);
	xnm_check_pools(policy, &rep);
	xnm_check_dhcp(policy, &rep);
	return rep.n_mistakes ? -EINVAL : 0;
}

int xnm_policy_check(const struct xnm_policy *policy, xnm_policy_report report, void *arg)
{
	return xnm_policy_check_for(policy, NULL, report, arg);
}
