/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_identity.c - who is one guest, and who has only copied something of it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/core/identity.h"
#include "hotplug/notes/address.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/vif.h"
#include "tests/unit/run_dir.h"

#define UUID_A "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a"
#define UUID_B "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5b"

static const struct xnm_mac mac = { { 0, 0x16, 0x3e, 0, 0, 1 } };
static const struct xnm_mac other_mac = { { 0, 0x16, 0x3e, 0, 0, 2 } };

struct who {
	uint32_t domid, target;
	const char *uuid, *name;
};

static struct xnm_identity identity(const struct who *who)
{
	return (struct xnm_identity){
		.domid = who->domid,
		.target = who->target,
		.mac = mac,
		.name = who->name,
		.uuid = who->uuid,
	};
}

/* Who is whom must not depend on who comes first. */
static void test_same(void **state)
{
	static const struct {
		struct who a, b;
		bool same; /* both are there */
		bool follows; /* one of the two is on its way out */
	} cases[] = {
		/* a migration, a reboot */
		{ { 1, 0, UUID_A, "web" }, { 2, 0, UUID_A, "web" }, true, true },
		/* two guests */
		{ { 1, 0, UUID_A, "web" }, { 2, 0, UUID_B, "db" }, false, false },
		/* a copy of the whole file, or of all but its name */
		{ { 1, 0, UUID_A, "web" }, { 2, 0, UUID_B, "web" }, false, true },
		{ { 1, 0, UUID_A, "web" }, { 2, 0, UUID_A, "db" }, false, true },
		/* only one of the two is known of both */
		{ { 1, 0, "", "web" }, { 2, 0, UUID_A, "web" }, true, true },
		{ { 1, 0, "", "web" }, { 2, 0, UUID_A, "db" }, false, false },
		{ { 1, 0, UUID_A, "" }, { 2, 0, UUID_A, "web" }, true, true },
		{ { 1, 0, UUID_A, "" }, { 2, 0, UUID_B, "web" }, false, false },
		{ { 1, 0, "", "web" }, { 2, 0, "", "web" }, true, true },
		{ { 1, 0, UUID_A, "" }, { 2, 0, "", "web" }, false, true },
		/* nothing */
		{ { 1, 0, "", "" }, { 2, 0, "", "" }, false, true },
		{ { 1, 0, UUID_A, "web" }, { 2, 0, "", "" }, false, true },
		/* two vifs of one domain */
		{ { 1, 0, UUID_A, "web" }, { 1, 0, UUID_A, "web" }, false, false },
		/* a stub domain, and that of another; the UUID is the target's */
		{ { 1, 0, UUID_A, "web" }, { 2, 1, UUID_A, "web-dm" }, true, true },
		{ { 1, 0, UUID_A, "web" }, { 2, 3, UUID_B, "web-dm" }, false, false },
		{ { 1, 0, "", "web" }, { 2, 1, "", "web-dm" }, true, true },
		{ { 1, 0, "", "web" }, { 2, 3, "", "web" }, false, true },
		/* and of the same guest under another number, as in a migration */
		{ { 1, 0, UUID_A, "web" }, { 4, 3, UUID_A, "web-dm" }, true, true },
		{ { 2, 1, UUID_A, "web-dm" }, { 4, 3, UUID_A, "web-dm" }, true, true },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		struct xnm_identity a = identity(&cases[i].a), b = identity(&cases[i].b);

		if (xnm_same_guest(&a, &b) != cases[i].same ||
		    xnm_same_guest(&b, &a) != cases[i].same ||
		    xnm_follows_guest(&a, &b) != cases[i].follows ||
		    xnm_follows_guest(&b, &a) != cases[i].follows)
			fail_msg("case %zu", i);
		/* without the MAC address nothing is the same */
		b.mac = other_mac;
		assert_false(xnm_same_guest(&a, &b));
		assert_false(xnm_follows_guest(&a, &b));
	}
}

static void test_uuid(void **state)
{
	static const char *const good[] = {
		"/vm/" UUID_A,
		"vm/" UUID_A,
		"/vm/" UUID_A "-1",
		"vm/" UUID_A "-123",
		"/vm/9B6A4C1E-0D2F-4A37-8C55-1F0E2D3C4B5A",
	};
	static const char *const bad[] = {
		"",
		"/",
		"/vm",
		"/vm/",
		"vm",
		UUID_A,
		"/" UUID_A,
		"//vm/" UUID_A,
		"/vm/" UUID_A "-",
		"/vm/" UUID_A "-x",
		"/vm/" UUID_A "/",
		"/vm/" UUID_A "1",
		"/vm/9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5",
		"/vm/9b6a4c1e00d2f-4a37-8c55-1f0e2d3c4b5a",
		"/vm/9b6a4c1g-0d2f-4a37-8c55-1f0e2d3c4b5a",
		"/vm/9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a-1-2",
	};
	char out[XNM_UUID_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(good); i++) {
		xnm_uuid_of_vm(good[i], out);
		assert_string_equal(out, UUID_A);
	}
	for (size_t i = 0; i < XNM_N_ELEMENTS(bad); i++) {
		xnm_uuid_of_vm(bad[i], out);
		assert_string_equal(out, "");
	}
}

