/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_traffic.c - uplinks, services, ports, acls: fields, defaults, and doubts. */
#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

static struct xnm_policy policy;

/* This machine, for the check of uplinks, has one interface. */
unsigned int if_nametoindex(const char *name)
{
	return strcmp(name, "eth0") == 0 ? 2 : 0;
}

static void fail_on_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, text);
}

static void load(const char *text)
{
	_cleanup_fclose_ FILE *stream = fmemopen((char *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(stream);
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", fail_on_mistake, NULL), 0);
}

static void assert_cidr(const struct xnm_cidr *cidr, const char *text)
{
	char shown[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(cidr, shown);
	assert_string_equal(shown, text);
}

static void assert_ports(const struct xnm_port_range *ports, unsigned int n, const char *wanted)
{
	char text[256] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u-%u ", ports[i].first,
					 ports[i].last);
	assert_string_equal(text, wanted);
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

#define UPLINKS "[uplink wan]\ninterface=eth0\n[uplink dsl]\ninterface=ppp0\n"
#define LAN	"[network lan]\naddress=10.0.0.1/24 fd00::1/64\nforward=nat\n"

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

static void test_forward(void **state)
{
	const struct xnm_forward *f = &policy.forwards[0];

	(void)state;
	load(LAN "[forward web]\nnetwork=lan\nlisten-address=192.0.2.1\nlisten-address=192.0.2.2\n"
		 "protocol=tcp\nprotocol=udp\nlisten-port=80,8000-8010 , 443\nlisten-port=9\n"
		 "target=10.0.0.10\ntarget-port=8080 9000-9010,1,2\n");
	assert_int_equal(policy.n_forwards, 1);
	assert_string_equal(f->name, "web");
	assert_string_equal(f->network, "lan");
	assert_int_equal(f->n_listen, 2);
	assert_cidr(&f->listen[0], "192.0.2.1/32");
	assert_cidr(&f->listen[1], "192.0.2.2/32");
	assert_int_equal(f->protocols, XNM_PROTOCOL_TCP | XNM_PROTOCOL_UDP);
	assert_ports(f->ports, f->n_ports, "80-80 8000-8010 443-443 9-9 ");
	assert_ports(f->target_ports, f->n_target_ports, "8080-8080 9000-9010 1-1 2-2 ");
	assert_string_equal(f->target, "10.0.0.10");
	assert_true(f->target_is_address);
	assert_cidr(&f->target_address, "10.0.0.10/32");
	assert_string_equal(f->target_domain, "");
	assert_false(f->has_target_devid);
}

static void test_forward_defaults(void **state)
{
	const struct xnm_forward *f = &policy.forwards[0];

	(void)state;
	load(LAN "[forward web]\nnetwork=lan\nlisten-address=192.0.2.1\nlisten-address=any\n"
		 "listen-port=80,100-110\ntarget=web-1.example\n[forward ssh]\nnetwork=lan\n"
		 "listen-port=22\ntarget=123/7\n");
	assert_int_equal(f->n_listen, 0);
	assert_int_equal(f->protocols, XNM_PROTOCOL_TCP);
	assert_ports(f->target_ports, f->n_target_ports, "80-80 100-110 ");
	assert_false(f->target_is_address);
	assert_string_equal(f->target_domain, "web-1.example");
	assert_false(f->has_target_devid);
	assert_int_equal(f->origin.line, 4);
	assert_string_equal(f[1].target, "123/7");
	assert_string_equal(f[1].target_domain, "123");
	assert_true(f[1].has_target_devid);
	assert_int_equal(f[1].target_devid, 7);
	assert_true(xnm_policy_needs_name(&policy));
	/* the same again must not find what the load before has filled in */
	load(LAN "[forward web]\nnetwork=lan\nlisten-port=22\ntarget=fd00::10\n");
	assert_string_equal(f->target_domain, "");
	assert_ports(f->target_ports, f->n_target_ports, "22-22 ");
	assert_false(xnm_policy_needs_name(&policy));
}

/* What would be the same port, were it not for the protocol, the address or the family. */
static void test_forwards_apart(void **state)
{
	(void)state;
	load(LAN "[forward a]\nnetwork=lan\ntarget=web1\nlisten-port=53\n"
		 "[forward b]\nnetwork=lan\ntarget=web1\nlisten-port=53\nprotocol=udp\n"
		 "[forward c]\nnetwork=lan\ntarget=web1\nlisten-port=80\nlisten-address=192.0.2.1\n"
		 "[forward d]\nnetwork=lan\ntarget=web1\nlisten-port=80\nlisten-address=192.0.2.2\n"
		 "[forward e]\nnetwork=lan\ntarget=10.0.0.7\nlisten-port=443\n"
		 "[forward f]\nnetwork=lan\ntarget=fd00::7\nlisten-port=443\n"
		 "[forward g]\nnetwork=lan\ntarget=10.0.0.7\nlisten-port=444\n"
		 "[forward h]\nnetwork=lan\ntarget=web1\nlisten-port=444\nlisten-address=fd01::1\n"
		 "[forward i]\nnetwork=lan\ntarget=web1\nlisten-port=445-449,451-460\n"
		 "[forward j]\nnetwork=lan\ntarget=web1\nlisten-port=450,461\n");
	assert_int_equal(policy.n_forwards, 10);
	/* forwards where a host routes: also to an address that is none of its subnets */
	load("[network r]\nbackend=route\naddress=10.0.0.1/24\n[forward a]\nnetwork=r\n"
	     "target=192.0.2.7\nlisten-port=80\n[network o]\nforward=open\naddress=10.1.0.1/24\n"
	     "masquerade=ipv4\n[forward b]\nnetwork=o\ntarget=web1\nlisten-port=81\n");
	assert_int_equal(policy.n_forwards, 2);
}

static void assert_rule(const struct xnm_acl_rule *rule, enum xnm_acl_action action, bool egress,
			uint8_t protocol, unsigned int line)
{
	assert_int_equal(rule->action, action);
	assert_int_equal(rule->egress, egress);
	assert_int_equal(rule->protocol, protocol);
	assert_int_equal(rule->origin.line, line);
}

static void test_acl(void **state)
{
	const struct xnm_acl *acl = &policy.acls[0];
	const struct xnm_acl_rule *r = acl->rules;

	(void)state;
	load("[acl web]\nrule=allow ingress tcp 192.0.2.0/24 port 80,8000-8010 443 log\n"
	     "rule=drop egress udp port 53\n\nrule=reject\tegress  any fd00::/8 log\n"
	     "rule=allow ingress icmp 10.0.0.1\nrule=allow ingress icmpv6\nrule=drop ingress "
	     "0.0.0.0/0\n"
	     "rule=allow egress tcp\nrule=allow egress\nrule=allow egress tcp port 1, 2\n"
	     "default=reject\n[acl b]\n[acl c]\ndefault=allow\nrule=drop egress\nrule=\n"
	     "rule=allow ingress\n");
	assert_string_equal(acl->name, "web");
	assert_int_equal(acl->default_action, XNM_ACL_REJECT);
	assert_int_equal(acl->n_rules, 9);
	assert_rule(&r[0], XNM_ACL_ALLOW, false, IPPROTO_TCP, 2);
	assert_true(r[0].has_peer);
	assert_cidr(&r[0].peer, "192.0.2.0/24");
	assert_ports(r[0].ports, r[0].n_ports, "80-80 8000-8010 443-443 ");
	assert_true(r[0].log);
	assert_rule(&r[1], XNM_ACL_DROP, true, IPPROTO_UDP, 3);
	assert_false(r[1].has_peer);
	assert_ports(r[1].ports, r[1].n_ports, "53-53 ");
	assert_false(r[1].log);
	assert_rule(&r[2], XNM_ACL_REJECT, true, 0, 5);
	assert_cidr(&r[2].peer, "fd00::/8");
	assert_true(r[2].log);
	assert_rule(&r[3], XNM_ACL_ALLOW, false, IPPROTO_ICMP, 6);
	assert_cidr(&r[3].peer, "10.0.0.1/32");
	assert_rule(&r[4], XNM_ACL_ALLOW, false, IPPROTO_ICMPV6, 7);
	assert_rule(&r[5], XNM_ACL_DROP, false, 0, 8);
	assert_true(r[5].has_peer);
	assert_cidr(&r[5].peer, "0.0.0.0/0");
	assert_rule(&r[6], XNM_ACL_ALLOW, true, IPPROTO_TCP, 9);
	assert_int_equal(r[6].n_ports, 0);
	assert_ports(r[8].ports, r[8].n_ports, "1-1 2-2 ");
	assert_int_equal(acl[1].default_action, XNM_ACL_DROP);
	assert_int_equal(acl[1].n_rules, 0);
	assert_int_equal(acl[2].default_action, XNM_ACL_ALLOW);
	assert_int_equal(acl[2].n_rules, 1);
	assert_rule(&acl[2].rules[0], XNM_ACL_ALLOW, false, 0, 18);
}

static void test_most_rules(void **state)
{
	char text[4096] = "[acl a]\n";
	size_t used = strlen(text);

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_ACL_RULES; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "rule=allow egress tcp\n");
	load(text);
	assert_int_equal(policy.acls[0].n_rules, XNM_MAX_ACL_RULES);
	(void)snprintf(text + used, sizeof(text) - used, "rule=drop egress\n");
	{
		_cleanup_fclose_ FILE *stream = fmemopen(text, strlen(text), "r");

		assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", NULL, NULL), -EINVAL);
	}
}

static void test_most_sections(void **state)
{
	static char text[256 * 1024];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s", LAN);

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_FORWARDS; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used,
			"[forward f%u]\nnetwork=lan\nlisten-port=%u\ntarget=web1\n", i, i + 1);
	for (unsigned int i = 0; i < XNM_MAX_ACLS; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "[acl a%u]\n", i);
	for (unsigned int i = 0; i < XNM_MAX_UPLINKS; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "[uplink u%u]\ninterface=eth%u\n", i, i);
	assert_true(used < sizeof(text));
	load(text);
	assert_int_equal(policy.n_forwards, XNM_MAX_FORWARDS);
	assert_int_equal(policy.n_acls, XNM_MAX_ACLS);
	assert_int_equal(policy.n_uplinks, XNM_MAX_UPLINKS);
	assert_string_equal(policy.forwards[1023].name, "f1023");
	load("[network a]\n");
	assert_int_equal(policy.n_forwards, 0);
	assert_string_equal(policy.forwards[1023].name, "");
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

struct messages {
	char text[1024];
};

static void collect(void *arg, const char *file, unsigned int line, const char *text)
{
	struct messages *m = arg;
	size_t used = strlen(m->text);

	(void)file;
	(void)snprintf(m->text + used, sizeof(m->text) - used, "%u: %s\n", line, text);
}

#define WEB(target)                                                                          \
	LAN "[forward web]\nnetwork=lan\nlisten-port=80\ntarget=" target "\n[network dmz]\n" \
	    "address=10.1.0.1/24\n"

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
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uplink_routes),  cmocka_unit_test(test_network),
		cmocka_unit_test(test_route),	       cmocka_unit_test(test_modes),
		cmocka_unit_test(test_services),       cmocka_unit_test(test_vif),
		cmocka_unit_test(test_forward),	       cmocka_unit_test(test_forward_defaults),
		cmocka_unit_test(test_forwards_apart), cmocka_unit_test(test_acl),
		cmocka_unit_test(test_most_rules),     cmocka_unit_test(test_most_sections),
		cmocka_unit_test(test_subnets_apart),  cmocka_unit_test(test_check),
		cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
