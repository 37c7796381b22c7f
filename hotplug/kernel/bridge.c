/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - list bridges and their ports, and set what ports may do. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/event.h"

int xnm_bridge_each(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const char *name), void *arg)
{
	return rtnl_each_of_kind(rtnl, "bridge", fn, arg);
}

struct port_search {
	int bridge;
	const char (*except)[IFNAMSIZ];
	unsigned int n;
	bool found;
};

/* By its own name or by an alternative one. */
static bool is_called(struct nlattr **tb, const char *name)
{
	struct nlattr *attr;
	int rem;

	if (nla_strcmp(tb[IFLA_IFNAME], name) == 0)
		return true;
	if (!tb[IFLA_PROP_LIST])
		return false;
	nla_for_each_nested(attr, tb[IFLA_PROP_LIST], rem)
	{
		if (nla_type(attr) == IFLA_ALT_IFNAME && nla_strcmp(attr, name) == 0)
			return true;
	}
	return false;
}

static int read_port(void *arg, struct nlmsghdr *hdr)
{
	struct port_search *search = arg;
	struct nlattr *tb[IFLA_MAX + 1];

	if (nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL))
		return -EPROTO;
	if (!tb[IFLA_IFNAME] || !tb[IFLA_MASTER] ||
	    (int)nla_get_u32(tb[IFLA_MASTER]) != search->bridge)
		return 0;
	for (unsigned int i = 0; i < search->n; i++) {
		if (is_called(tb, search->except[i]))
			return 0;
	}
	search->found = true;
	return 0;
}

int xnm_bridge_has_ports(struct xnm_rtnl *rtnl, int ifindex, const char (*except)[IFNAMSIZ],
			 unsigned int n)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 0);
	struct port_search search = { .bridge = ifindex, .except = except, .n = n };
	int rc;

	if (!msg || nla_put_u32(msg, IFLA_MASTER, (uint32_t)ifindex))
		return -ENOMEM;
	rc = rtnl_dump(rtnl, msg, read_port, &search, sizeof(search));
	return rc ? rc : search.found;
}

struct vif_list {
	int bridge;
	struct xnm_owner *out;
	unsigned int max, n;
	bool has_more;
};

/* "vif1.0" and "vif1.0-emu" */
static bool parse_vif(struct nlattr *attr, struct xnm_owner *out)
{
	char name[IFNAMSIZ];

	if (nla_len(attr) > IFNAMSIZ)
		return false;
	nla_strlcpy(name, attr, sizeof(name));
	if (xnm_is_tap_name(name))
		name[strlen(name) - strlen("-emu")] = '\0';
	return strncmp(name, "vif", 3) == 0 &&
	       xnm_vif_id_parse(name, &out->domid, &out->devid) == 0;
}

static bool find_vif(struct nlattr **tb, struct xnm_owner *out)
{
	struct nlattr *attr;
	int rem;

	if (parse_vif(tb[IFLA_IFNAME], out))
		return true;
	if (!tb[IFLA_PROP_LIST])
		return false;
	nla_for_each_nested(attr, tb[IFLA_PROP_LIST], rem)
	{
		if (nla_type(attr) == IFLA_ALT_IFNAME && parse_vif(attr, out))
			return true;
	}
	return false;
}

static int read_vif_port(void *arg, struct nlmsghdr *hdr)
{
	struct vif_list *list = arg;
	struct nlattr *tb[IFLA_MAX + 1];
	struct xnm_owner owner = { 0 };

	if (nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL))
		return -EPROTO;
	if (!tb[IFLA_IFNAME] || !tb[IFLA_MASTER] ||
	    (int)nla_get_u32(tb[IFLA_MASTER]) != list->bridge || !find_vif(tb, &owner))
		return 0;
	if (list->n < list->max)
		list->out[list->n++] = owner;
	else
		list->has_more = true;
	return 0;
}

int xnm_bridge_list_vifs(struct xnm_rtnl *rtnl, int ifindex, struct xnm_owner *out,
			 unsigned int max, unsigned int *n)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 0);
	struct vif_list list = { .bridge = ifindex, .out = out, .max = max };
	int rc;

	*n = 0;
	if (!msg || nla_put_u32(msg, IFLA_MASTER, (uint32_t)ifindex))
		return -ENOMEM;
	rc = rtnl_dump(rtnl, msg, read_vif_port, &list, sizeof(list));
	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more vifs than expected");
	return rc;
}

static int put_flag(struct nl_msg *msg, unsigned int bit, bool on)
{
	if (1u << bit == XNM_PORT_GROUP_FWD)
		return nla_put_u16(msg, rtnl_port_attr(bit), on ? RTNL_GROUP_FWD_MASK : 0);
	return nla_put_u8(msg, rtnl_port_attr(bit), on);
}

int xnm_port_set_flags(struct xnm_rtnl *rtnl, int ifindex, uint16_t mask, uint16_t value)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, AF_BRIDGE, ifindex);
	struct nlattr *info;
	struct xnm_link now;
	int rc;

	/* libnl before 3.11 has no accessors for half of these flags */
	if (!msg || !(info = nla_nest_start(msg, NLA_F_NESTED | IFLA_PROTINFO)))
		return -ENOMEM;
	for (unsigned int i = 0; i < XNM_N_PORT_FLAGS; i++) {
		if ((mask & (1u << i)) && put_flag(msg, i, value & (1u << i)))
			return -ENOMEM;
	}
	nla_nest_end(msg, info);
	rc = rtnl_change(rtnl, msg, 0);
	if (rc == 0)
		rc = xnm_link_get_by_index(rtnl, ifindex, &now);
	if (rc == 0 && ((now.port_known & mask) != mask || ((now.port_flags ^ value) & mask)))
		rc = rtnl_fail(rtnl, -EOPNOTSUPP, "this kernel's bridge does not know the flag");
	return rc;
}

