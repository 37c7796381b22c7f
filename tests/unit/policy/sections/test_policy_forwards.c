/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_forwards.c - port forwards and access lists: fields, defaults, and how many there may be. */
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

#define LAN "[network lan]\naddress=10.0.0.1/24 fd00::1/64\nforward=nat\n"

static void assert_ports(const struct xnm_port_range *ports, unsigned int n, const char *wanted)
{
	char text[256] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u-%u ", ports[i].first,
					 ports[i].last);
	assert_string_equal(text, wanted);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward),	       cmocka_unit_test(test_forward_defaults),
		cmocka_unit_test(test_forwards_apart), cmocka_unit_test(test_acl),
		cmocka_unit_test(test_most_rules),     cmocka_unit_test(test_most_sections),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
