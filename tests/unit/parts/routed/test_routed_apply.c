/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_routed_apply.c - routes, neighbours and proxies that come and go, and failures that are none. */
#include "tests/unit/core/fake/case.h"

static void test_flush(void **state)
{
	unsigned int n = 0;

	(void)state;
	(void)op(&xnm_op_address_flush, "vif1.0", 10);
	fake.n_ipv4 = XNM_MAX_ADDRESSES * 2 + 3;
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	for (const char *p = fake.calls; (p = strstr(p, "no address")); p++)
		n++;
	assert_int_equal(n, XNM_MAX_ADDRESSES * 2 + 3);
	assert_int_equal(fake.n_ipv4, 0);
}

static void test_routed(void **state)
{
	(void)state;
	op(&xnm_op_route_add, "vif1.0", 10)->u.route =
		(struct xnm_route){ .dst = cidr("10.0.0.5"), .ifindex = 10, .metric = 2 };
	op(&xnm_op_neighbour_add, "vif1.0", 10)->u.neigh.addr = cidr("10.0.0.5");
	op(&xnm_op_proxy_add, "eth0", 10)->u.addr = cidr("10.0.0.5");
	op(&xnm_op_proxy_arp, "vif1.0", 10)->u.on = true;
	op(&xnm_op_route_localnet, "vif1.0", 10)->u.on = true;
	(void)op(&xnm_op_proxy_arp, "vif2.0", 11);
	(void)op(&xnm_op_route_localnet, "vif2.0", 11);
	(void)op(&xnm_op_device_ipv6_on, "vif1.0", 10);
	op(&xnm_op_route_del, "vif1.0", 10)->u.route =
		(struct xnm_route){ .dst = cidr("10.0.0.6"), .ifindex = 10, .metric = 2 };
	op(&xnm_op_neighbour_del, "vif1.0", 10)->u.neigh.addr = cidr("10.0.0.6");
	op(&xnm_op_proxy_del, "eth0", 10)->u.addr = cidr("10.0.0.6");
	plan.conntrack.n_forget = 2;
	plan.conntrack.forget[0] = cidr("10.0.0.6");
	(void)op(&xnm_op_connections_forget, "", 10);
	assert_int_equal(xnm_apply_online(&ctx, &plan), 0);
	assert_string_equal(fake.calls, "route 10 10.0.0.5/32 metric 2\n"
					"neighbour 10 10.0.0.5/32 00\n"
					"proxy 10 10.0.0.5/32\n"
					"conf 4 vif1.0/proxy_arp=1\n"
					"conf 4 vif1.0/route_localnet=1\n"
					"conf 4 vif2.0/proxy_arp=0\n"
					"conf 4 vif2.0/route_localnet=0\n"
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
	static const struct failing rows[] = {
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

	check_failing(state, rows, XNM_N_ELEMENTS(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flush),
		TEST(test_routed),
		TEST(test_tolerated),
	};

	return RUN_TESTS("routed-apply", tests);
}