static void test_suffix(void **state)
{
	static const char *const cases[][2] = {
		{ "web", "web" },
		{ "web--incoming", "web" },
		{ "web--migratedaway", "web" },
		{ "--incoming", "--incoming" },
		{ "web--incoming-dm", "web--incoming-dm" },
		{ "", "" },
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		(void)snprintf(name, sizeof(name), "%s", cases[i][0]);
		assert_int_equal(xnm_strip_migration_suffix(name),
				 strcmp(cases[i][0], cases[i][1]) != 0);
		assert_string_equal(name, cases[i][1]);
	}
}

/* ------------------------------------------------------------------- notes */

static const struct xnm_owner one = { 1, 0 }, two = { 2, 0 }, three = { 3, 0 };

static int claim(const char *scope, const struct xnm_owner *self, const struct xnm_owner *from)
{
	struct xnm_owners owners = { 0 };
	struct xnm_owner owner;

	if (from)
		xnm_owners_add(&owners, from);
	return xnm_mac_note_claim(&dir, scope, &mac, self, &owners, &owner);
}

static uint32_t owner_of(const char *scope)
{
	struct xnm_owner owner;

	return xnm_mac_note_owner(&dir, scope, &mac, &owner) ? 0 : owner.domid;
}

static int count(void *arg, const struct xnm_owner *owner)
{
	unsigned int *sum = arg;

	*sum += owner->domid;
	return 0;
}

static void test_claims(void **state)
{
	unsigned int sum = 0;

	(void)state;
	assert_int_equal(owner_of("br0"), 0);
	assert_int_equal(claim("br0", &one, NULL), 0);
	assert_int_equal(claim("br0", &one, NULL), 0);
	assert_int_equal(claim("br0", &two, NULL), -EEXIST);
	/* only from whom it may be taken */
	assert_int_equal(claim("br0", &two, &three), -EEXIST);
	assert_int_equal(owner_of("br0"), 1);
	assert_int_equal(claim("br0", &two, &one), 0);
	assert_int_equal(owner_of("br0"), 2);
	/* two who both saw the first one: the second is too late */
	assert_int_equal(claim("br0", &three, &one), -EEXIST);
	/* elsewhere it is another one */
	assert_int_equal(claim("br1", &three, NULL), 0);
	assert_int_equal(claim("br0.10", &three, NULL), 0);
	assert_int_equal(claim("br01", &one, NULL), 0);
	assert_int_equal(xnm_mac_note_each(&dir, "br0", &mac, count, &sum), 0);
	assert_int_equal(sum, 2 + 3);
	/* who has lost it takes nothing back */
	xnm_mac_note_release(&dir, "br0", &mac, &one, &one);
	assert_int_equal(owner_of("br0"), 2);
	/* an heir must be there */
	xnm_mac_note_release(&dir, "br0", &mac, &two, &one);
	assert_int_equal(owner_of("br0"), 0);
	note_vif(1, 0);
	assert_int_equal(claim("br0", &two, NULL), 0);
	xnm_mac_note_release(&dir, "br0", &mac, &two, &one);
	assert_int_equal(owner_of("br0"), 1);
}

/* Those of a version that did not note them, of which one has moved from another. */
static void test_adopt(void **state)
{
	(void)state;
	put_file("vif/1.0", "[vif]\nifname=vif1.0\nmac=00:16:3e:00:00:01\nbridge=br0\n");
	put_file("vif/2.0", "[vif]\nifname=vif2.0\nmac=00:16:3e:00:00:01\nbridge=br0\n"
			    "predecessor=1.0\n");
	put_file("vif/3.0", "[vif]\nifname=vif3.0\nmac=00:16:3e:00:00:01\nbridge=br0\nvlan=7\n");
	put_file("vif/4.0", "[vif]\nifname=vif4.0\nmac=00:16:3e:00:00:01\nbridge=br1\nvlan=1\n");
	put_file("vif/5.0", "[vif]\nifname=vif5.0\nmac=00:16:3e:00:00:01\nbridge=br1\nvlan=8p/9\n");
	put_file("vif/6.0", "[vif]\nifname=vif6.0\nmac=00:16:3e:00:00:01\nrouted=yes\n");
	put_file("vif/7.0", "[vif]\nifname=vif7.0\nmac=00:16:3e:00:00:01\nbridge=br2\nvlan=7\n"
			    "address=10.0.0.7/32\nscope=br2\n");
	assert_int_equal(unlinkat(dir.run_fd, "mac", AT_REMOVEDIR), 0);
	assert_int_equal(xnm_mac_notes_begin(&dir), 0);
	assert_int_equal(owner_of("br0"), 2);
	assert_int_equal(owner_of("br0.7"), 3);
	assert_int_equal(owner_of("br1"), 4);
	assert_int_equal(owner_of("br1*"), 5);
	assert_int_equal(owner_of("br2"), 7);
	assert_int_equal(count_files("mac"), 5);
	/* and they go as others do */
	assert_int_equal(xnm_vif_note_remove(&dir, 3, 0), 0);
	xnm_address_notes_check(&dir);
	assert_int_equal(count_files("mac"), 4);
	xnm_address_notes_forget(&dir, &two);
	assert_int_equal(owner_of("br0"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_run, remove_run)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_suffix),
		TEST(test_claims),
		TEST(test_adopt),
	};
	int rc;

	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests_name("identity", tests, NULL, NULL);
	return rmdir(run_top) || rc;
}
