/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guest_plan.c - what xnm-guest does to one vif, from what is and what is told. */
#include "udev/guest_plan.c"
#include "udev/guest_print.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct guest_vif vif;
static struct guest_plan plan;
static struct xnm_err err;

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

static void assert_plan(const char *wanted)
{
	char text[2048] = "", line[256];
	size_t len = 0;

	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	for (unsigned int i = 0; i < plan.n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n",
					guest_op_text(&plan, &plan.op[i], line, sizeof(line)));
	assert_string_equal(text, wanted);
}

static void remove_cidr(struct xnm_cidr *list, unsigned int *n, const struct xnm_cidr *one)
{
	for (unsigned int i = 0; i < *n; i++) {
		if (xnm_cidr_same_host(&list[i], one)) {
			list[i] = list[--*n];
			return;
		}
	}
}

/* As the kernel would, with the plan that was made last. */
static void carry_out(void)
{
	for (unsigned int i = 0; i < plan.n; i++) {
		const struct guest_op *op = &plan.op[i];

		switch (op->kind) {
		case GUEST_MTU:
			vif.mtu_bytes = op->value;
			break;
		case GUEST_UP:
		case GUEST_DOWN:
			vif.up = op->kind == GUEST_UP;
			break;
		case GUEST_ADDRESS_ADD:
			if (!has(vif.addresses, vif.n_addresses, &op->addr))
				vif.addresses[vif.n_addresses++] = op->addr;
			break;
		case GUEST_ADDRESS_DEL:
			remove_cidr(vif.addresses, &vif.n_addresses, &op->addr);
			break;
		case GUEST_GATEWAY_SET:
			remove_cidr(vif.gateways, &vif.n_gateways, &op->addr);
			vif.gateways[vif.n_gateways++] = op->addr;
			break;
		case GUEST_GATEWAY_DEL:
			remove_cidr(vif.gateways, &vif.n_gateways, &op->addr);
			break;
		default:
			break;
		}
	}
	vif.note = plan.note[1];
	assert_plan("");
}

/* A device that is down and has nothing, and a guest that is told of two addresses. */
static int begin(void **state)
{
	(void)state;
	memset(&vif, 0, sizeof(vif));
	memset(&err, 0, sizeof(err));
	vif.ifindex = 3;
	memcpy(vif.ifname, "eth0", 5);
	vif.mtu_bytes = 1500;
	vif.told = (struct guest_told){ .present = true, .mtu_bytes = 1400 };
	vif.told.n_addresses = 2;
	vif.told.addresses[0] = cidr("192.0.2.2/24");
	vif.told.addresses[1] = cidr("fd00::2/64");
	vif.told.n_gateways = 2;
	vif.told.gateways[0] = cidr("192.0.2.1");
	vif.told.gateways[1] = cidr("fe80::1");
	return 0;
}

#define FIRST                                                                \
	"record what will be set on eth0\n"                                  \
	"set MTU of eth0 to 1400\n"                                          \
	"set eth0 up\n"                                                      \
	"add address 192.0.2.2/24 to eth0\nadd address fd00::2/64 to eth0\n" \
	"set default route via 192.0.2.1 dev eth0\n"                         \
	"set default route via fe80::1 dev eth0\n"

static void test_first(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	assert_true(vif.note.up);
	assert_int_equal(vif.note.mtu_was, 1500);
	assert_int_equal(vif.note.n_addresses, 2);
}

static void test_back(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	memset(&vif.told, 0, sizeof(vif.told));
	assert_plan("set MTU of eth0 to 1500\n"
		    "remove address 192.0.2.2/24 from eth0\n"
		    "remove address fd00::2/64 from eth0\n"
		    "delete default route via 192.0.2.1 dev eth0\n"
		    "delete default route via fe80::1 dev eth0\n"
		    "set eth0 down\n"
		    "remove the note on vif 0\n");
	carry_out();
	assert_int_equal(vif.n_addresses + vif.n_gateways, 0);
}

