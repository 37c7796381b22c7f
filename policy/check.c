/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - look for what a policy can hardly mean, for people who have the time. */
#include "policy/policy.h"

#include <errno.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <string.h>

#include "policy/match.h"
#include "policy/report.h"

static struct xnm_origin address_origin(const struct xnm_vif_policy *vif)
{
	struct xnm_origin key = vif->written.keys[XNM_KEY_INDEX(VIF, ADDRESS)];

	return key.line ? key : vif->origin;
}

static bool same_host(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

static bool is_within(const struct xnm_cidr *host, const struct xnm_cidr *subnet)
{
	unsigned int bytes = subnet->prefix_len / 8;
	unsigned int bits = subnet->prefix_len % 8;

	if (host->family != subnet->family || memcmp(host->addr, subnet->addr, bytes) != 0)
		return false;
	return bits == 0 || ((host->addr[bytes] ^ subnet->addr[bytes]) & (0xff00 >> bits)) == 0;
}

/* Compares one address of a vif with all of its network. */
static void check_subnets(struct xnm_reporter *rep, const struct xnm_vif_policy *vif,
			  const struct xnm_cidr *host, const struct xnm_network *network)
{
	bool any = false, within = false;
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(host, text);
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *own = &network->addresses[i];

		if (same_host(host, own))
			xnm_mistake_at(rep, address_origin(vif),
				       "address=%s: the host itself has it in [network %s]", text,
				       network->name);
		any = any || own->family == host->family;
		within = within || is_within(host, own);
	}
	if (any && !within)
		xnm_mistake_at(rep, address_origin(vif),
			       "address=%s: is in no subnet of [network %s]", text, network->name);
}

/*
 * Looks for a section, up to the one of vif, that has the address already.
 * Networks may use the same private addresses; only one network's count.
 */
static void check_twice(const struct xnm_policy *policy, struct xnm_reporter *rep,
			const struct xnm_vif_policy *vif, unsigned int n)
{
	const struct xnm_cidr *host = &vif->addresses[n];
	char text[XNM_CIDR_TEXT_LEN], where[160];

	for (const struct xnm_vif_policy *other = policy->vifs; other <= vif; other++) {
		unsigned int end = other == vif ? n : other->n_addresses;

		if (strcmp(other->network, vif->network) != 0)
			continue;
		for (unsigned int i = 0; i < end; i++) {
			if (!same_host(&other->addresses[i], host))
				continue;
			xnm_format_cidr(host, text);
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

	for (unsigned int i = 0; i < vif->n_addresses; i++) {
		if (network)
			check_subnets(rep, vif, &vif->addresses[i], network);
		check_twice(policy, rep, vif, i);
	}
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

/* Whether a match- key, still set after all files, narrows what the section matches. */
static bool has_match_keys(const struct xnm_policy *policy, const struct xnm_vif_policy *vif)
{
	const struct xnm_vif_match *m;

	if (!vif->matches)
		return false;
	m = &policy->matches[vif->matches - 1];
	return m->n_names || m->n_uuids || m->n_macs || m->n_devids || m->n_bridges ||
	       m->n_interfaces;
}

/* Warns when a section before vif takes all that it could match. */
static void check_shadowed(const struct xnm_policy *policy, struct xnm_reporter *rep,
			   const struct xnm_vif_policy *vif)
{
	struct xnm_match_patterns mine, theirs;
	char where[160];

	xnm_match_split(vif->match, &mine);
	for (const struct xnm_vif_policy *other = policy->vifs; other < vif; other++) {
		if (has_match_keys(policy, other))
			continue;
		xnm_match_split(other->match, &theirs);
		if (!covers(theirs.name, mine.name) || !covers(theirs.devid, mine.devid))
			continue;
		(void)xnm_policy_origin(policy, other->origin, where, sizeof(where));
		xnm_warning_at(rep, vif->origin,
			       "[vif %s] never counts: [vif %s] comes before it, %s", vif->match,
			       other->match, where);
		return;
	}
}

int xnm_policy_check(const struct xnm_policy *policy, xnm_policy_report report, void *arg)
{
	struct xnm_reporter rep = { .policy = policy, .report = report, .arg = arg };

	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		check_addresses(policy, &rep, &policy->vifs[i]);
		check_shadowed(policy, &rep, &policy->vifs[i]);
	}
	return rep.n_mistakes ? -EINVAL : 0;
}
