/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_verbs.h - a kernel and a xenstore that write down what they are asked, for tests of apply. */
#ifndef XNM_FAKE_VERBS_H
#define XNM_FAKE_VERBS_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/dhcp6_release.h"
#include "hotplug/kernel/dhcp_release.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/parts/filter/ruleset.h"
#include "hotplug/parts/network/apart.h"
#include "hotplug/xen/store.h"

#define COPY_NAME(field, value) \
	((void)snprintf(field, sizeof(field), "%.*s", (int)sizeof(field) - 1, value))

/* They come instead of the real ones: the linker takes from an archive what it misses. */
static char calls[4096];
static const char *failing = ""; /* the beginning of the call that fails */
static int failing_rc;
static unsigned int n_failures; /* how often it still fails; the calls behind that succeed */
static int ports; /* of the bridge */
static unsigned int n_ipv4; /* addresses that the device has left */

static int XNM_PRINTF(1, 2) call(const char *fmt, ...)
{
	size_t len = strlen(calls);
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(calls + len, sizeof(calls) - len - 1, fmt, args);
	va_end(args);
	strcat(calls, "\n");
	if (!failing[0] || strncmp(calls + len, failing, strlen(failing)) != 0 || n_failures == 0)
		return 0;
	n_failures--;
	return failing_rc;
}

static void will_fail(const char *what, int rc)
{
	failing = what;
	failing_rc = rc;
	n_failures = 1;
}

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
	return call("get %s", name);
}

int xnm_link_set_up(struct xnm_rtnl *rtnl, int ifindex, bool up)
{
	(void)rtnl;
	return call("%s %d", up ? "up" : "down", ifindex);
}

int xnm_link_set_name(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return call("name %d %s", ifindex, name);
}

int xnm_link_set_mac(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_mac *mac)
{
	(void)rtnl;
	return call("mac %d %02x", ifindex, mac->b[0]);
}

int xnm_link_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t mtu_bytes)
{
	(void)rtnl;
	return call("mtu %d %u", ifindex, mtu_bytes);
}

int xnm_link_set_group(struct xnm_rtnl *rtnl, int ifindex, uint32_t group)
{
	(void)rtnl;
	return call("group %d %u", ifindex, group);
}

int xnm_link_set_master(struct xnm_rtnl *rtnl, int ifindex, int master)
{
	(void)rtnl;
	return call("master %d %d", ifindex, master);
}

int xnm_link_delete(struct xnm_rtnl *rtnl, int ifindex)
{
	(void)rtnl;
	return call("delete %d", ifindex);
}

int xnm_link_add_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return call("altname %d %s", ifindex, name);
}

int xnm_link_del_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	(void)rtnl;
	return call("no altname %d %s", ifindex, name);
}

int xnm_bridge_create(struct xnm_rtnl *rtnl, const char *name,
		      const struct xnm_bridge_settings *settings)
{
	(void)rtnl;
	return call("create %s %u", name, settings->mtu_bytes);
}

int xnm_bridge_change(struct xnm_rtnl *rtnl, int ifindex,
		      const struct xnm_bridge_settings *settings)
{
	(void)rtnl;
	return call("change %d stp=%d", ifindex, settings->stp);
}

int xnm_bridge_has_ports(struct xnm_rtnl *rtnl, int ifindex, const char (*except)[IFNAMSIZ],
			 unsigned int n)
{
	int rc = call("ports %d%s%s", ifindex, n ? " but " : "", n ? except[0] : "");

	(void)rtnl;
	return rc ? rc : ports;
}

int xnm_port_set_flags(struct xnm_rtnl *rtnl, int ifindex, uint16_t mask, uint16_t value)
{
	(void)rtnl;
	return call("flags %d %x/%x", ifindex, value, mask);
}

int xnm_port_add_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	(void)rtnl;
	return call("vlans %d pvid %u", ifindex, vlans->pvid);
}

int xnm_port_del_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	(void)rtnl;
	return call("no vlans %d %u", ifindex, xnm_vlan_test(vlans->member, 1));
}

int xnm_addr_list(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		  unsigned int max, unsigned int *n)
{
	int rc = call("addresses %d", ifindex);

	(void)rtnl;
	(void)family;
	*n = n_ipv4 < max ? n_ipv4 : max;
	memset(out, 0, *n * sizeof(*out));
	return rc == 0 && n_ipv4 > max ? -E2BIG : rc;
}

int xnm_addr_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return call("address %d /%u", ifindex, addr->prefix_len);
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
	return call("address state %d", ifindex);
}

