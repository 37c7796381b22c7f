/* SPDX-License-Identifier: GPL-2.0-or-later */
/* addr_alone.c - delete an address of ours alone: no secondary ones, and none that is leased. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/sysctl.h"

#define PROMOTE "promote_secondaries" /* of a device: others of a subnet outlive the first one */

static int del_promoting(struct xnm_rtnl *rtnl, const char *ifname, int ifindex,
			 const struct xnm_cidr *addr)
{
	uint32_t was = 0;
	char text[128];
	int rc = xnm_sysctl_conf_get(AF_INET, ifname, PROMOTE, &was);

	if (rc == 0 && was == 0)
		rc = xnm_sysctl_conf_set(AF_INET, ifname, PROMOTE, 1);
	if (rc) {
		(void)snprintf(text, sizeof(text),
			       "others of its subnet would go with it, as " PROMOTE
			       " cannot be set: %s",
			       strerror(-rc));
		return rtnl_fail(rtnl, rc, text);
	}
	rc = xnm_addr_del(rtnl, ifindex, addr);
	if (was == 0)
		(void)xnm_sysctl_conf_set(AF_INET, ifname, PROMOTE, 0);
	return rc;
}

int xnm_addr_del_alone(struct xnm_rtnl *rtnl, const char *ifname, int ifindex,
		       const struct xnm_cidr *addr)
{
	struct xnm_addr_state state;
	int rc;

	/* IPv6 has no secondary addresses */
	if (addr->family != AF_INET)
		return xnm_addr_del(rtnl, ifindex, addr);
	rc = xnm_addr_state(rtnl, ifindex, addr, &state);
	if (rc || !state.is_there || state.has_lifetime)
		return rc;
	return state.has_secondaries ? del_promoting(rtnl, ifname, ifindex, addr)
				     : xnm_addr_del(rtnl, ifindex, addr);
}