/* What somebody else has set is not ours: neither set again, nor taken back. */
static void test_others(void **state)
{
	(void)state;
	vif.up = true;
	vif.mtu_bytes = 1400;
	vif.addresses[vif.n_addresses++] = cidr("192.0.2.2/24");
	vif.addresses[vif.n_addresses++] = cidr("10.0.0.5/8");
	/* behind the end of the list of ours */
	vif.note.addresses[0] = cidr("10.0.0.5/8");
	assert_plan("record what will be set on eth0\n"
		    "add address fd00::2/64 to eth0\n"
		    "set default route via 192.0.2.1 dev eth0\n"
		    "set default route via fe80::1 dev eth0\n");
	carry_out();
	memset(&vif.told, 0, sizeof(vif.told));
	assert_plan("remove address fd00::2/64 from eth0\n"
		    "delete default route via 192.0.2.1 dev eth0\n"
		    "delete default route via fe80::1 dev eth0\n"
		    "remove the note on vif 0\n");
	carry_out();
	assert_int_equal(vif.n_addresses, 2);
	assert_int_equal(vif.mtu_bytes, 1400);
	assert_true(vif.up);
}

/* The MTU that somebody has set since is not put back. */
static void test_mtu_changed_since(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	vif.mtu_bytes = 1300;
	memset(&vif.told, 0, sizeof(vif.told));
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	for (unsigned int i = 0; i < plan.n; i++)
		assert_int_not_equal(plan.op[i].kind, GUEST_MTU);
}

static void test_changed(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	vif.told.addresses[0] = cidr("192.0.2.3/24");
	vif.told.n_addresses = 1;
	vif.told.n_gateways = 1;
	/* its gateway may have gone with the last address */
	assert_plan("record what will be set on eth0\n"
		    "remove address 192.0.2.2/24 from eth0\n"
		    "remove address fd00::2/64 from eth0\n"
		    "add address 192.0.2.3/24 to eth0\n"
		    "delete default route via fe80::1 dev eth0\n"
		    "set default route via 192.0.2.1 dev eth0\n"
		    "record what is set on eth0\n");
	assert_int_equal(plan.note[0].n_addresses, 3);
	assert_int_equal(plan.note[1].n_addresses, 1);
	carry_out();
}

static void test_onlink(void **state)
{
	(void)state;
	vif.told.addresses[0] = cidr("192.0.2.2/32");
	assert_plan("record what will be set on eth0\n"
		    "set MTU of eth0 to 1400\n"
		    "set eth0 up\n"
		    "add address 192.0.2.2/32 to eth0\n"
		    "add address fd00::2/64 to eth0\n"
		    "set default route via 192.0.2.1 dev eth0 onlink\n"
		    "set default route via fe80::1 dev eth0\n");
	carry_out();
}

/* Down and up again: the kernel has dropped routes. */
static void test_went_down(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	vif.up = false;
	vif.n_gateways = 0;
	assert_plan("set eth0 up\n"
		    "set default route via 192.0.2.1 dev eth0\n"
		    "set default route via fe80::1 dev eth0\n");
	carry_out();
}

static void test_gone(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	vif.ifindex = 0;
	assert_plan("remove the note on vif 0\n");
	vif.note.ifname[0] = '\0';
	assert_plan("");
	/* nothing of what is told can be set */
	vif.up = false;
	vif.n_addresses = vif.n_gateways = 0;
	assert_plan("");
}

