/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_told_policy.c - gateway=, dns=, share= and fastpath=: defaults, and what they must not say. */
#include "tests/unit/policy/bad_policies.h"

#define HOSTS "must be IPv4 or IPv6 addresses, self or none\n"
#define LAN   "[network a]\naddress=10.0.0.1/24\n"
#define LOCKED                                                                                  \
	" is locked, so it cannot send what comes from outside; add locking-mode=unlocked, or " \
	"ipv4-allowed=any\n"

#define IFNAMES                                                                          \
	"must be the name of an interface of the guest, or what some begin with and an " \
	"asterisk, as in wwan*\n"

#define FASTPATH                                                                                   \
	" has no fastpath=yes; add it there, and fastpath=no to the [vif] sections that must not " \
	"use it\n"

static const struct bad values[] = {
	{ "no address", LAN "gateway=router\ndns=10.0.0.1/24\n",
	  "3: gateway=router: " HOSTS
	  "4: dns=10.0.0.1/24: must be one address, without a prefix length\n",
	  0 },
	{ "two gateways of a family", LAN "gateway=10.0.0.2 10.0.0.3\n",
	  "3: gateway=10.0.0.3: only one gateway of each family is possible, and none beside "
	  "self\n",
	  0 },
	{ "a gateway beside self", LAN "gateway=self 10.0.0.3\n",
	  "3: gateway=10.0.0.3: only one gateway of each family is possible, and none beside "
	  "self\n",
	  0 },
	{ "twice", LAN "dns=9.9.9.9 9.9.9.9\n", "3: dns=9.9.9.9: is given twice\n", 0 },
	{ "too many", LAN "dns=9.9.9.1 9.9.9.2 9.9.9.3 9.9.9.4\n",
	  "3: dns=9.9.9.4: is one too many: at most 3 are possible\n", 0 },
	{ "a family that the network has not", LAN "gateway=fd00::1\ndns=2620:fe::fe\n",
	  "3: gateway=fd00::1: [network a] has no IPv6 address; add one to address=\n"
	  "4: dns=2620:fe::fe: [network a] has no IPv6 address; add one to address=\n",
	  0 },
	{ "a gateway outside", LAN "gateway=10.0.1.1\ndns=10.0.1.1\n",
	  "3: gateway=10.0.1.1: is in no subnet of [network a]\n", 0 },
	{ "self without an address", "[network a]\ninterfaces=eth0\ngateway=self\ndns=self\n",
	  "3: gateway=self needs address=, this host's own\n"
	  "4: dns=self needs address=, this host's own\n",
	  0 },
	{ "share of a locked vif", LAN "[vif g]\nnetwork=a\nshare=yes\n",
	  "5: share=yes: [vif g]" LOCKED, 0 },
	{ "share of a vif that the network locks",
	  LAN "locking-mode=locked\n[vif g]\nnetwork=a\nshare=yes\nipv4-allowed=192.0.2.0/24\n",
	  "6: share=yes: [vif g]" LOCKED, 0 },
	{ "a fast path that the network does not have",
	  LAN "[vif g]\nnetwork=a\nfastpath=yes\n[network b]\nfastpath=no\n[vif h]\nnetwork=b\n"
	      "fastpath=yes\n",
	  "5: fastpath=yes: [network a]" FASTPATH "10: fastpath=yes: [network b]" FASTPATH, 0 },
	{ "fast path", "[network a]\nfastpath=maybe\n[vif g]\nnetwork=a\nfastpath=yes\n",
	  "2: fastpath=maybe: must be yes or no\n", 0 },
	{ "share", LAN "[vif g]\nshare=maybe\n", "4: share=maybe: must be yes or no\n", 0 },
	{ "share-to of a vif that does not", LAN "[vif g]\nnetwork=a\nshare-to=wlan0\n",
	  "5: share-to=: [vif g] shares nothing; add share=yes\n", 0 },
	{ "share-to of a vif that says no", LAN "[vif g]\nshare=no\nshare-to=wlan0\n",
	  "5: share-to=: [vif g] shares nothing; add share=yes\n", 0 },
	{ "share-to of what is refused", LAN "[vif g]\nshare=maybe\nshare-to=wlan0\n",
	  "4: share=maybe: must be yes or no\n", 0 },
	{ "share-to twice",
	  LAN "[vif g]\nlocking-mode=unlocked\nshare=yes\nshare-to=wlan0 wwan* wlan0\n",
	  "6: share-to=wlan0: is given twice\n", 0 },
	{ "share-to of no name",
	  LAN "[vif g]\nlocking-mode=unlocked\nshare=yes\nshare-to=*\nshare-to=w*0\nshare-to=lo\n",
	  "6: share-to=*: " IFNAMES "7: share-to=w*0: " IFNAMES "8: share-to=lo: leads nowhere\n",
	  0 },
};

