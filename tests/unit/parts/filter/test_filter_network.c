/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_filter_network.c - who may go where in a network, as whom, and what it needs of the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>

#include <cmocka.h>

#include "hotplug/core/elements/elements.h"
#include "hotplug/parts/network/network.h"
#include "tests/unit/parts/filter/filter_case.h"

/* What the first network of the policy puts in. */
static const char *filter_network(const char *text)
{
	load(text);
	assert_int_equal(xnm_filter_network(&elements, &policy.networks[0], &policy, &err), 0);
	return elements_text(&elements);
}

#define OUT "[uplink out]\ninterface=eth0\n[uplink other]\ninterface=ppp0\n"
#define CLOSED                                                                  \
	"closed br0\npingable br0\nservices br0 udp 67\nservices br0 udp 547\n" \
	"services br0 udp 53\nservices br0 tcp 53\n"
#define LOCAL4 "subnets4 10.0.0.0-10.0.0.255\nlocal4 10.0.0.0-10.0.0.255 10.0.0.0-10.0.0.255\n"
#define LOCAL6                                                \
	"subnets6 2001:db8::-2001:db8::ffff:ffff:ffff:ffff\n" \
	"local6 2001:db8::-2001:db8::ffff:ffff:ffff:ffff "    \
	"2001:db8::-2001:db8::ffff:ffff:ffff:ffff\n"

#define WITHIN	"within br0 br0\n"
#define SOURCES "sources4 br0 10.0.0.0-10.0.0.255\n" WITHIN
#define SOURCES_BOTH                         \
	"sources4 br0 10.0.0.0-10.0.0.255\n" \
	"sources6 br0 2001:db8::-2001:db8::ffff:ffff:ffff:ffff\n" WITHIN

