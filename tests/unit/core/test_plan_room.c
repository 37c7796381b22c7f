/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_plan_room.c - what a plan has no room for is refused, what a vif can leave fits, and what nobody prints. */
#include "hotplug/core/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define COPY(to, text) ((void)snprintf(to, sizeof(to), "%s", text))

static struct xnm_plan plan;
static struct xnm_facts facts;
static struct xnm_uplink uplinks[XNM_MAX_WAYS];
static struct xnm_err err;

static struct xnm_want want;

/* What one part adds to the plan of an online. */
static void online(const struct xnm_part *part, const struct xnm_event *event)
{
	const struct xnm_view view = {
		.event = event,
		.want = &want,
		.facts = &facts,
		.name = "vif1.0",
		.has_vif = true,
	};

	assert_int_equal(part->online(&plan, &view, &err), 0);
}

static int begin(void **state)
{
	(void)state;
	xnm_plan_clear(&plan);
	memset(&facts, 0, sizeof(facts));
	memset(&want, 0, sizeof(want));
	memset(&err, 0, sizeof(err));
	return 0;
}

static void test_operations(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < XNM_PLAN_MAX; i++)
		(void)xnm_plan_add(&plan, XNM_PHASE_UP, &xnm_op_device_up, "vif1.0", 1,
				   "its configuration is complete");
	assert_int_equal(plan.n, XNM_PLAN_MAX);
	assert_int_equal(xnm_plan_end(&plan, "vif 1.0", &err), 0);
	assert_string_equal(err.text, "");
	(void)xnm_plan_add(&plan, XNM_PHASE_CONNECTED, &xnm_op_frontend_connected, "vif1.0", 0,
			   "netback waits for it");
	assert_int_equal(plan.n, XNM_PLAN_MAX);
	assert_int_equal(plan.op[plan.n - 1].type, &xnm_op_device_up);
	assert_int_equal(xnm_plan_end(&plan, "vif 1.0", &err), -E2BIG);
	assert_non_null(strstr(err.text, "vif 1.0 needs more than 256 operations at once"));
	xnm_plan_clear(&plan);
	assert_int_equal(xnm_plan_end(&plan, "vif 1.0", &err), 0);
}

/* All uplinks of an event have another device, after one that was not left yet, and a new client. */
static void test_uplinks(void **state)
{
	static const struct xnm_default route = { .gateway = { .family = AF_INET } };

	(void)state;
	facts.uplink.n = XNM_MAX_WAYS;
	for (unsigned int i = 0; i < XNM_MAX_WAYS; i++) {
		struct xnm_uplink_seen *way = &facts.uplink.seen[i];

		(void)snprintf(uplinks[i].name, sizeof(uplinks[i].name), "up%u", i);
		COPY(uplinks[i].device, "new0");
		uplinks[i].gateway.dhcp = true;
		way->uplink = &uplinks[i];
		way->ifindex = 7;
		way->has_note = true;
		(void)snprintf(way->note.name, sizeof(way->note.name), "up%u", i);
		COPY(way->note.device, "old0");
		way->note.n_routes = 1;
		way->note.routes[0] = route;
		way->note.routes[0].metric = 100 + i;
		COPY(way->note.left_device, "older0");
		way->note.n_left = 1;
		way->note.left[0] = way->note.routes[0];
		/* the host has them all */
		facts.uplink.slots.list[facts.uplink.slots.n] = way->note.routes[0];
		facts.uplink.slots.list[facts.uplink.slots.n++].protocol = XNM_RTPROT;
	}
	facts.has_note = true;
	facts.note.uplink.n = XNM_MAX_VIF_UPLINKS;
	for (unsigned int i = 0; i < XNM_MAX_VIF_UPLINKS; i++)
		(void)snprintf(facts.note.uplink.names[i], sizeof(facts.note.uplink.names[i]),
			       "own%u", i);
	online(&xnm_uplink_part, NULL);
	assert_false(plan.full);
	/* each operation is about the uplink whose note it has */
	for (unsigned int i = 0; i < plan.n; i++) {
		const struct xnm_op *op = &plan.op[i];

		assert_in_range(op->u.uplink.note, 0, plan.uplink.n_notes - 1);
		if (op->type == &xnm_op_uplink_default_del)
			assert_int_equal(
				op->u.uplink.route.metric - 100,
				strtoul(plan.uplink.notes[op->u.uplink.note].name + 2, NULL, 10));
	}
	assert_int_equal(plan.op[plan.n - 1].type, &xnm_op_uplink_client_start);
	assert_string_equal(plan.uplink.notes[plan.op[plan.n - 1].u.uplink.note].name,
			    uplinks[XNM_MAX_WAYS - 1].name);
}

