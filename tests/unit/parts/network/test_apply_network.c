/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_apply_network.c - what is asked of nftables, the kernel's settings and the notes, and what is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/core/apply_parts.h"
#include "hotplug/parts/network/apart.h"
#include "tests/unit/core/fake_verbs.h"

static char run_dir[] = "/tmp/xnm-test-network.XXXXXX";
static struct xnm_event event;
static struct xnm_ctx ctx;
static struct xnm_plan plan;

static int begin(void **state)
{
	(void)state;
	calls[0] = '\0';
	failing = "";
	ports = 0;
	setting_now = 0;
	generation_now = 8;
	host_links.n = 0;
	forwards_alone = "";
	memset(&plan, 0, sizeof(plan));
	plan.domid = plan.state.domid = 1;
	plan.state.mac.b[5] = 1;
	COPY_NAME(plan.network, "lan");
	COPY_NAME(plan.old_network, "lan");
	COPY_NAME(plan.scope, "br0");
	COPY_NAME(plan.old_scope, "br0");
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	memset(&ctx, 0, sizeof(ctx));
	ctx.rtnl = (struct xnm_rtnl *)&ctx;
	ctx.event = &event;
	return xnm_run_dir_open(&ctx.dir, run_dir, false);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level ? remove(path) : 0;
}

