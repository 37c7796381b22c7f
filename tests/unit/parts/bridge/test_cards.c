/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_cards.c - which addresses of a card a network can take over, and how cards are noted. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/bridge/plan.h"

#define COPY(to, text) ((void)snprintf(to, sizeof(to), "%s", text))

static struct xnm_facts facts;
static struct xnm_want want;
static struct xnm_network network;
static struct xnm_carry carry;
static struct xnm_err err;

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static int begin(void **state)
{
	(void)state;
	memset(&facts, 0, sizeof(facts));
	memset(&want, 0, sizeof(want));
	memset(&network, 0, sizeof(network));
	memset(&carry, 0, sizeof(carry));
	memset(&err, 0, sizeof(err));
	COPY(network.name, "lan");
	want.network = &network;
	return 0;
}

static void add_card(const char *name, const char *now)
{
	unsigned int i = facts.bridge.n_cards++;
	struct xnm_link *link = &facts.bridge.cards[i];

	COPY(network.interfaces[network.n_interfaces], name);
	network.n_interfaces++;
	if (!now)
		return;
	COPY(link->name, now);
	link->ifindex = (int)i + 10;
	link->own_mac.b[5] = (uint8_t)(i + 10);
}

/* Two subnets of different lengths must not overlap; others have nothing to do with each other. */
static void test_conflicts(void **state)
{
	static const struct {
		const char *card, *network;
		bool refused;
	} rows[] = {
		{ "10.0.0.5/24", "10.0.0.1/24", false }, { "10.0.0.5/24", "10.0.1.1/16", true },
		{ "10.0.1.5/16", "10.0.0.1/24", true },	 { "10.0.0.5/24", "172.16.0.1/16", false },
		{ "10.0.0.5/24", "10.0.1.1/25", false }, { "fd00::5/64", "10.0.0.1/16", false },
		{ "fd00::5/64", "fd00::1/48", true },	 { "fe80::5/64", "fe80::1/10", false },
		{ "10.0.0.5/24", "fd00::1/64", false },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		int rc;

		(void)begin(state);
		add_card("eth1", "eth1");
		facts.bridge.card_has_address[0] = true;
		facts.bridge.carry = &carry;
		carry.ifindex = facts.bridge.cards[0].ifindex;
		carry.n_addresses = network.n_addresses = 1;
		carry.cidrs[0] = cidr(rows[i].card);
		network.addresses[0] = cidr(rows[i].network);
		/* behind the end of each list is what would be in conflict */
		carry.cidrs[1] = network.addresses[0];
		carry.cidrs[1].prefix_len++;
		network.addresses[1] = carry.cidrs[0];
		network.addresses[1].prefix_len--;
		rc = xnm_check_interface(&network, &facts, 0, &err);
		if (rc != (rows[i].refused ? -EINVAL : 0))
			fail_msg("row %zu: %d, %s", i, rc, err.text);
	}
}

/* The second of several addresses counts as much as the first one. */
static void test_second_conflict(void **state)
{
	(void)state;
	add_card("eth1", "eth1");
	facts.bridge.card_has_address[0] = true;
	facts.bridge.carry = &carry;
	carry.ifindex = facts.bridge.cards[0].ifindex;
	carry.n_addresses = network.n_addresses = 2;
	carry.cidrs[0] = cidr("192.0.2.5/24");
	carry.cidrs[1] = cidr("10.0.0.5/24");
	network.addresses[0] = cidr("192.0.2.1/24");
	network.addresses[1] = cidr("10.0.0.1/16");
	assert_int_equal(xnm_check_interface(&network, &facts, 0, &err), -EINVAL);
	assert_non_null(strstr(err.text, "10.0.0.5/24 overlaps address=10.0.0.1/16"));
}

/* By its present name, with the policy's as an altname; one that is missing is no reason to leave out
 * those after it. */
static void test_noted(void **state)
{
	static struct xnm_policy policy;
	struct xnm_bridge_note note;

	(void)state;
	add_card("eth1", NULL);
	add_card("eth2", "eth2");
	add_card("uplink", "eth3");
	add_card("eth4", "eth4");
	/* behind the end of the list */
	add_card("eth5", "eth5");
	network.n_interfaces--;
	want.policy = &policy;
	policy.n_altnames = 2;
	COPY(policy.altnames[0].device, "eth1");
	COPY(policy.altnames[0].name, "wan");
	COPY(policy.altnames[1].device, "eth4");
	COPY(policy.altnames[1].name, "dmz");
	COPY(policy.altnames[2].device, "eth2");
	COPY(policy.altnames[2].name, "left");
	xnm_plan_bridge_note(&note, &want, &facts);
	assert_int_equal(note.n_interfaces, 4);
	assert_string_equal(note.interfaces[0], "eth1");
	assert_string_equal(note.altnames[0], "wan");
	assert_int_equal(note.cards[0].ifindex, 0);
	assert_string_equal(note.interfaces[1], "eth2");
	assert_string_equal(note.altnames[1], "");
	assert_int_equal(note.cards[1].ifindex, 11);
	assert_int_equal(note.cards[1].mac.b[5], 11);
	assert_string_equal(note.interfaces[2], "eth3");
	assert_string_equal(note.altnames[2], "uplink");
	assert_int_equal(note.cards[2].ifindex, 12);
	assert_string_equal(note.interfaces[3], "eth4");
	assert_string_equal(note.altnames[3], "dmz");
	assert_int_equal(note.cards[3].ifindex, 13);
	assert_int_equal(note.cards[4].ifindex, 0);
	/* whose addresses the bridge has: none of a card that was dropped */
	facts.bridge.is_ours = true;
	COPY(facts.bridge.note.carries, "eth9");
	xnm_plan_bridge_note(&note, &want, &facts);
	assert_string_equal(note.carries, "eth9");
	COPY(facts.bridge.dropped[0].name, "eth8");
	COPY(facts.bridge.dropped[1].name, "eth9");
	facts.bridge.n_dropped = 1;
	xnm_plan_bridge_note(&note, &want, &facts);
	assert_string_equal(note.carries, "eth9");
	facts.bridge.n_dropped = 2;
	xnm_plan_bridge_note(&note, &want, &facts);
	assert_string_equal(note.carries, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_conflicts, begin),
		cmocka_unit_test_setup(test_second_conflict, begin),
		cmocka_unit_test_setup(test_noted, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
