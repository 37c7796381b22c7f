/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_element.c - elements are put together as nftables wants them, and read as they were noted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "tests/unit/kernel/element_text.h"

static struct xnm_elements list;

static struct xnm_element *add(enum xnm_set_id set)
{
	return xnm_elements_add(&list, set);
}

static int clear(void **state)
{
	(void)state;
	memset(&list, 0, sizeof(list));
	return 0;
}

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

/* The key of a set is as long as the kernel will be told; the longest fits. */
static void test_sizes(void **state)
{
	(void)state;
	for (int i = 0; i < XNM_N_SETS; i++) {
		const struct xnm_set *set = &xnm_sets[i];

		assert_true(set->family == NFPROTO_BRIDGE || set->family == NFPROTO_INET);
		assert_in_range(strlen(set->name), 1, 24);
		assert_in_range(xnm_fields_size(set->key), 1, XNM_KEY_MAX);
		if (set->data[0] != XNM_NFT_NONE && set->data[0] != XNM_NFT_VERDICT)
			assert_in_range(xnm_fields_size(set->data), 1, XNM_KEY_MAX);
		for (int k = 0; k < XNM_MAX_FIELDS && set->key[k]; k++)
			assert_int_not_equal(xnm_datatype_size(set->key[k]), 0);
		/* a name stands for one set of its table */
		for (int k = 0; k < i; k++)
			assert_false(set->family == xnm_sets[k].family &&
				     strcmp(set->name, xnm_sets[k].name) == 0);
	}
	/* fields of a concatenation are padded to registers, a single one is not */
	assert_int_equal(xnm_fields_size(xnm_sets[XNM_SET_BRIDGE_MACS].key), 16 + 8);
	assert_int_equal(xnm_fields_size(xnm_sets[XNM_SET_SERVICES].key), 16 + 4 + 4);
	assert_int_equal(xnm_fields_size(xnm_sets[XNM_SET_INSIDE].key), 16);
	assert_true(xnm_set_is_concat(&xnm_sets[XNM_SET_BRIDGE_MACS]));
	assert_false(xnm_set_is_concat(&xnm_sets[XNM_SET_INSIDE]));
}

