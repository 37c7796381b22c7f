/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_offer.c - which leases this host takes, and what it has that one must not meet. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/parts/uplink/offer.h"

static struct xnm_policy policy;
static struct xnm_uplink uplink;
static struct xnm_offer offer;
static struct xnm_offer_facts facts;
static struct xnm_err err;

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out = { 0 };

	if (text)
		assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static void begin(const char *expected, const char *address, const char *router)
{
	memset(&err, 0, sizeof(err));
	memset(&uplink, 0, sizeof(uplink));
	strcpy(uplink.name, "phone");
	uplink.gateway.dhcp = true;
	uplink.gateway.expected = cidr(expected);
	offer = (struct xnm_offer){ cidr(address), cidr(router) };
	facts.uplink = &uplink;
	facts.offer = &offer;
	facts.n = 0;
}

/* text NULL: taken; else a part of the reason */
static void check(const char *what, const char *text)
{
	int rc = xnm_offer_check(&facts, &err);

	if ((text == NULL) == (rc == 0) && (!text || strstr(err.text, text)))
		return;
	fail_msg("%s: %d, %s", what, rc, err.text);
}

#define EXPECT "192.168.43.0/24"

static const struct {
	const char *expected, *address, *router, *text;
} forms[] = {
	{ NULL, "192.168.43.9/24", "192.168.43.1", NULL },
	{ EXPECT, "192.168.43.9/24", "192.168.43.1", NULL },
	{ EXPECT, "192.168.43.9/24", NULL, NULL },
	/* a part of what is expected */
	{ EXPECT, "192.168.43.9/28", "192.168.43.1", NULL },
	{ EXPECT, "192.168.43.9/32", NULL, NULL },
	{ EXPECT, "192.168.43.0/31", "192.168.43.1", NULL },
	{ EXPECT, "192.168.43.9/23", "192.168.43.1", "not within the prefix" },
	{ EXPECT, "192.168.44.9/24", "192.168.44.1", "not within the prefix" },
	{ EXPECT, "192.168.43.9/0", "192.168.43.1", "not within the prefix" },
	/* a length that no link has */
	{ NULL, "8.1.1.1/8", "8.1.1.2", "no link has so many addresses" },
	{ NULL, "203.0.113.9/0", NULL, "no link has so many addresses" },
	{ NULL, "203.0.113.9/15", NULL, "no link has so many addresses" },
	{ NULL, "203.0.113.9/16", NULL, NULL },
	{ NULL, "10.1.1.1/8", "10.0.0.1", NULL },
	{ NULL, "10.1.1.1/7", NULL, "no link has so many addresses" },
	{ NULL, "172.16.1.1/12", NULL, NULL },
	{ NULL, "172.16.1.1/11", NULL, "no link has so many addresses" },
	{ NULL, "100.64.0.9/10", NULL, NULL },
	{ "8.0.0.0/8", "8.1.1.1/8", "8.1.1.2", NULL },
	/* addresses that no host can have */
	{ NULL, "0.0.0.0/24", NULL, "no host can have" },
	{ NULL, "0.0.0.9/24", NULL, "no host can have" },
	{ NULL, "127.0.0.9/24", NULL, "no host can have" },
	{ NULL, "127.0.0.9/32", NULL, "no host can have" },
	{ NULL, "169.254.3.4/16", NULL, "no host can have" },
	{ NULL, "169.253.3.4/16", NULL, NULL },
	{ NULL, "223.255.0.9/24", NULL, NULL },
	{ NULL, "224.0.0.9/24", NULL, "no host can have" },
	{ NULL, "240.0.0.9/24", NULL, "no host can have" },
	{ NULL, "255.255.255.255/32", NULL, "no host can have" },
	{ NULL, "fd00::1/64", NULL, "no host can have" },
	/* the edges of the subnet */
	{ NULL, "192.168.43.0/24", NULL, "the subnet itself" },
	{ NULL, "192.168.43.255/24", NULL, "broadcast" },
	{ NULL, "192.168.43.255/23", NULL, "broadcast" },
	{ NULL, "192.168.42.255/23", NULL, NULL },
	{ NULL, "192.168.43.4/30", NULL, "the subnet itself" },
	{ NULL, "192.168.43.5/30", "192.168.43.6", NULL },
	/* the router */
	{ NULL, "192.168.43.9/24", "192.168.44.1", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "192.168.43.0", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "192.168.43.255", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "0.0.0.0", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "224.0.0.1", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "fe80::1", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/32", "192.168.43.1", "the router has no address in that subnet" },
	{ NULL, "192.168.43.9/24", "192.168.43.9", "it is the router's own address" },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(forms); i++) {
		begin(forms[i].expected, forms[i].address, forms[i].router);
		check(forms[i].address, forms[i].text);
	}
}