/* What the plan for all vifs goes by is noted as it was told. */
static void test_noted(void **state)
{
	(void)state;
	vif.devid = 5;
	vif.told.n_dns = 2;
	vif.told.dns[0] = cidr("9.9.9.9");
	vif.told.dns[1] = cidr("2620:fe::fe");
	vif.told.share = true;
	vif.told.n_share_to = 1;
	memcpy(vif.told.share_to[0], "wwan*", 6);
	assert_plan(FIRST);
	assert_int_equal(plan.ifindex, 3);
	carry_out();
	assert_int_equal(vif.note.n_dns, 2);
	assert_true(xnm_cidr_equal(&vif.note.dns[0], &vif.told.dns[0]));
	assert_true(xnm_cidr_equal(&vif.note.dns[1], &vif.told.dns[1]));
	assert_true(vif.note.share[0] && vif.note.share[1]);
	assert_int_equal(vif.note.n_share_to, 1);
	assert_string_equal(vif.note.share_to[0], "wwan*");
	/* as much as before, but something else */
	vif.told.dns[1] = cidr("1.1.1.1");
	assert_plan("record what will be set on eth0\n");
	carry_out();
	/* IPv6 is shared only by a vif that has an address of it, and the MTU is its own again */
	vif.told.n_addresses = vif.told.n_gateways = 1;
	vif.told.mtu_bytes = 0;
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	assert_true(plan.note[1].share[0] && !plan.note[1].share[1]);
	assert_int_equal(plan.note[1].mtu_bytes, 0);
	assert_int_equal(plan.note[1].mtu_was, 0);
	vif.told.n_addresses = 2;
	vif.told.share = false;
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	assert_false(plan.note[1].share[0] || plan.note[1].share[1]);
	memset(&vif.told, 0, sizeof(vif.told));
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	assert_int_equal(plan.op[plan.n - 1].kind, GUEST_NOTE_REMOVE);
	assert_int_equal(plan.devid, 5);
}

#define ASSERT_DIFFERS(change)                   \
	do {                                     \
		b = a;                           \
		b.change;                        \
		assert_false(same_note(&a, &b)); \
		assert_false(same_note(&b, &a)); \
	} while (0)

static void test_same_note(void **state)
{
	struct guest_note a = { .ifname = "eth0", .n_addresses = 1, .n_dns = 1, .n_share_to = 1 },
			  b;

	(void)state;
	a.addresses[0] = cidr("192.0.2.2/24");
	a.dns[0] = cidr("9.9.9.9");
	memcpy(a.share_to[0], "wwan0", 6);
	ASSERT_DIFFERS(n_addresses = 2);
	ASSERT_DIFFERS(n_dns = 2);
	ASSERT_DIFFERS(n_share_to = 2);
	ASSERT_DIFFERS(addresses[0].prefix_len = 25);
	ASSERT_DIFFERS(dns[0].addr[0] = 8);
	ASSERT_DIFFERS(share_to[0][0] = 'l');
	ASSERT_DIFFERS(ifname[0] = 'n');
	ASSERT_DIFFERS(up = true);
	ASSERT_DIFFERS(mtu_bytes = 1400);
	ASSERT_DIFFERS(mtu_was = 1400);
	ASSERT_DIFFERS(share[0] = true);
	ASSERT_DIFFERS(share[1] = true);
	/* behind the ends of its lists */
	b = a;
	assert_true(same_note(&a, &b));
	b.addresses[1] = b.dns[1] = cidr("1.1.1.1");
	b.share_to[1][0] = 'x';
	assert_true(same_note(&a, &b));
}

static void test_nothing_told(void **state)
{
	(void)state;
	memset(&vif.told, 0, sizeof(vif.told));
	vif.addresses[vif.n_addresses++] = cidr("192.0.2.2/24");
	assert_plan("");
}

/* The routes of one family go with its last address, and those of the other one stay. */
static void test_one_family_lost(void **state)
{
	(void)state;
	assert_plan(FIRST);
	carry_out();
	vif.told.addresses[0] = cidr("192.0.2.3/24");
	vif.told.n_gateways = 2;
	assert_plan("record what will be set on eth0\n"
		    "remove address 192.0.2.2/24 from eth0\n"
		    "add address 192.0.2.3/24 to eth0\n"
		    "set default route via 192.0.2.1 dev eth0\n"
		    "record what is set on eth0\n");
	carry_out();
	vif.told.addresses[1] = cidr("fd00::3/64");
	assert_plan("record what will be set on eth0\n"
		    "remove address fd00::2/64 from eth0\n"
		    "add address fd00::3/64 to eth0\n"
		    "set default route via fe80::1 dev eth0\n"
		    "record what is set on eth0\n");
}