static int end(void **state)
{
	(void)state;
	xnm_run_dir_close(&ctx.dir);
	return nftw(run_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct xnm_op *op(const struct xnm_op_type *type, const char *dev)
{
	struct xnm_op *new = &plan.op[plan.n++];

	new->type = type;
	new->phase = XNM_PHASE_DEVICE;
	new->ifindex = 10;
	COPY_NAME(new->dev, dev);
	return new;
}

static struct xnm_op *shared_op(const struct xnm_op_type *type)
{
	struct xnm_op *new = op(type, "");

	new->phase = XNM_PHASE_BRIDGE;
	return new;
}

/* Carries out the one operation. */
static int apply(const struct xnm_op_type *type, const char *dev)
{
	calls[0] = ctx.err.text[0] = '\0';
	plan.n = 0;
	(void)op(type, dev);
	return xnm_apply_online(&ctx, &plan);
}

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static struct xnm_element named(enum xnm_set_id set, const char *name)
{
	struct xnm_elements elements = { 0 };
	struct xnm_element *element = xnm_elements_add(&elements, set);

	xnm_key_ifname(element, 0, name);
	return *element;
}

static void add_setting(const char *path, uint32_t value, bool from_one)
{
	struct xnm_setting *setting = &plan.settings[plan.n_settings++];

	COPY_NAME(setting->path, path);
	setting->value = value;
	setting->from_one = from_one;
	COPY_NAME(plan.network_note.settings[plan.network_note.n_settings], path);
	plan.network_note.n_settings++;
}

static void test_settings(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(calls, "read ipv4/ip_forward\nset ipv4/ip_forward=1\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(was, 0);
	/* what is so is left alone, and what it was once is not forgotten */
	setting_now = 1;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(calls, "read ipv4/ip_forward\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(was, 0);
	/* a kernel that does not have it */
	will_fail("read", -ENOENT);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* and one that does not let us */
	setting_now = 0;
	will_fail("set", -EROFS);
	assert_int_equal(apply(&xnm_op_network_settings, ""), -EROFS);
	assert_non_null(strstr(ctx.err.text, "ipv4/ip_forward=1"));
}

/* accept_ra=0 is somebody's decision, which 2 would revert. */
static void test_from_one(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv6/conf/eth0/accept_ra", 2, true);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_null(strstr(calls, "set "));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.settings[0].path, &was), -ENOENT);
	setting_now = 1;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_non_null(strstr(calls, "set ipv6/conf/eth0/accept_ra=2\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.settings[0].path, &was), 0);
	assert_int_equal(was, 1);
}

/* Who asks routers more often already goes on, and gets nothing else back. */
static void test_at_most(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv6/neigh/eth0/retrans_time_ms", 200, false);
	plan.settings[0].at_most = true;
	setting_now = 100;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_null(strstr(calls, "set "));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.settings[0].path, &was), -ENOENT);
	setting_now = 1000;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_non_null(strstr(calls, "set ipv6/neigh/eth0/retrans_time_ms=200\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, plan.settings[0].path, &was), 0);
	assert_int_equal(was, 1000);
}

static void fill_filter(void)
{
	struct xnm_filter_change *filter = &plan.filter;

	filter->now.generation = 7;
	filter->exists[0] = filter->exists[1] = true;
	filter->add[filter->n_add++] = named(XNM_SET_BRIDGE_GUARD, "web0");
	filter->add[filter->n_add++] = named(XNM_SET_INSIDE, "lan");
	filter->del[filter->n_del++] = named(XNM_SET_BRIDGE_GUARD, "vif1.0");
	filter->del[filter->n_del++] = named(XNM_SET_BRIDGE_ANY4, "vif1.0");
}

/* What goes before what comes, as a key may be the same; counters go with their vif. */
static void test_filter(void **state)
{
	(void)state;
	fill_filter();
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_string_equal(calls, "nft open\n"
				   "nft begin 0\n"
				   "nft del drops vif1.0\n"
				   "nft del guard vif1.0\n"
				   "nft del any4 vif1.0\n"
				   "nft add guard web0\n"
				   "nft add inside lan\n"
				   "nft commit\n"
				   "count\n");
}

static void test_filter_fails(void **state)
{
	(void)state;
	fill_filter();
	will_fail("nft commit", -EBUSY);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -EBUSY);
	assert_null(strstr(calls, "count"));
	assert_non_null(strstr(ctx.err.text, "nftables' own words"));
	/* without the table there is nothing to delete; to add is another matter */
	generation_now = plan.filter.now.generation;
	will_fail("nft commit", -ENOENT);
	n_failures = 2;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ENOENT);
	assert_null(strstr(calls, "count"));
	/* somebody has flushed since it was planned: it is to be planned again, with or without
	 * something that is to go */
	generation_now++;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
	assert_null(strstr(calls, "renew"));
	plan.filter.n_del = 0;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
	generation_now--;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ENOENT);
	plan.filter.n_del = 2;
	/* what was to go had gone alone: the tables are made anew, once, from the notes */
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(
		calls,
		"nft commit\nnft generation\nnft each ended4\nnft each ended6\nnft begin 7\n"));
	assert_non_null(strstr(calls, "nft renew bridge\nnft renew inet\n"));
	plan.filter.n_add = 0;
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	/* one table that has gone is no reason to leave the other one as it is */
	plan.filter.del[plan.filter.n_del++] = named(XNM_SET_INSIDE, "vif1.0");
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(calls, "nft del any4 vif1.0\nnft commit\n"
				      "nft begin 0\nnft del drops vif1.0\nnft del inside vif1.0\n"
				      "nft commit\n"));
	ctx.nft = NULL;
	will_fail("nft open", -EPROTONOSUPPORT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -EPROTONOSUPPORT);
}

/* Each transaction that takes place is counted, by which others' are told from them. */
static void test_deletes_counted(void **state)
{
	(void)state;
	plan.filter.n_del = 2;
	plan.filter.del[0] = named(XNM_SET_BRIDGE_ANY4, "vif1.0");
	plan.filter.del[1] = named(XNM_SET_INSIDE, "vif1.0");
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_string_equal(calls, "nft open\n"
				   "nft begin 0\n"
				   "nft del any4 vif1.0\n"
				   "nft commit\n"
				   "count\n"
				   "nft begin 0\n"
				   "nft del drops vif1.0\n"
				   "nft del inside vif1.0\n"
				   "nft commit\n"
				   "count\n");
	will_fail("nft commit", -ENOENT);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(calls, "nft commit\nnft begin 0\n"));
}

static void note_vif(uint32_t domid, const char *ifname)
{
	static struct xnm_vif_note noted;

	xnm_vif_note_clear(&noted);
	noted.domid = domid;
	noted.mac.b[5] = (uint8_t)domid;
	COPY_NAME(noted.ifname, ifname);
	noted.elements[0].n = 1;
	noted.elements[0].list[0] = named(XNM_SET_BRIDGE_GUARD, ifname);
	noted.elements[1].n = 1;
	noted.elements[1].list[0] = named(XNM_SET_INET_GUARD, ifname);
	assert_int_equal(xnm_vif_note_write(&ctx.dir, &noted), 0);
}

