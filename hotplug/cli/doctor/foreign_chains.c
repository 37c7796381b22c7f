/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_chains.c - which packets of guests the chains and rules of other programs accept. */
#include "hotplug/cli/doctor/foreign_parts.h"

#include <string.h>

/* One more of a list, or NULL. */
static void *grow(void *list, const unsigned int *n, size_t size)
{
	char *larger = reallocarray(list, *n + 1, size);

	if (larger)
		memset(larger + *n * size, 0, size);
	return larger;
}

struct xnm_foreign_chain *xnm_foreign_add_chain(struct xnm_foreign *foreign)
{
	struct xnm_foreign_chain *chains =
		grow(foreign->chains, &foreign->n_chains, sizeof(*chains));

	if (!chains)
		return NULL;
	foreign->chains = chains;
	return &chains[foreign->n_chains++];
}

struct xnm_foreign_rule *xnm_foreign_add_rule(struct xnm_foreign *foreign)
{
	struct xnm_foreign_rule *rules = grow(foreign->rules, &foreign->n_rules, sizeof(*rules));

	if (!rules)
		return NULL;
	foreign->rules = rules;
	return &rules[foreign->n_rules++];
}

void xnm_foreign_free(struct xnm_foreign *foreign)
{
	free(foreign->chains);
	free(foreign->rules);
}

bool xnm_foreign_stands_for(const struct xnm_foreign_match *match,
			    const struct xnm_guest_device *device)
{
	const char *plus = strchr(device->name, '+');
	size_t len = strlen(match->ifname);

	if (len == 0)
		return true;
	if (plus)
		return match->is_prefix && len <= (size_t)(plus - device->name) &&
		       strncmp(match->ifname, device->name, len) == 0;
	return match->is_prefix ? strncmp(match->ifname, device->name, len) == 0
				: strcmp(match->ifname, device->name) == 0;
}

bool xnm_foreign_is_within(const struct xnm_foreign_rule *rule,
			   const struct xnm_foreign_chain *chain)
{
	return rule->family == chain->family && rule->is_legacy == chain->is_legacy &&
	       strcmp(rule->table, chain->table) == 0;
}

bool xnm_foreign_takes_all(const struct xnm_foreign_rule *rule)
{
	return !rule->other && !rule->known_connections && !rule->in.ifname[0] &&
	       !rule->out.ifname[0];
}

#define MAX_REACHED 64

/* The chains of a table that every packet of one of them comes to. */
struct reached {
	unsigned int n;
	const char *names[MAX_REACHED];
};

static bool has_reached(const struct reached *reached, const char *name)
{
	for (unsigned int i = 0; i < reached->n; i++) {
		if (strcmp(reached->names[i], name) == 0)
			return true;
	}
	return false;
}

static void reach(struct reached *reached, const struct xnm_foreign *foreign,
		  const struct xnm_foreign_chain *from)
{
	reached->names[0] = from->name;
	reached->n = 1;
	for (unsigned int n = 0; n != reached->n;) {
		n = reached->n;
		for (unsigned int i = 0; i < foreign->n_rules && reached->n < MAX_REACHED; i++) {
			const struct xnm_foreign_rule *rule = &foreign->rules[i];

			if (rule->target[0] && xnm_foreign_is_within(rule, from) &&
			    xnm_foreign_takes_all(rule) && has_reached(reached, rule->chain) &&
			    !has_reached(reached, rule->target))
				reached->names[reached->n++] = rule->target;
		}
	}
}

bool xnm_foreign_reaches(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *from,
			 const char *name)
{
	struct reached reached;

	reach(&reached, foreign, from);
	return has_reached(&reached, name);
}

/* What one rule accepts of what a device gets and sends. */
static void add_accepted(struct xnm_device_needs *accepted, const struct xnm_foreign_rule *rule,
			 const struct xnm_guest_device *device)
{
	bool any = !rule->in.ifname[0] && !rule->out.ifname[0];
	bool from = xnm_foreign_stands_for(&rule->in, device);
	bool to = xnm_foreign_stands_for(&rule->out, device);

	/* to where, and from where, is for who wrote the rule to know */
	if (from && (rule->in.ifname[0] || any) && !rule->known_connections)
		accepted->out = true;
	if (to && (rule->out.ifname[0] || any))
		accepted->back = true;
	if (from && to && !rule->known_connections)
		accepted->bridged = true;
}

bool xnm_foreign_accepts(const struct xnm_foreign *foreign, const struct xnm_foreign_chain *chain,
			 const struct xnm_guest_device *device,
			 const struct xnm_device_needs *needs)
{
	struct xnm_device_needs accepted = { false };
	struct reached reached;

	reach(&reached, foreign, chain);
	for (unsigned int i = 0; i < foreign->n_rules; i++) {
		const struct xnm_foreign_rule *rule = &foreign->rules[i];

		if (rule->accepts && !rule->other && xnm_foreign_is_within(rule, chain) &&
		    has_reached(&reached, rule->chain))
			add_accepted(&accepted, rule, device);
	}
	return (accepted.bridged || !needs->bridged) && (accepted.out || !needs->out) &&
	       (accepted.back || !needs->back);
}
