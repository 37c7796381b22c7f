/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_owned.c - whose an address on a bridge is: a vif's, this host's, a gateway's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotplug/core/elements/parts.h"
#include "hotplug/core/facts.h"
#include "hotplug/kernel/carry.h"
#include "tests/unit/parts/filter/filter_case.h"

/* The elements of the sets that all other vifs of the place are held to. */
static const char *of_owners(const struct xnm_elements *all)
{
	static struct xnm_elements owners;

	owners.n = 0;
	for (unsigned int i = 0; i < all->n; i++) {
		if (strncmp(xnm_sets[all->list[i].set].name, "owned", 5) == 0)
			owners.list[owners.n++] = all->list[i];
	}
	return elements_text(&owners);
}

#define LAN "[network lan]\n"

/* What a vif puts in for its own addresses. */
static void test_of_vif(void **state)
{
#define LOCAL_OWNED(set, scope)                                                    \
	set "owned6 " scope " fe80::216:3eff:fe00:1\n" set "owned-targets6 " scope \
	    " fe80::216:3eff:fe00:1\n"
	static const struct {
		const char *policy;
		const char *addresses;
		const char *wanted;
	} rows[] = {
		{ LAN, "", "" },
		{ LAN "[vif *]\nipv4-allowed=any\nipv6-allowed=2001:db8::/32\n", "", "" },
		{ LAN, "10.0.0.5",
		  "owned4 lan 10.0.0.5\nowned4 lan* 10.0.0.5\n" LOCAL_OWNED("", "lan") },
		/* also one that is not held to its own */
		{ LAN "[vif *]\nlocking-mode=unlocked\n", "10.0.0.5",
		  "owned4 lan 10.0.0.5\nowned4 lan* 10.0.0.5\n" LOCAL_OWNED("", "lan") },
		{ LAN "[vif *]\nlocking-mode=disabled\n", "10.0.0.5", "" },
		{ LAN, "2001:db8::5/64",
		  "owned6 lan 2001:db8::5\nowned-targets6 lan 2001:db8::5\n"
		  "owned6 lan* 2001:db8::5\nowned-targets6 lan* 2001:db8::5\n" LOCAL_OWNED("",
											   "lan") },
		/* those of two VLANs could overlap where all of a bridge's come together */
		{ LAN, "10.1.0.0/16 10.1.2.0/24",
		  "owned-prefixes4 lan 10.1.0.0-10.1.255.255\n" LOCAL_OWNED("", "lan") },
		{ LAN, "2001:db8:1::/48",
		  "owned-prefixes6 lan 2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff\n"
		  "owned-prefix-targets6 lan "
		  "2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff\n" LOCAL_OWNED("", "lan") },
		/* what it may use beside its own is not its own */
		{ LAN "[vif *]\nipv4-allowed=10.0.0.0/8 10.0.0.100/32\n", "10.0.0.5",
		  "owned4 lan 10.0.0.5\nowned4 lan* 10.0.0.5\n" LOCAL_OWNED("", "lan") },
		{ LAN "[vif *]\nvlan=10p/20\n", "10.0.0.5",
		  "owned4 lan.10 10.0.0.5\nowned4 lan* 10.0.0.5\n" LOCAL_OWNED("", "lan.10") },
		{ "[network lan]\nbackend=route\nforward=open\n", "10.0.0.5",
		  "inet/owned4 - 10.0.0.5\n" LOCAL_OWNED("inet/", "-") },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(filter_vif(rows[i].policy, rows[i].addresses), 0);
		if (strcmp(of_owners(&elements), rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, of_owners(&elements));
	}
}

static struct xnm_facts facts;

/* What is put in for all vifs on the bridge lan. */
static const char *of_bridge(const char *text)
{
	assert_int_equal(filter_vif(text, "10.0.0.5"), 0);
	assert_int_equal(xnm_filter_bridge(&elements, &want, &facts, NULL, &err), 0);
	return elements_text(&elements);
}

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

/* A bridge of this host, which has MAC address 02:00:00:00:00:01. */
static int begin(void **state)
{
	(void)state;
	xnm_facts_clear(&facts);
	facts.bridge.link.ifindex = 20;
	facts.bridge.link.default_pvid = 1;
	facts.bridge.link.mac = (struct xnm_mac){ { 0x02, 0, 0, 0, 0, 1 } };
	return 0;
}

#define OWN4(scope, address) "owned4 " scope " " address "\nowned4 lan* " address "\n"
#define OWN6(scope, address)                                                                       \
	"owned6 " scope " " address "\nowned-targets6 " scope " " address "\nowned6 lan* " address \
	"\nowned-targets6 lan* " address "\n"
/* that it has with the MAC address of a new port, and with its own */
#define LINK_LOCAL OWN6("lan", "fe80::fcff:ffff:feff:ffff") OWN6("lan", "fe80::ff:fe00:1")

/* Its addresses, those of its VLAN devices, and those that a card is to bring. */
static void test_of_host(void **state)
{
	static struct xnm_carry carry;

	(void)state;
	assert_string_equal(of_bridge(LAN), LINK_LOCAL);
	facts.bridge.n_addresses = 2;
	facts.bridge.addresses[0] = cidr("10.0.0.1/24");
	facts.bridge.addresses[1] = cidr("2001:db8::1/64");
	facts.bridge.n_vlan_addresses = 1;
	facts.bridge.vlan_addresses[0].vid = 10;
	facts.bridge.vlan_addresses[0].cidr = cidr("10.1.0.1/24");
	carry.n_addresses = 1;
	carry.cidrs[0] = cidr("10.2.0.1/24");
	facts.bridge.carry = &carry;
	assert_string_equal(of_bridge(LAN),
			    OWN4("lan", "10.0.0.1") OWN6("lan", "2001:db8::1")
				    OWN4("lan", "10.2.0.1") OWN4("lan.10", "10.1.0.1") LINK_LOCAL);
}

/* What the policy says of it, and not of other bridges. */
static void test_of_policy(void **state)
{
	(void)state;
	assert_string_equal(of_bridge("[network lan]\naddress=10.0.0.1/24\n"
				      "[network other]\naddress=10.3.0.1/24\n"),
			    OWN4("lan", "10.0.0.1") LINK_LOCAL);
	/* its gateways in its VLAN; the bridge itself is in none */
	assert_string_equal(of_bridge("[network lan]\nvlan=10\naddress=10.0.0.1/24\n"
				      "gateway=10.0.0.254\n"),
			    OWN4("lan", "10.0.0.1") OWN4("lan.10", "10.0.0.254") LINK_LOCAL);
	assert_string_equal(of_bridge("[network lan]\n[uplink up]\ninterface=lan\n"
				      "gateway=10.0.0.254\n[uplink else]\ninterface=eth1\n"
				      "gateway=10.9.0.254\n"),
			    OWN4("lan", "10.0.0.254") LINK_LOCAL);
}

/* A link-local address that the bridge ever had stays its own, and no other note does. */
static void test_of_past(void **state)
{
	struct xnm_elements *noted = &facts.owned.note.elements;
	struct xnm_cidr past = cidr("fe80::5"), gone = cidr("10.0.0.9");

	(void)state;
	xnm_filter_owned_host(noted, "lan", &past);
	xnm_filter_owned_host(noted, "lan", &gone);
	assert_string_equal(of_bridge(LAN), LINK_LOCAL OWN6("lan", "fe80::5"));
}

static void test_too_many(void **state)
{
	(void)state;
	facts.bridge.n_addresses = XNM_N_ELEMENTS(facts.bridge.addresses);
	facts.bridge.n_vlan_addresses = XNM_N_ELEMENTS(facts.bridge.vlan_addresses);
	for (unsigned int i = 0; i < facts.bridge.n_addresses; i++) {
		facts.bridge.addresses[i] = cidr("2001:db8::/64");
		facts.bridge.addresses[i].addr[15] = (uint8_t)(1 + i);
		facts.bridge.vlan_addresses[i].vid = 10;
		facts.bridge.vlan_addresses[i].cidr = cidr("2001:db8:1::/64");
		facts.bridge.vlan_addresses[i].cidr.addr[15] = (uint8_t)(1 + i);
	}
	assert_int_equal(filter_vif(LAN, "10.0.0.5"), 0);
	assert_int_equal(xnm_filter_bridge(&elements, &want, &facts, NULL, &err), -E2BIG);
	assert_non_null(strstr(err.text, "lan has too many addresses of this host"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_vif),
		cmocka_unit_test_setup(test_of_host, begin),
		cmocka_unit_test_setup(test_of_policy, begin),
		cmocka_unit_test_setup(test_of_past, begin),
		cmocka_unit_test_setup(test_too_many, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("owned", tests, NULL, NULL);
}