static void note_network(const char *name, const char *bridge)
{
	struct xnm_network_note *note = &plan.network_note;

	COPY_NAME(note->bridge, bridge);
	note->elements.n = 1;
	note->elements.list[0] = named(XNM_SET_INSIDE, bridge);
	assert_int_equal(xnm_network_note_write(&ctx.dir, name, note), 0);
}

/* A table that is made anew gets what everybody has noted for it, and nothing of the other table. */
static void test_build(void **state)
{
	(void)state;
	note_vif(3, "vif3.0");
	note_network("lan", "lan");
	plan.filter.now.generation = 7;
	plan.filter.exists[XNM_TABLE_BRIDGE] = true;
	plan.filter.build[XNM_TABLE_BRIDGE] = true;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	/* if the generation is another one, somebody else may have made it */
	assert_non_null(strstr(calls, "nft begin 7\n"
				      "nft renew bridge\n"
				      "nft add guard vif3.0\n"
				      "nft commit\n"));
	plan.filter.build[XNM_TABLE_BRIDGE] = false;
	plan.filter.build[XNM_TABLE_INET] = true;
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), 0);
	assert_non_null(strstr(calls, "nft begin 7\n"
				      "nft make inet\n"
				      "nft add guard vif3.0\n"
				      "nft add inside lan\n"
				      "nft commit\n"));
	will_fail("nft commit", -ESTALE);
	assert_int_equal(apply(&xnm_op_filter_change, "vif1.0"), -ESTALE);
}

static void test_claims(void **state)
{
	const struct xnm_owner self = { 1, 0 }, other = { 3, 0 };
	struct xnm_owner owner;

	(void)state;
	plan.state.n_addresses = 2;
	plan.state.addresses[0] = cidr("10.0.0.5");
	plan.state.addresses[1] = cidr("10.1.0.0/16");
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	for (int i = 0; i < 2; i++)
		assert_true(xnm_address_note_is(&ctx.dir, "br0", &plan.state.addresses[i], &self));
	/* again, and back */
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	plan.op[0].u.addr = plan.state.addresses[0];
	plan.op[0].type = &xnm_op_address_release;
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_false(xnm_address_note_is(&ctx.dir, "br0", &plan.state.addresses[0], &self));
	/* a vif that lives was faster */
	note_vif(3, "vif3.0");
	assert_int_equal(xnm_address_note_claim(&ctx.dir, "br0", &plan.state.addresses[0], &other,
						NULL, &owner),
			 0);
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), -EADDRINUSE);
	/* one that has gone was not */
	assert_int_equal(xnm_vif_note_remove(&ctx.dir, 3, 0), 0);
	assert_int_equal(apply(&xnm_op_address_claim, "vif1.0"), 0);
	/* what is somebody else's is not given back */
	note_vif(3, "vif3.0");
	xnm_owners_add(&plan.leave, &(struct xnm_owner){ 1, 0 });
	plan.domid = 3;
	assert_int_equal(apply(&xnm_op_address_claim, "vif3.0"), 0);
	plan.domid = 1;
	plan.n = 0;
	op(&xnm_op_address_release, "")->u.addr = plan.state.addresses[0];
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_true(xnm_address_note_is(&ctx.dir, "br0", &plan.state.addresses[0], &other));
}

static void add_link(const char *name, int ifindex, enum xnm_host_link_role role)
{
	struct xnm_host_link *link = &host_links.list[host_links.n++];

	*link = (struct xnm_host_link){ .ifindex = ifindex, .role = role };
	COPY_NAME(link->name, name);
}

