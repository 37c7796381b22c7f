/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_match.c - which [vif] section and which [network] a vif gets. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"

static struct xnm_policy policy;

static void fail_on_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	fail_msg("%s:%u: %s", file, line, text);
}

static void load(const char *text)
{
	_cleanup_fclose_ FILE *stream = fmemopen((char *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(stream);
	assert_int_equal(xnm_policy_load_stream(&policy, stream, "t", fail_on_mistake, NULL), 0);
}

static struct xnm_vif_identity vif_of(const char *name, uint32_t devid)
{
	struct xnm_vif_identity id = {
		.uuid = "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a",
		.mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } },
		.devid = devid,
		.bridge = "xenbr0",
		.vifname = "web-if",
		.vif = "vif3.0",
	};

	(void)snprintf(id.domain_name, sizeof(id.domain_name), "%s", name);
	return id;
}

/* The argument of the section that a vif gets, "none" without one. */
static const char *match(const struct xnm_vif_identity *id)
{
	const struct xnm_vif_policy *vif = xnm_policy_match(&policy, id);

	return vif ? vif->match : "none";
}

static const char *match_name(const char *name, uint32_t devid)
{
	struct xnm_vif_identity id = vif_of(name, devid);

	return match(&id);
}

/* Whether a vif gets a [vif *] section with that one key. */
static bool key_matches(const char *key, const struct xnm_vif_identity *id)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "[vif *]\n%s\n", key);
	load(text);
	return xnm_policy_match(&policy, id) != NULL;
}

static void test_first_wins(void **state)
{
	(void)state;
	load("[vif web1]\n[vif web*/0]\n[vif web*]\n[vif *]\n");
	assert_string_equal(match_name("web1", 0), "web1");
	assert_string_equal(match_name("web1", 7), "web1");
	assert_string_equal(match_name("web2", 0), "web*/0");
	assert_string_equal(match_name("web2", 1), "web*");
	assert_string_equal(match_name("web", 1), "web*");
	assert_string_equal(match_name("db", 0), "*");
	assert_string_equal(match_name("", 0), "*");
}

static void test_no_section(void **state)
{
	(void)state;
	load("");
	assert_string_equal(match_name("web1", 0), "none");
	load("[vif web1]\n");
	assert_string_equal(match_name("web", 0), "none");
	assert_string_equal(match_name("web11", 0), "none");
	assert_string_equal(match_name("WEB1", 0), "none");
}

static void test_unknown_name(void **state)
{
	static const char *const never[] = { "web",  "w*",  "?*",   "**", "[a-z]*",
					     "*web", "*w*", "?*/0", "*?", "[!a]*" };

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(never); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "[vif %s]\n", never[i]);
		load(text);
		assert_string_equal(match_name("", 0), "none");
	}
	load("[vif */1]\n[vif *]\n");
	assert_string_equal(match_name("", 1), "*/1");
	assert_string_equal(match_name("", 0), "*");
}

static void test_patterns(void **state)
{
	static const struct {
		const char *section, *name;
		uint32_t devid;
		bool matches;
	} cases[] = {
		{ "web?", "web1", 0, true },
		{ "web?", "web", 0, false },
		{ "web?", "web12", 0, false },
		{ "web[0-9]", "web5", 0, true },
		{ "web[0-9]", "webx", 0, false },
		{ "web[!0-9]", "webx", 0, true },
		{ "web[0-9]/[01]", "web5", 1, true },
		{ "web[0-9]/[01]", "web5", 2, false },
		{ "*-prod", "web-prod", 0, true },
		{ "*-prod", "web-test", 0, false },
		{ "*/0", "any", 0, true },
		{ "*/0", "any", 10, false },
		{ "*/1*", "any", 10, true },
		{ "web/*", "web", 3, true },
		{ "web/?", "web", 12, false },
		{ "my?guest", "my guest", 0, true },
		{ ".hidden", ".hidden", 0, true },
		{ "*", ".hidden", 0, true },
		{ "?hidden", ".hidden", 0, true },
		{ "[]x]y", "]y", 0, true },
		{ "web as 2", "web", 0, true },
		{ "web/1 as 2", "web", 1, true },
		{ "web/1 as 2", "web", 2, false },
		{ "* as 2", "", 0, true },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "[vif %s]\n", cases[i].section);
		load(text);
		assert_string_equal(match_name(cases[i].name, cases[i].devid),
				    cases[i].matches ? cases[i].section : "none");
	}
}

static void test_keys(void **state)
{
	static const struct {
		const char *key;
		bool matches;
	} cases[] = {
		{ "match-name=db web*", true },
		{ "match-name=db", false },
		{ "match-uuid=9B6A4C1E-0D2F-4A37-8C55-1F0E2D3C4B5A", true },
		{ "match-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5b", false },
		{ "match-mac=00:16:3e:00:00:01 00:16:3E:12:34:56", true },
		{ "match-mac=00:16:3e:00:00:01", false },
		{ "match-devid=0 2", true },
		{ "match-devid=1 2", false },
		{ "match-bridge=xenbr*", true },
		{ "match-bridge=br*", false },
		{ "match-interface=web-*", true },
		{ "match-interface=vif3.*", true },
		{ "match-interface=vif4.*", false },
		/* a list that was emptied again asks for nothing */
		{ "match-devid=1\nmatch-devid=", true },
	};
	struct xnm_vif_identity id = vif_of("web1", 0);

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++)
		assert_int_equal(key_matches(cases[i].key, &id), cases[i].matches);
}

static void test_keys_unknown_identity(void **state)
{
	struct xnm_vif_identity id = { .vif = "vif3.0" };

	(void)state;
	assert_true(key_matches("match-name=*", &id));
	assert_true(key_matches("match-bridge=*", &id));
	assert_false(key_matches("match-name=?*", &id));
	assert_false(key_matches("match-bridge=xenbr0", &id));
	assert_false(key_matches("match-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a", &id));
	assert_true(key_matches("match-interface=vif3.0", &id));
}

