/* SPDX-License-Identifier: GPL-2.0-or-later */
/* find.c - find a section of a policy by its name, and the line that something comes from. */
#include "policy/policy.h"

const struct xnm_network *xnm_policy_network(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		if (strcmp(policy->networks[i].name, name) == 0)
			return &policy->networks[i];
	}
	return NULL;
}

const struct xnm_network *xnm_policy_network_by_bridge(const struct xnm_policy *policy,
						       const char *bridge)
{
	if (!*bridge) /* bridge is "" in networks with backend=route */
		return NULL;
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		if (strcmp(policy->networks[i].bridge, bridge) == 0)
			return &policy->networks[i];
	}
	return NULL;
}

const struct xnm_uplink *xnm_policy_uplink(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (strcmp(policy->uplinks[i].name, name) == 0)
			return &policy->uplinks[i];
	}
	return NULL;
}

const struct xnm_acl *xnm_policy_acl(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_acls; i++) {
		if (strcmp(policy->acls[i].name, name) == 0)
			return &policy->acls[i];
	}
	return NULL;
}

const struct xnm_pool *xnm_policy_pool(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_pools; i++) {
		if (strcmp(policy->pools[i].name, name) == 0)
			return &policy->pools[i];
	}
	return NULL;
}

const struct xnm_profile *xnm_policy_profile(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_profiles; i++) {
		if (strcmp(policy->profiles[i].name, name) == 0)
			return &policy->profiles[i];
	}
	return NULL;
}

const struct xnm_class_policy *xnm_policy_class(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_classes; i++) {
		if (strcmp(policy->classes[i].name, name) == 0)
			return &policy->classes[i];
	}
	return NULL;
}

const char *xnm_policy_origin(const struct xnm_policy *policy, struct xnm_origin origin, char *out,
			      size_t out_size)
{
	if (origin.line == 0 || origin.file >= policy->n_files)
		(void)snprintf(out, out_size, "default");
	else
		(void)snprintf(out, out_size, "%s:%u", policy->files[origin.file], origin.line);
	return out;
}

const struct xnm_schedule *xnm_policy_schedule(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_schedules; i++) {
		if (strcmp(policy->schedules[i].name, name) == 0)
			return &policy->schedules[i];
	}
	return NULL;
}
