/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_traffic.c - uplinks, services and ways of forwarding: fields, defaults, and doubts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "tests/unit/policy/policy_text.h"

#define UPLINKS "[uplink wan]\ninterface=eth0\n[uplink dsl]\ninterface=ppp0\n"
#define LAN	"[network lan]\naddress=10.0.0.1/24 fd00::1/64\nforward=nat\n"
#define WEB(target)                                                                          \
	LAN "[forward web]\nnetwork=lan\nlisten-port=80\ntarget=" target "\n[network dmz]\n" \
	    "address=10.1.0.1/24\n"

/* This machine, for the check of uplinks, has one interface. */
unsigned int if_nametoindex(const char *name)
{
	return strcmp(name, "eth0") == 0 ? 2 : 0;
}

/* "tcp/22-22 ", and before all of them "all " and "ping ". */
static void assert_services(const struct xnm_host_services *services, const char *wanted)
{
	char text[256];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s%s", services->all ? "all " : "",
				       services->ping ? "ping " : "");

	for (unsigned int i = 0; i < services->n; i++) {
		const struct xnm_service *s = &services->list[i];

		assert_true(s->protocol == IPPROTO_TCP || s->protocol == IPPROTO_UDP);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s/%u-%u ",
					 s->protocol == IPPROTO_TCP ? "tcp" : "udp", s->ports.first,
					 s->ports.last);
	}
	assert_string_equal(text, wanted);
}

static void test_network(void **state)
{
	const struct xnm_network *n = &policy.networks[0];

	(void)state;
	load("[network lan]\nbackend=bridge\naddress=10.0.0.1/24\nforward=nat\nuplink=wan\n"
	     "uplink=dsl\nmasquerade=ipv4\nsnat=192.0.2.1 2001:db8::1\nhost-services=ssh\n"
	     "proxy-arp=yes\nproxy-ndp=no\nacl=b\n[acl a]\n[acl b]\n" UPLINKS);
	assert_int_equal(n->backend, XNM_BACKEND_BRIDGE);
	assert_int_equal(n->forward, XNM_FORWARD_NAT);
	assert_int_equal(n->n_uplinks, 2);
	assert_string_equal(n->uplinks[0], "wan");
	assert_string_equal(n->uplinks[1], "dsl");
	assert_int_equal(n->masquerade, XNM_MASQ_IPV4);
	assert_int_equal(n->n_snat, 2);
	assert_cidr(&n->snat[0], "192.0.2.1/32");
	assert_cidr(&n->snat[1], "2001:db8::1/128");
	assert_true(n->host_services.set);
	assert_services(&n->host_services, "tcp/22-22 ");
	assert_int_equal(n->proxy_arp, XNM_YES);
	assert_int_equal(n->proxy_ndp, XNM_NO);
	assert_int_equal(n->n_acls, 1);
	assert_string_equal(n->acls[0], "b");
	assert_int_equal(policy.n_uplinks, 2);
	assert_string_equal(xnm_policy_uplink(&policy, "dsl")->interface, "ppp0");
	assert_ptr_equal(xnm_policy_uplink(&policy, "wan"), &policy.uplinks[0]);
	assert_null(xnm_policy_uplink(&policy, "eth0"));
	assert_ptr_equal(xnm_policy_acl(&policy, "b"), &policy.acls[1]);
	assert_null(xnm_policy_acl(&policy, "c"));
}

/* Ways out with routes of their own: what is written, what is filled in. */
static void test_uplink_routes(void **state)
{
	const struct xnm_uplink *u = policy.uplinks;

	(void)state;
	load("[uplink wired]\ninterface=eth0\ngateway=192.0.2.1 2001:db8::1\n"
	     "track=192.0.2.53\ninterval=1min\nrecovery-loss=0%\nfailure-latency=2s\n"
	     "[uplink wifi]\nguest=aaos/1\n[network lan]\naddress=10.0.0.1/24\n"
	     "[vif aaos/1]\nnetwork=lan\naddress=10.0.0.2 10.0.0.3 fd00::2\n"
	     "locking-mode=unlocked\n[uplink phone]\nguest=phone\n"
	     "gateway=dhcp 192.168.43.0/24\nmetric=7\n"
	     "[vif phone]\nnetwork=lan\nipv4-allowed=any\n");
	assert_int_equal(u[0].gateway.n, 2);
	assert_int_equal(u[0].metric, 100);
	assert_int_equal(u[0].quality.interval_ms, 60000);
	assert_int_equal(u[0].quality.recovery_loss_percent, 0);
	assert_int_equal(u[0].quality.failure_loss_percent, 40);
	assert_int_equal(u[0].quality.failure_latency_ms, 2000);
	assert_string_equal(u[0].device, "eth0");
	assert_int_equal(u[2].gateway.expected.prefix_len, 24);
	assert_int_equal(u[2].gateway.expected.addr[2], 43);
	assert_int_equal(u[2].gateway.n, 0);
	/* its bridge, and its own first address of each family */
	assert_string_equal(u[1].device, "lan");
	assert_string_equal(u[1].guest_domain, "aaos");
	assert_int_equal(u[1].guest_devid, 1);
	assert_int_equal(u[1].metric, 200);
	assert_int_equal(u[1].gateway.n, 2);
	assert_int_equal(u[1].gateway.list[0].addr[3], 2);
	assert_int_equal(u[1].gateway.list[0].prefix_len, 32);
	assert_int_equal(u[1].gateway.list[1].family, AF_INET6);
	assert_int_equal(u[1].quality.recovery_loss_percent, 10);
	assert_true(u[2].gateway.dhcp);
	assert_int_equal(u[2].guest_devid, 0);
	assert_int_equal(u[2].metric, 7);
	assert_true(xnm_policy_needs_dhcp(&policy));
	assert_true(xnm_policy_needs_name(&policy));
}

