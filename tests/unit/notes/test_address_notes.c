/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_address_notes.c - no two live vifs have the same address, or one in the prefix of the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/run_dir.h"

#include "hotplug/notes/address.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/owned.h"

static const struct xnm_owner one = { 1, 0 }, two = { 2, 3 };

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	if (xnm_parse_cidr(text, &out))
		fail_msg("'%s' is no address", text);
	return out;
}

static int claim(const char *scope, const char *text, const struct xnm_owner *self, bool take_over)
{
	const struct xnm_cidr address = cidr(text);
	const struct xnm_owners both = { 2, { one, two } };
	struct xnm_owner owner;

	return xnm_address_note_claim(&dir, scope, &address, self, take_over ? &both : NULL,
				      &owner);
}

static bool is(const char *scope, const char *text, const struct xnm_owner *self)
{
	const struct xnm_cidr address = cidr(text);

	return xnm_address_note_is(&dir, scope, &address, self);
}

static void release(const char *scope, const char *text, const struct xnm_owner *self)
{
	const struct xnm_cidr address = cidr(text);

	xnm_address_note_release(&dir, scope, &address, self);
}

static bool anybody(void *arg, const struct xnm_owner *owner)
{
	unsigned int *n = arg;

	(void)owner;
	(*n)++;
	return true;
}

static bool nobody(void *arg, const struct xnm_owner *owner)
{
	(void)anybody(arg, owner);
	return false;
}

/* Whether another vif than self has an address in common with it. */
static bool find(const char *scope, const char *text, const struct xnm_owner *self)
{
	const struct xnm_cidr address = cidr(text);
	struct xnm_owner owner = { 99, 99 };
	unsigned int n = 0;
	int rc = xnm_address_note_find(&dir, scope, &address, self, anybody, &n, &owner);

	assert_int_equal(rc, n ? 0 : -ENOENT);
	assert_true(n == 0 || owner.domid == one.domid || owner.domid == two.domid);
	return rc == 0;
}

static void test_claims(void **state)
{
	(void)state;
	assert_false(is("br0", "10.0.0.5", &one));
	assert_int_equal(claim("br0", "10.0.0.5", &one, false), 0);
	assert_int_equal(claim("br0", "10.0.0.5", &one, false), 0);
	assert_true(is("br0", "10.0.0.5", &one));
	assert_false(is("br0", "10.0.0.5", &two));
	assert_int_equal(claim("br0", "10.0.0.5", &two, false), -EEXIST);
	/* how long somebody wrote its prefix is no other address */
	assert_int_equal(claim("br0", "10.0.0.5/24", &two, false), -EEXIST);
	assert_true(is("br0", "10.0.0.5/16", &one));
	/* elsewhere it is another address */
	assert_int_equal(claim("br1", "10.0.0.5", &two, false), 0);
	assert_int_equal(claim("br0.10", "10.0.0.5", &two, false), 0);
	assert_int_equal(claim("-", "10.0.0.5", &two, false), 0);
	assert_int_equal(claim("br0", "10.0.0.6", &two, false), 0);
	assert_int_equal(claim("br0", "2001:db8::5", &two, false), 0);
	/* the other one is told who it was */
	{
		const struct xnm_cidr address = cidr("2001:db8::5");
		struct xnm_owner owner = { 0, 0 };

		assert_int_equal(xnm_address_note_claim(&dir, "br0", &address, &one, NULL, &owner),
				 -EEXIST);
		assert_int_equal(owner.domid, two.domid);
		assert_int_equal(owner.devid, two.devid);
	}
}

static void test_take_over(void **state)
{
	(void)state;
	assert_int_equal(claim("br0", "10.0.0.5", &one, false), 0);
	assert_int_equal(claim("br0", "10.0.0.5", &two, true), 0);
	assert_true(is("br0", "10.0.0.5", &two));
	/* who has lost it takes nothing back */
	release("br0", "10.0.0.5", &one);
	assert_true(is("br0", "10.0.0.5", &two));
	release("br0", "10.0.0.5", &two);
	assert_false(is("br0", "10.0.0.5", &two));
	release("br0", "10.0.0.5", &two);
	assert_int_equal(count_files("address"), 0);
}

