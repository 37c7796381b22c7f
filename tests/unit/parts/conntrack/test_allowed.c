/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_allowed.c - which connections the noted sets and the access lists would let begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/core/elements/elements.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/allowed.h"
#include "hotplug/parts/filter/filter.h"

static struct xnm_policy policy;
static struct xnm_noted noted;

/* A network in, with a guest of each family; another one; and the outside by eth0. */
static const char text[] =
	"[uplink wan]\ninterface=eth0\n"
	"[network in]\nbridge=br0\naddress=10.0.0.1/24 fd00::1/64\n"
	"forward=nat\nuplink=wan\nhost-services=dns ping tcp/8000-8010\nacl=all\n"
	"[network out]\nbridge=br1\naddress=10.1.0.1/24 fd01::1/64\n"
	"forward=route\nuplink=wan\n"
	"[network other]\nbridge=br2\naddress=10.2.0.1/24\nforward=route\n"
	"[forward web]\nnetwork=in\nprotocol=tcp udp\nlisten-port=8080\n"
	"target=10.0.0.5\ntarget-port=80\n"
	"[forward range]\nnetwork=in\nlisten-port=9000-9010\ntarget=fd00::5\n"
	"[acl all]\nrule=drop egress tcp 192.0.2.0/25 port 25\n"
	"rule=allow egress tcp 192.0.2.0/24 port 25,80-90\n"
	"rule=reject egress tcp\nrule=allow ingress\nrule=allow egress\n"
	"[acl own]\nrule=allow ingress icmp\n"
	"rule=allow ingress tcp 2001:db8::/33 port 443\ndefault=drop\n";

static int load(void **state)
{
	struct xnm_err err = { "" };
	static struct xnm_network_note note;
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	(void)state;
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "test", NULL, NULL), 0);
	(void)fclose(stream);
	noted.policy = &policy;
	for (unsigned int i = 0; i < policy.n_networks; i++) {
		(void)snprintf(note.bridge, sizeof(note.bridge), "%s", policy.networks[i].bridge);
		assert_int_equal(
			xnm_filter_network(&note.elements, &policy.networks[i], &policy, &err), 0);
		xnm_noted_add_network(&noted, &note);
	}
	return 0;
}

static struct xnm_cidr cidr(const char *address)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(address, &out), 0);
	return out;
}

/* A connection without translation. */
static struct xnm_connection make(uint8_t protocol, const char *from, const char *to, uint16_t port)
{
	struct xnm_cidr src = cidr(from), dst = cidr(to);
	struct xnm_connection connection = { .family = src.family };

	connection.orig.protocol = connection.reply.protocol = protocol;
	memcpy(connection.orig.src, src.addr, 16);
	memcpy(connection.orig.dst, dst.addr, 16);
	memcpy(connection.reply.src, dst.addr, 16);
	memcpy(connection.reply.dst, src.addr, 16);
	connection.orig.sport = connection.reply.dport = 40000;
	connection.orig.dport = connection.reply.sport = port;
	return connection;
}

static struct xnm_end end_of(const char *dev)
{
	struct xnm_end end = { .host = strcmp(dev, "host") == 0 };

	if (!end.host && dev[0])
		xnm_end_add(&end, dev);
	return end;
}

static bool allows(const struct xnm_connection *connection, const char *from, const char *to)
{
	struct xnm_end a = end_of(from), b = end_of(to);

	return xnm_is_allowed(&noted, connection, &a, &b);
}

static bool lets(uint8_t protocol, const char *src, const char *dst, uint16_t port,
		 const char *from, const char *to)
{
	struct xnm_connection connection = make(protocol, src, dst, port);

	return allows(&connection, from, to);
}