#define ADDRESS	  XNM_HELD_ADDRESS
#define ROUTE	  XNM_HELD_ROUTE
#define CLOSED	  XNM_HELD_CLOSED
#define ROUTER	  XNM_HELD_ROUTER
#define NEIGHBOUR XNM_HELD_NEIGHBOUR
#define CLAIM	  XNM_HELD_CLAIM
#define VIF	  XNM_HELD_VIF
#define TOLD	  XNM_HELD_TOLD
#define HERE	  1
#define SERVERS	  2

/* All against the offer of 192.168.43.9/24 with the router 192.168.43.1. */
static const struct {
	enum xnm_held_kind kind;
	unsigned int how;
	const char *cidr, *text;
} helds[] = {
	/* of the host, elsewhere: in the offered subnet, around it, beside it */
	{ ADDRESS, 0, "192.168.43.77/24", "is the address of this host on there" },
	{ ADDRESS, 0, "192.168.43.77/32", "192.168.43.77 is the address of this host on there" },
	{ ADDRESS, 0, "192.168.1.1/16", "192.168.1.1/16 is the address of this host on there" },
	{ ADDRESS, 0, "192.168.43.9/32", "is the address of this host on there" },
	{ ADDRESS, 0, "192.168.44.77/24", NULL },
	{ ADDRESS, 0, "2001:db8::1/64", NULL },
	{ ROUTE, 0, "192.168.43.128/25", "a route of this host through there" },
	{ ROUTE, 0, "192.168.0.0/16", "a route of this host through there" },
	{ ROUTE, 0, "10.0.0.0/8", NULL },
	{ ROUTER, 0, "192.168.43.254/32", "192.168.43.254 is a router of this host on there" },
	{ ROUTER, 0, "192.168.44.254/32", NULL },
	{ NEIGHBOUR, 0, "192.168.43.7/32", "is a neighbour of this host on there" },
	{ CLOSED, 0, "192.168.0.0/16", NULL },
	{ CLOSED, 0, "192.168.43.0/24", "is rejected by a route of this host" },
	{ CLOSED, 0, "192.168.43.7/32", "is rejected by a route of this host" },
	{ CLOSED, 0, "192.168.43.0/23", NULL },
	{ CLOSED, 0, "192.168.44.0/24", NULL },
	{ CLOSED, 0, "192.168.44.7/32", NULL },
	/* the same on the link of the uplink: what another client has leased there is no rival */
	{ ADDRESS, HERE, "192.168.43.77/24", NULL },
	{ ADDRESS, HERE, "192.168.43.9/24", NULL },
	{ ADDRESS, HERE, "192.168.43.1/24", "is the address of this host on there" },
	{ ROUTER, HERE, "192.168.43.1/32", NULL },
	{ ROUTER, HERE, "192.168.43.9/32", "is a router" },
	{ NEIGHBOUR, HERE, "192.168.43.7/32", NULL },
	{ NEIGHBOUR, HERE, "192.168.43.9/32", "is a neighbour" },
	/* guests: elsewhere, beside the one that shares, and that one */
	{ CLAIM, 0, "192.168.43.7/32", "192.168.43.7 is an address of the guest behind there" },
	{ CLAIM, 0, "192.168.32.0/20", "192.168.32.0/20 is an address of the guest behind there" },
	{ CLAIM, HERE, "192.168.43.7/32", NULL },
	{ CLAIM, HERE, "192.168.43.9/32", "is an address of the guest" },
	{ CLAIM, HERE, "192.168.43.8/29", "is an address of the guest" },
	{ CLAIM, HERE, "192.168.43.1/32", "is an address of the guest" },
	{ CLAIM, HERE | SERVERS, "192.168.43.1/32", NULL },
	{ CLAIM, HERE | SERVERS, "192.168.43.0/24", NULL },
	{ CLAIM, HERE | SERVERS, "192.168.43.9/32", "is an address of the guest" },
	{ CLAIM, SERVERS, "192.168.43.1/32", NULL },
	{ VIF, 0, "192.168.43.7/32", "is an address of [vif there]" },
	{ VIF, HERE, "192.168.43.1/32", "is an address of [vif there]" },
	{ VIF, HERE | SERVERS, "192.168.43.1/32", NULL },
	/* the policy's */
	{ XNM_HELD_NETWORK, 0, "192.168.43.7/24", "is address= of [network there]" },
	{ XNM_HELD_POOL, 0, "192.168.43.7/32", "is in range= of [pool there]" },
	{ XNM_HELD_POOL, HERE, "192.168.43.7/32", NULL },
	{ XNM_HELD_UPLINK, 0, "192.168.43.1/32", "is gateway= of [uplink there]" },
	{ XNM_HELD_TRACK, 0, "192.168.43.7/32", "is track= of [uplink there]" },
	{ XNM_HELD_TRACK, HERE, "192.168.43.1/32", NULL },
	{ XNM_HELD_TRACK, HERE, "192.168.43.9/32", "is track= of [uplink there]" },
	{ TOLD, 0, "192.168.43.53/32", "gateway= or dns= of [network there]" },
	{ TOLD, 0, "192.168.43.1/32", NULL },
	{ TOLD, HERE, "192.168.43.53/32", NULL },
	{ TOLD, HERE, "192.168.43.9/32", "gateway= or dns= of [network there]" },
};