/* All names of the bridge count, so that nobody gets past a section by another one. */
static void test_bridge_names(void **state)
{
	static const char names[][XNM_NAME_LEN * 2] = { "xenbr0.10", "brlan.10",
							"uplink-of-all.10" };
	struct xnm_vif_identity id = vif_of("web1", 0);

	(void)state;
	(void)snprintf(id.bridge, sizeof(id.bridge), "brlan.10");
	assert_false(key_matches("match-bridge=xenbr*", &id));
	id.n_bridge_names = XNM_N_ELEMENTS(names);
	id.bridge_names = names;
	assert_true(key_matches("match-bridge=xenbr*", &id));
	assert_true(key_matches("match-bridge=brlan.10", &id));
	assert_true(key_matches("match-bridge=other *-all.?0", &id));
	assert_false(key_matches("match-bridge=xenbr0", &id));
}

static void test_all_must_hold(void **state)
{
	struct xnm_vif_identity id = vif_of("web1", 0);

	(void)state;
	load("[vif web* as 1]\nmatch-devid=0\nmatch-bridge=other\n"
	     "[vif db* as 2]\nmatch-devid=0\n"
	     "[vif web* as 3]\nmatch-devid=0\nmatch-bridge=xenbr0\nmatch-name=*1\n");
	assert_string_equal(match(&id), "web* as 3");
	id.devid = 1;
	assert_string_equal(match(&id), "none");
}

static void test_needs(void **state)
{
	static const struct {
		const char *text;
		bool name, uuid;
	} cases[] = {
		{ "", false, false },
		{ "[network lan]\n", false, false },
		{ "[vif *]\n[vif */0]\n[vif * as x]\nmatch-devid=3\n", false, false },
		{ "[vif *]\n[vif w*]\n", true, false },
		{ "[vif **]\n", true, false },
		{ "[vif *]\nmatch-name=w\n", true, false },
		{ "[vif *]\nmatch-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a\n", false, true },
		{ "[vif *]\nmatch-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a\nmatch-uuid=\n", false,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		load(cases[i].text);
		assert_int_equal(xnm_policy_needs_name(&policy), cases[i].name);
		assert_int_equal(xnm_policy_needs_uuid(&policy), cases[i].uuid);
	}
}

static void test_networks(void **state)
{
	(void)state;
	load("[network lan]\nbridge=xenbr0\n[network lab]\n");
	assert_string_equal(xnm_policy_network(&policy, "lan")->bridge, "xenbr0");
	assert_string_equal(xnm_policy_network(&policy, "lab")->bridge, "lab");
	assert_null(xnm_policy_network(&policy, "xenbr0"));
	assert_null(xnm_policy_network(&policy, ""));
	assert_string_equal(xnm_policy_network_by_bridge(&policy, "xenbr0")->name, "lan");
	assert_string_equal(xnm_policy_network_by_bridge(&policy, "lab")->name, "lab");
	assert_null(xnm_policy_network_by_bridge(&policy, "lan"));
	assert_null(xnm_policy_network_by_bridge(&policy, ""));
}

static void test_origin(void **state)
{
	const struct xnm_network *lab;
	char text[64];

	(void)state;
	load("[network lan]\nbridge=xenbr0\n\n[network lab]\n");
	lab = xnm_policy_network(&policy, "lab");
	assert_string_equal(xnm_policy_origin(&policy, lab->origin, text, sizeof(text)), "t:4");
	assert_string_equal(xnm_policy_origin(&policy,
					      lab->written.keys[XNM_KEY_INDEX(NETWORK, BRIDGE)],
					      text, sizeof(text)),
			    "default");
	assert_string_equal(
		xnm_policy_origin(&policy,
				  policy.networks[0].written.keys[XNM_KEY_INDEX(NETWORK, BRIDGE)],
				  text, sizeof(text)),
		"t:2");
}

/* A guest's name is taken from its uuid only where a section has both. */
static void test_names_uuid(void **state)
{
	static const char uuid[] = "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a";
	static const char other[] = "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5b";
	static const char *const sections[] = {
		"[vif web]\nmatch-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a\n",
		"[vif *]\nmatch-name=web\nmatch-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a\n",
		"[vif db]\n[vif web/0]\nmatch-uuid=9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a\n",
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(sections); i++) {
		load(sections[i]);
		assert_true(xnm_policy_names_uuid(&policy, "web", uuid));
		assert_false(xnm_policy_names_uuid(&policy, "web", other));
		assert_false(xnm_policy_names_uuid(&policy, "db", uuid));
		assert_false(xnm_policy_names_uuid(&policy, "web", ""));
	}
	load("[vif web]\nmtu=1400\n");
	assert_false(xnm_policy_names_uuid(&policy, "web", uuid));
}

/* The longest section that can be read. */
static void test_long_section(void **state)
{
	(void)state;
	load("[vif a123456789a123456789a123456789a123456789abcde]\n");
	assert_string_equal(match_name("a123456789a123456789a123456789a123456789abcde", 0),
			    "a123456789a123456789a123456789a123456789abcde");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_wins),   cmocka_unit_test(test_no_section),
		cmocka_unit_test(test_unknown_name), cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_keys),	     cmocka_unit_test(test_keys_unknown_identity),
		cmocka_unit_test(test_bridge_names), cmocka_unit_test(test_all_must_hold),
		cmocka_unit_test(test_needs),	     cmocka_unit_test(test_networks),
		cmocka_unit_test(test_origin),	     cmocka_unit_test(test_names_uuid),
		cmocka_unit_test(test_long_section),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