static void test_ways(void **state)
{
	(void)state;
	xnm_noted_sort(&noted);
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "198.51.100.1", 53, "br0", "eth0"));
	assert_false(lets(IPPROTO_UDP, "10.0.0.5", "198.51.100.1", 53, "br0", "eth1"));
	/* what nobody knows is not held against it */
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "198.51.100.1", 53, "br0", ""));
	assert_false(lets(IPPROTO_UDP, "198.51.100.1", "10.0.0.5", 53, "eth0", "br0"));
	assert_true(lets(IPPROTO_TCP, "198.51.100.1", "10.1.0.5", 53, "eth0", "br1"));
	assert_false(lets(IPPROTO_TCP, "198.51.100.1", "10.1.0.5", 53, "eth1", "br1"));
	assert_true(lets(IPPROTO_TCP, "198.51.100.1", "10.1.0.5", 53, "", "br1"));
	assert_true(lets(IPPROTO_TCP, "10.1.0.5", "10.2.0.5", 53, "br1", "br2"));
	assert_false(lets(IPPROTO_UDP, "10.0.0.5", "10.2.0.5", 53, "br0", "br2"));
	/* without an uplink: everywhere, and from everywhere, that is not inside */
	assert_true(lets(IPPROTO_UDP, "10.2.0.5", "198.51.100.1", 53, "br2", "eth7"));
	assert_true(lets(IPPROTO_UDP, "198.51.100.1", "10.2.0.5", 53, "eth7", "br2"));
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "10.0.0.6", 53, "br0", "br0"));
	assert_true(lets(IPPROTO_TCP, "198.51.100.1", "203.0.113.1", 1, "eth0", "eth1"));
	assert_true(lets(IPPROTO_TCP, "10.0.0.1", "10.0.0.5", 1, "host", "br0"));
}

static void test_services(void **state)
{
	struct xnm_connection ping = make(IPPROTO_ICMP, "10.0.0.5", "10.0.0.1", 0);

	(void)state;
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "10.0.0.1", 53, "br0", "host"));
	assert_false(lets(IPPROTO_UDP, "10.0.0.5", "10.0.0.1", 67, "br0", "host"));
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "10.0.0.1", 67, "eth0", "host"));
	assert_true(lets(IPPROTO_UDP, "fd01::5", "fd01::1", 547, "br1", "host"));
	/* the list says reject, in front of the services */
	assert_false(lets(IPPROTO_TCP, "10.0.0.5", "10.0.0.1", 8005, "br0", "host"));
	ping.orig.icmp_type = 8;
	assert_true(allows(&ping, "br0", "host"));
	ping.orig.icmp_type = 13;
	assert_false(allows(&ping, "br0", "host"));
	ping = make(IPPROTO_ICMPV6, "fd00::5", "fd00::1", 0);
	ping.orig.icmp_type = 128;
	assert_true(allows(&ping, "br0", "host"));
	ping.orig.icmp_type = 135;
	assert_true(allows(&ping, "br0", "host"));
	ping.orig.icmp_type = 134;
	assert_false(allows(&ping, "br0", "host"));
	assert_true(lets(IPPROTO_IGMP, "10.0.0.5", "224.0.0.22", 0, "br0", "host"));
}

static void test_lists(void **state)
{
	static struct xnm_vif_note vif = { .device.ifname = "vif1.0", .bridge.name = "br1" };
	struct xnm_cidr address = cidr("10.1.0.7"), address6 = cidr("fd01::7");
	struct xnm_element *element;

	(void)state;
	/* the first that fits counts */
	assert_false(lets(IPPROTO_TCP, "10.0.0.5", "192.0.2.1", 25, "br0", "eth0"));
	assert_true(lets(IPPROTO_TCP, "10.0.0.5", "192.0.2.129", 25, "br0", "eth0"));
	assert_true(lets(IPPROTO_TCP, "10.0.0.5", "192.0.2.1", 85, "br0", "eth0"));
	assert_false(lets(IPPROTO_TCP, "10.0.0.5", "192.0.2.1", 91, "br0", "eth0"));
	assert_false(lets(IPPROTO_TCP, "10.0.0.5", "192.0.3.1", 80, "br0", "eth0"));
	assert_true(lets(IPPROTO_UDP, "10.0.0.5", "192.0.3.1", 80, "br0", "eth0"));
	/* a vif's own, by its addresses */
	element = xnm_elements_add(&vif.filter.elements[0], XNM_SET_ACL_TO4);
	xnm_key_address(element, 0, &address, false);
	xnm_data_chain(element, "acl-own-in");
	element = xnm_elements_add(&vif.filter.elements[0], XNM_SET_ACL_TO6);
	xnm_key_address(element, 0, &address6, false);
	xnm_data_chain(element, "acl-own-in");
	element = xnm_elements_add(&vif.filter.elements[0], XNM_SET_ACL_FROM4);
	xnm_key_address(element, 0, &address, false);
	xnm_data_chain(element, "acl-gone-out");
	xnm_noted_add_vif(&noted, &vif);
	xnm_noted_sort(&noted);
	assert_true(lets(IPPROTO_ICMP, "198.51.100.1", "10.1.0.7", 0, "eth0", "br1"));
	assert_false(lets(IPPROTO_TCP, "198.51.100.1", "10.1.0.7", 443, "eth0", "br1"));
	assert_true(lets(IPPROTO_TCP, "198.51.100.1", "10.1.0.8", 443, "eth0", "br1"));
	assert_true(lets(IPPROTO_TCP, "2001:db8:7fff::1", "fd01::7", 443, "eth0", "br1"));
	assert_false(lets(IPPROTO_TCP, "2001:db8:8000::1", "fd01::7", 443, "eth0", "br1"));
	/* one that the policy has no more holds nobody */
	assert_true(lets(IPPROTO_TCP, "10.1.0.7", "198.51.100.1", 443, "br1", "eth0"));
}

