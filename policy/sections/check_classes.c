/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_classes.c - look for classes that nobody is in, or that no uplink has. */
#include <string.h>

#include "policy/sections/check.h"
#include "policy/sections/classes.h"

static bool is_used(const struct xnm_policy *policy, const char *name)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		if (strcmp(policy->vifs[i].class_name, name) == 0)
			return true;
	}
	return strcmp(name, XNM_DEFAULT_CLASS) == 0;
}

/* Whether an uplink by which the network's packets may leave has a rate. */
static bool has_rate(const struct xnm_policy *policy, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (policy->uplinks[i].rate_bit_s &&
		    xnm_network_leaves_by(network, &policy->uplinks[i]))
			return true;
	}
	return false;
}

static void check_vif(const struct xnm_policy *policy, struct xnm_reporter *rep,
		      const struct xnm_vif_policy *vif)
{
	const struct xnm_network *network = xnm_policy_network(policy, vif->network);
	const struct xnm_class_policy *class = xnm_policy_class(policy, vif->class_name);
	struct xnm_origin origin = XNM_KEY_ORIGIN(vif, VIF, CLASS);

	/* marks need no rate */
	if (class && (class->has_dscp || class->has_pcp))
		return;
	if (network && !has_rate(policy, network))
		xnm_warning_at(rep, origin,
			       "class=%s has no effect: no [uplink] of [network %s] has a rate=",
			       vif->class_name, network->name);
	else if (!network && !has_rate(policy, NULL))
		xnm_warning_at(rep, origin,
			       "class=%s has no effect: no [uplink] has a rate=", vif->class_name);
}

void xnm_check_classes(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		if (policy->vifs[i].class_name[0])
			check_vif(policy, rep, &policy->vifs[i]);
	}
	for (unsigned int i = 0; i < policy->n_classes; i++) {
		const struct xnm_class_policy *class = &policy->classes[i];

		if (!is_used(policy, class->name))
			xnm_warning_at(rep, class->origin,
				       "[class %s]: no [vif] section says class=%s", class->name,
				       class->name);
	}
}