/* All that the notes of a vif can say. */
static void test_offline(void **state)
{
	struct xnm_vif_note *vif = &facts.note;
	struct xnm_event event;

	(void)state;
	xnm_event_init(&event, XNM_VERB_OFFLINE, 1, 0);
	facts.has_note = facts.bridge.was_made = facts.device.has_ipv4 = true;
	facts.device.link.ifindex = 7;
	facts.device.link.master = 8;
	facts.device.link.up = true;
	COPY(facts.device.link.name, "web0");
	COPY(vif->device.ifname, "web0");
	COPY(vif->network.name, "lan");
	COPY(vif->bridge.name, "br0");
	COPY(vif->address.scope, "br0");
	COPY(vif->address.pool, "web");
	COPY(vif->dnsmasq.dir, "/etc/dnsmasq.d");
	COPY(vif->fastpath.segment, "lan");
	COPY(vif->foreign.devs[0], "web0");
	vif->guestinfo.told = vif->routed.is_routed = vif->routed.via_bridge = true;
	vif->uplink.n = XNM_MAX_VIF_UPLINKS;
	for (unsigned int i = 0; i < XNM_MAX_VIF_UPLINKS; i++)
		(void)snprintf(vif->uplink.names[i], sizeof(vif->uplink.names[i]), "own%u", i);
	vif->routed.n_proxies = XNM_N_ELEMENTS(vif->routed.proxies);
	for (unsigned int i = 0; i < vif->routed.n_proxies; i++)
		(void)snprintf(vif->routed.proxies[i], sizeof(vif->routed.proxies[i]), "eth%u", i);
	vif->address.n = XNM_MAX_ADDRESSES;
	for (unsigned int i = 0; i < XNM_MAX_ADDRESSES; i++)
		vif->address.list[i] = (struct xnm_cidr){ .family = AF_INET,
							  .prefix_len = 32,
							  .addr = { 192, 0, 2, (uint8_t)i } };
	vif->filter.elements[0].n = 1;
	xnm_plan_offline(&plan, &event, &facts);
	assert_false(plan.full);
	assert_in_range(plan.n, XNM_MAX_ADDRESSES * (vif->routed.n_proxies + 2), XNM_PLAN_MAX);
	assert_int_equal(plan.op[plan.n - 1].type, &xnm_op_vif_note_remove);
}

/* The vif goes and its tap stays: what is noted from then on is the tap's alone. */
static void test_tap_stays(void **state)
{
	struct xnm_vif_note *vif = &facts.note;
	struct xnm_event event;

	(void)state;
	xnm_event_init(&event, XNM_VERB_OFFLINE, 1, 0);
	facts.has_note = facts.device.tap_exists = true;
	COPY(vif->device.ifname, "vif1.0");
	COPY(vif->device.vifname, "web0");
	COPY(vif->device.tap, "vif1.0-emu");
	COPY(vif->device.tap_vifname, "web0-emu");
	COPY(vif->fastpath.segment, "lan");
	COPY(vif->network.name, "lan");
	COPY(vif->foreign.devs[0], "br0");
	COPY(vif->foreign.devs[1], "br0");
	vif->guestinfo.told = true;
	vif->uplink.n = 1;
	vif->filter.elements[0].n = vif->filter.elements[1].n = 1;
	xnm_plan_offline(&plan, &event, &facts);
	assert_int_equal(plan.op[plan.n - 1].type, &xnm_op_vif_note_write);
	assert_string_equal(plan.note.device.ifname, "");
	assert_string_equal(plan.note.device.vifname, "");
	assert_string_equal(plan.note.fastpath.segment, "");
	assert_string_equal(plan.note.foreign.devs[0], "");
	assert_false(plan.note.guestinfo.told);
	assert_int_equal(plan.note.uplink.n, 0);
	assert_int_equal(plan.note.filter.elements[0].n, 0);
	assert_string_equal(plan.note.device.tap, "vif1.0-emu");
	assert_string_equal(plan.note.device.tap_vifname, "web0-emu");
	assert_string_equal(plan.note.foreign.devs[1], "br0");
	assert_string_equal(plan.note.network.name, "lan");
	assert_int_equal(plan.note.filter.elements[1].n, 1);
	/* whom the vif was published to is in that network */
	assert_string_equal(plan.fastpath.network, "lan");
}