int xnm_addr_del_alone(struct xnm_rtnl *rtnl, const char *ifname, int ifindex,
		       const struct xnm_cidr *addr)
{
	(void)rtnl;
	return call("no address alone %s %d /%u", ifname, ifindex, addr->prefix_len);
}

int xnm_addr_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	if (n_ipv4)
		n_ipv4--;
	return call("no address %d /%u", ifindex, addr->prefix_len);
}

int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex)
{
	(void)rtnl;
	return call("carry addresses of %s to %s %d", carry->ifname, ifname, ifindex);
}

int xnm_carry_switch(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
		     int ifindex, const struct xnm_carry_port *port, bool own_may_stay)
{
	(void)rtnl;
	(void)own_may_stay;
	return port->ifindex
		       ? call("carry routes of %s to %s %d, port %d from %d to %d", carry->ifname,
			      ifname, ifindex, port->ifindex, port->old_master, port->master)
		       : call("carry routes of %s to %s %d", carry->ifname, ifname, ifindex);
}

void xnm_carry_switch_back(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			   int ifindex, const struct xnm_carry_port *port)
{
	(void)rtnl;
	(void)call("carry back routes of %s from %s %d, port %d to %d", carry->ifname, ifname,
		   ifindex, port->ifindex, port->old_master);
}

void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry)
{
	(void)rtnl;
	(void)call("restore %s", carry->ifname);
}

int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new)
{
	(void)rtnl;
	(void)carry;
	return call("take %saddresses from %s %d", only_new ? "new " : "", ifname, ifindex);
}

int xnm_facts_follow(struct xnm_rtnl *rtnl, struct xnm_bridge_note *note, bool *changed)
{
	(void)rtnl;
	(void)note;
	(void)changed;
	return 0;
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
	return call("read what %d has of %s", bridge->ifindex, note->carries);
}

int xnm_sysctl_disable_ipv6(const char *ifname)
{
	return call("no ipv6 %s", ifname);
}

int xnm_store_write(struct xnm_store *store, const char *dir, const char *key, const char *value)
{
	(void)store;
	return call("write %s/%s=%s", dir, key, value);
}

int xnm_store_remove_all(struct xnm_store *store, const char *path)
{
	(void)store;
	return call("remove all %s", path);
}

int xnm_store_begin(struct xnm_store *store)
{
	(void)store;
	return call("begin");
}

int xnm_store_end(struct xnm_store *store, bool commit)
{
	(void)store;
	return call(commit ? "commit" : "abort");
}

void xnm_store_look_begin(struct xnm_store *store, const struct xnm_store_nodes *nodes)
{
	(void)store;
	(void)nodes;
}

bool xnm_store_look_end(struct xnm_store *store)
{
	(void)store;
	return false;
}

bool xnm_store_find_busy(struct xnm_store *store, const struct xnm_store_nodes *nodes,
			 bool busy[XNM_STORE_MAX_NODES])
{
	(void)store;
	(void)nodes;
	(void)busy;
	return false;
}

int xnm_store_make_for(struct xnm_store *store, const char *path, unsigned int domid)
{
	(void)store;
	return call("make %s for %u", path, domid);
}

int xnm_store_remove(struct xnm_store *store, const char *dir, const char *key)
{
	(void)store;
	return call("remove %s/%s", dir, key);
}

int xnm_store_make_between(struct xnm_store *store, const char *path, unsigned int owner,
			   unsigned int reader)
{
	(void)store;
	return call("make %s for %u and %u", path, owner, reader);
}

static int list_rc = -ENOENT;

/* A xenstore of domains without anything in them. */
int xnm_store_read(struct xnm_store *store, const char *dir, const char *key, char *out,
		   size_t out_size)
{
	(void)store;
	(void)key;
	(void)out_size;
	out[0] = '\0';
	return strcmp(dir, "/local/domain") == 0 ? 0 : -ENOENT;
}

int xnm_store_list(struct xnm_store *store, const char *path,
		   void (*fn)(void *arg, const char *name), void *arg)
{
	(void)store;
	(void)path;
	(void)fn;
	(void)arg;
	return list_rc;
}

/* Text of the addresses that are quoted most; enough to tell them apart. */
static const char *text_of(const struct xnm_cidr *addr)
{
	static char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(addr, text);
	return text;
}

int xnm_route_replace(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	(void)rtnl;
	return call("route %d %s metric %u", route->ifindex, text_of(&route->dst), route->metric);
}