static void test_modes(void **state)
{
	static const struct {
		const char *policy;
		const char *wanted;
	} rows[] = {
		/* a bridge, and nothing that is the host's business */
		{ "[network br0]\n", "" },
		{ "[network br0]\naddress=10.0.0.1/24\ninterfaces=eth1\n", "" },
		{ "[network br0]\naddress=10.0.0.1/24\nforward=open\n", "open4 br0\nopen6 br0\n" },
		/* but for one that the policy makes it the router of */
		{ "[network br0]\naddress=10.0.0.1/24\nforward=bridge\nmasquerade=ipv4\n",
		  "open4 br0\nlocal4 10.0.0.0-10.0.0.255 10.0.0.0-10.0.0.255\n"
		  "masquerade-any4 10.0.0.0-10.0.0.255\n" },
		/* each other and services */
		{ "[network br0]\naddress=10.0.0.1/24\n",
		  "inside br0\n" CLOSED SOURCES "paths br0 br0\n" LOCAL4 },
		{ "[network br0]\naddress=10.0.0.1/24\nhost-services=all\nisolated=yes\n",
		  "inside br0\n" SOURCES LOCAL4 },
		{ "[network br0]\naddress=10.0.0.1/24\nhost-services=none\n",
		  "inside br0\nclosed br0\n" SOURCES "paths br0 br0\n" LOCAL4 },
		/* out by whatever there is, or by these */
		{ "[network br0]\naddress=10.0.0.1/24\nforward=nat\nhost-services=all\n",
		  "inside br0\nexits br0\n" SOURCES "paths br0 br0\n" LOCAL4
		  "masquerade-any4 10.0.0.0-10.0.0.255\n" },
		{ "[network br0]\naddress=10.0.0.1/24 2001:db8::1/64 fe80::1/64\nforward=nat\n"
		  "uplink=out other\nhost-services=all\nsnat=192.0.2.7\n" OUT,
		  "inside br0\npaths br0 eth0\npaths br0 ppp0\n" SOURCES_BOTH
		  "paths br0 br0\n" LOCAL4 "snat4 10.0.0.0-10.0.0.255 eth0 : 192.0.2.7\n"
		  "snat4 10.0.0.0-10.0.0.255 ppp0 : 192.0.2.7\n" LOCAL6
		  "masquerade6 2001:db8::-2001:db8::ffff:ffff:ffff:ffff eth0\n"
		  "masquerade6 2001:db8::-2001:db8::ffff:ffff:ffff:ffff ppp0\n" },
		{ "[network br0]\naddress=10.0.0.1/24 2001:db8::1/64\nforward=nat\n"
		  "host-services=all\nmasquerade=ipv4\n",
		  "inside br0\nexits br0\n" SOURCES_BOTH "paths br0 br0\n" LOCAL4
		  "masquerade-any4 10.0.0.0-10.0.0.255\n" LOCAL6 },
		/* with their own addresses, in both directions */
		{ "[network br0]\naddress=10.0.0.1/24\nforward=route\nhost-services=all\n",
		  "inside br0\nexits br0\nentries br0\nrouted br0\n" SOURCES
		  "paths br0 br0\n" LOCAL4 },
		{ "[network br0]\naddress=10.0.0.1/24\nforward=route\nhost-services=all\n"
		  "uplink=out\n" OUT,
		  "inside br0\npaths br0 eth0\npaths eth0 br0\nrouted br0\n" SOURCES
		  "paths br0 br0\n" LOCAL4 },
		/* who comes from a LAN is not known; without any address the host has one of its own */
		{ "[network br0]\naddress=10.0.0.1/24\nforward=none\nhost-services=all\n"
		  "interfaces=eth1\n",
		  "inside br0\n" SOURCES "lans br0\npaths br0 br0\n" LOCAL4 },
		{ "[network br0]\naddress=10.0.0.1/24\nforward=none\nhost-services=all\n"
		  "[uplink x]\ninterface=br0\n",
		  "inside br0\n" SOURCES "lans br0\npaths br0 br0\n" LOCAL4 },
		{ "[network br0]\nforward=none\nhost-services=all\n",
		  "inside br0\n" WITHIN "unaddressed br0\npaths br0 br0\n" },
		/* a subnet within another one */
		{ "[network br0]\naddress=10.0.0.1/24 10.0.0.129/25\nhost-services=all\n",
		  "inside br0\n" SOURCES "paths br0 br0\n" LOCAL4 },
		/* the host only shares its address */
		{ "[network br0]\naddress=10.0.0.1/24\nforward=open\nmasquerade=both\n",
		  "open4 br0\nopen6 br0\nlocal4 10.0.0.0-10.0.0.255 10.0.0.0-10.0.0.255\n"
		  "masquerade-any4 10.0.0.0-10.0.0.255\n" },
		/* routed vifs stand for themselves */
		{ "[network br0]\nbackend=route\nuplink=out\n" OUT, "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const char *text = filter_network(rows[i].policy);

		if (strcmp(text, rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, text);
	}
}

#define PLAIN "[network br0]\naddress=10.0.0.1/24\nforward=nat\nhost-services=all\n"

static void test_services(void **state)
{
	(void)state;
	assert_string_equal(filter_network("[network br0]\naddress=10.0.0.1/24\n"
					   "host-services=ping ssh udp/5000-5010\n"),
			    "inside br0\nclosed br0\npingable br0\nservices br0 tcp 22\n"
			    "services br0 udp 5000-5010\n" SOURCES "paths br0 br0\n" LOCAL4);
}

static void test_acl(void **state)
{
	const char *text = filter_network(PLAIN "acl=web\n[acl web]\n");

	(void)state;
	assert_non_null(strstr(text, "acl-from br0 : acl-web-out\nacl-to br0 : acl-web-in\n"));
}

/* Ports that lead to an address are the network's, not a vif's. */
static void test_forward(void **state)
{
	const char *text;

	(void)state;
	text = filter_network(PLAIN "[forward dns]\nnetwork=br0\nlisten-port=53\ntarget=10.0.0.9\n"
				    "protocol=udp\nlisten-address=192.0.2.1 192.0.2.2\n");
	assert_non_null(strstr(text, "forward-ranges4 192.0.2.1 udp 53 : 10.0.0.9\n"
				     "forward-ranges4 192.0.2.2 udp 53 : 10.0.0.9\n"));
	text = filter_network(PLAIN "[forward web]\nnetwork=br0\nlisten-port=80\ntarget=web1\n");
	assert_null(strstr(text, "forward"));
}

static void test_too_much(void **state)
{
	(void)state;
	load(PLAIN "[forward all]\nnetwork=br0\nlisten-port=1-1000\ntarget-port=1001-2000\n"
		   "target=10.0.0.9\n");
	assert_int_equal(xnm_filter_network(&elements, &policy.networks[0], &policy, &err), -E2BIG);
	assert_non_null(strstr(err.text, "network br0 has too many"));
}

static void test_settings(void **state)
{
	static const struct {
		const char *policy;
		const char *wanted;
	} rows[] = {
		/* nothing for a network that the host does not route */
		{ "[network br0]\n", "" },
		{ "[network br0]\naddress=10.0.0.1/24\n", "" },
		{ "[network br0]\naddress=10.0.0.1/24 2001:db8::1/64\nforward=open\n", "" },
		/* each family that it has */
		{ PLAIN, "ipv4/ip_forward=1\n" },
		{ "[network br0]\naddress=2001:db8::1/64\nforward=nat\n",
		  "ipv6/conf/all/forwarding=1\n" },
		{ "[network br0]\naddress=2001:db8::1/64\nforward=nat\nuplink=out\n" OUT,
		  "ipv6/conf/eth0/accept_ra=2 if 1\nipv6/conf/all/forwarding=1\n" },
		{ "[network br0]\naddress=10.0.0.1/24 2001:db8::1/64\nforward=route\n"
		  "uplink=out\n" OUT,
		  "ipv4/ip_forward=1\nipv6/conf/eth0/accept_ra=2 if 1\n"
		  "ipv6/conf/eth0/proxy_ndp=1\nipv6/conf/all/forwarding=1\n" },
		{ "[network br0]\naddress=10.0.0.1/24\nforward=open\nmasquerade=ipv4\n",
		  "ipv4/ip_forward=1\n" },
		/* also for connections of the host to its own forwarded ports */
		{ PLAIN "[forward web]\nnetwork=br0\nlisten-port=80\ntarget=web1\n",
		  "ipv4/ip_forward=1\nipv4/conf/br0/route_localnet=1\n" },
		/* a way out that may lose its carrier, and get it back */
		{ PLAIN "uplink=out\n[uplink out]\ninterface=eth0\ngateway=192.0.2.1\n",
		  "ipv4/ip_forward=1\n"
		  "ipv4/conf/eth0/ignore_routes_with_linkdown=1\n"
		  "ipv6/conf/eth0/ignore_routes_with_linkdown=1\n"
		  "ipv4/neigh/eth0/retrans_time_ms=200 if more\n"
		  "ipv6/neigh/eth0/retrans_time_ms=200 if more\n"
		  "ipv4/conf/all/ignore_routes_with_linkdown=1\n" },
		/* which families routed vifs have is not known before */
		{ "[network br0]\nbackend=route\n",
		  "ipv4/ip_forward=1\nipv6/conf/all/forwarding=1\n" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_setting settings[XNM_MAX_SETTINGS];
		char text[512] = "";
		size_t len = 0;
		unsigned int n;

		load(rows[i].policy);
		n = xnm_filter_settings(settings, &policy.networks[0], policy.networks[0].bridge,
					false, &policy);
		for (unsigned int k = 0; k < n; k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s=%u%s%s\n",
						settings[k].path, settings[k].value,
						settings[k].from_one ? " if 1" : "",
						settings[k].at_most ? " if more" : "");
		if (strcmp(text, rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),	 cmocka_unit_test(test_services),
		cmocka_unit_test(test_acl),	 cmocka_unit_test(test_forward),
		cmocka_unit_test(test_too_much), cmocka_unit_test(test_settings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("filter-network", tests, NULL, NULL);
}