/* What the switch of all opens besides is closed before, and opened again behind its going back. */
static void test_apart(void **state)
{
	static struct xnm_network_note note;
	static struct xnm_policy policy;

	(void)state;
	ctx.policy = &policy;
	add_link("eth0", 2, XNM_LINK_CARD);
	add_link("tun0", 3, XNM_LINK_OTHER);
	add_link("eth1", 4, XNM_LINK_CARD);
	forwards_alone = "eth1";
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(calls, "read ipv4/ip_forward\nlinks\nnft open\nnft begin 0\n"
				   "nft add apart4 eth0\nnft add apart4 tun0\nnft commit\ncount\n"
				   "set ipv4/ip_forward=1\n");
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv4", &note), 0);
	assert_int_equal(note.elements.n, 2);
	/* what cannot be closed is not opened */
	will_fail("nft commit", -ENOSPC);
	assert_int_equal(xnm_network_note_remove(&ctx.dir, "+ipv4"), 0);
	assert_int_equal(apply(&xnm_op_network_settings, ""), -ENOSPC);
	assert_null(strstr(calls, "set ipv4/ip_forward"));
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* the next event: tun0 has gone, and come back as another one; a card has come */
	host_links.list[1].ifindex = 9;
	add_link("eth2", 10, XNM_LINK_CARD);
	calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(calls, "links\nlinks\nnft begin 0\nnft del apart4 tun0\n"
				   "nft add apart4 eth0\nnft add apart4 eth2\nnft commit\ncount\n");
	calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(calls, "links\n");
	/* its policy says so, which is noted */
	policy.global.host_forward = XNM_YES;
	calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(calls, "links\nlinks\nnft begin 0\nnft del apart4 eth0\n"
				   "nft del apart4 eth2\nnft commit\ncount\n");
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv4", &note), 0);
	assert_int_equal(note.elements.n, 0);
	/* and not any more: what is there by then; eth1 forwards all the same */
	policy.global.host_forward = XNM_NO;
	calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(calls, "links\nlinks\nnft begin 0\nnft add apart4 eth0\n"
				   "nft add apart4 tun0\nnft add apart4 eth2\nnft commit\n"
				   "count\n");
}

static void test_apart_end(void **state)
{
	static struct xnm_network_note note;
	static struct xnm_policy policy;

	(void)state;
	ctx.policy = &policy;
	add_link("eth0", 2, XNM_LINK_CARD);
	add_link("eth1", 4, XNM_LINK_CARD);
	forwards_alone = "eth1";
	add_setting("ipv6/conf/all/forwarding", 1, false);
	note_network("lan", "lan");
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* an offline knows no policy */
	ctx.policy = NULL;
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(calls, "set ipv6/conf/all/forwarding=0\n"
				      "nft begin 0\nnft del apart6 eth0\nnft del apart6 eth1\n"
				      "nft commit\ncount\nset ipv6/conf/eth1/forwarding=1\n"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv6", &note), -ENOENT);
	/* who forwarded by himself has nothing that is closed */
	setting_now = 1;
	ctx.policy = &policy;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(calls, "read ipv6/conf/all/forwarding\n");
	calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(calls, "");
}

/* The network stays while it has vifs; then all of it goes, in one transaction. */
static void test_release_network(void **state)
{
	static struct xnm_network_note note;
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	note_network("lan", "lan");
	assert_int_equal(apply(&xnm_op_network_join, ""), 0);
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_string_equal(calls, "");
	assert_int_equal(apply(&xnm_op_network_leave, ""), 0);
	/* another network needs the setting too */
	note_network("dmz", "dmz");
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(calls, "nft begin 0\nnft del drops lan\nnft del inside lan\n"
				      "nft commit\n"));
	assert_null(strstr(calls, "outside"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	/* another run was faster */
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_string_equal(calls, "");
	COPY_NAME(plan.old_network, "dmz");
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(calls, "set ipv4/ip_forward=0\n"));
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), -ENOENT);
	/* the last network of all takes the counters of what came from outside along */
	assert_non_null(strstr(calls, "nft del drops outside\n"));
}

/* A network whose policy has changed: what it has stopped to need goes at once. */
static void test_note_changed(void **state)
{
	uint32_t was;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	add_setting("ipv4/conf/lan/route_localnet", 1, false);
	assert_int_equal(apply(&xnm_op_network_note_write, ""), 0);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	plan.network_note.n_settings = 1;
	assert_int_equal(apply(&xnm_op_network_note_write, ""), 0);
	assert_string_equal(calls, "set ipv4/conf/lan/route_localnet=0\n");
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/ip_forward", &was), 0);
	assert_int_equal(xnm_sysctl_note_read(&ctx.dir, "ipv4/conf/lan/route_localnet", &was),
			 -ENOENT);
}