static void test_helds(void **state)
{
	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(helds); i++) {
		const struct xnm_held held = {
			.kind = helds[i].kind,
			.here = helds[i].how & HERE,
			.is_servers = helds[i].how & SERVERS,
			.cidr = cidr(helds[i].cidr),
			.where = "there",
		};

		begin(EXPECT, "192.168.43.9/24", "192.168.43.1");
		/* not by way of _add, which leaves out what does not meet */
		facts.held[facts.n++] = held;
		check(helds[i].cidr, helds[i].text);
		facts.n = 0;
		xnm_offer_add(&facts, &held);
		assert_int_equal(facts.n, helds[i].text != NULL);
	}
}

/* Both sides in the message, and what to do. */
static void test_text(void **state)
{
	const struct xnm_held held = {
		.kind = ADDRESS,
		.cidr = cidr("192.168.43.7/24"),
		.where = "eth0",
	};

	(void)state;
	begin(EXPECT, "192.168.43.9/24", "192.168.43.1");
	xnm_offer_add(&facts, &held);
	assert_int_equal(xnm_offer_check(&facts, &err), -EADDRINUSE);
	assert_string_equal(err.text,
			    "the server offers 192.168.43.9/24 with the router 192.168.43.1, but "
			    "192.168.43.7/24 is the address of this host on eth0: the lease is "
			    "refused; let the server give out another subnet");
	begin(EXPECT, "192.168.44.9/24", NULL);
	assert_int_equal(xnm_offer_check(&facts, &err), -EINVAL);
	assert_string_equal(err.text,
			    "the server offers 192.168.44.9/24: that is not within the prefix of "
			    "gateway=dhcp (expected by [uplink phone]: 192.168.43.0/24)");
}

/* Whoever has very many things there has at least one. */
static void test_many(void **state)
{
	struct xnm_held held = { .kind = ROUTE, .cidr = cidr("192.168.43.7/32") };

	(void)state;
	begin(EXPECT, "192.168.43.9/24", NULL);
	for (unsigned int i = 0; i < 10 * XNM_MAX_HELD; i++)
		xnm_offer_add(&facts, &held);
	assert_int_equal(facts.n, XNM_MAX_HELD);
	check("many", "a route of this host");
}

static const char policy_text[] = "[uplink phone]\nguest=phone\ngateway=dhcp 192.168.0.0/16\n"
				  "track=192.168.1.9\n"
				  "[uplink wired]\ninterface=eth0\ngateway=192.168.2.1\n"
				  "track=192.168.3.1\n"
				  "[uplink card]\ninterface=eth1\ngateway=dhcp\n"
				  "[uplink tab]\nguest=tab\ngateway=dhcp 192.168.0.0/16\n"
				  "[network inside]\nbridge=br0\n"
				  "[network tabs]\nbridge=br3\naddress=192.168.10.1/24\n"
				  "[network other]\nbridge=br1\naddress=192.168.20.1/24\n"
				  "dns=192.168.5.53\n"
				  "[network lan]\nbridge=br2\ninterfaces=eth9\nforward=bridge\n"
				  "gateway=192.168.6.1\ndns=192.168.6.53\n"
				  "[pool some]\nnetwork=lan\nrange=192.168.7.100-192.168.7.199\n"
				  "[vif phone]\nnetwork=inside\nlocking-mode=unlocked\n"
				  "address=192.168.43.1\nipv4-allowed=192.168.43.0/24\n"
				  "[vif web]\nnetwork=inside\naddress=192.168.43.7\n"
				  "ipv4-allowed=192.168.44.0/24 any\n"
				  "[vif far]\nnetwork=lan\naddress=192.168.8.7\n"
				  "[vif tab]\nnetwork=tabs\nlocking-mode=unlocked\n";

