/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_purge.c - whose connections are looked at when something of a vif becomes stricter. */
#include "hotplug/core/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "hotplug/base/cidr.h"

#define COPY(to, text) ((void)snprintf(to, sizeof(to), "%s", text))

static struct xnm_plan plan;
static struct xnm_facts facts;
static struct xnm_want want;
static struct xnm_event event;
static struct xnm_elements *old, *new;

/* A vif of the bridge br0 with the address 10.0.0.5, which it has still. */
static int begin(void **state)
{
	(void)state;
	xnm_plan_clear(&plan);
	memset(&facts, 0, sizeof(facts));
	memset(&want, 0, sizeof(want));
	xnm_event_init(&event, XNM_VERB_ONLINE, 1, 0);
	old = &facts.note.filter.elements[0];
	new = &plan.note.filter.elements[0];
	COPY(facts.note.device.ifname, "vif1.0");
	COPY(facts.note.bridge.name, "br0");
	facts.note.address.n = 1;
	assert_int_equal(xnm_parse_cidr("10.0.0.5", &facts.note.address.list[0]), 0);
	xnm_vif_note_copy(&plan.note, &facts.note);
	return 0;
}

static void element(struct xnm_elements *list, enum xnm_set_id set, const char *address)
{
	struct xnm_element *element = xnm_elements_add(list, set);
	struct xnm_cidr cidr;

	memcpy(element->key, "vif1.0", 6);
	if (!address)
		return;
	assert_int_equal(xnm_parse_cidr(address, &cidr), 0);
	xnm_key_address(element, 1, &cidr, xnm_cidr_is_prefix(&cidr));
}

/* One range of the purge, "10.0.0.5-10.0.0.5". */
static const char *range(unsigned int i)
{
	static char text[2 * XNM_CIDR_TEXT_LEN];
	const struct xnm_purge_range *purged = &plan.conntrack.purge.list[i];
	struct xnm_range out = { .family = purged->family };

	memcpy(out.first, purged->first, sizeof(out.first));
	memcpy(out.last, purged->last, sizeof(out.last));
	xnm_range_format(&out, text);
	return text;
}

static void purge(void)
{
	const struct xnm_view view = {
		.event = &event,
		.want = &want,
		.facts = &facts,
		.name = "vif1.0",
		.has_vif = true,
	};
	struct xnm_err err;

	assert_int_equal(xnm_conntrack_part.online(&plan, &view, &err), 0);
}

static void test_nothing(void **state)
{
	(void)state;
	element(old, XNM_SET_BRIDGE_ADDRESSES4, "10.0.0.5");
	element(new, XNM_SET_BRIDGE_ADDRESSES4, "10.0.0.5");
	purge();
	assert_int_equal(plan.n, 0);
}

/* An address is the vif's no longer, of whatever kind of set: also those of it are looked at. */
static void test_identity(void **state)
{
	static const struct {
		enum xnm_set_id set;
		const char *address, *range;
	} rows[] = {
		{ XNM_SET_BRIDGE_ADDRESSES4, "10.0.0.6", "10.0.0.6-10.0.0.6" },
		{ XNM_SET_BRIDGE_ADDRESSES6, "2001:db8::6", "2001:db8::6-2001:db8::6" },
		{ XNM_SET_BRIDGE_OWN_PREFIXES4, "10.1.0.0/16", "10.1.0.0-10.1.255.255" },
		{ XNM_SET_BRIDGE_OWN_PREFIXES6, "2001:db8::/64",
		  "2001:db8::-2001:db8::ffff:ffff:ffff:ffff" },
		{ XNM_SET_BRIDGE_PREFIXES4, "10.1.0.0/16", "10.1.0.0-10.1.255.255" },
		{ XNM_SET_BRIDGE_PREFIXES6, "2001:db8::/64",
		  "2001:db8::-2001:db8::ffff:ffff:ffff:ffff" },
		{ XNM_SET_INET_ADDRESSES4, "10.0.0.6", "10.0.0.6-10.0.0.6" },
		{ XNM_SET_INET_PREFIXES6, "2001:db8::/64",
		  "2001:db8::-2001:db8::ffff:ffff:ffff:ffff" },
		{ XNM_SET_BRIDGE_ANY4, NULL, NULL },
		{ XNM_SET_BRIDGE_ANY6, NULL, NULL },
		{ XNM_SET_INET_ANY4, NULL, NULL },
		{ XNM_SET_INET_ANY6, NULL, NULL },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		begin(state);
		element(old, XNM_SET_BRIDGE_GUARD, NULL);
		element(new, XNM_SET_BRIDGE_GUARD, NULL);
		element(old, rows[i].set, rows[i].address);
		purge();
		assert_int_equal(plan.n, 1);
		assert_int_equal(plan.op[0].type, &xnm_op_connections_purge);
		assert_string_equal(range(0), "10.0.0.5-10.0.0.5");
		assert_string_equal(range(1), "10.0.0.5-10.0.0.5");
		assert_int_equal(plan.conntrack.purge.n, rows[i].range ? 3 : 2);
		if (rows[i].range)
			assert_string_equal(range(2), rows[i].range);
		assert_true(plan.conntrack.purge.nobodys);
		assert_int_equal(plan.conntrack.purge.n_devs, 1);
		assert_string_equal(plan.conntrack.purge.devs[0], "br0");
	}
}

/* Who is not held to any address any more may have them all. */
static void test_unlocked(void **state)
{
	(void)state;
	element(old, XNM_SET_BRIDGE_GUARD, NULL);
	element(old, XNM_SET_BRIDGE_ADDRESSES4, "10.0.0.5");
	purge();
	assert_int_equal(plan.n, 0);
}

/* What closes is new, or was lost and is made again; what opens has gone. */
static void test_closed(void **state)
{
	(void)state;
	element(new, XNM_SET_CLOSED, NULL);
	purge();
	assert_int_equal(plan.conntrack.purge.n, 2);
	assert_int_equal(plan.conntrack.purge.n_devs, 0);
	assert_false(plan.conntrack.purge.nobodys);
	begin(state);
	element(old, XNM_SET_CLOSED, NULL);
	element(new, XNM_SET_CLOSED, NULL);
	purge();
	assert_int_equal(plan.n, 0);
	facts.filter.vif_lost[0] = true;
	purge();
	assert_int_equal(plan.conntrack.purge.n, 2);
	begin(state);
	element(old, XNM_SET_PINGABLE, NULL);
	purge();
	assert_int_equal(plan.conntrack.purge.n, 2);
}

static void test_moved(void **state)
{
	(void)state;
	COPY(plan.note.bridge.name, "br1");
	purge();
	assert_int_equal(plan.conntrack.purge.n, 2);
	assert_true(plan.conntrack.purge.nobodys);
	assert_int_equal(plan.conntrack.purge.n_devs, 2);
	assert_string_equal(plan.conntrack.purge.devs[0], "br0");
	assert_string_equal(plan.conntrack.purge.devs[1], "br1");
}

/* A vif that is new has had no connections. */
static void test_new(void **state)
{
	(void)state;
	facts.note.device.ifname[0] = '\0';
	element(new, XNM_SET_CLOSED, NULL);
	COPY(plan.note.bridge.name, "br1");
	purge();
	assert_int_equal(plan.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, begin),
		cmocka_unit_test_setup(test_identity, begin),
		cmocka_unit_test_setup(test_unlocked, begin),
		cmocka_unit_test_setup(test_closed, begin),
		cmocka_unit_test_setup(test_moved, begin),
		cmocka_unit_test_setup(test_new, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("purge", tests, NULL, NULL);
}
