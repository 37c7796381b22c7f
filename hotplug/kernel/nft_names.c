/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_names.c - what the chains of our tables are called. */
#include <stdio.h>

#include "hotplug/kernel/nft_sets.h"
#include "policy/policy.h"

void xnm_acl_chain(const char *acl, bool egress, char out[XNM_ACL_CHAIN_LEN])
{
	(void)snprintf(out, XNM_ACL_CHAIN_LEN, "acl-%.*s-%s", XNM_ACL_NAME_MAX, acl,
		       egress ? "out" : "in");
}