static void test_forwards(void **state)
{
	struct xnm_connection connection = make(IPPROTO_TCP, "198.51.100.1", "203.0.113.1", 8080);
	struct xnm_cidr target = cidr("10.0.0.5"), target6 = cidr("fd00::5");
	uint8_t addr[16];
	uint16_t port;

	(void)state;
	memcpy(connection.reply.src, target.addr, 16);
	connection.reply.sport = 80;
	assert_false(xnm_noted_forwards(&noted, &connection));
	connection.status = IPS_DST_NAT;
	assert_true(xnm_noted_forwards(&noted, &connection));
	assert_true(allows(&connection, "eth0", "br0"));
	connection.reply.sport = 81;
	assert_false(xnm_noted_forwards(&noted, &connection));
	connection.reply.sport = 80;
	connection.orig.dport = 8081;
	assert_false(xnm_noted_forwards(&noted, &connection));
	connection = make(IPPROTO_TCP, "2001:db8::1", "2001:db8:1::1", 9010);
	connection.status = IPS_DST_NAT;
	memcpy(connection.reply.src, target6.addr, 16);
	assert_true(xnm_noted_forwards(&noted, &connection));
	connection.orig.protocol = IPPROTO_UDP;
	assert_false(xnm_noted_forwards(&noted, &connection));
	connection.orig.protocol = IPPROTO_TCP;
	assert_true(xnm_noted_forward_of(&noted, AF_INET6, &connection.orig, addr, &port));
	assert_int_equal(port, 9010);
	assert_memory_equal(addr, target6.addr, 16);
	connection.orig.dport = 9011;
	assert_false(xnm_noted_forward_of(&noted, AF_INET6, &connection.orig, addr, &port));
}

static void test_places(void **state)
{
	static struct xnm_vif_note vif = { .device.ifname = "vif2.0",
					   .bridge.name = "br2",
					   .address.n = 1 };
	struct xnm_cidr mine = cidr("10.2.0.9"), other = cidr("10.2.0.10");
	struct xnm_cidr allowed = cidr("172.16.0.0/12"), within = cidr("172.31.255.255");
	struct xnm_end end = { .n = 0 };
	struct xnm_element *element;

	(void)state;
	vif.address.list[0] = mine;
	element = xnm_elements_add(&vif.filter.elements[0], XNM_SET_BRIDGE_GUARD);
	xnm_key_ifname(element, 0, "vif2.0");
	element = xnm_elements_add(&vif.filter.elements[0], XNM_SET_BRIDGE_PREFIXES4);
	xnm_key_ifname(element, 0, "vif2.0");
	xnm_key_address(element, 1, &allowed, true);
	xnm_noted_add_vif(&noted, &vif);
	xnm_noted_sort(&noted);
	xnm_noted_find(&noted, AF_INET, within.addr, &end);
	assert_int_equal(end.n, 1);
	assert_string_equal(end.dev[0], "br2");
	end.n = 0;
	xnm_noted_find(&noted, AF_INET, other.addr, &end);
	assert_int_equal(end.n, 1);
	assert_string_equal(end.dev[0], "br2");
	assert_false(xnm_noted_nobody_has(&noted, AF_INET, mine.addr, "br2"));
	assert_false(xnm_noted_nobody_has(&noted, AF_INET, within.addr, "br2"));
	assert_true(xnm_noted_nobody_has(&noted, AF_INET, other.addr, "br2"));
	/* one beside it that may have any */
	vif.filter.elements[0].n = 0;
	xnm_noted_add_vif(&noted, &vif);
	assert_false(xnm_noted_nobody_has(&noted, AF_INET, other.addr, "br2"));
	xnm_noted_free(&noted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),   cmocka_unit_test(test_services),
		cmocka_unit_test(test_lists),  cmocka_unit_test(test_forwards),
		cmocka_unit_test(test_places),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("allowed", tests, load, NULL);
}