int xnm_default_add(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	(void)rtnl;
	return call("default add %d metric %u", route->ifindex, route->metric);
}

int xnm_default_del(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	(void)rtnl;
	return call("default del %d metric %u", route->ifindex, route->metric);
}

int xnm_route_add(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	return xnm_route_replace(rtnl, route);
}

int xnm_route_del(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	(void)rtnl;
	return call("no route %d %s metric %u", route->ifindex, text_of(&route->dst),
		    route->metric);
}

int xnm_neigh_set_permanent(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			    const struct xnm_mac *mac)
{
	(void)rtnl;
	return call("neighbour %d %s %02x", ifindex, text_of(addr), mac->b[5]);
}

int xnm_neigh_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return call("no neighbour %d %s", ifindex, text_of(addr));
}

int xnm_neigh_proxy_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return call("proxy %d %s", ifindex, text_of(addr));
}

/* All that is there is ours; what is not is found by who adds it. */
int xnm_neigh_proxy_get(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			bool *is_there, bool *is_ours)
{
	(void)rtnl;
	(void)ifindex;
	(void)addr;
	*is_there = *is_ours = false;
	return -EOPNOTSUPP;
}

int xnm_neigh_proxy_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return call("no proxy %d %s", ifindex, text_of(addr));
}

static uint32_t setting_now; /* what every setting of the kernel is */

int xnm_sysctl_get(const char *path, uint32_t *value)
{
	*value = setting_now;
	return call("read %s", path);
}

static struct xnm_host_links host_links; /* none, unless a test has some */
static const char *forwards_alone = ""; /* the interface whose own setting is 1 */

int xnm_host_links(struct xnm_rtnl *rtnl, struct xnm_host_link *out, unsigned int max,
		   unsigned int *n)
{
	(void)rtnl;
	*n = host_links.n < max ? host_links.n : max;
	memcpy(out, host_links.list, *n * sizeof(*out));
	return host_links.n ? call("links") : 0;
}

int xnm_sysctl_conf_get(int family, const char *ifname, const char *name, uint32_t *value)
{
	(void)family;
	*value = strcmp(ifname, forwards_alone) == 0 && strcmp(name, "forwarding") == 0;
	return 0;
}

int xnm_sysctl_set(const char *path, uint32_t value)
{
	return call("set %s=%u", path, value);
}

int xnm_sysctl_conf_set(int family, const char *ifname, const char *name, uint32_t value)
{
	return call("conf %d %s/%s=%u", family == AF_INET ? 4 : 6, ifname, name, value);
}

int xnm_conntrack_purge(const struct xnm_cidr *addresses, unsigned int n, unsigned int *n_deleted)
{
	(void)n_deleted;
	return call("forget %u %s", n, n ? text_of(&addresses[0]) : "");
}

/* of the kernel's table */
static struct xnm_connection connections[4];
static unsigned int n_connections;

bool xnm_conntrack_has_entries(void)
{
	return n_connections > 0;
}

int xnm_conntrack_end(bool (*fn)(void *arg, const struct xnm_connection *connection), void *arg,
		      bool look)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < n_connections; i++) {
		if (fn(arg, &connections[i]))
			rc = call("%s %u", look ? "find connection" : "end connection", i);
	}
	return rc;
}

int xnm_route_get(struct xnm_rtnl *rtnl, const struct xnm_cidr *dst, const struct xnm_cidr *src,
		  int iif, struct xnm_packet_way *way)
{
	(void)rtnl;
	(void)dst;
	(void)src;
	(void)iif;
	memset(way, 0, sizeof(*way));
	return -ENETUNREACH;
}

static uint32_t generation_now;

int xnm_nft_open(struct xnm_nft **nft)
{
	*nft = (struct xnm_nft *)calls;
	return call("nft open");
}

const char *xnm_nft_reason(const struct xnm_nft *nft)
{
	(void)nft;
	return "nftables' own words";
}

int xnm_nft_read_device(struct xnm_nft *nft, const char *ifname, struct xnm_elements *out)
{
	(void)nft;
	(void)out;
	return call("nft read device %s", ifname);
}

/* nobody has put anything there; not written down, as there are many */
int xnm_nft_each_whole(struct xnm_nft *nft, enum xnm_set_id set,
		       void (*fn)(void *arg, const struct xnm_element *element), void *arg)
{
	(void)nft;
	(void)set;
	(void)fn;
	(void)arg;
	return 0;
}

