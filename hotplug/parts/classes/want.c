/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide on which uplinks a vif needs classes. */
#include "hotplug/core/want.h"
#include "hotplug/parts/classes/stages.h"

#include <errno.h>
#include <string.h>

#include "policy/sections/classes.h"

/* Two uplinks by one interface: the first one's rate counts. */
static bool has_device(const struct xnm_classes_want *want, const char *device)
{
	for (unsigned int i = 0; i < want->n; i++) {
		if (strcmp(want->uplinks[i]->device, device) == 0)
			return true;
	}
	return false;
}

int classes_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err)
{
	const struct xnm_policy *policy = want->policy;
	uint32_t pcp;
	bool has_pcp;
	char where[160];

	(void)event;
	(void)guest;
	has_pcp = xnm_vif_pcp(policy, want->section, &pcp);
	if (!want->attach || !want->section || (!want->section->class_name[0] && !has_pcp))
		return 0;
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		bool shares = uplink->rate_bit_s && want->section->class_name[0];

		if ((!shares && !has_pcp) || !xnm_network_leaves_by(want->network, uplink) ||
		    has_device(&want->classes, uplink->device))
			continue;
		if (want->classes.n == XNM_MAX_CLASSED)
			return xnm_fail(err, -E2BIG,
					"%s: class=%s: packets may leave by more than %d uplinks "
					"that have a rate=, or be it for pcp=: give the network "
					"some by uplink=",
					xnm_policy_origin(policy, want->section->origin, where,
							  sizeof(where)),
					want->section->class_name, XNM_MAX_CLASSED);
		want->classes.shares[want->classes.n] = shares;
		want->classes.uplinks[want->classes.n++] = uplink;
	}
	return 0;
}

bool xnm_wants_classes(const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->classes.n; i++) {
		if (want->classes.shares[i])
			return true;
	}
	return false;
}
