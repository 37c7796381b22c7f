/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry.c - addresses and routes of cards of the fake kernel, carried to a bridge and back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/facts.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/parts/bridge/read.h"
#include "tests/unit/core/fake/fake.h"

int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex)
{
	(void)rtnl;
	return fake_call("carry addresses of %s to %s %d", carry->ifname, ifname, ifindex);
}

int xnm_carry_switch(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
		     int ifindex, const struct xnm_carry_port *port, bool own_may_stay)
{
	(void)rtnl;
	(void)own_may_stay;
	return port->ifindex
		       ? fake_call("carry routes of %s to %s %d, port %d from %d to %d",
				   carry->ifname, ifname, ifindex, port->ifindex, port->old_master,
				   port->master)
		       : fake_call("carry routes of %s to %s %d", carry->ifname, ifname, ifindex);
}

void xnm_carry_switch_back(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			   int ifindex, const struct xnm_carry_port *port)
{
	(void)rtnl;
	(void)fake_call("carry back routes of %s from %s %d, port %d to %d", carry->ifname, ifname,
			ifindex, port->ifindex, port->old_master);
}

void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry)
{
	(void)rtnl;
	(void)fake_call("restore %s", carry->ifname);
}

int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new)
{
	(void)rtnl;
	(void)carry;
	return fake_call("take %saddresses from %s %d", only_new ? "new " : "", ifname, ifindex);
}

bool xnm_carry_bound(struct xnm_rtnl *rtnl, int ifindex, char *out, size_t out_size)
{
	(void)rtnl;
	(void)ifindex;
	(void)out;
	(void)out_size;
	return false;
}

int xnm_facts_carry_back(struct xnm_carry *carry, struct xnm_rtnl *rtnl,
			 const struct xnm_link *bridge, const struct xnm_bridge_note *note)
{
	(void)rtnl;
	(void)snprintf(carry->ifname, sizeof(carry->ifname), "%s", bridge->name);
	carry->ifindex = bridge->ifindex;
	return fake_call("read what %d has of %s", bridge->ifindex, note->carries);
}