static void test_overlaps(void **state)
{
	static const struct {
		const char *a, *b;
		bool overlap;
	} rows[] = {
		{ "10.0.0.5", "10.0.0.5", true },
		{ "10.0.0.5", "10.0.0.6", false },
		{ "10.0.0.5", "10.0.0.0/24", true },
		{ "10.0.1.5", "10.0.0.0/24", false },
		{ "10.0.0.0/24", "10.0.0.0/16", true },
		{ "10.0.0.0/16", "10.0.7.0/24", true },
		{ "10.0.0.0/16", "10.1.0.0/24", false },
		{ "10.0.0.0/24", "10.0.0.0/24", true },
		{ "10.0.0.0/13", "10.7.255.255", true },
		{ "10.0.0.0/13", "10.8.0.0", false },
		/* with host bits it is the one address */
		{ "10.0.0.5/24", "10.0.0.6/24", false },
		{ "10.0.0.5/24", "10.0.0.0/30", false },
		{ "0.0.0.0/0", "10.0.0.5", true },
		{ "0.0.0.0/0", "2001:db8::5", false },
		{ "::/0", "2001:db8::5", true },
		{ "2001:db8::/64", "2001:db8::5", true },
		{ "2001:db8::/64", "2001:db8:0:1::5", false },
		{ "2001:db8::/32", "2001:db8:0:1::/64", true },
		{ "2001:db8::5", "2001:db8::5", true },
		{ "10.0.0.5", "::10.0.0.5", false },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		/* it is the same which of them came first */
		for (int swap = 0; swap < 2; swap++) {
			const char *first = swap ? rows[i].b : rows[i].a;
			const char *second = swap ? rows[i].a : rows[i].b;

			assert_int_equal(remove_run(state), 0);
			assert_int_equal(open_run(state), 0);
			assert_int_equal(claim("br0", first, &one, false), 0);
			if (find("br0", second, &two) != rows[i].overlap)
				fail_msg("%s and then %s", first, second);
			/* with oneself is no conflict, nor with another bridge */
			assert_false(find("br0", second, &one));
			assert_false(find("br", second, &two));
			assert_false(find("br00", second, &two));
		}
	}
}

/* Who is not in the way is passed over, also when more than one is. */
static void test_not_in_the_way(void **state)
{
	const struct xnm_cidr address = cidr("10.0.0.0/24");
	const struct xnm_owner three = { 3, 0 };
	struct xnm_owner owner;
	unsigned int n = 0;

	(void)state;
	assert_int_equal(claim("br0", "10.0.0.5", &one, false), 0);
	assert_int_equal(claim("br0", "10.0.0.6", &two, false), 0);
	assert_int_equal(claim("br0", "10.0.0.0/16", &two, false), 0);
	assert_int_equal(xnm_address_note_find(&dir, "br0", &address, &three, nobody, &n, &owner),
			 -ENOENT);
	assert_int_equal(n, 3);
}

/* Notes of vifs that have gone without a farewell. */
static void test_check(void **state)
{
	(void)state;
	note_vif(1, 0);
	assert_int_equal(claim("br0", "10.0.0.5", &one, false), 0);
	assert_int_equal(claim("br0", "10.1.0.0/16", &one, false), 0);
	assert_int_equal(claim("br0", "10.0.0.6", &two, false), 0);
	assert_int_equal(claim("br0", "10.2.0.0/16", &two, false), 0);
	assert_int_equal(symlinkat("x", dir.address_fd, "br0,10.0.0.7,32"), 0);
	put_file("prefix/br0,10.3.0.0,16", "");
	xnm_address_notes_check(&dir);
	assert_true(is("br0", "10.0.0.5", &one));
	assert_true(is("br0", "10.1.0.0/16", &one));
	assert_int_equal(count_files("address"), 1);
	assert_int_equal(count_files("prefix"), 1);
}

static struct xnm_element *owned(struct xnm_elements *elements, enum xnm_set_id set,
				 const char *scope, const char *text)
{
	struct xnm_element *element = xnm_elements_add(elements, set);
	const struct xnm_cidr address = cidr(text);

	xnm_key_group(element, 0, xnm_scope_group(scope));
	xnm_key_address(element, 1, &address, false);
	return element;
}

