/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.c - devices, bridges, ports and addresses of the fake kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/apply.h"
#include "hotplug/core/facts.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/bridge/read.h"
#include "tests/unit/core/fake/fake.h"

const char *xnm_rtnl_reason(const struct xnm_rtnl *rtnl)
{
	(void)rtnl;
	return "the kernel's own words";
}

const char *xnm_port_flag_name(unsigned int bit)
{
	(void)bit;
	return "flag";
}

int xnm_link_get(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link)
{
	(void)rtnl;
	memset(link, 0, sizeof(*link));
	link->ifindex = 77;
	if (fake.kind)
		(void)snprintf(link->kind, sizeof(link->kind), "%s", fake.kind);
	return fake_call("get %s", name);
}

int xnm_link_set_up(struct xnm_rtnl *rtnl, int ifindex, bool up)
{
	(void)rtnl;
	return fake_call("%s %d", up ? "up" : "down", ifindex);
}

int xnm_link_set_name(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return fake_call("name %d %s", ifindex, name);
}

int xnm_link_set_mac(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_mac *mac)
{
	(void)rtnl;
	return fake_call("mac %d %02x", ifindex, mac->b[0]);
}

int xnm_link_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t mtu_bytes)
{
	(void)rtnl;
	return fake_call("mtu %d %u", ifindex, mtu_bytes);
}

int xnm_link_set_alias(struct xnm_rtnl *rtnl, int ifindex, const char *alias)
{
	(void)rtnl, (void)alias;
	return fake_call("alias %d", ifindex);
}

int xnm_link_set_group(struct xnm_rtnl *rtnl, int ifindex, uint32_t group)
{
	(void)rtnl;
	return fake_call("group %d %u", ifindex, group);
}

int xnm_link_set_master(struct xnm_rtnl *rtnl, int ifindex, int master)
{
	(void)rtnl;
	return fake_call("master %d %d", ifindex, master);
}

int xnm_link_delete(struct xnm_rtnl *rtnl, int ifindex)
{
	(void)rtnl;
	return fake_call("delete %d", ifindex);
}

int xnm_link_add_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return fake_call("altname %d %s", ifindex, name);
}

int xnm_link_del_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return fake_call("no altname %d %s", ifindex, name);
}

int xnm_bridge_create(struct xnm_rtnl *rtnl, const char *name,
		      const struct xnm_bridge_settings *settings)
{
	(void)rtnl;
	return fake_call("create %s %u", name, settings->mtu_bytes);
}

int xnm_bridge_set_multicast(struct xnm_rtnl *rtnl, int ifindex, bool snooping, bool querier)
{
	(void)rtnl;
	return fake_call("multicast %d %d %d", ifindex, snooping, querier);
}

int xnm_bridge_change(struct xnm_rtnl *rtnl, int ifindex,
		      const struct xnm_bridge_settings *settings)
{
	(void)rtnl;
	return fake_call("change %d stp=%d", ifindex, settings->stp);
}

int xnm_bridge_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t is_bytes, uint32_t mtu_bytes)
{
	(void)rtnl;
	return fake_call("bridge mtu %d %u %u", ifindex, is_bytes, mtu_bytes);
}

int xnm_bridge_has_ports(struct xnm_rtnl *rtnl, int ifindex, const char (*except)[IFNAMSIZ],
			 unsigned int n)
{
	int rc = fake_call("ports %d%s%s", ifindex, n ? " but " : "", n ? except[0] : "");

	(void)rtnl;
	return rc ? rc : fake.ports;
}

int xnm_port_set_flags(struct xnm_rtnl *rtnl, int ifindex, uint16_t mask, uint16_t value)
{
	(void)rtnl;
	return fake_call("flags %d %x/%x", ifindex, value, mask);
}

int xnm_port_add_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	(void)rtnl;
	return fake_call("vlans %d pvid %u", ifindex, vlans->pvid);
}

int xnm_port_del_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	(void)rtnl;
	return fake_call("no vlans %d %u", ifindex, xnm_vlan_test(vlans->member, 1));
}

int xnm_addr_list(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		  unsigned int max, unsigned int *n)
{
	int rc = fake_call("addresses %d", ifindex);

	(void)rtnl;
	(void)family;
	*n = fake.n_ipv4 < max ? fake.n_ipv4 : max;
	memset(out, 0, *n * sizeof(*out));
	return rc == 0 && fake.n_ipv4 > max ? -E2BIG : rc;
}

int xnm_addr_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return fake_call("address %d /%u", ifindex, addr->prefix_len);
}

int xnm_addr_add_new(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	return xnm_addr_add(rtnl, ifindex, addr);
}

int xnm_addr_add_ours(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	return xnm_addr_add(rtnl, ifindex, addr);
}

int xnm_addr_state(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
		   struct xnm_addr_state *out)
{
	(void)rtnl;
	(void)addr;
	memset(out, 0, sizeof(*out));
	return fake_call("address state %d", ifindex);
}

int xnm_addr_del_alone(struct xnm_rtnl *rtnl, const char *ifname, int ifindex,
		       const struct xnm_cidr *addr)
{
	(void)rtnl;
	return fake_call("no address alone %s %d /%u", ifname, ifindex, addr->prefix_len);
}

int xnm_addr_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	if (fake.n_ipv4)
		fake.n_ipv4--;
	return fake_call("no address %d /%u", ifindex, addr->prefix_len);
}

int xnm_facts_follow(struct xnm_rtnl *rtnl, struct xnm_bridge_note *note, bool *changed)
{
	(void)rtnl;
	(void)note;
	(void)changed;
	return 0;
}

int xnm_host_links(struct xnm_rtnl *rtnl, struct xnm_host_link *out, unsigned int max,
		   unsigned int *n)
{
	(void)rtnl;
	*n = fake.links.n < max ? fake.links.n : max;
	memcpy(out, fake.links.list, *n * sizeof(*out));
	return fake.links.n ? fake_call("links") : 0;
}
