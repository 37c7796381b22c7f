/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_override.c - keys that were set for a vif are laid over its section, with all checks of a section. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/override.h"
#include "policy/schema.h"
#include "tests/unit/policy/policy_text.h"

static struct xnm_override override;

static const char text[] = "[network lan]\nbridge=br0\naddress=10.0.0.1/24\nforward=none\n"
			   "vlan-filtering=no\n"
			   "[network apart]\nbridge=br1\naddress=10.1.0.1/24\nforward=none\n"
			   "isolated=yes\n"
			   "[acl web]\nrule=allow ingress\n"
			   "[uplink wifi]\nguest=car/0\n"
			   "[vif car]\nnetwork=lan\naddress=10.0.0.9\nlocking-mode=unlocked\n"
			   "[vif web]\nnetwork=lan\nmtu=1450\naddress=10.0.0.2 10.0.0.3\n"
			   "ipv4-allowed=10.9.0.0/24\nacl=web\nflood=no\nrate=10Mbit\n"
			   "[vif apart]\nnetwork=apart\n";

static const struct xnm_vif_policy *section_of(const char *match)
{
	for (unsigned int i = 0; i < policy.n_vifs; i++) {
		if (strcmp(policy.vifs[i].match, match) == 0)
			return &policy.vifs[i];
	}
	return NULL;
}

/* "KEY=VALUE" of each, up to NULL. */
static void set(const char *const pairs[])
{
	char name[64];

	override = (struct xnm_override){ .n = 0 };
	for (; *pairs; pairs++) {
		size_t len = strcspn(*pairs, "=");

		(void)snprintf(name, sizeof(name), "%.*s", (int)len, *pairs);
		assert_int_equal(xnm_override_set(&override, name, *pairs + len + 1), 0);
	}
}

#define SET(...) set((const char *const[]){ __VA_ARGS__, NULL })

static int lay(const char *domain, const struct xnm_network *network, struct messages *m)
{
	const struct xnm_override_vif vif = {
		.section = section_of(domain),
		.network = network,
		.domain = domain,
	};

	m->text[0] = '\0';
	return xnm_policy_override(&policy, &vif, &override, "o", collect, m);
}

static const struct xnm_vif_policy *lay_good(const char *domain)
{
	struct messages m;
	int rc = lay(domain, NULL, &m);

	assert_string_equal(m.text, "");
	assert_int_equal(rc, 0);
	assert_true(policy.overridden.present);
	return &policy.overridden.section;
}

static void test_merge(void **state)
{
	const struct xnm_vif_policy *v;
	char where[64];

	(void)state;
	load(text);
	SET("mtu=1400", "address=10.0.0.7", "isolated=yes", "ipv4-allowed=", "outbound-delay=20ms");
	v = lay_good("web");
	assert_int_equal(v->mtu_bytes, 1400);
	assert_int_equal(v->port.isolated, XNM_YES);
	/* a list is replaced */
	assert_int_equal(v->own.n, 1);
	assert_cidr(&v->own.list[0], "10.0.0.7/32");
	/* an empty value: as if nobody had written it */
	assert_int_equal(v->n_ipv4_allowed, 0);
	/* what was not set is the policy's */
	assert_string_equal(v->network, "lan");
	assert_int_equal(v->n_acls, 1);
	assert_int_equal(v->port.flood, XNM_NO);
	assert_int_equal(v->tc.rate_bit_s, 10000000);
	assert_int_equal(v->tc.lines[XNM_OUTBOUND].delay_us, 20000);
	assert_true(xnm_policy_is_overridden(&policy, v, XNM_KEY_VIF_MTU));
	assert_false(xnm_policy_is_overridden(&policy, v, XNM_KEY_VIF_FLOOD));
	assert_string_equal(
		xnm_policy_origin(&policy, XNM_KEY_ORIGIN(v, VIF, ADDRESS), where, sizeof(where)),
		"o:7");
	assert_string_equal(
		xnm_policy_origin(&policy, XNM_KEY_ORIGIN(v, VIF, FLOOD), where, sizeof(where)),
		"t:25");
	/* the section itself stays */
	assert_int_equal(section_of("web")->mtu_bytes, 1450);
	assert_int_equal(section_of("web")->own.n, 2);
	assert_false(xnm_policy_is_overridden(&policy, section_of("web"), XNM_KEY_VIF_MTU));
	assert_int_equal(policy.n_vifs, 3);
	/* again, and loading ends it */
	SET("mtu=1300");
	assert_int_equal(lay_good("web")->mtu_bytes, 1300);
	assert_int_equal(v->own.n, 2);
	assert_int_equal(policy.n_files, 2);
	load(text);
	assert_false(policy.overridden.present);
	assert_int_equal(policy.n_files, 1);
}

