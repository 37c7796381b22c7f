/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_dump.c - lists of the kernel that change while they are read, end early, or are cut off: none is taken for whole. */
#include <errno.h>
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/tc.h"
#include "tests/unit/kernel/dump.h"

static struct xnm_rtnl *rtnl;
static struct xnm_nft *nft;

static int ports(unsigned int max, unsigned int *n)
{
	static const char except[1][IFNAMSIZ] = { "eth0" };
	int rc = xnm_bridge_has_ports(rtnl, IFINDEX, except, 1);

	(void)max;
	/* the one that is another's comes last */
	*n = rc > 0 ? 2 : 0;
	return rc > 0 ? 0 : rc;
}

static void count_name(void *arg, const char *name)
{
	(void)name;
	++*(unsigned int *)arg;
}

static int bridges(unsigned int max, unsigned int *n)
{
	(void)max;
	return xnm_bridge_each(rtnl, count_name, n);
}

static int addresses(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_addr_list(rtnl, IFINDEX, AF_UNSPEC, list, max, n);
}

static int routes(unsigned int max, unsigned int *n)
{
	struct xnm_route list[8];

	return xnm_route_list(rtnl, IFINDEX, list, max, n);
}

static int defaults(unsigned int max, unsigned int *n)
{
	struct xnm_default list[8];

	return xnm_default_list(rtnl, IFINDEX, list, max, n);
}

static int gateways(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_gateway_list(rtnl, IFINDEX, 5, list, max, n);
}

static int neighbours(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];
	struct xnm_mac macs[8];

	return xnm_neigh_list_permanent(rtnl, IFINDEX, list, macs, max, n);
}

static int proxies(unsigned int max, unsigned int *n)
{
	struct xnm_cidr list[8];

	return xnm_neigh_proxy_list(rtnl, IFINDEX, list, max, n);
}

static int vlans(unsigned int max, unsigned int *n)
{
	struct xnm_vlans list;
	int rc = xnm_port_get_vlans(rtnl, IFINDEX, &list);

	(void)max;
	for (unsigned int vid = XNM_VLAN_MIN; vid <= XNM_VLAN_MAX; vid++)
		*n += xnm_vlan_test(list.member, vid);
	return rc;
}

static int carried(unsigned int max, unsigned int *n)
{
	static struct xnm_carry carry;
	int rc = xnm_carry_read(rtnl, "br0", IFINDEX, &carry);

	(void)max;
	*n = carry.n_addresses + carry.n_routes + carry.n_neighbours + carry.n_others;
	return rc;
}

static int device_elements(unsigned int max, unsigned int *n)
{
	static struct xnm_elements list;
	int rc;

	(void)max;
	list.n = 0;
	rc = xnm_nft_read_device(nft, "vif1.1", &list);
	*n = list.n;
	return rc;
}

static int rules(unsigned int max, unsigned int *n)
{
	struct xnm_nft_table table;
	int rc = xnm_nft_read_table(nft, NFPROTO_INET, XNM_NFT_TABLE, true, &table);

	(void)max;
	*n = table.n_rules;
	return rc;
}

static void count_qdisc(void *arg, int ifindex, const struct xnm_qdisc *qdisc)
{
	unsigned int *n = arg;

	if (!qdisc)
		*n = 0;
	else
		*n += ifindex == IFINDEX;
}

static int qdiscs(unsigned int max, unsigned int *n)
{
	(void)max;
	*n = 0;
	return xnm_qdisc_each(rtnl, count_qdisc, n);
}

static int classes(unsigned int max, unsigned int *n)
{
	struct xnm_tc_class list[8];

	return xnm_tc_class_list(rtnl, IFINDEX, list, max, n);
}

static int filters(unsigned int max, unsigned int *n)
{
	struct xnm_tc_filter list[8];

	return xnm_tc_filter_list(rtnl, IFINDEX, 1u << 16, list, max, n);
}

static void note_element(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	(void)key;
	(void)packets;
	(void)bytes;
	++*(unsigned int *)arg;
}

/* this one's caller begins again by himself */
static int elements(unsigned int max, unsigned int *n)
{
	int rc;

	(void)max;
	do {
		*n = 0;
		rc = xnm_nft_each_element(nft, &xnm_sets[XNM_SET_BRIDGE_GUARD], note_element, n);
	} while (rc == -EAGAIN && kernel.n_requests < 100);
	return rc;
}