/* What several have put into the sets of owners goes with the last of them. */
static void test_owners(void **state)
{
	static struct xnm_elements elements;
	bool claimed[6];

	(void)state;
	elements.n = 0;
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED4, "br0.10", "10.0.0.5");
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED4, "br0*", "10.0.0.5");
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED4, "br0", "10.0.0.5");
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED6, "br0*", "2001:db8::5");
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED_TARGETS6, "br0*", "2001:db8::5");
	(void)owned(&elements, XNM_SET_BRIDGE_OWNED4, "br01*", "10.0.0.5");
	xnm_address_notes_own(&dir, "br0", &elements, NULL, claimed);
	for (size_t i = 0; i < XNM_N_ELEMENTS(claimed); i++)
		assert_false(claimed[i]);
	assert_int_equal(claim("br0.10", "10.0.0.5", &one, false), 0);
	assert_int_equal(claim("br0.20", "2001:db8::5", &two, false), 0);
	/* of another bridge with nearly the same name, and of the same one's neighbours */
	assert_int_equal(claim("br01", "10.0.0.5", &two, false), 0);
	assert_int_equal(claim("br0", "10.0.0.55", &two, false), 0);
	xnm_address_notes_own(&dir, "br0", &elements, NULL, claimed);
	assert_true(claimed[0] && claimed[1] && claimed[3] && claimed[4]);
	assert_false(claimed[2] || claimed[5]);
	/* not one's own */
	xnm_address_notes_own(&dir, "br0", &elements, &one, claimed);
	assert_false(claimed[0] || claimed[1] || claimed[2] || claimed[5]);
	assert_true(claimed[3] && claimed[4]);
}

/* Groups are numbers of 31 bits, none of them that of all devices. */
static void test_scopes(void **state)
{
	struct xnm_vlans vlan = { .pvid = 10 };
	char scope[XNM_SCOPE_LEN];

	(void)state;
	xnm_scope(scope, "", false, NULL);
	assert_string_equal(scope, "-");
	xnm_scope(scope, "br0", false, NULL);
	assert_string_equal(scope, "br0");
	assert_int_equal(xnm_scope_group(scope), 652631391);
	xnm_scope(scope, "a-bridge-of-15c", true, &vlan);
	assert_string_equal(scope, "a-bridge-of-15c.10");
	xnm_scope_vlan(scope, "a-bridge-of-15c", 4094);
	assert_string_equal(scope, "a-bridge-of-15c.4094");
	xnm_scope_trunk(scope, "a-bridge-of-15c");
	assert_string_equal(scope, "a-bridge-of-15c*");
	assert_int_equal(xnm_scope_group("br0*"), 832905007);
	assert_int_equal(xnm_scope_group(""), 2166136261u & 0x7fffffff);
}

/* Notes that are none, and folders that are not there. */
static void test_damaged(void **state)
{
	static const char *const names[] = {
		"br0",	   "br0,",     "br0,x",		  "br0,10.0.0.0",
		"br0,,24", "br0,x,24", "br0,10.0.0.0,33", "br0,10.0.0.0,24,1"
	};
	struct xnm_run_dir nowhere = XNM_RUN_DIR_CLOSED;
	const struct xnm_cidr address = cidr("10.0.0.5");
	struct xnm_owner owner;
	unsigned int n = 0;

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++)
		assert_int_equal(symlinkat("1.0", dir.prefix_fd, names[i]), 0);
	assert_int_equal(symlinkat("../vif/1.0", dir.prefix_fd, "br0,10.0.0.0,24"), 0);
	assert_int_equal(symlinkat("", dir.address_fd, "x") == 0, 0);
	assert_false(find("br0", "10.0.0.5", &two));
	/* nobody's note can be taken */
	assert_int_equal(symlinkat("nobody", dir.address_fd, "br0,10.0.0.5,32"), 0);
	assert_false(find("br0", "10.0.0.5", &two));
	assert_int_equal(claim("br0", "10.0.0.5", &two, true), 0);
	assert_false(xnm_address_note_is(&nowhere, "br0", &address, &one));
	assert_int_equal(
		xnm_address_note_find(&nowhere, "br0", &address, &one, anybody, &n, &owner),
		-ENOENT);
	xnm_address_notes_check(&nowhere);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_claims),	   TEST(test_take_over), TEST(test_overlaps),
		TEST(test_not_in_the_way), TEST(test_check),	 TEST(test_damaged),
		TEST(test_owners),	   TEST(test_scopes),
	};
	int failed;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("address-notes", tests, NULL, NULL);
	(void)rmdir(run_top);
	return failed;
}