/* Each key that a section may have is laid over another value of it as a later file's would be. */
static void test_every_key(void **state)
{
	static const struct {
		const char *name, *value;
	} values[] = {
		{ "address", "10.0.0.77" },
		{ "ipv4-allowed", "10.8.0.0/24" },
		{ "ipv6-allowed", "fd00::/64" },
		{ "allow", "router" },
		{ "share", "no" },
		{ "acl", "web" },
		{ "fastpath", "no" },
		{ "mtu", "1333" },
		{ "isolated", "yes" },
		{ "learning", "no" },
		{ "hairpin", "yes" },
		{ "guard", "yes" },
		{ "root-block", "yes" },
		{ "flood", "yes" },
		{ "mcast-flood", "no" },
		{ "bcast-flood", "no" },
		{ "neigh-suppress", "yes" },
		{ "locking-mode", "locked" },
		{ "rate", "20Mbit" },
		{ "delay", "5ms" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(values); i++) {
		unsigned int key = xnm_key_find(XNM_SECTION_VIF, values[i].name);
		const struct xnm_key_def *def = &xnm_keys[key];
		char pair[64], alone[256];
		unsigned char wanted[sizeof(struct xnm_vif_policy)];
		const unsigned char *got;

		assert_true(key < XNM_N_KEYS);
		(void)snprintf(pair, sizeof(pair), "%s=%s", values[i].name, values[i].value);
		(void)snprintf(alone, sizeof(alone),
			       "[network lan]\naddress=10.0.0.1/24\n[acl web]\nrule=allow ingress\n"
			       "[vif web]\nnetwork=lan\n%s\n",
			       pair);
		load(alone);
		memcpy(wanted, &policy.vifs[0], sizeof(wanted));
		load(text);
		SET(pair);
		got = (const unsigned char *)lay_good("web");
		assert_memory_equal(got + def->offset, wanted + def->offset, def->size);
		assert_memory_equal(got + def->counter, wanted + def->counter, def->counter_size);
	}
}

static void test_without_section(void **state)
{
	const struct xnm_override_vif vif = { .domain = "other", .devid = 3 };
	struct messages m = { "" };

	(void)state;
	load("");
	SET("mtu=1400", "hairpin=yes");
	assert_int_equal(xnm_policy_override(&policy, &vif, &override, "o", collect, &m), 0);
	assert_string_equal(policy.overridden.section.match, "other/3");
	assert_int_equal(policy.overridden.section.mtu_bytes, 1400);
	assert_int_equal(policy.overridden.section.port.hairpin, XNM_YES);
	assert_string_equal(policy.overridden.section.network, "");
	assert_int_equal(policy.n_vifs, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *domain, *pairs[3], *messages;
	} cases[] = {
		{ "web",
		  { "mut=1400" },
		  "6: unknown key 'mut' in [vif web]; did you mean 'mtu'?\n" },
		{ "web", { "isolated=yes", "mtu=70000" }, "7: mtu=70000: " },
		{ "web",
		  { "match-mac=00:16:3e:00:00:01" },
		  "6: match-mac= cannot be set for a vif that runs: " },
		{ "web", { "network=apart" }, "6: network= cannot be set for a vif that runs: " },
		{ "web", { "profile=night" }, "6: profile= cannot be set for a vif that runs: " },
		{ "web", { "vlan=10" }, "6: vlan= has no effect: [network lan] " },
		{ "web", { "address=10.7.0.1" }, "6: address=10.7.0.1/32: is in no subnet" },
		{ "web",
		  { "acl=wbe" },
		  "6: acl=wbe: there is no [acl wbe]; did you mean 'web'?\n" },
		{ "web", { "share=yes" }, "6: share=yes: [vif web] is locked" },
		{ "web", { "share-to=wwan0" }, "6: share-to=: [vif web] shares nothing" },
		{ "web", { "fastpath=yes" }, "6: fastpath=yes: [network lan]" },
		{ "web", { "address=auto nosuch" }, "6: address=auto pool=nosuch" },
		{ "web", { "class=nosuch" }, "6: class=nosuch: there is no [class nosuch]" },
		{ "web", { "jitter=5ms" }, "6: jitter= needs delay=" },
		{ "car", { "address=10.0.0.8" }, "6: address=: the host's [uplink wifi]" },
		{ "car", { "locking-mode=locked" }, "14: guest=car/0: [vif car] may send" },
		{ "apart", { "isolated=no" }, "6: isolated=no: all vifs of [network apart]" },
	};
	struct messages m;

	(void)state;
	load(text);
	for (size_t i = 0; i < XNM_N_ELEMENTS(cases); i++) {
		set(cases[i].pairs);
		assert_int_equal(lay(cases[i].domain, NULL, &m), -EINVAL);
		m.text[strlen(cases[i].messages)] = '\0';
		assert_string_equal(m.text, cases[i].messages);
		assert_false(policy.overridden.present);
		assert_int_equal(policy.n_files, 1);
	}
}

/* The bridge= of the guest may name a network that no section does. */
static void test_network_of_event(void **state)
{
	struct messages m;

	(void)state;
	load(text);
	SET("vlan=10");
	assert_int_equal(lay("other", NULL, &m), 0);
	assert_int_equal(lay("other", xnm_policy_network(&policy, "lan"), &m), -EINVAL);
	assert_string_equal(m.text, "6: vlan= has no effect: [network lan] has "
				    "vlan-filtering=no\n");
}

static void test_keys(void **state)
{
	char name[16], value[XNM_OVERRIDE_VALUE_LEN + 1];

	(void)state;
	SET("mtu=1", "acl=2", "flood=3", "acl=4");
	assert_int_equal(override.n, 3);
	assert_string_equal(xnm_override_find(&override, "acl")->value, "4");
	assert_int_equal(xnm_override_unset(&override, "mtu"), 0);
	assert_int_equal(xnm_override_unset(&override, "mtu"), -ENOENT);
	assert_int_equal(override.n, 2);
	assert_string_equal(override.keys[0].name, "acl");
	assert_string_equal(override.keys[1].name, "flood");
	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(xnm_override_set(&override, "mtu", value), -ENAMETOOLONG);
	for (unsigned int i = override.n; i < XNM_MAX_SECTION_KEYS; i++) {
		(void)snprintf(name, sizeof(name), "k%u", i);
		assert_int_equal(xnm_override_set(&override, name, ""), 0);
	}
	assert_int_equal(xnm_override_set(&override, "more", ""), -E2BIG);
	assert_int_equal(xnm_override_set(&override, "k9", "5"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_without_section),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_network_of_event),
		cmocka_unit_test(test_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("override", tests, NULL, NULL);
}