static void test_route(void **state)
{
	const struct xnm_network *n = &policy.networks[0];

	(void)state;
	load("[network a-name-too-long-for-a-bridge]\nbackend=route\nmtu=1400\n"
	     "locking-mode=unlocked\n[network b]\nbackend=route\nforward=none\n");
	assert_int_equal(n->backend, XNM_BACKEND_ROUTE);
	assert_string_equal(n->bridge, "");
	assert_int_equal(n->mtu_bytes, 1400);
	assert_int_equal(n[1].forward, XNM_FORWARD_NONE);
	assert_null(xnm_policy_network_by_bridge(&policy, ""));
	assert_ptr_equal(xnm_policy_network(&policy, "b"), &n[1]);
}

static void test_modes(void **state)
{
	static const struct {
		const char *text;
		enum xnm_forward_mode forward;
		enum xnm_masquerade masquerade;
		enum xnm_tristate proxy;
		bool closed;
	} cases[] = {
		{ "", XNM_FORWARD_BRIDGE, XNM_MASQ_NO, XNM_NO, false },
		{ "interfaces=eth0\n", XNM_FORWARD_BRIDGE, XNM_MASQ_NO, XNM_NO, false },
		{ "interfaces=eth0\naddress=10.0.0.1/24\n", XNM_FORWARD_BRIDGE, XNM_MASQ_NO, XNM_NO,
		  false },
		{ "address=10.0.0.1/24\n", XNM_FORWARD_NONE, XNM_MASQ_NO, XNM_NO, true },
		{ "backend=route\n", XNM_FORWARD_ROUTE, XNM_MASQ_NO, XNM_YES, true },
		{ "backend=route\naddress=10.0.0.1/24\n", XNM_FORWARD_ROUTE, XNM_MASQ_NO, XNM_YES,
		  true },
		{ "forward=none\n", XNM_FORWARD_NONE, XNM_MASQ_NO, XNM_NO, true },
		{ "forward=\naddress=10.0.0.1/24\n", XNM_FORWARD_NONE, XNM_MASQ_NO, XNM_NO, true },
		{ "forward=nat\naddress=10.0.0.1/24\n", XNM_FORWARD_NAT, XNM_MASQ_BOTH, XNM_NO,
		  true },
		{ "forward=nat\naddress=10.0.0.1/24\nmasquerade=no\n", XNM_FORWARD_NAT, XNM_MASQ_NO,
		  XNM_NO, true },
		{ "forward=route\naddress=10.0.0.1/24\n", XNM_FORWARD_ROUTE, XNM_MASQ_NO, XNM_YES,
		  true },
		{ "forward=route\naddress=10.0.0.1/24 fd00::1/64\nmasquerade=ipv6\n",
		  XNM_FORWARD_ROUTE, XNM_MASQ_IPV6, XNM_YES, true },
		{ "forward=open\naddress=10.0.0.1/24\nmasquerade=both\n", XNM_FORWARD_OPEN,
		  XNM_MASQ_BOTH, XNM_NO, false },
		{ "forward=bridge\naddress=10.0.0.1/24\n", XNM_FORWARD_BRIDGE, XNM_MASQ_NO, XNM_NO,
		  false },
	};
	const struct xnm_network *n = &policy.networks[0];
	char text[256];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		(void)snprintf(text, sizeof(text), "[network a]\n%s", cases[i].text);
		load(text);
		assert_int_equal(n->forward, cases[i].forward);
		assert_int_equal(n->masquerade, cases[i].masquerade);
		assert_int_equal(n->proxy_arp, cases[i].proxy);
		assert_int_equal(n->proxy_ndp, cases[i].proxy);
		assert_int_equal(xnm_network_is_closed(n), cases[i].closed);
		assert_int_equal(n->locking_mode, XNM_LOCK_UNSET);
		assert_int_equal(n->n_acls, 0);
		assert_int_equal(n->n_snat, 0);
		assert_false(n->host_services.set);
		assert_services(&n->host_services,
				"ping udp/67-67 udp/547-547 udp/53-53 tcp/53-53 ");
	}
}