struct vlan_search {
	int ifindex;
	struct xnm_vlans vlans;
};

static void note_vlan(struct xnm_vlans *vlans, const struct bridge_vlan_info *info,
		      unsigned int last)
{
	for (unsigned int vid = info->vid; vid <= last && vid <= XNM_VLAN_MAX; vid++) {
		xnm_vlan_set(vlans->member, vid);
		if (info->flags & BRIDGE_VLAN_INFO_UNTAGGED)
			xnm_vlan_set(vlans->untagged, vid);
		if (info->flags & BRIDGE_VLAN_INFO_PVID)
			vlans->pvid = (uint16_t)vid;
	}
}

static int read_vlans(void *arg, struct nlmsghdr *hdr)
{
	struct vlan_search *search = arg;
	const struct br_vlan_msg *head = nlmsg_data(hdr);
	struct nlattr *entry;
	int rem;

	if (nlmsg_datalen(hdr) < (int)sizeof(*head) || (int)head->ifindex != search->ifindex)
		return 0;
	nlmsg_for_each_attr(entry, hdr, sizeof(*head), rem)
	{
		struct nlattr *tb[BRIDGE_VLANDB_ENTRY_MAX + 1];
		const struct bridge_vlan_info *info;

		if (nla_type(entry) != BRIDGE_VLANDB_ENTRY ||
		    nla_parse_nested(tb, BRIDGE_VLANDB_ENTRY_MAX, entry, NULL) ||
		    !tb[BRIDGE_VLANDB_ENTRY_INFO] ||
		    nla_len(tb[BRIDGE_VLANDB_ENTRY_INFO]) < (int)sizeof(*info))
			continue;
		info = nla_data(tb[BRIDGE_VLANDB_ENTRY_INFO]);
		note_vlan(&search->vlans, info,
			  tb[BRIDGE_VLANDB_ENTRY_RANGE] ? nla_get_u16(tb[BRIDGE_VLANDB_ENTRY_RANGE])
							: info->vid);
	}
	return 0;
}

int xnm_port_get_vlans(struct xnm_rtnl *rtnl, int ifindex, struct xnm_vlans *vlans)
{
	struct br_vlan_msg head = { .family = AF_BRIDGE, .ifindex = (uint32_t)ifindex };
	struct vlan_search search = { .ifindex = ifindex };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETVLAN, NLM_F_REQUEST | NLM_F_DUMP);

	int rc;

	memset(vlans, 0, sizeof(*vlans));
	if (!msg || nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO))
		return -ENOMEM;
	rc = rtnl_dump(rtnl, msg, read_vlans, &search, sizeof(search));
	if (rc == 0)
		*vlans = search.vlans;
	return rc;
}

static int put_vlan_range(struct nl_msg *msg, unsigned int first, unsigned int last, uint16_t flags)
{
	struct bridge_vlan_info info = { .vid = (uint16_t)first, .flags = flags };

	if (first == last)
		return nla_put(msg, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
	info.flags = flags | BRIDGE_VLAN_INFO_RANGE_BEGIN;
	if (nla_put(msg, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info))
		return -1;
	info.vid = (uint16_t)last;
	info.flags = flags | BRIDGE_VLAN_INFO_RANGE_END;
	return nla_put(msg, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

static uint16_t vlan_flags(const struct xnm_vlans *vlans, unsigned int vid)
{
	uint16_t flags = 0;

	if (xnm_vlan_test(vlans->untagged, vid))
		flags |= BRIDGE_VLAN_INFO_UNTAGGED;
	if (vlans->pvid == vid)
		flags |= BRIDGE_VLAN_INFO_PVID; /* never part of a range: net/bridge refuses */
	return flags;
}

static int change_vlans(struct xnm_rtnl *rtnl, int type, int ifindex, const struct xnm_vlans *vlans)
{
	/* 4094 single VLANs take 48 KB */
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_size(65536);
	struct ifinfomsg info = { .ifi_family = AF_BRIDGE, .ifi_index = ifindex };
	struct nlattr *spec;
	unsigned int last;

	if (!msg ||
	    !nlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, NLM_F_REQUEST | NLM_F_ACK) ||
	    nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    !(spec = nla_nest_start(msg, IFLA_AF_SPEC)))
		return -ENOMEM;
	for (unsigned int vid = XNM_VLAN_MIN; vid <= XNM_VLAN_MAX; vid = last + 1) {
		uint16_t flags = vlan_flags(vlans, vid);

		last = vid;
		if (!xnm_vlan_test(vlans->member, vid))
			continue;
		while (!(flags & BRIDGE_VLAN_INFO_PVID) && last < XNM_VLAN_MAX &&
		       xnm_vlan_test(vlans->member, last + 1) &&
		       vlan_flags(vlans, last + 1) == flags)
			last++;
		if (put_vlan_range(msg, vid, last, flags))
			return -ENOMEM;
	}
	nla_nest_end(msg, spec);
	return rtnl_change(rtnl, msg, 0);
}

int xnm_port_add_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	return change_vlans(rtnl, RTM_SETLINK, ifindex, vlans);
}

int xnm_port_del_vlans(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_vlans *vlans)
{
	return change_vlans(rtnl, RTM_DELLINK, ifindex, vlans);
}