static void test_bytes(void **state)
{
	const struct xnm_mac mac = { { 0x00, 0x16, 0x3e, 1, 2, 3 } };
	static const uint8_t wanted[XNM_KEY_MAX] = { 'v', 'i',	'f',  '1', '.', '0', 0, 0,
						     0,	  0,	0,    0,   0,	0,   0, 0,
						     0,	  0x16, 0x3e, 1,   2,	3 };
	struct xnm_element *element = add(XNM_SET_BRIDGE_MACS);

	(void)state;
	xnm_key_ifname(element, 0, "vif1.0");
	xnm_key_mac(element, 1, &mac);
	assert_memory_equal(element->key, wanted, sizeof(wanted));
	assert_memory_equal(element->end, wanted, sizeof(wanted));
	/* the longest name has no room for more, and a longer one is cut */
	element = add(XNM_SET_BRIDGE_ANY4);
	xnm_key_ifname(element, 0, "abcdefghijklmno");
	assert_memory_equal(element->key, "abcdefghijklmno", 16);
	xnm_key_ifname(element, 0, "abcdefghijklmnopq");
	assert_memory_equal(element->key, "abcdefghijklmno", 16);
	/* a shorter one leaves nothing of it */
	xnm_key_ifname(element, 0, "a");
	assert_memory_equal(element->key, "a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool prefix;
		const char *wanted;
	} rows[] = {
		{ "10.1.2.3/8", false, "10.1.2.3" },
		{ "10.1.2.3/8", true, "10.0.0.0-10.255.255.255" },
		{ "10.1.2.3/32", true, "10.1.2.3" },
		{ "10.1.2.3/31", true, "10.1.2.2-10.1.2.3" },
		{ "10.1.2.3/0", true, "0.0.0.0-255.255.255.255" },
		{ "10.1.2.3/13", true, "10.0.0.0-10.7.255.255" },
		{ "2001:db8::5/64", false, "2001:db8::5" },
		{ "2001:db8::5/64", true, "2001:db8::-2001:db8::ffff:ffff:ffff:ffff" },
		{ "2001:db8::5/128", true, "2001:db8::5" },
		{ "2001:db8::5/127", true, "2001:db8::4-2001:db8::5" },
		{ "::/0", true, "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		struct xnm_cidr address = cidr(rows[i].address);
		struct xnm_element *element =
			add(address.family == AF_INET ? XNM_SET_SUBNETS4 : XNM_SET_SUBNETS6);
		char text[256];

		xnm_key_address(element, 0, &address, rows[i].prefix);
		(void)element_text(element, text, sizeof(text));
		assert_string_equal(strchr(text, ' ') + 1, rows[i].wanted);
	}
}

static void test_services(void **state)
{
	struct xnm_element *element = add(XNM_SET_SERVICES);
	static const uint8_t ports[] = { 0x1f, 0x40, 0, 0 }; /* 8000, as on the wire */

	(void)state;
	xnm_key_ifname(element, 0, "lan");
	xnm_key_protocol(element, 1, 17);
	xnm_key_ports(element, 2, 8000, 8010);
	assert_string_equal(elements_text(&list), "services lan udp 8000-8010\n");
	assert_memory_equal(element->key + 20, ports, sizeof(ports));
}

static void test_data(void **state)
{
	const struct xnm_cidr ip4 = cidr("10.0.0.5/24"), ip6 = cidr("2001:db8::5");
	struct xnm_element *element = add(XNM_SET_FORWARDS4);

	(void)state;
	xnm_data_address_port(element, &ip4, 80);
	assert_memory_equal(element->data, "\x0a\0\0\x05\0\x50\0\0", 8);
	element = add(XNM_SET_FORWARDS6);
	xnm_data_address_port(element, &ip6, 80);
	assert_memory_equal(element->data + 16, "\0\x50\0\0", 4);
	element = add(XNM_SET_RANGES6);
	xnm_data_address(element, &ip6);
	assert_memory_equal(element->data, ip6.addr, 16);
	element = add(XNM_SET_ACL_FROM);
	xnm_data_chain(element, "acl-abcdefghijklmnopqrstuvwxyz-out");
	assert_memory_equal(element->data, "acl-abcdefghijklmnopqrstuvwxyz-", 32);
	xnm_data_chain(element, "acl-a-in");
	assert_string_equal((const char *)element->data, "acl-a-in");
}

static void test_full(void **state)
{
	(void)state;
	for (int i = 0; i < XNM_MAX_ELEMENTS; i++)
		xnm_key_ifname(add(XNM_SET_INSIDE), 0, "a");
	assert_false(list.full);
	xnm_key_ifname(add(XNM_SET_INSIDE), 0, "b");
	assert_true(list.full);
	assert_int_equal(list.n, XNM_MAX_ELEMENTS);
}

/* One of each set, with all bytes of its key in use. */
static void fill_all(void)
{
	for (int i = 0; i < XNM_N_SETS; i++) {
		struct xnm_element *element = add((enum xnm_set_id)i);
		unsigned int size = xnm_fields_size(xnm_sets[i].key);

		memset(element->key, 0x80 + i, size);
		memset(element->end, 0x80 + i, size);
		if (xnm_sets[i].flags & XNM_SET_INTERVAL)
			element->end[size - 1] = 0xff;
		if (xnm_sets[i].data[0] == XNM_NFT_VERDICT)
			memset(element->data, 'x', XNM_KEY_MAX - 1);
		else if (xnm_sets[i].data[0] != XNM_NFT_NONE)
			memset(element->data, 0x55, xnm_fields_size(xnm_sets[i].data));
	}
}

static void test_round_trip(void **state)
{
	char text[XNM_ELEMENT_TEXT_LEN];
	struct xnm_element read;

	(void)state;
	fill_all();
	/* keys that end in zeros, begin with them, or are nothing else */
	xnm_key_ifname(add(XNM_SET_INSIDE), 0, "a");
	(void)add(XNM_SET_INSIDE);
	add(XNM_SET_SUBNETS4)->end[3] = 0xff;
	memset(add(XNM_SET_SUBNETS4)->end, 0xff, 4);
	for (unsigned int i = 0; i < list.n; i++) {
		xnm_element_format(&list.list[i], text);
		assert_in_range(strlen(text), 1, sizeof(text) - 1);
		assert_null(strpbrk(text, "\n="));
		memset(&read, 0xa5, sizeof(read));
		assert_int_equal(xnm_element_parse(text, &read), 0);
		if (!xnm_element_equal(&list.list[i], &read))
			fail_msg("'%s' is read as another one", text);
	}
}

static void test_bad_lines(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"bridge/macs",
		"bridge/macs ",
		"bridge/macs  00",
		"macs 00",
		"inet/trunks 00", /* of the other table */
		"bridge/inside 00",
		"bridge/mac 00",
		"bridge/macss 00",
		"/macs 00",
		"bridge/macs 0",
		"bridge/macs 000",
		"bridge/macs 0g",
		"bridge/macs 0A",
		"bridge/macs 00 ",
		"bridge/macs 00-",
		"bridge/macs 00:",
		"bridge/macs 00-00:",
		"bridge/macs 00:00:00",
		"bridge/macs 00:00-00",
		"bridge/macs -00",
		"bridge/macs 00\n",
	};
	struct xnm_element element;
	char long_line[128];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(lines); i++) {
		if (xnm_element_parse(lines[i], &element) != -EINVAL)
			fail_msg("'%s' is an element", lines[i]);
	}
	/* one byte more than any key has */
	(void)snprintf(long_line, sizeof(long_line), "bridge/macs %0*d", 2 * XNM_KEY_MAX + 2, 0);
	assert_int_equal(xnm_element_parse(long_line, &element), -EINVAL);
	long_line[strlen(long_line) - 2] = '\0';
	assert_int_equal(xnm_element_parse(long_line, &element), 0);
	/* the name of a chain always ends */
	assert_int_equal(xnm_element_parse("inet/acl-from 61:"
					   "7878787878787878787878787878787878787878787878787878787"
					   "878787878",
					   &element),
			 0);
	assert_int_equal(element.data[XNM_KEY_MAX - 1], 0);
}

static void test_lists(void **state)
{
	static struct xnm_elements other;

	(void)state;
	fill_all();
	xnm_elements_copy(&other, &list);
	assert_true(xnm_elements_equal(&list, &other));
	/* in whatever order */
	other.list[0] = list.list[1];
	other.list[1] = list.list[0];
	assert_true(xnm_elements_equal(&list, &other));
	assert_true(xnm_elements_have(&other, &list.list[0]));
	other.n--;
	assert_false(xnm_elements_equal(&list, &other));
	assert_false(xnm_elements_have(&other, &list.list[list.n - 1]));
	other.n++;
	other.list[5].end[0]++;
	assert_false(xnm_elements_equal(&list, &other));
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sizes),      TEST(test_bytes),     TEST(test_addresses),
		TEST(test_services),   TEST(test_data),	     TEST(test_full),
		TEST(test_round_trip), TEST(test_bad_lines), TEST(test_lists),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("element", tests, NULL, NULL);
}