/* The note stays if nftables did not let the elements go: the next one tries again. */
static void test_release_fails(void **state)
{
	static struct xnm_network_note note;

	(void)state;
	note_network("lan", "lan");
	will_fail("nft commit", -EPERM);
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), 0);
	will_fail("nft commit", -EPERM);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), -EPERM);
	/* no table, no elements */
	will_fail("nft commit", -ENOENT);
	assert_int_equal(xnm_apply_offline(&ctx, &plan), 0);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
}

/* The first vif of a network fails: it leaves nothing behind. */
static void test_undo(void **state)
{
	static struct xnm_network_note note;

	(void)state;
	add_setting("ipv4/ip_forward", 1, false);
	plan.network_note.elements.n = 1;
	plan.network_note.elements.list[0] = named(XNM_SET_INSIDE, "lan");
	(void)shared_op(&xnm_op_network_note_write);
	(void)shared_op(&xnm_op_network_settings);
	(void)shared_op(&xnm_op_network_join);
	(void)op(&xnm_op_device_up, "vif1.0");
	will_fail("up", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_non_null(strstr(calls, "read ipv4/ip_forward\nset ipv4/ip_forward=1\nup 10\n"));
	assert_non_null(strstr(calls, "nft del drops lan\nnft del inside lan\nnft commit\ncount\n"
				      "set ipv4/ip_forward=0\n"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), -ENOENT);
	assert_false(xnm_network_is_member(&ctx.dir, "lan", 1, 0));
	/* with another vif in it, only this one leaves */
	assert_int_equal(xnm_network_member_add(&ctx.dir, "lan", 2, 0), 0);
	will_fail("up", -EIO);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EIO);
	assert_int_equal(xnm_network_note_read(&ctx.dir, "lan", &note), 0);
	assert_true(xnm_network_is_member(&ctx.dir, "lan", 2, 0));
	assert_false(xnm_network_is_member(&ctx.dir, "lan", 1, 0));
}

/* Others' chains: noted before it is done, and until it is undone. */
static void test_through(void **state)
{
	struct xnm_foreign_note note;
	struct xnm_op *let;

	(void)state;
	(void)op(&xnm_op_foreign_join, "lan");
	let = op(&xnm_op_foreign_rules, "lan");
	let->u.through.rules = XNM_THROUGH_FROM | XNM_THROUGH_TO;
	COPY_NAME(let->u.through.chain, "DOCKER-USER");
	will_fail("nft let", -EPERM);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -EPERM);
	assert_int_equal(xnm_foreign_note_read(&ctx.dir, "lan", &note), 0);
	assert_string_equal(note.chain[0], "DOCKER-USER");
	/* the chain has gone since it was seen: look again */
	will_fail("nft let", -ENOENT);
	assert_int_equal(xnm_apply_online(&ctx, &plan), -ESTALE);
	calls[0] = '\0';
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "nft let through 4 'DOCKER-USER' lan 3\ncount\n");
	assert_true(xnm_network_is_member(&ctx.dir, ":lan", 1, 0));
	/* another vif needs it too */
	assert_int_equal(xnm_network_member_add(&ctx.dir, ":lan", 2, 0), 0);
	assert_int_equal(apply(&xnm_op_foreign_leave, "lan"), 0);
	assert_string_equal(calls, "");
	plan.domid = 2;
	assert_int_equal(apply(&xnm_op_foreign_leave, "lan"), 0);
	assert_non_null(strstr(calls, "nft let through 4 '' lan 0\ncount\n"
				      "nft let through 6 '' lan 0\ncount\n"));
	assert_int_equal(xnm_foreign_note_read(&ctx.dir, "lan", &note), -ENOENT);
	plan.domid = 1;
}