int xnm_nft_each_element(struct xnm_nft *nft, const struct xnm_set *set,
			 void (*fn)(void *arg, const uint8_t *key, uint64_t packets,
				    uint64_t bytes),
			 void *arg)
{
	(void)nft;
	(void)fn;
	(void)arg;
	return call("nft each %s", set->name);
}

int xnm_nft_find_forward(struct xnm_nft *nft, uint8_t family, char chain[XNM_CHAIN_LEN])
{
	(void)nft;
	chain[0] = '\0';
	return call("nft find forward %u", family);
}

int xnm_nft_read_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			 unsigned int *rules)
{
	(void)nft;
	(void)family;
	*rules = 0;
	return call("nft read through %s %s", chain, dev);
}

int xnm_nft_let_through(struct xnm_nft *nft, uint8_t family, const char *chain, const char *dev,
			unsigned int rules)
{
	(void)nft;
	return call("nft let through %d '%s' %s %u", family == AF_INET ? 4 : 6, chain, dev, rules);
}

int xnm_nft_generation(struct xnm_nft *nft, uint32_t *generation)
{
	(void)nft;
	*generation = generation_now;
	return call("nft generation");
}

void xnm_nft_close(struct xnm_nft *nft)
{
	(void)nft;
}

void xnm_nft_begin(struct xnm_nft *nft, uint32_t only_if)
{
	(void)nft;
	(void)call("nft begin %u", only_if);
}

int xnm_nft_commit(struct xnm_nft *nft)
{
	(void)nft;
	return call("nft commit");
}

uint32_t xnm_nft_new_generation(const struct xnm_nft *nft)
{
	(void)nft;
	return 7;
}

/* An element by its set and the name that its key begins with. */
static void element_call(const char *verb, const struct xnm_element *element)
{
	(void)call("nft %s %s %.16s", verb, xnm_sets[element->set].name,
		   (const char *)element->key);
}

void xnm_nft_add_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	(void)nft;
	element_call("add", element);
}

void xnm_nft_del_element(struct xnm_nft *nft, const struct xnm_element *element)
{
	(void)nft;
	element_call("del", element);
}

void xnm_ruleset_put(struct xnm_nft *nft, enum xnm_table table, const struct xnm_policy *policy,
		     bool exists)
{
	(void)nft;
	(void)policy;
	(void)call("nft %s %s", exists ? "renew" : "make",
		   table == XNM_TABLE_BRIDGE ? "bridge" : "inet");
}

void xnm_ruleset_end(struct xnm_nft *nft, enum xnm_table table)
{
	(void)nft;
	(void)call("nft end %s", table == XNM_TABLE_BRIDGE ? "bridge" : "inet");
}

enum xnm_table xnm_element_table(const struct xnm_element *element)
{
	return element->set < XNM_SET_INET_DROPS ? XNM_TABLE_BRIDGE : XNM_TABLE_INET;
}

/* one of each is enough to see that a vif's counters go with it, and the host's with the last network */
const struct xnm_drop_reason xnm_drop_reasons[] = {
	{ "reason", XNM_DROPS_BRIDGE | XNM_DROPS_INET },
	{ "stranger", XNM_DROPS_OUTSIDE },
};
const unsigned int xnm_n_drop_reasons = 2;

void xnm_acl_chain(const char *acl, bool egress, char out[XNM_ACL_CHAIN_LEN])
{
	(void)snprintf(out, XNM_ACL_CHAIN_LEN, "%.9s-%d", acl, egress);
}

int xnm_facts_filter_now(const struct xnm_run_dir *dir, struct xnm_nft *nft, struct xnm_seen *now)
{
	(void)dir;
	memset(now, 0, sizeof(*now));
	return xnm_nft_generation(nft, &now->generation);
}

void xnm_facts_filter_count(const struct xnm_run_dir *dir, uint32_t generation)
{
	(void)dir;
	(void)generation;
	(void)call("count");
}

void xnm_facts_filter_made(const struct xnm_run_dir *dir, struct xnm_nft *nft, bool all)
{
	(void)dir;
	(void)nft;
	(void)call("made%s", all ? ", all is whole" : "");
}

int xnm_dhcp_release(int ifindex, const struct xnm_cidr *server, const struct xnm_cidr *address,
		     const struct xnm_mac *mac)
{
	char from[XNM_CIDR_TEXT_LEN], text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(server, from);
	xnm_format_cidr(address, text);
	return call("release %s of %02x at %s by %d", text, mac->b[5], from, ifindex);
}

int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	return call("release %s of %02x, iaid %u, by %d", text, mac->b[5], lease->iaid, ifindex);
}

#endif