static void test_services(void **state)
{
	static const struct {
		const char *text, *services;
	} cases[] = {
		{ "none", "" },
		{ "all", "all " },
		{ "all ping", "all ping " },
		{ "dhcp", "udp/67-67 udp/547-547 " },
		{ "dns", "udp/53-53 tcp/53-53 " },
		{ "ntp http https ping", "ping udp/123-123 tcp/80-80 tcp/443-443 " },
		{ "tcp/1-65535 udp/514", "tcp/1-65535 udp/514-514 " },
		{ "ssh tcp/22 tcp/20-30", "tcp/20-30 " },
		{ "ssh\nhost-services=dns", "tcp/22-22 udp/53-53 tcp/53-53 " },
		/* one that joins two others, and one of the other protocol */
		{ "tcp/10-20 tcp/30-40 udp/25 tcp/20-30", "udp/25-25 tcp/10-40 " },
		{ "tcp/10-20 tcp/21-30", "tcp/10-20 tcp/21-30 " },
		/* none, and an empty value, take back what was there */
		{ "all ssh none ntp", "udp/123-123 " },
		{ "all\nhost-services=none", "" },
		{ "ssh\nhost-services=\nhost-services=http", "tcp/80-80 " },
	};
	const struct xnm_network *n = &policy.networks[0];
	char text[256];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		(void)snprintf(text, sizeof(text), "[network a]\nhost-services=%s\n",
			       cases[i].text);
		load(text);
		assert_true(n->host_services.set);
		assert_services(&n->host_services, cases[i].services);
	}
	load("[network a]\nhost-services=ssh\nhost-services=\n");
	assert_false(n->host_services.set);
	assert_int_equal(n->host_services.n, 4);
}

static void test_vif(void **state)
{
	const struct xnm_vif_policy *v = &policy.vifs[0];

	(void)state;
	load("[vif vpn]\nipv4-allowed=192.0.2.5 10.0.0.0/8\nipv4-allowed=any 0.0.0.0/0\n"
	     "ipv6-allowed=any fd00::5 2001:db8::/32\nallow=router\nallow=dhcp-server\nacl=a\n"
	     "[vif x]\nallow=dhcp-server\n[vif y]\nallow=router\nallow=\n[acl a]\n");
	assert_int_equal(v->n_ipv4_allowed, 4);
	assert_cidr(&v->ipv4_allowed[0], "192.0.2.5/32");
	assert_cidr(&v->ipv4_allowed[1], "10.0.0.0/8");
	assert_cidr(&v->ipv4_allowed[2], "0.0.0.0/0");
	assert_true(xnm_cidr_equal(&v->ipv4_allowed[2], &v->ipv4_allowed[3]));
	assert_int_equal(v->n_ipv6_allowed, 3);
	assert_cidr(&v->ipv6_allowed[0], "::/0");
	assert_int_equal(v->ipv6_allowed[0].family, AF_INET6);
	assert_cidr(&v->ipv6_allowed[2], "2001:db8::/32");
	assert_int_equal(v->allow, XNM_ALLOW_DHCP_SERVER | XNM_ALLOW_ROUTER);
	assert_int_equal(v->n_acls, 1);
	assert_string_equal(v->acls[0], "a");
	assert_int_equal(v[1].allow, XNM_ALLOW_DHCP_SERVER);
	assert_int_equal(v[1].n_ipv4_allowed, 0);
	assert_int_equal(v[2].allow, 0);
}

/* Subnets that may be the same: of bridges, and what each link has for itself. */
static void test_subnets_apart(void **state)
{
	(void)state;
	load("[network a]\ninterfaces=eth0\naddress=10.0.0.1/24\n[network b]\nforward=open\n"
	     "address=10.0.0.1/24\n[network c]\naddress=10.0.1.1/24 10.0.1.2/24 fe80::1/64\n"
	     "[network d]\naddress=10.0.2.1/24 fe80::1/64\n[network e]\nbackend=route\n"
	     "address=10.0.3.1/32\n[vif x]\nnetwork=e\naddress=192.0.2.1\n[vif y]\nnetwork=a\n"
	     "address=192.0.2.1\n[vif z]\nnetwork=c\naddress=fd00::1 10.0.1.7\n");
	assert_int_equal(policy.n_networks, 5);
}