static void load_good(const char *text)
{
	struct messages m = { .used = 0 };

	assert_int_equal(load(text, strlen(text), collect, &m), 0);
	assert_string_equal(m.text, "");
}

static void test_defaults(void **state)
{
	(void)state;
	load_good(LAN "forward=nat\n[network b]\naddress=10.1.0.1/24\n"
		      "[network c]\nbackend=route\n[network d]\naddress=10.2.0.1/24\n"
		      "forward=nat\ngateway=none\n[network e]\ninterfaces=eth0\n"
		      "gateway=192.0.2.1 fe80::1\ndns=2620:fe::fe\n");
	assert_true(policy.networks[0].gateway.self);
	assert_false(policy.networks[1].gateway.self);
	assert_true(policy.networks[2].gateway.self);
	assert_false(policy.networks[3].gateway.self);
	assert_int_equal(policy.networks[4].gateway.n, 2);
	assert_int_equal(policy.networks[4].dns.n, 1);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(policy.networks[i].gateway.n, 0);
		assert_false(policy.networks[i].dns.self || policy.networks[i].dns.n);
	}
}

/* An empty value is as if nobody had written it; none also takes back what was said. */
static void test_taken_back(void **state)
{
	(void)state;
	load_good(LAN "forward=nat\ngateway=10.0.0.7\ngateway=\ndns=9.9.9.9\ndns=none self\n");
	assert_true(policy.networks[0].gateway.self);
	assert_int_equal(policy.networks[0].gateway.n, 0);
	assert_true(policy.networks[0].dns.self);
	assert_int_equal(policy.networks[0].dns.n, 0);
}

static void test_routed_gateway(void **state)
{
	(void)state;
	load_good("[network a]\nbackend=route\naddress=10.0.0.1/32\ngateway=192.0.2.1\n");
	assert_int_equal(policy.networks[0].gateway.n, 1);
}

static void test_share(void **state)
{
	(void)state;
	load_good(LAN "[vif a]\nnetwork=a\nshare=yes\nlocking-mode=unlocked\n"
		      "[vif b]\nnetwork=a\nshare=yes\nipv4-allowed=any\n"
		      "[vif c]\nnetwork=a\nshare=yes\nipv6-allowed=::/0\n"
		      "[vif d]\nnetwork=a\nshare=no\n"
		      "[vif e]\nshare=yes\n" /* its event knows the network */
		      "[network u]\nlocking-mode=unlocked\n[vif f]\nnetwork=u\nshare=yes\n");
	assert_int_equal(policy.n_vifs, 6);
	assert_int_equal(policy.vifs[0].share, XNM_YES);
	assert_int_equal(policy.vifs[3].share, XNM_NO);
	load_good(LAN "[vif a]\nshare=yes\nlocking-mode=unlocked\nshare-to=wlan0\nshare-to=wwan* "
		      "eth0.5\n");
	assert_int_equal(policy.vifs[0].n_share_to, 3);
	assert_string_equal(policy.vifs[0].share_to[1], "wwan*");
}

static void test_fastpath(void **state)
{
	(void)state;
	load_good("[network a]\nfastpath=yes\n[network b]\n[vif a]\nnetwork=a\nfastpath=no\n"
		  "[vif b]\nnetwork=a\nfastpath=yes\n[vif c]\nfastpath=yes\n" /* as above */
		  "[vif d]\nnetwork=b\nfastpath=no\n");
	assert_int_equal(policy.networks[0].fastpath, XNM_YES);
	assert_int_equal(policy.networks[1].fastpath, XNM_UNSET);
	assert_int_equal(policy.vifs[0].fastpath, XNM_NO);
	assert_int_equal(policy.vifs[1].fastpath, XNM_YES);
}

int main(void)
{
	static const struct CMUnitTest good[] = {
		cmocka_unit_test(test_defaults),       cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_routed_gateway), cmocka_unit_test(test_share),
		cmocka_unit_test(test_fastpath),
	};

	memcpy(tests, good, sizeof(good));
	n_tests = XNM_N_ELEMENTS(good);
	add_tests(values, XNM_N_ELEMENTS(values));
	return run_bad_policies();
}