static const struct {
	const char *uplink, *address, *router, *text;
} of_policy[] = {
	{ "phone", "192.168.43.9/24", "192.168.43.1", NULL },
	{ "phone", "192.168.43.1/24", NULL, "192.168.43.1 is an address of [vif phone]" },
	{ "phone", "192.168.43.7/24", NULL, "192.168.43.7 is an address of [vif web]" },
	{ "phone", "192.168.43.9/24", "192.168.43.7", "192.168.43.7 is an address of [vif web]" },
	{ "phone", "192.168.44.9/24", NULL, "192.168.44.0/24 is an address of [vif web]" },
	{ "phone", "192.168.8.9/24", NULL, "192.168.8.7 is an address of [vif far]" },
	{ "phone", "192.168.10.9/24", NULL, "192.168.10.1/24 is address= of [network tabs]" },
	{ "tab", "192.168.10.1/24", NULL, "192.168.10.1/24 is address= of [network tabs]" },
	{ "tab", "192.168.10.9/24", NULL, "192.168.10.1/24 is address= of [network tabs]" },
	{ "phone", "192.168.20.9/30", NULL, "192.168.20.1/24 is address= of [network other]" },
	{ "phone", "192.168.20.9/20", NULL, "192.168.20.1/24 is address= of [network other]" },
	{ "phone", "192.168.2.2/30", NULL, "192.168.2.1 is gateway= of [uplink wired]" },
	{ "phone", "192.168.3.9/24", NULL, "192.168.3.1 is track= of [uplink wired]" },
	{ "phone", "192.168.1.8/24", NULL, NULL },
	{ "phone", "192.168.1.9/24", NULL, "192.168.1.9 is track= of [uplink phone]" },
	{ "phone", "192.168.5.9/24", NULL, "192.168.5.53 is given to guests" },
	{ "phone", "192.168.5.9/24", "192.168.5.53", NULL },
	{ "phone", "192.168.6.9/24", NULL, "192.168.6.1 is given to guests" },
	{ "phone", "192.168.7.9/25", NULL, "192.168.7.100 is in range= of [pool some]" },
	{ "phone", "192.168.7.150/32", NULL, "192.168.7.150 is in range= of [pool some]" },
	{ "phone", "192.168.7.194/27", NULL, "192.168.7.194 is in range= of [pool some]" },
	{ "phone", "192.168.7.201/27", NULL, "192.168.7.192 is in range= of [pool some]" },
	{ "phone", "192.168.7.9/26", NULL, NULL },
	{ "phone", "192.168.7.201/29", NULL, NULL },
	/* a card of the host is in a LAN with a server that guests are told of */
	{ "card", "192.168.5.9/24", "192.168.5.1", NULL },
	{ "card", "192.168.5.53/24", "192.168.5.1", "192.168.5.53 is given to guests" },
	{ "card", "192.168.20.9/24", NULL, "192.168.20.1/24 is address= of [network other]" },
	{ "card", "192.168.2.9/24", NULL, "192.168.2.1 is gateway= of [uplink wired]" },
	{ "card", "192.168.43.9/24", NULL, "is an address of [vif phone]" },
};

static void test_policy(void **state)
{
	FILE *stream = fmemopen((char *)(uintptr_t)policy_text, sizeof(policy_text) - 1, "r");

	(void)state;
	assert_non_null(stream);
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", NULL, NULL), 0);
	(void)fclose(stream);
	for (size_t i = 0; i < XNM_N_ELEMENTS(of_policy); i++) {
		begin(NULL, of_policy[i].address, of_policy[i].router);
		facts.uplink = xnm_policy_uplink(&policy, of_policy[i].uplink);
		assert_non_null(facts.uplink);
		xnm_offer_add_policy(&facts, &policy);
		check(of_policy[i].address, of_policy[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),  cmocka_unit_test(test_helds),
		cmocka_unit_test(test_text),   cmocka_unit_test(test_many),
		cmocka_unit_test(test_policy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