/* What is mistaken, then what is only doubtful; the others say nothing. */
static void test_check(void **state)
{
	static const struct {
		const char *text, *messages;
		int rc;
	} cases[] = {
		{ UPLINKS LAN "uplink=dsl wan\n",
		  "3: [uplink dsl]: there is no interface ppp0 on this "
		  "machine\n",
		  -EINVAL },
		{ UPLINKS LAN "uplink=wan\n", "", 0 },
		{ "[uplink br]\ninterface=xenbr0\n[network "
		  "br]\nbridge=xenbr0\ninterfaces=eth0\n" LAN "uplink=br\n",
		  "", 0 },
		{ "[network r]\nbackend=route\n[network s]\nbackend=route\n" UPLINKS, "", 0 },
		{ WEB("10.0.0.10"), "", 0 },
		{ WEB("web1") "[vif web1]\nnetwork=lan\naddress=10.0.0.10\n", "", 0 },
		{ WEB("web1") "[vif web1]\naddress=10.0.0.10\n", "", 0 },
		{ WEB("web1") "[vif web1/0]\nnetwork=dmz\n[vif web1/1]\nnetwork=lan\n"
			      "address=10.0.0.10\n",
		  "", 0 },
		{ WEB("web1/1") "[vif web*/1]\nnetwork=lan\naddress=10.0.0.10\n", "", 0 },
		{ WEB("web1") "[vif web1]\nnetwork=lan\n",
		  "7: target=web1: has no address; add address= to [vif web1], t:10\n", -EINVAL },
		{ WEB("web1/1") "[vif web1/0]\nnetwork=lan\naddress=10.0.0.10\n[vif web1/1]\n",
		  "7: target=web1/1: has no address; add address= to [vif web1/1], t:13\n",
		  -EINVAL },
		{ WEB("web1") "[vif web1]\nnetwork=dmz\naddress=10.1.0.10\n",
		  "7: target=web1: [vif web1] joins [network dmz], not [network lan]\n", -EINVAL },
		{ WEB("web1") "[vif web*]\nnetwork=lan\n",
		  "7: warning: target=web1: no [vif] section gives its address; the guest's "
		  "configuration must have ip=\n",
		  0 },
		{ WEB("web1"),
		  "7: warning: target=web1: no [vif] section gives its address; the guest's "
		  "configuration must have ip=\n",
		  0 },
		{ "[acl a]\n[vif x]\nacl=a\n[vif y]\nacl=a\naddress=192.0.2.1\n",
		  "3: warning: acl= without address=; the guest's configuration must have ip=\n",
		  0 },
		{ "[network a]\ninterfaces=eth1\nhost-services=ssh\nuplink=wan\n" UPLINKS,
		  "3: warning: host-services= has no effect with forward=bridge\n"
		  "4: warning: uplink= has no effect with forward=bridge\n",
		  0 },
		{ "[network a]\nforward=open\naddress=10.0.0.1/24\nuplink=wan\nhost-services=none\n"
		  "[network b]\nforward=none\nhost-services=none\nuplink=wan\n" UPLINKS,
		  "5: warning: host-services= has no effect with forward=open\n"
		  "9: warning: uplink= has no effect with forward=none\n",
		  0 },
		/* two vifs to which this host routes, wherever they are */
		{ "[network a]\nforward=route\n[network b]\nbackend=route\n[vif x]\nnetwork=a\n"
		  "address=192.0.2.1\n[vif y]\nnetwork=b\naddress=192.0.2.1\n",
		  "10: address=192.0.2.1/32: [vif x] has it already, t:7\n", -EINVAL },
		{ "[network a]\nforward=route\n[network b]\n[vif x]\nnetwork=a\naddress=192.0.2.1\n"
		  "[vif y]\nnetwork=b\naddress=192.0.2.1\n[vif z]\naddress=192.0.2.1\n",
		  "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct messages messages = { "" };

		load(cases[i].text);
		assert_int_equal(xnm_policy_check(&policy, collect, &messages), cases[i].rc);
		assert_string_equal(messages.text, cases[i].messages);
	}
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(xnm_forward_word(XNM_FORWARD_UNSET), "");
	assert_string_equal(xnm_forward_word(XNM_FORWARD_NONE), "none");
	assert_string_equal(xnm_forward_word(XNM_FORWARD_BRIDGE), "bridge");
	assert_string_equal(xnm_masquerade_word(XNM_MASQ_UNSET), "");
	assert_string_equal(xnm_masquerade_word(XNM_MASQ_BOTH), "both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uplink_routes), cmocka_unit_test(test_network),
		cmocka_unit_test(test_route),	      cmocka_unit_test(test_modes),
		cmocka_unit_test(test_services),      cmocka_unit_test(test_vif),
		cmocka_unit_test(test_subnets_apart), cmocka_unit_test(test_check),
		cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
