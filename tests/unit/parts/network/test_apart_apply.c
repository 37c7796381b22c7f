/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_apart_apply.c - which interfaces of the host are closed before forwarding is switched on, and opened again. */
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/apart.h"
#include "tests/unit/core/fake/case.h"

static void add_link(const char *name, int ifindex, enum xnm_host_link_role role)
{
	struct xnm_host_link *link = &fake.links.list[fake.links.n++];

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
	fake.forwards_alone = "eth1";
	add_setting("ipv4/ip_forward", 1, false);
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(fake.calls,
			    "read ipv4/ip_forward\nlinks\nlinks\nnft open\nnft begin 0\n"
			    "nft add apart4 eth0\nnft add apart4 tun0\nnft commit\ncount\n"
			    "set ipv4/ip_forward=1\n");
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv4", &note), 0);
	assert_int_equal(note.elements.n, 2);
	/* what cannot be closed is not opened */
	will_fail("nft commit", -ENOSPC);
	assert_int_equal(xnm_network_note_remove(&ctx.dir, "+ipv4"), 0);
	assert_int_equal(apply(&xnm_op_network_settings, ""), -ENOSPC);
	assert_null(strstr(fake.calls, "set ipv4/ip_forward"));
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* the next event: tun0 has gone, and come back as another one; a card has come */
	fake.links.list[1].ifindex = 9;
	add_link("eth2", 10, XNM_LINK_CARD);
	fake.calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(fake.calls,
			    "links\nlinks\nnft begin 0\nnft del apart4 tun0\n"
			    "nft add apart4 eth0\nnft add apart4 eth2\nnft commit\ncount\n");
	fake.calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(fake.calls, "links\n");
	/* its policy says so, which is noted */
	policy.global.host_forward = XNM_YES;
	fake.calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(fake.calls, "links\nlinks\nnft begin 0\nnft del apart4 eth0\n"
					"nft del apart4 eth2\nnft commit\ncount\n");
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv4", &note), 0);
	assert_int_equal(note.elements.n, 0);
	/* and not any more: what is there by then; eth1 forwards all the same */
	policy.global.host_forward = XNM_NO;
	fake.calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(fake.calls, "links\nlinks\nnft begin 0\nnft add apart4 eth0\n"
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
	fake.forwards_alone = "eth1";
	add_setting("ipv6/conf/all/forwarding", 1, false);
	note_network("lan", "lan");
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	/* an offline knows no policy */
	ctx.policy = NULL;
	fake.setting = 1;
	assert_int_equal(apply(&xnm_op_network_release, ""), 0);
	assert_non_null(strstr(fake.calls, "set ipv6/conf/all/forwarding=0\n"
					   "nft begin 0\nnft del apart6 eth0\nnft del apart6 eth1\n"
					   "nft commit\ncount\nset ipv6/conf/eth1/forwarding=1\n"));
	assert_int_equal(xnm_network_note_read(&ctx.dir, "+ipv6", &note), -ENOENT);
	/* who forwarded by himself has nothing that is closed */
	fake.setting = 1;
	ctx.policy = &policy;
	assert_int_equal(apply(&xnm_op_network_settings, ""), 0);
	assert_string_equal(fake.calls, "read ipv6/conf/all/forwarding\n");
	fake.calls[0] = '\0';
	apply_apart_look(&ctx, true);
	assert_string_equal(fake.calls, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_apart),
		TEST(test_apart_end),
	};

	return RUN_TESTS("apart-apply", tests);
}
