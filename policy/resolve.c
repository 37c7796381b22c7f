/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolve.c - fill in defaults and check what the sections of a policy say about each other. */
#include "policy/load.h"

#include <string.h>

/* The place of a key, or of its section when the key was not written. */
#define KEY_ORIGIN(section, kind, id) \
	key_origin(&(section)->written, XNM_KEY_INDEX(kind, id), (section)->origin)

static struct xnm_origin key_origin(const struct xnm_written *written, unsigned int key,
				    struct xnm_origin section)
{
	return written->keys[key].line ? written->keys[key] : section;
}

static void unknown_network(const struct xnm_policy *policy, struct xnm_reporter *rep,
			    struct xnm_origin origin, const char *key, const char *name)
{
	struct xnm_nearest nearest = { .text = name };

	for (unsigned int i = 0; i < policy->n_networks; i++)
		xnm_nearest_offer(&nearest, policy->networks[i].name);
	if (nearest.best)
		xnm_mistake_at(rep, origin, "%s=%s: there is no [network %s]; did you mean '%s'?",
			       key, name, name, nearest.best);
	else
		xnm_mistake_at(rep, origin, "%s=%s: there is no [network %s]", key, name, name);
}

static void resolve_global(struct xnm_policy *policy, struct xnm_reporter *rep, bool section_lost)
{
	struct xnm_global *global = &policy->global;

	if (global->version == 0)
		global->version = 1;
	if (global->on_unknown == XNM_UNKNOWN_DEFAULT_NETWORK && !global->default_network[0])
		xnm_mistake_at(rep, KEY_ORIGIN(global, GLOBAL, ON_UNKNOWN),
			       "on-unknown=default-network needs default-network=");
	if (global->default_network[0] && !section_lost &&
	    !xnm_policy_network(policy, global->default_network))
		unknown_network(policy, rep, KEY_ORIGIN(global, GLOBAL, DEFAULT_NETWORK),
				"default-network", global->default_network);
}

static void fill_bridge(struct xnm_network *network, struct xnm_reporter *rep)
{
	if (network->bridge[0])
		return;
	if (network->written.keys[XNM_KEY_INDEX(NETWORK, BRIDGE)].line && rep->n_mistakes)
		return; /* its bridge= was refused, which is enough to hear */
	if (!xnm_ifname_ok(network->name) || xnm_ifname_is_vif(network->name)) {
		xnm_mistake_at(rep, network->origin,
			       "[network %s]: the name cannot be that of a bridge; add bridge=",
			       network->name);
		return;
	}
	memcpy(network->bridge, network->name, sizeof(network->bridge));
}

static void fill_network(struct xnm_network *network)
{
	if (network->create == XNM_UNSET)
		network->create = XNM_YES;
	/* with an uplink the host itself may talk over the bridge: that must not end with a guest */
	if (network->keep == XNM_UNSET)
		network->keep = network->n_interfaces ? XNM_YES : XNM_NO;
}

static void check_network(struct xnm_policy *policy, struct xnm_reporter *rep,
			  const struct xnm_network *network)
{
	const struct xnm_network *first;
	char where[160];

	if (network->has_vlan && network->vlan_filtering == XNM_NO)
		xnm_mistake_at(rep, KEY_ORIGIN(network, NETWORK, VLAN),
			       "vlan= has no effect with vlan-filtering=no");
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		if (network->bridge[0] && strcmp(network->interfaces[i], network->bridge) == 0)
			xnm_mistake_at(rep, KEY_ORIGIN(network, NETWORK, INTERFACES),
				       "interfaces=%s: the bridge cannot be its own port",
				       network->bridge);
	}
	first = network->bridge[0] ? xnm_policy_network_by_bridge(policy, network->bridge) : NULL;
	if (first && first != network)
		xnm_mistake_at(rep, KEY_ORIGIN(network, NETWORK, BRIDGE),
			       "[network %s]: the bridge %s is that of [network %s] already, %s",
			       network->name, network->bridge, first->name,
			       xnm_policy_origin(policy, first->origin, where, sizeof(where)));
}

static void resolve_vif(const struct xnm_policy *policy, struct xnm_reporter *rep,
			const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	if (!network)
		unknown_network(policy, rep, KEY_ORIGIN(vif, VIF, NETWORK), "network",
				vif->network);
	else if (vif->has_vlan && network->vlan_filtering == XNM_NO)
		xnm_mistake_at(rep, KEY_ORIGIN(vif, VIF, VLAN),
			       "vlan= has no effect: [network %s] has vlan-filtering=no",
			       network->name);
}

static void resolve_vifs(const struct xnm_policy *policy, struct xnm_reporter *rep,
			 bool section_lost)
{
	const struct xnm_network *network = NULL;

	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		if (!vif->network[0])
			continue;
		/* neighbours often share a network: that saves a search among all */
		if (!network || strcmp(network->name, vif->network) != 0)
			network = xnm_policy_network(policy, vif->network);
		if (network || !section_lost)
			resolve_vif(policy, rep, vif, network);
	}
}

void xnm_policy_resolve(struct xnm_policy *policy, struct xnm_reporter *rep, bool section_lost)
{
	resolve_global(policy, rep, section_lost);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		fill_network(&policy->networks[i]);
		fill_bridge(&policy->networks[i], rep);
	}
	for (unsigned int i = 0; i < policy->n_networks; i++)
		check_network(policy, rep, &policy->networks[i]);
	resolve_vifs(policy, rep, section_lost);
}
