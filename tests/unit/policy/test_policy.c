/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy.c - good policies: every key lands in its field. */
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
#include "policy/sections/check.h"
#include "tests/unit/policy/policy_text.h"

#define PORT_NO                                                                               \
	"learning=no\nflood=off\nmcast-flood=0\nbcast-flood=false\nisolated=yes\nhairpin=1\n" \
	"guard=on\nroot-block=true\nneigh-suppress=yes\n"

static void assert_vlans(const struct xnm_vlans *vlans, const char *text)
{
	char shown[64];

	assert_string_equal(xnm_vlans_format(vlans, shown, sizeof(shown)), text);
}

static void test_empty(void **state)
{
	static const char *const empty[] = { "\n", "# c\n; c\n  # c\n\n", "[global]\n",
					     "# umlauts: \xc3\xa4\xc3\xb6\n", "[global]" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(empty); i++) {
		load(empty[i]);
		assert_true(policy.present);
		assert_int_equal(policy.global.version, 1);
		assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_ACCEPT);
		assert_int_equal(policy.n_networks, 0);
		assert_int_equal(policy.n_vifs, 0);
		assert_int_equal(policy.n_files, 1);
	}
}

static void test_long_comment(void **state)
{
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[0] = '#';
	memcpy(text + sizeof(text) - 25, "\n[network lan]\nmtu=1500\n", 25);
	load(text);
	assert_int_equal(policy.n_networks, 1);
	assert_int_equal(policy.networks[0].mtu_bytes, 1500);
	assert_int_equal(policy.networks[0].origin.line, 2);
}

static void test_global(void **state)
{
	(void)state;
	load("[global]\nversion=1\non-unknown=default-network\ndefault-network=lan\n[network "
	     "lan]\n");
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_DEFAULT_NETWORK);
	assert_string_equal(policy.global.default_network, "lan");
	assert_int_equal(policy.global.origin.line, 1);
	load("[global]\non-unknown=reject\n");
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_REJECT);
	assert_string_equal(policy.global.default_network, "");
	load("[global]\non-unknown=disable\n");
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_DISABLE);
	load("[global]\non-unknown=accept\n");
	assert_int_equal(policy.global.on_unknown, XNM_UNKNOWN_ACCEPT);
}

static void assert_port(const struct xnm_port_policy *port)
{
	assert_int_equal(port->learning, XNM_NO);
	assert_int_equal(port->flood, XNM_NO);
	assert_int_equal(port->mcast_flood, XNM_NO);
	assert_int_equal(port->bcast_flood, XNM_NO);
	assert_int_equal(port->isolated, XNM_YES);
	assert_int_equal(port->hairpin, XNM_YES);
	assert_int_equal(port->guard, XNM_YES);
	assert_int_equal(port->root_block, XNM_YES);
	assert_int_equal(port->neigh_suppress, XNM_YES);
}

static void test_network(void **state)
{
	const struct xnm_network *n = &policy.networks[0];

	(void)state;
	load("[network lan]\nbridge = xenbr0 \ncreate=no\nkeep=yes\ninterfaces=eth0\teth1  eth2\n"
	     "interfaces=bond0\naddress=192.168.1.1/24 fd00::1/64\nmtu=9000\nstp=yes\n"
	     "vlan-filtering=yes\nvlan=10p/20\nlocking-mode=disabled\n" PORT_NO);
	assert_string_equal(n->name, "lan");
	assert_string_equal(n->bridge, "xenbr0");
	assert_int_equal(n->create, XNM_NO);
	assert_int_equal(n->keep, XNM_YES);
	assert_int_equal(n->n_interfaces, 4);
	assert_string_equal(n->interfaces[0], "eth0");
	assert_string_equal(n->interfaces[2], "eth2");
	assert_string_equal(n->interfaces[3], "bond0");
	assert_int_equal(n->n_addresses, 2);
	assert_cidr(&n->addresses[0], "192.168.1.1/24");
	assert_cidr(&n->addresses[1], "fd00::1/64");
	assert_int_equal(n->mtu_bytes, 9000);
	assert_int_equal(n->stp, XNM_YES);
	assert_int_equal(n->vlan_filtering, XNM_YES);
	assert_true(n->has_vlan);
	assert_vlans(&n->vlan, "10p/20");
	assert_int_equal(n->locking_mode, XNM_LOCK_DISABLED);
	assert_port(&n->port);
}

