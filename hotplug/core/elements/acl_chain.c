/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acl_chain.c - what the chain of an access list is called. */
#include <stdio.h>

#include "hotplug/core/elements/elements.h"
#include "policy/policy.h"

void xnm_acl_chain(const char *acl, bool egress, char out[XNM_ACL_CHAIN_LEN])
{
	(void)snprintf(out, XNM_ACL_CHAIN_LEN, "acl-%.*s-%s", XNM_ACL_NAME_MAX, acl,
		       egress ? "out" : "in");
}
