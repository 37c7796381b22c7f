/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide what a locked vif may be and send besides its own addresses. */
#include <string.h>

#include "hotplug/parts/filter/stages.h"

int filter_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
		struct xnm_err *err)
{
	const struct xnm_vif_policy *section = want->section;

	(void)event;
	(void)guest;
	(void)err;
	if (!section)
		return 0;
	want->filter.allow = section->allow;
	memcpy(want->filter.allowed, section->ipv4_allowed,
	       section->n_ipv4_allowed * sizeof(want->filter.allowed[0]));
	memcpy(want->filter.allowed + section->n_ipv4_allowed, section->ipv6_allowed,
	       section->n_ipv6_allowed * sizeof(want->filter.allowed[0]));
	want->filter.n_allowed = section->n_ipv4_allowed + section->n_ipv6_allowed;
	return 0;
}