static void test_network_defaults(void **state)
{
	static const struct xnm_port_policy unset;
	const struct xnm_network *n = &policy.networks[0];

	(void)state;
	load("[network lan]\n");
	assert_string_equal(n->bridge, "lan");
	assert_int_equal(n->create, XNM_YES);
	assert_int_equal(n->keep, XNM_NO);
	assert_int_equal(n->stp, XNM_UNSET);
	assert_int_equal(n->vlan_filtering, XNM_UNSET);
	assert_int_equal(n->n_interfaces, 0);
	assert_int_equal(n->n_addresses, 0);
	assert_int_equal(n->mtu_bytes, 0);
	assert_false(n->has_vlan);
	assert_int_equal(n->locking_mode, XNM_LOCK_UNSET);
	assert_memory_equal(&n->port, &unset, sizeof(unset));
}

static void test_vif(void **state)
{
	const struct xnm_vif_policy *v = &policy.vifs[0];
	const struct xnm_vif_match *m;

	(void)state;
	load("[vif web*/0 as web]\nmatch-name=a* b?\nmatch-name=c\n"
	     "match-uuid=9B6A4C1E-0D2F-4A37-8C55-1F0E2D3C4B5A\nmatch-mac=00:16:3E:00:00:01\n"
	     "match-devid=0 65535\nmatch-bridge=xenbr[0-9]\nmatch-interface=vif*\nnetwork=lan\n"
	     "address=192.168.1.7 192.168.2.0/24\nmtu=1400\nvlan=7\nlocking-mode=locked\n" PORT_NO
	     "[network lan]\n");
	assert_string_equal(v->match, "web*/0 as web");
	assert_int_equal(v->matches, 1);
	m = &policy.matches[0];
	assert_int_equal(m->n_names, 3);
	assert_string_equal(m->names[1], "b?");
	assert_string_equal(m->names[2], "c");
	assert_int_equal(m->n_uuids, 1);
	assert_string_equal(m->uuids[0], "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a");
	assert_int_equal(m->n_macs, 1);
	assert_int_equal(m->macs[0].b[5], 1);
	assert_int_equal(m->n_devids, 2);
	assert_int_equal(m->devids[1], 65535);
	assert_int_equal(m->n_bridges, 1);
	assert_int_equal(m->n_interfaces, 1);
	assert_string_equal(v->network, "lan");
	assert_int_equal(v->own.n, 2);
	assert_cidr(&v->own.list[0], "192.168.1.7/32");
	assert_cidr(&v->own.list[1], "192.168.2.0/24");
	assert_int_equal(v->mtu_bytes, 1400);
	assert_true(v->has_vlan);
	assert_vlans(&v->vlan, "7p");
	assert_int_equal(v->locking_mode, XNM_LOCK_LOCKED);
	assert_port(&v->port);
}

static void test_reset(void **state)
{
	(void)state;
	load("[network lan]\ninterfaces=eth0\ninterfaces=\ninterfaces=eth1\nmtu=\nvlan=\nbridge=\n"
	     "[vif *]\naddress=192.0.2.1\naddress=\n");
	assert_int_equal(policy.networks[0].n_interfaces, 1);
	assert_string_equal(policy.networks[0].interfaces[0], "eth1");
	assert_int_equal(policy.networks[0].mtu_bytes, 0);
	assert_false(policy.networks[0].has_vlan);
	assert_string_equal(policy.networks[0].bridge, "lan");
	assert_int_equal(policy.vifs[0].own.n, 0);
}

/* The longest line there can be: 199 bytes. */
static void test_longest_line(void **state)
{
	char text[256] = "[vif *]\nmatch-name=";
	size_t start = strlen("[vif *]\n"), end = start + 199;

	(void)state;
	for (size_t i = strlen(text); i < end; i++)
		text[i] = i % 60 == 0 ? ' ' : 'x';
	load(text);
	assert_in_range(policy.matches[0].n_names, 3, 5);
	text[end] = '\n';
	load(text);
	assert_in_range(policy.matches[0].n_names, 3, 5);
}

static void test_many_sections(void **state)
{
	static char text[512 * 1024];
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_VIF_SECTIONS; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "[vif guest%u]\nmtu=%u\n", i, 1000 + i);
	for (unsigned int i = 0; i < XNM_MAX_NETWORKS; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "[network net%u]\n", i);
	assert_true(used < sizeof(text));
	load(text);
	assert_int_equal(policy.n_vifs, XNM_MAX_VIF_SECTIONS);
	assert_int_equal(policy.n_networks, XNM_MAX_NETWORKS);
	assert_string_equal(policy.vifs[4095].match, "guest4095");
	assert_int_equal(policy.vifs[4095].mtu_bytes, 5095);
	load("[vif a]\n");
	assert_int_equal(policy.n_vifs, 1);
	assert_int_equal(policy.vifs[0].mtu_bytes, 0);
}

