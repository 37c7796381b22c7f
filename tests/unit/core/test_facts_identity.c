/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_facts_identity.c - what others' notes, xenstore and the kernel say about who has a MAC address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/run_dir.h"

/* what xenstore has, as "PATH/KEY=VALUE" lines, and the devices that there are */
static char store_text[512];
static int store_rc = -ENOENT; /* of what is not in it */
static char devices[64];

static int fake_store_read(void *store, const char *dir_path, const char *key, char *out,
			   size_t out_size)
{
	char line[128], *value;

	(void)store;
	(void)snprintf(line, sizeof(line), "%s/%s=", dir_path, key);
	value = strstr(store_text, line);
	if (!value)
		return store_rc;
	value += strlen(line);
	(void)snprintf(out, out_size, "%.*s", (int)strcspn(value, "\n"), value);
	return 0;
}

static unsigned int fake_nametoindex(const char *name)
{
	errno = ENODEV;
	return strstr(devices, name) != NULL;
}

#include "hotplug/core/witness.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/vif.h"
#include "hotplug/xen/store.h"
#define xnm_store_read		 fake_store_read
#define if_nametoindex		 fake_nametoindex
#define xnm_vif_is_used(d, n)	 (strstr(devices, "used") != NULL)
#define xnm_kernel_has_vif(d, n) (strstr(devices, "bus") != NULL)
#include "hotplug/core/kin.c"

#define UUID_A "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a"
#define UUID_B "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5b"
#define KEYS   "backend/vif/1/0/state=4\nbackend/vif/1/0/frontend-id=1\nbackend/vif/1/0/online=1\n"

static struct xnm_facts facts;
static struct xnm_event event;
static struct xnm_want want;
static struct xnm_err err;

static int begin(void **state)
{
	static const struct xnm_mac mac = { { 0, 0x16, 0x3e, 0, 0, 1 } };

	xnm_facts_clear(&facts);
	facts.dir = &dir;
	facts.guest.mac = mac;
	(void)snprintf(facts.guest.uuid, sizeof(facts.guest.uuid), UUID_A);
	(void)snprintf(facts.guest.domain_name, sizeof(facts.guest.domain_name), "web");
	xnm_event_init(&event, XNM_VERB_ONLINE, 2, 0);
	memset(&want, 0, sizeof(want));
	want.attach = true;
	(void)snprintf(want.bridge.name, sizeof(want.bridge.name), "br0");
	(void)snprintf(want.address.scope, sizeof(want.address.scope), "br0");
	facts.bridge.link.ifindex = 1;
	facts.bridge.link.default_pvid = 1;
	(void)snprintf(store_text, sizeof(store_text), KEYS);
	(void)snprintf(devices, sizeof(devices), "vif1.0");
	store_rc = -ENOENT;
	err.text[0] = '\0';
	return open_run(state);
}

/* Notes of vif 1.0: these lines. */
static void note(const char *lines)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
		       "[vif]\nifname=vif1.0\nmac=00:16:3e:00:00:01\nbridge=br0\n%s", lines);
	put_file("vif/1.0", text);
}

static enum xnm_kin kin(void)
{
	static const struct xnm_owner one = { 1, 0 };
	static struct xnm_vif_note other;

	return xnm_facts_kin(&facts, &event, &one, &other);
}

static void store(const char *lines)
{
	(void)snprintf(store_text, sizeof(store_text), "%s", lines);
}

static void test_kin(void **state)
{
	(void)state;
	note("uuid=" UUID_A "\ndomain=web\n");
	assert_int_equal(kin(), XNM_KIN_SAME);
	/* renamed */
	note("uuid=" UUID_A "\ndomain=old\n");
	assert_int_equal(kin(), XNM_KIN_OTHER);
	store(KEYS "/local/domain/1/name=web--migratedaway\n");
	assert_int_equal(kin(), XNM_KIN_SAME);
	store(KEYS "/local/domain/1/name=db\n");
	assert_int_equal(kin(), XNM_KIN_OTHER);
	/* not by its name alone */
	note("uuid=" UUID_B "\ndomain=old\n");
	store(KEYS "/local/domain/1/name=web\n");
	assert_int_equal(kin(), XNM_KIN_OTHER);
}

static void test_leaving(void **state)
{
	static const char *const going[] = {
		"backend/vif/1/0/online=0\nbackend/vif/1/0/state=4\n",
		"backend/vif/1/0/online=0\nbackend/vif/1/0/state=5\n",
		"backend/vif/1/0/online=1\nbackend/vif/1/0/state=6\n",
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(going); i++) {
		store(going[i]);
		note("uuid=" UUID_B "\ndomain=web\n");
		assert_int_equal(kin(), XNM_KIN_SAME);
		note("uuid=" UUID_B "\ndomain=db\n");
		assert_int_equal(kin(), XNM_KIN_OTHER);
		/* in a driver domain */
		note("");
		assert_int_equal(kin(), XNM_KIN_SAME);
	}
	store(KEYS);
	assert_int_equal(kin(), XNM_KIN_OTHER);
	/* an absolute path, as the toolstack of another domain may give it */
	(void)snprintf(event.backend, sizeof(event.backend), "/local/domain/7/backend/vif/2/0");
	store("/local/domain/7/backend/vif/1/0/online=0\n");
	assert_int_equal(kin(), XNM_KIN_SAME);
}