/* Whose vifs are looked at for peers: those of the network that it is in, and that it was in. */
static void test_fastpath_networks(void **state)
{
	static const struct xnm_network network = { .name = "new", .fastpath = XNM_YES };
	static struct xnm_policy policy;

	(void)state;
	want.policy = &policy;
	want.attach = want.filter.locked = true;
	want.network = &network;
	COPY(plan.note.network.name, "new");
	COPY(facts.note.network.name, "old");
	COPY(facts.note.fastpath.segment, "old");
	online(&xnm_fastpath_part, NULL);
	assert_int_equal(plan.n, 2);
	assert_int_equal(plan.op[0].type, &xnm_op_fastpath_withdraw);
	assert_string_equal(plan.fastpath.network, "new");
	assert_string_equal(plan.fastpath.old_network, "old");
	xnm_plan_clear(&plan);
	COPY(plan.note.network.name, "new");
	facts.note.fastpath.segment[0] = '\0';
	online(&xnm_fastpath_part, NULL);
	assert_int_equal(plan.n, 1);
	assert_int_equal(plan.op[0].type, &xnm_op_fastpath_publish);
	assert_string_equal(plan.fastpath.network, "new");
	assert_string_equal(plan.fastpath.old_network, "old");
}

/* An address of the pool is noted again if any of them is not. */
static void test_pool(void **state)
{
	static struct xnm_pool pool = { .name = "web" };

	(void)state;
	want.address.pool = &pool;
	facts.has_note = true;
	COPY(facts.note.address.pool, "web");
	facts.address.pool.n = facts.note.address.n = 2;
	for (unsigned int i = 0; i < 2; i++) {
		facts.address.pool.list[i] = (struct xnm_cidr){ .family = i ? AF_INET6 : AF_INET,
								.prefix_len = i ? 128 : 32,
								.addr = { 10, [15] = 1 } };
		facts.note.address.list[i] = facts.address.pool.list[i];
		facts.address.pool.noted[i] = true;
	}
	online(&xnm_address_part, NULL);
	assert_int_equal(plan.n, 0);
	for (unsigned int i = 0; i < 2; i++) {
		xnm_plan_clear(&plan);
		facts.address.pool.noted[i] = false;
		online(&xnm_address_part, NULL);
		assert_int_equal(plan.n, 1);
		assert_int_equal(plan.op[0].type, &xnm_op_pool_assign);
		assert_int_equal(plan.address.n_assign, 2);
		facts.address.pool.noted[i] = true;
	}
}

/* Not all that others still have is known: so nothing of it is taken away. */
static void test_heirs(void **state)
{
	struct xnm_event event;

	(void)state;
	xnm_event_init(&event, XNM_VERB_OFFLINE, 1, 0);
	facts.has_note = true;
	COPY(facts.note.device.ifname, "vif1.0");
	facts.note.filter.elements[0].n = 1;
	xnm_plan_offline(&plan, &event, &facts);
	assert_int_equal(plan.filter.n_del, 1);
	facts.filter.heirs.full = true;
	xnm_plan_offline(&plan, &event, &facts);
	assert_int_equal(plan.filter.n_del, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_operations, begin),
		cmocka_unit_test_setup(test_uplinks, begin),
		cmocka_unit_test_setup(test_offline, begin),
		cmocka_unit_test_setup(test_tap_stays, begin),
		cmocka_unit_test_setup(test_fastpath_networks, begin),
		cmocka_unit_test_setup(test_pool, begin),
		cmocka_unit_test_setup(test_heirs, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plan room", tests, NULL, NULL);
}