static void test_routed(void **state)
{
	(void)state;
	op(&xnm_op_route_add, "vif1.0")->u.route =
		(struct xnm_route){ .dst = cidr("10.0.0.5"), .ifindex = 10, .metric = 2 };
	op(&xnm_op_neighbour_add, "vif1.0")->u.neigh.addr = cidr("10.0.0.5");
	op(&xnm_op_proxy_add, "eth0")->u.addr = cidr("10.0.0.5");
	(void)op(&xnm_op_proxy_arp, "vif1.0");
	(void)op(&xnm_op_route_localnet, "vif1.0");
	(void)op(&xnm_op_device_ipv6_on, "vif1.0");
	op(&xnm_op_route_del, "vif1.0")->u.route =
		(struct xnm_route){ .dst = cidr("10.0.0.6"), .ifindex = 10, .metric = 2 };
	op(&xnm_op_neighbour_del, "vif1.0")->u.neigh.addr = cidr("10.0.0.6");
	op(&xnm_op_proxy_del, "eth0")->u.addr = cidr("10.0.0.6");
	plan.n_forget = 2;
	plan.forget[0] = cidr("10.0.0.6");
	(void)op(&xnm_op_connections_forget, "");
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(calls, "route 10 10.0.0.5/32 metric 2\n"
				   "neighbour 10 10.0.0.5/32 00\n"
				   "proxy 10 10.0.0.5/32\n"
				   "conf 4 vif1.0/proxy_arp=1\n"
				   "conf 4 vif1.0/route_localnet=1\n"
				   "conf 6 vif1.0/disable_ipv6=0\n"
				   "no route 10 10.0.0.6/32 metric 2\n"
				   "no neighbour 10 10.0.0.6/32\n"
				   "no proxy 10 10.0.0.6/32\n"
				   "forget 2 10.0.0.6/32\n"
				   "nft open\n"
				   "nft each ended4\n"
				   "nft each ended6\n");
}

/* Failures that are none, for each operation and number; the rest keeps a vif from coming up. */
static void test_tolerated(void **state)
{
	static const struct {
		const struct xnm_op_type *type;
		const char *call;
		int rc;
		int wanted;
	} rows[] = {
		{ &xnm_op_route_add, "route", -ENETDOWN, -ENETDOWN },
		{ &xnm_op_neighbour_add, "neighbour", -EINVAL, -EINVAL },
		{ &xnm_op_proxy_add, "proxy", -ENODEV, -ENODEV },
		{ &xnm_op_proxy_arp, "conf", -EROFS, -EROFS },
		/* what has gone already, and what belongs to nobody here any more */
		{ &xnm_op_route_del, "no route", -ESRCH, 0 },
		{ &xnm_op_route_del, "no route", -EPERM, 0 },
		{ &xnm_op_neighbour_del, "no neighbour", -ENOENT, 0 },
		{ &xnm_op_neighbour_del, "no neighbour", -EPERM, 0 },
		{ &xnm_op_proxy_del, "no proxy", -ENOENT, 0 },
		{ &xnm_op_proxy_del, "no proxy", -EPERM, 0 },
		{ &xnm_op_connections_forget, "forget", -EBUSY, 0 },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		int rc;

		if (i) {
			end(state);
			assert_int_equal(begin(state), 0);
		}
		will_fail(rows[i].call, rows[i].rc);
		rc = apply(rows[i].type, "vif1.0");
		if (rc != rows[i].wanted)
			fail_msg("row %zu: %d", i, rc);
		assert_int_equal(ctx.err.text[0] == '\0', rc == 0);
		assert_int_equal(n_failures, 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_settings),  TEST(test_from_one),	  TEST(test_at_most),
		TEST(test_filter),    TEST(test_filter_fails),	  TEST(test_build),
		TEST(test_claims),    TEST(test_deletes_counted), TEST(test_apart),
		TEST(test_apart_end), TEST(test_release_network), TEST(test_release_fails),
		TEST(test_undo),      TEST(test_note_changed),	  TEST(test_through),
		TEST(test_routed),    TEST(test_tolerated),
	};
	int failed;

	if (!mkdtemp(run_dir))
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("apply-network", tests, NULL, NULL);
	(void)rmdir(run_dir);
	return failed;
}