static void test_too_many_sections(void **state)
{
	static char text[512 * 1024];
	_cleanup_fclose_ FILE *stream = NULL;
	struct messages messages = { "" };
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i < XNM_MAX_VIF_SECTIONS + 2; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "[vif guest%u]\n", i);
	(void)snprintf(text + used, sizeof(text) - used, "match-devid=x\nmatch-devid=1\n");
	stream = fmemopen(text, strlen(text), "r");
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", collect, &messages), -EINVAL);
	assert_string_equal(messages.text,
			    "4097: [vif guest4096] is one [vif] section too many: at most 4096 are "
			    "possible\n"
			    "4098: [vif guest4097] is one [vif] section too many: at most 4096 are "
			    "possible\n"
			    "4099: match-devid=x: must be a number from 0 to 65535\n");
}

static void test_addresses(void **state)
{
	const struct xnm_pool *pool = &policy.pools[0];
	char text[XNM_RANGE_TEXT_LEN];

	(void)state;
	load("[network lan]\naddress=10.0.0.1/24 fd00::1/64\ndhcp=dnsmasq\nipv6-ra=no\n"
	     "domain=lan.example\nlease-time=90m\ndhcp-hosts-directory=/srv/hosts\n"
	     "[network other]\nlease-time=infinite\n"
	     "[pool web]\nnetwork=lan\nrange=10.0.0.5-10.0.0.9 fd00::/112\nrange=10.0.0.20\n"
	     "[vif a]\naddress=10.0.0.7 auto web\naddress=eui64\n"
	     "[vif b]\naddress=auto\naddress=web\n"
	     "[vif c]\naddress=auto web\naddress=\n");
	assert_int_equal(policy.networks[0].dhcp, XNM_SERVER_DNSMASQ);
	assert_int_equal(policy.networks[0].ipv6_ra, XNM_SERVER_NO);
	assert_string_equal(policy.networks[0].domain, "lan.example");
	assert_int_equal(policy.networks[0].lease_time_s, 5400);
	assert_int_equal(policy.networks[1].lease_time_s, XNM_LEASE_INFINITE);
	assert_string_equal(policy.networks[0].dhcp_hosts_directory, "/srv/hosts");
	assert_ptr_equal(xnm_policy_pool(&policy, "web"), pool);
	assert_null(xnm_policy_pool(&policy, "lan"));
	assert_string_equal(pool->network, "lan");
	assert_int_equal(pool->n_ranges, 3);
	xnm_range_format(&pool->ranges[1], text);
	assert_string_equal(text, "fd00::-fd00::ffff");
	assert_int_equal(policy.vifs[0].own.n, 1);
	assert_true(policy.vifs[0].own.eui64);
	assert_string_equal(policy.vifs[0].own.pool, "web");
	assert_string_equal(policy.vifs[1].own.pool, "web");
	assert_false(policy.vifs[1].own.eui64);
	assert_false(xnm_own_is_set(&policy.vifs[2].own));

	/* with bits behind its length, or of a subnet of two, it is the host itself */
	load("[vif a]\naddress=10.0.0.5/24 10.0.0.0/31 10.0.0.1/32 10.0.1.0/30 fd00::5/64 "
	     "fd00::/127 fd00:1::/64\n");
	for (unsigned int i = 0; i < policy.vifs[0].own.n; i++) {
		static const char *const meant[] = { "10.0.0.5/32", "10.0.0.0/32", "10.0.0.1/32",
						     "10.0.1.0/30", "fd00::5/128", "fd00::/128",
						     "fd00:1::/64" };
		static const uint8_t told[] = { 24, 31, 0, 0, 64, 127, 0 };

		assert_cidr(&policy.vifs[0].own.list[i], meant[i]);
		assert_int_equal(policy.vifs[0].own.list[i].told_len, told[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_long_comment),
		cmocka_unit_test(test_global),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_network_defaults),
		cmocka_unit_test(test_vif),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_many_sections),
		cmocka_unit_test(test_too_many_sections),
		cmocka_unit_test(test_addresses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