/* What was told earlier is behind the end of a list, and no longer in it. */
static void test_behind_the_end(void **state)
{
	(void)state;
	vif.told.n_addresses = 1;
	vif.told.addresses[0] = cidr("192.0.2.2/32");
	vif.told.addresses[1] = cidr("192.0.2.0/24");
	vif.told.n_gateways = 1;
	vif.told.gateways[1] = cidr("192.0.2.9");
	vif.note.addresses[0] = cidr("192.0.2.7/24");
	vif.addresses[0] = cidr("192.0.2.7/24");
	vif.gateways[0] = cidr("192.0.2.8");
	assert_plan("record what will be set on eth0\n"
		    "set MTU of eth0 to 1400\n"
		    "set eth0 up\n"
		    "add address 192.0.2.2/32 to eth0\n"
		    "set default route via 192.0.2.1 dev eth0 onlink\n");
}

/* What has no room is refused; nothing is lost without a word. */
static void test_full(void **state)
{
	(void)state;
	guest_plan_begin(&plan);
	for (unsigned int i = 0; i < GUEST_MAX_OPS; i++)
		(void)guest_plan_add(&plan, GUEST_UP);
	assert_int_equal(plan.n, GUEST_MAX_OPS);
	assert_int_equal(guest_plan_end(&plan, "set eth0 up", &err), 0);
	(void)guest_plan_add(&plan, GUEST_DOWN);
	assert_int_equal(plan.n, GUEST_MAX_OPS);
	assert_int_equal(plan.op[plan.n - 1].kind, GUEST_UP);
	assert_int_equal(guest_plan_end(&plan, "set eth0 up", &err), -E2BIG);
	assert_string_equal(err.text, "cannot set eth0 up: that is more than 1536 operations");
	guest_plan_begin(&plan);
	assert_int_equal(guest_plan_end(&plan, "set eth0 up", &err), 0);
}

/* Twice as many addresses as a guest can be told of are noted, and a third lot would not be. */
static void test_full_note(void **state)
{
	const unsigned int room = XNM_N_ELEMENTS(vif.note.addresses);

	(void)state;
	memcpy(vif.note.ifname, "eth0", 5);
	vif.note.n_addresses = room;
	for (unsigned int i = 0; i < room; i++) {
		vif.note.addresses[i] = cidr("198.51.100.0/24");
		vif.note.addresses[i].addr[3] = (uint8_t)(i + 1);
	}
	vif.note.addresses[0] = vif.told.addresses[0];
	vif.note.addresses[1] = vif.told.addresses[1];
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), 0);
	vif.told.addresses[0] = cidr("192.0.2.3/24");
	memcpy(vif.ifname, "net7", 5);
	assert_int_equal(guest_plan_vif(&plan, &vif, &err), -E2BIG);
	assert_string_equal(err.text, "cannot set net7 up: that is more than 1536 operations");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first, begin),
		cmocka_unit_test_setup(test_back, begin),
		cmocka_unit_test_setup(test_others, begin),
		cmocka_unit_test_setup(test_mtu_changed_since, begin),
		cmocka_unit_test_setup(test_changed, begin),
		cmocka_unit_test_setup(test_onlink, begin),
		cmocka_unit_test_setup(test_went_down, begin),
		cmocka_unit_test_setup(test_gone, begin),
		cmocka_unit_test_setup(test_noted, begin),
		cmocka_unit_test(test_same_note),
		cmocka_unit_test_setup(test_nothing_told, begin),
		cmocka_unit_test_setup(test_one_family_lost, begin),
		cmocka_unit_test_setup(test_behind_the_end, begin),
		cmocka_unit_test_setup(test_full, begin),
		cmocka_unit_test_setup(test_full_note, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