static const struct list {
	const char *name;
	int (*read)(unsigned int max, unsigned int *n);
	void (*put)(int family, unsigned int i);
	unsigned int n; /* in the whole list; 0: as many as there are sets */
	bool has_room; /* max counts */
} lists[] = {
	{ "ports", ports, put_port, 2, false },
	{ "bridges", bridges, put_port, 2, false },
	{ "addresses", addresses, put_address, 2, true },
	{ "routes", routes, put_route, 4, true },
	{ "default routes", defaults, put_default, 4, true },
	{ "gateways", gateways, put_default, 4, true },
	{ "neighbours", neighbours, put_neigh, 2, true },
	{ "proxies", proxies, put_proxy, 2, true },
	{ "VLANs", vlans, put_vlan, 2, false },
	{ "what moves", carried, put_carried, 14, false },
	{ "elements of a device", device_elements, put_element, 0, false },
	{ "elements", elements, put_element, 2, false },
	{ "rules", rules, put_rule, 2, false },
	{ "qdiscs", qdiscs, put_qdisc, 2, false },
	{ "classes", classes, put_class, 2, true },
	{ "filters", filters, put_filter, 2, true },
};

static int read_list(const struct list *list, enum fault fault, unsigned int max, unsigned int *n)
{
	*n = 0;
	kernel.fault = fault;
	kernel.put = list->put;
	kernel.n_requests = 0;
	return list->read(max, n);
}

static void test_faults(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		unsigned int whole = lists[i].n, n;

		if (whole == 0)
			assert_int_equal(read_list(&lists[i], WHOLE, 8, &whole), 0);
		for (enum fault fault = WHOLE; fault < N_FAULTS; fault++) {
			int rc = read_list(&lists[i], fault, 8, &n);
			bool good = fault == WHOLE || heals(fault) ? rc == 0 && n == whole : rc < 0;

			/* lists of nftables are not sent a second time after a loss */
			good |= fault == LOST && rc == -ENOBUFS;
			if (good && (fault != ALWAYS_CHANGED || kernel.n_requests <= 100))
				continue;
			print_error("%s, %s: returns %d with %u of %u, after %u requests\n",
				    lists[i].name, fault_names[fault], rc, n, whole,
				    kernel.n_requests);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Beside the errnos by which the callers know that there is nothing. */
static void test_errno(void **state)
{
	static const int nothing[] = { -ENODEV, -ENOENT, -ESRCH, -EOPNOTSUPP, -E2BIG };
	unsigned int n;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		for (enum fault fault = LOST; fault < N_FAULTS; fault++) {
			int rc = read_list(&lists[i], fault, 8, &n);

			for (size_t k = 0; k < XNM_N_ELEMENTS(nothing); k++)
				assert_int_not_equal(rc, nothing[k]);
		}
	}
}

static void test_room(void **state)
{
	unsigned int n;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		if (!lists[i].has_room)
			continue;
		if (read_list(&lists[i], WHOLE, 1, &n) != -E2BIG || n != 1)
			fail_msg("%s: what is beyond the room goes unsaid", lists[i].name);
	}
}

/* The kernel's own reason, or one that a person understands. */
static void test_reason(void **state)
{
	unsigned int n;

	(void)state;
	for (enum fault fault = ALWAYS_CHANGED; fault < N_FAULTS; fault++) {
		if (heals(fault))
			continue;
		assert_true(read_list(&lists[0], fault, 8, &n) < 0);
		assert_string_not_equal(xnm_rtnl_reason(rtnl), "");
	}
	(void)read_list(&lists[0], ALWAYS_CHANGED, 8, &n);
	assert_string_equal(xnm_rtnl_reason(rtnl), "it changed each time that it was read");
}

/* What the kernel never answers: an element is not there only if it says so. */
static void test_find(void **state)
{
	static struct xnm_elements list;
	bool present[1] = { false };

	(void)state;
	list.n = 0;
	xnm_key_ifname(xnm_elements_add(&list, XNM_SET_BRIDGE_GUARD), 0, "vif1.0");
	assert_int_equal(xnm_nft_find_elements(nft, list.list, 1, present), 0);
	assert_true(present[0]);
	kernel.is_silent = true;
	assert_int_not_equal(xnm_nft_find_elements(nft, list.list, 1, present), 0);
	kernel.is_silent = false;
}

static int open_all(void **state)
{
	(void)state;
	return xnm_rtnl_open(&rtnl) || xnm_nft_open(&nft);
}

static int close_all(void **state)
{
	(void)state;
	xnm_rtnl_close(rtnl);
	xnm_nft_close(nft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults), cmocka_unit_test(test_errno),
		cmocka_unit_test(test_room),   cmocka_unit_test(test_reason),
		cmocka_unit_test(test_find),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