/* Neither a silent xenstore nor a missing device says that it has gone. */
static void test_gone(void **state)
{
	(void)state;
	note("uuid=" UUID_B "\ndomain=db\n");
	store("");
	assert_int_equal(kin(), XNM_KIN_OTHER);
	devices[0] = '\0';
	assert_int_equal(kin(), XNM_KIN_GONE);
	store_rc = -ETIMEDOUT;
	assert_int_equal(kin(), XNM_KIN_OTHER);
	store_rc = -ENOENT;
	(void)snprintf(devices, sizeof(devices), "bus");
	assert_int_equal(kin(), XNM_KIN_OTHER);
	devices[0] = '\0';
	store(KEYS);
	assert_int_equal(kin(), XNM_KIN_OTHER);
	/* without notes, and with such that cannot be read */
	assert_int_equal(xnm_vif_note_remove(&dir, 1, 0), 0);
	assert_int_equal(kin(), XNM_KIN_GONE);
	(void)snprintf(devices, sizeof(devices), "used");
	assert_int_equal(kin(), XNM_KIN_OTHER);
	devices[0] = '\0';
	put_file("vif/1.0", "[vif]\nmac=nonsense\n");
	assert_int_equal(kin(), XNM_KIN_OTHER);
}

static void test_mac(void **state)
{
	static const struct xnm_owner one = { 1, 0 }, self = { 2, 0 };
	struct xnm_owner owner;

	(void)state;
	note("uuid=" UUID_B "\ndomain=db\n");
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	assert_true(facts.address.mac_is_free);
	assert_int_equal(xnm_mac_note_claim(&dir, "br0", &facts.guest.mac, &one, NULL, &owner), 0);
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), -EADDRINUSE);
	assert_string_equal(err.text,
			    "mac=00:16:3e:00:00:01 of vif2.0 (web) is that of vif1.0 (db) on br0, "
			    "which is another guest: give one of the two another mac=");
	/* another vif of the same domain */
	event.domid = 1;
	event.devid = 1;
	err.text[0] = '\0';
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), -EADDRINUSE);
	assert_non_null(strstr(err.text, "vif1.1 and vif1.0 of one guest (web)"));
	event.domid = 2;
	event.devid = 0;
	/* nowhere, and elsewhere */
	want.backend = XNM_BACKEND_ROUTE;
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	want.backend = XNM_BACKEND_BRIDGE;
	want.attach = false;
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	want.attach = true;
	(void)snprintf(want.address.scope, sizeof(want.address.scope), "br0.7");
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	(void)snprintf(want.address.scope, sizeof(want.address.scope), "br0");
	/* it has another one by now */
	put_file("vif/1.0", "[vif]\nifname=vif1.0\nmac=00:16:3e:00:00:02\nbridge=br0\n");
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	assert_int_equal(facts.address.leave.n, 1);
	assert_false(facts.address.is_same_guests);
	/* the same guest */
	note("uuid=" UUID_A "\ndomain=web\n");
	facts.address.leave.n = 0;
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	assert_true(facts.address.is_same_guests && facts.address.mac_is_free);
	assert_int_equal(facts.address.predecessor.domid, 1);
	/* its own */
	assert_int_equal(xnm_mac_note_claim(&dir, "br0", &facts.guest.mac, &self,
					    &facts.address.leave, &owner),
			 0);
	assert_int_equal(xnm_facts_mac(&facts, &event, &want, &err), 0);
	assert_false(facts.address.mac_is_free);
}

/* Trunks are in many VLANs at once. */
static void test_trunks(void **state)
{
	static const struct {
		const char *theirs, *scope; /* of vif 1.0 */
		const char *mine, *my_scope;
		bool meet;
	} cases[] = {
		{ "10/20p", "br0*", "20", "br0.20", true },
		{ "10/20p", "br0*", "10", "br0.10", true },
		{ "10/20p", "br0*", "30", "br0.30", false },
		{ "10/20p", "br0*", "", "br0", false },
		{ "1p/20", "br0*", "", "br0", true },
		{ "20", "br0.20", "10/20p", "br0*", true },
		{ "30", "br0.30", "10/20p", "br0*", false },
		{ "", "br0", "1p/20", "br0*", true },
		{ "", "br0", "10/20p", "br0*", false },
		{ "10/20p", "br0*", "10/30p", "br0*", true },
		/* so many that the note had no room for them */
		{ "10p/20/...", "br0*", "30", "br0.30", true },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		static const struct xnm_owner one = { 1, 0 };
		struct xnm_owner owner;
		const char *reason;
		char lines[160];
		int rc;

		(void)snprintf(lines, sizeof(lines), "domain=db\nmac-scope=%s\n%s%s\n",
			       cases[i].scope, cases[i].theirs[0] ? "vlan=" : "address=10.0.0.9/32",
			       cases[i].theirs);
		note(lines);
		assert_int_equal(xnm_mac_note_claim(&dir, cases[i].scope, &facts.guest.mac, &one,
						    NULL, &owner),
				 0);
		want.bridge.has_vlan = cases[i].mine[0] != '\0';
		memset(&want.bridge.vlan, 0, sizeof(want.bridge.vlan));
		if (want.bridge.has_vlan)
			assert_int_equal(xnm_vlans_parse(cases[i].mine, &want.bridge.vlan, &reason),
					 0);
		want.bridge.is_trunk = strchr(cases[i].my_scope, '*') != NULL;
		(void)snprintf(want.address.scope, sizeof(want.address.scope), "%s",
			       want.bridge.is_trunk ? "br0.x" : cases[i].my_scope);
		rc = xnm_facts_mac(&facts, &event, &want, &err);
		if (rc != (cases[i].meet ? -EADDRINUSE : 0))
			fail_msg("case %zu: %d: %s", i, rc, err.text);
		xnm_mac_note_release(&dir, cases[i].scope, &facts.guest.mac, &one, &one);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, remove_run)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_kin), TEST(test_leaving), TEST(test_gone),
		TEST(test_mac), TEST(test_trunks),
	};
	int rc;

	(void)note_vif;
	if (make_run_top())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests_name("facts-identity", tests, NULL, NULL);
	return rmdir(run_top) || rc;
}
