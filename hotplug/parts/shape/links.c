/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.c - find the links that are shaped at a vif, and the addresses of their other ends. */
#include "hotplug/parts/shape/links.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "policy/sections/links.h"
#include "policy/sections/meet.h"

/* A link in one direction of a vif. */
struct found {
	const struct xnm_link_policy *link;
	const struct xnm_link_end *peer;
	const struct xnm_shaping *shaping;
};

/* The link as the vif sees it, with itself at end number mine; false: it is not for it. */
static bool look(struct found *out, const struct xnm_link_policy *link, unsigned int mine,
		 const struct xnm_link_vif *vif, enum xnm_direction direction)
{
	out->link = link;
	out->peer = &link->ends[1 - mine];
	out->shaping = &link->ways[xnm_link_way(mine, direction)];
	return xnm_link_tc_is_at(link, mine, direction) && !xnm_shaping_is_none(out->shaping) &&
	       xnm_link_end_has(&link->ends[mine], vif);
}

/* Whether any link is shaped at the vif in that direction. */
static bool is_linked(const struct xnm_want *want, const struct xnm_guest *guest,
		      enum xnm_direction direction)
{
	struct xnm_link_vif vif = xnm_want_link_vif(want, guest);
	struct found found;

	for (unsigned int i = 0; want->attach && i < want->policy->n_links; i++) {
		if (look(&found, &want->policy->links[i], 0, &vif, direction) ||
		    look(&found, &want->policy->links[i], 1, &vif, direction))
			return true;
	}
	return false;
}

bool shape_is_wanted(const struct xnm_want *want, const struct xnm_guest *guest)
{
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++) {
		if (!xnm_shaping_is_none(&want->shape.to[i]) ||
		    is_linked(want, guest, (enum xnm_direction)i))
			return true;
	}
	return false;
}

bool shape_is_peer(const struct xnm_want *want, const struct xnm_guest *guest)
{
	struct xnm_link_vif vif = xnm_want_link_vif(want, guest);

	for (unsigned int i = 0; want->attach && i < 2 * want->policy->n_links; i++) {
		const struct xnm_link_end *end = &want->policy->links[i / 2].ends[i % 2];

		if (end->kind == XNM_END_VIF && xnm_link_end_has(end, &vif))
			return !xnm_policy_sure_addresses(want->policy, end->domain, end->devid);
	}
	return false;
}

void shape_each_peer(const struct xnm_want *want, const struct xnm_guest *guest,
		     void (*fn)(void *arg, const struct xnm_link_end *peer), void *arg)
{
	struct xnm_link_vif vif = xnm_want_link_vif(want, guest);
	struct found found;

	for (unsigned int i = 0; want->attach && i < want->policy->n_links; i++) {
		for (unsigned int mine = 0; mine < 2; mine++) {
			const struct xnm_link_policy *link = &want->policy->links[i];

			if (link->ends[1 - mine].kind == XNM_END_VIF &&
			    (look(&found, link, mine, &vif, XNM_INBOUND) ||
			     look(&found, link, mine, &vif, XNM_OUTBOUND)) &&
			    !xnm_policy_sure_addresses(want->policy, found.peer->domain,
						       found.peer->devid))
				fn(arg, found.peer);
		}
	}
}

static void add_prefixes(struct shape_branch *branch, const struct xnm_cidr *list, unsigned int n)
{
	for (unsigned int i = 0; i < n && branch->n_prefixes < SHAPE_MAX_PREFIXES; i++)
		branch->prefixes[branch->n_prefixes++] = list[i];
}

/* An address of a vif stands for itself, and for its subnet only if it is that subnet's first. */
static void add_hosts(struct shape_branch *branch, const struct xnm_cidr *list, unsigned int n)
{
	unsigned int first = branch->n_prefixes;

	add_prefixes(branch, list, n);
	for (unsigned int i = first; i < branch->n_prefixes; i++) {
		struct xnm_cidr *prefix = &branch->prefixes[i];

		if (xnm_cidr_has_host_bits(prefix))
			*prefix = xnm_cidr_host(prefix);
	}
}

static void add_all(struct shape_branch *branch)
{
	static const struct xnm_cidr all[] = { { .family = AF_INET }, { .family = AF_INET6 } };

	add_prefixes(branch, all, 2);
}

