/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_apart.c - which interfaces of the host are kept apart, when forwarding is switched on and later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>

#include <cmocka.h>

#include "hotplug/core/elements/apart.h"

static struct xnm_host_links links;
static struct xnm_elements old, now;
static char text[1024];

static struct xnm_host_link *add(const char *name, const char *kind)
{
	struct xnm_host_link *link = &links.list[links.n++];

	memset(link, 0, sizeof(*link));
	(void)snprintf(link->name, sizeof(link->name), "%s", name);
	link->role = xnm_host_link_role(kind);
	link->ifindex = (int)links.n;
	return link;
}

static int begin(void **state)
{
	(void)state;
	links.n = old.n = now.n = 0;
	return 0;
}

/* The names that are kept apart; a bridge's with a '+', if what only passes it goes on. */
static const char *apart(unsigned int ip, bool all)
{
	size_t len = 0;

	assert_int_equal(xnm_filter_apart(&now, &links, ip, &old, all), 0);
	text[0] = '\0';
	for (unsigned int i = 0; i < now.n; i++) {
		const struct xnm_element *element = &now.list[i];

		if (element->set == (ip ? XNM_SET_APART6 : XNM_SET_APART4))
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s",
						(const char *)element->key);
		else if (element->set == (ip ? XNM_SET_APART_BRIDGES6 : XNM_SET_APART_BRIDGES4))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "+");
		else
			fail_msg("set %d", element->set);
	}
	return text;
}

static void test_switched_on(void **state)
{
	struct xnm_host_link *bridge;

	(void)state;
	(void)add("eth0", "");
	add("eth0.5", "vlan")->lower = 1;
	bridge = add("xenbr0", "bridge");
	add("eth1", "")->master = bridge->ifindex;
	add("veth7", "veth")->master = bridge->ifindex;
	(void)add("wg0", "wireguard");
	(void)add("docker0", "bridge");
	assert_string_equal(apart(0, true), " eth0 eth0.5 xenbr0+ eth1 wg0 docker0+");
	assert_string_equal(apart(1, true), " eth0 eth0.5 xenbr0+ eth1 wg0 docker0+");
	/* what xnm made for guests is not the host's */
	links.list[6].is_inside = true;
	assert_string_equal(apart(0, true), " eth0 eth0.5 xenbr0+ eth1 wg0");
	/* one that forwards by a setting of its own goes on */
	links.list[0].forwards[0] = true;
	assert_string_equal(apart(0, true), " eth0.5 xenbr0+ eth1 wg0");
	assert_string_equal(apart(1, true), " eth0 eth0.5 xenbr0+ eth1 wg0");
}

/* What others make while the host forwards is for them, but what leads to a card. */
static void test_later(void **state)
{
	struct xnm_host_link *bridge;

	(void)state;
	(void)add("eth0", "");
	(void)apart(0, true);
	old = now;
	(void)add("tun0", "tun");
	(void)add("docker0", "bridge");
	add("veth1", "veth")->master = 3;
	(void)add("wg0", "wireguard");
	(void)add("dummy0", "dummy");
	assert_string_equal(apart(0, false), " eth0");
	/* USB, and what is put together of cards */
	(void)add("usb0", "");
	(void)add("bond0", "bond");
	add("usb0.7", "vlan")->lower = 7;
	bridge = add("br-lan", "bridge");
	add("usb1", "")->master = bridge->ifindex;
	add("br-lan.9", "vlan")->lower = bridge->ifindex;
	add("docker0.9", "vlan")->lower = 3;
	assert_string_equal(apart(0, false), " eth0 usb0 bond0 usb0.7 br-lan+ usb1 br-lan.9");
}

/* A bridge that takes in what was apart, which is not a card to the kernel. */
static void test_port(void **state)
{
	(void)state;
	(void)add("eth0", "veth");
	(void)apart(1, true);
	old = now;
	links.list[0].master = add("br9", "bridge")->ifindex;
	assert_string_equal(apart(1, false), " eth0 br9+");
	old = now;
	links.list[0].master = 0;
	assert_string_equal(apart(1, false), " eth0 br9+");
}

/* A device is its number; its name comes and goes. */
static void test_names(void **state)
{
	(void)state;
	(void)add("eth0", "");
	(void)add("wg0", "wireguard");
	assert_string_equal(apart(0, true), " eth0 wg0");
	old = now;
	(void)snprintf(links.list[1].name, IFNAMSIZ, "wg-office");
	assert_string_equal(apart(0, false), " eth0 wg-office");
	old = now;
	/* its owner has made it anew */
	links.list[1].ifindex = 99;
	assert_string_equal(apart(0, false), " eth0");
	/* what was a card is one again */
	links.list[0].ifindex = 100;
	assert_string_equal(apart(0, false), " eth0");
}

/* VLANs on each other, as a kernel would not have them. */
static void test_circle(void **state)
{
	(void)state;
	add("a", "vlan")->lower = 2;
	add("b", "vlan")->lower = 1;
	assert_string_equal(apart(0, false), "");
}

static void test_too_many(void **state)
{
	char name[IFNAMSIZ];

	(void)state;
	for (unsigned int i = 0; i <= XNM_MAX_ELEMENTS; i++) {
		(void)snprintf(name, sizeof(name), "eth%u", i);
		(void)add(name, "");
	}
	assert_int_equal(xnm_filter_apart(&now, &links, 0, &old, true), -E2BIG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(test_switched_on), TEST(test_later),  TEST(test_port),
		TEST(test_names),	TEST(test_circle), TEST(test_too_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("apart", tests, NULL, NULL);
}
