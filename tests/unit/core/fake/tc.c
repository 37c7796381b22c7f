/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.c - qdiscs, filters and ifb devices of the fake kernel. */
#include "hotplug/kernel/tc.h"
#include "tests/unit/core/fake/fake.h"

#include <assert.h>
#include <string.h>

#include <errno.h>
#include <stdio.h>

int xnm_qdisc_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_qdisc *qdisc)
{
	(void)rtnl;
	return fake_call("qdisc %d kind %u", ifindex, (unsigned int)qdisc->kind);
}

int xnm_qdisc_root(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out,
		   char text[XNM_QDISC_TEXT_LEN])
{
	int rc = fake_call("root %d", ifindex);

	(void)rtnl;
	*out = fake.root;
	(void)snprintf(text, XNM_QDISC_TEXT_LEN, "kind%u %x:", (unsigned int)fake.root.kind,
		       fake.root.handle >> 16);
	return rc ? rc : fake.root.handle ? 0 : -ENOENT;
}

int xnm_qdisc_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint32_t handle)
{
	(void)rtnl;
	(void)handle;
	return fake_call("no qdisc %d %x", ifindex, parent);
}

int xnm_tc_class_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_class *class)
{
	(void)rtnl;
	return fake_call("class %d %x", ifindex, class->classid);
}

int xnm_tc_class_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t classid)
{
	(void)rtnl;
	return fake_call("no class %d %x", ifindex, classid);
}

int xnm_tc_filter_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_filter *filter)
{
	(void)rtnl;
	return fake_call("filter %d %x to %d", ifindex, filter->parent, filter->to_ifindex);
}

int xnm_tc_filter_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference)
{
	(void)rtnl;
	return fake_call("no filter %d %x %u", ifindex, parent, preference);
}

int xnm_ifb_create(struct xnm_rtnl *rtnl, const char *name, uint32_t group)
{
	(void)rtnl;
	(void)group;
	return fake_call("ifb %s", name);
}

int xnm_vlan_egress_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_vlan_priority *out,
			 unsigned int max, unsigned int *n)
{
	(void)rtnl;
	*n = fake.n_priorities;
	assert(*n <= max);
	memcpy(out, fake.priorities, *n * sizeof(*out));
	return fake_call("map %d", ifindex);
}

int xnm_vlan_egress_set(struct xnm_rtnl *rtnl, int ifindex,
			const struct xnm_vlan_priority *priority)
{
	(void)rtnl;
	return fake_call("map %d %x to %u", ifindex, priority->from, priority->to);
}