static void add_peer(struct shape_branch *branch, const struct xnm_want *want,
		     const struct xnm_facts *facts, const struct xnm_link_end *peer)
{
	const struct xnm_own_addresses *own =
		xnm_policy_sure_addresses(want->policy, peer->domain, peer->devid);

	if (own)
		add_hosts(branch, own->list, own->n);
	for (unsigned int i = 0; !own && i < facts->shape.n_peers; i++) {
		const struct xnm_shape_peer *vif = &facts->shape.peers[i];

		if (vif->devid == peer->devid && strcmp(vif->domain, peer->domain) == 0)
			add_hosts(branch, vif->list, vif->n);
	}
}

/* A network without addresses is only reached from within. */
static void add_network(struct shape_branch *branch, const struct xnm_want *want, const char *name)
{
	const struct xnm_network *network = xnm_policy_network(want->policy, name);

	if (network && network->n_addresses)
		add_prefixes(branch, network->addresses, network->n_addresses);
	else if (network && network == want->network)
		add_all(branch);
}

static void find_prefixes(struct shape_branch *branch, const struct xnm_want *want,
			  const struct xnm_facts *facts, const struct xnm_link_end *peer)
{
	switch (peer->kind) {
	case XNM_END_ANY:
		add_all(branch);
		break;
	case XNM_END_NETWORK:
		add_network(branch, want, peer->network);
		break;
	case XNM_END_PREFIX:
		add_prefixes(branch, &peer->prefix, 1);
		break;
	case XNM_END_VIF:
		add_peer(branch, want, facts, peer);
		break;
	}
}

static bool has_slot(const struct shape_branch *list, unsigned int n, uint16_t slot)
{
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].slot == slot)
			return true;
	}
	return false;
}

/* By the link's name (FNV-1a), so that other links that come and go do not move it. */
static uint16_t find_slot(const struct shape_branch *list, unsigned int n, const char *name)
{
	uint32_t hash = 2166136261u;
	uint16_t slot;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	slot = (uint16_t)(hash % SHAPE_MAX_SLOT + 1);
	while (has_slot(list, n, slot))
		slot = slot % SHAPE_MAX_SLOT + 1;
	return slot;
}

/* Behind all that count before it, or as much. Returns false if there is no room. */
static bool insert(struct found *list, unsigned int *n, const struct found *found)
{
	unsigned int at = *n;

	if (*n == XNM_SHAPE_MAX_LINKS)
		return false;
	while (at > 0 && xnm_link_compare(found->link, list[at - 1].link) < 0) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = *found;
	(*n)++;
	return true;
}

static int too_many(const struct xnm_want *want, const struct xnm_link_policy *link,
		    struct xnm_err *err)
{
	char where[160];

	return xnm_fail(err, -E2BIG,
			"%s: [link %s] is one more than the %d links that one vif may have in one "
			"direction: name networks or prefixes instead of single vifs",
			xnm_policy_origin(want->policy, link->origin, where, sizeof(where)),
			link->name, XNM_SHAPE_MAX_LINKS);
}

static int find_all(struct found *list, unsigned int *n, const struct xnm_want *want,
		    const struct xnm_guest *guest, enum xnm_direction direction,
		    struct xnm_err *err)
{
	struct xnm_link_vif vif = xnm_want_link_vif(want, guest);

	for (unsigned int i = 0; want->attach && i < want->policy->n_links; i++) {
		const struct xnm_link_policy *link = &want->policy->links[i];
		/* of a network's link with itself, one end is enough */
		unsigned int ends = xnm_link_end_equal(&link->ends[0], &link->ends[1]) ? 1 : 2;
		struct found found;

		for (unsigned int mine = 0; mine < ends; mine++) {
			if (look(&found, link, mine, &vif, direction) && !insert(list, n, &found))
				return too_many(want, link, err);
		}
	}
	return 0;
}

int shape_branches(struct shape_branch *out, unsigned int *n, const struct xnm_want *want,
		   const struct xnm_facts *facts, enum xnm_direction direction, struct xnm_err *err)
{
	struct found list[XNM_SHAPE_MAX_LINKS];
	unsigned int n_found = 0;
	int rc = find_all(list, &n_found, want, &facts->guest, direction, err);

	*n = 0;
	for (unsigned int i = 0; rc == 0 && i < n_found; i++) {
		struct shape_branch *branch = &out[*n];

		branch->n_prefixes = 0;
		find_prefixes(branch, want, facts, list[i].peer);
		if (branch->n_prefixes == 0)
			continue;
		branch->by_source = direction == XNM_INBOUND;
		branch->shaping = *list[i].shaping;
		branch->slot = find_slot(out, *n, list[i].link->name);
		(*n)++;
	}
	return rc;
}
