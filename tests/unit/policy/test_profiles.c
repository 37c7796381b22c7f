/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_profiles.c - which sections exist under which profile. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"
#include "tests/unit/policy/policy_dir.h"

#define PROFILES                                                 \
	"[profile day]\ndescription=as usual\n[profile night]\n" \
	"[profile fair]\n"

/* Reads the policy under one profile; messages is what it says. */
static int load_under(const char *profile, struct messages *messages)
{
	messages->text[0] = '\0';
	return xnm_policy_load_under(&policy, at("etc/xnm.ini"), at("run"), XNM_ANY_HOST, profile,
				     collect, messages);
}

static void good_under(const char *profile)
{
	struct messages messages;

	assert_int_equal(load_under(profile, &messages), 0);
	assert_string_equal(messages.text, "");
}

static void bad_under(const char *profile, const char *text)
{
	struct messages messages;

	assert_int_equal(load_under(profile, &messages), -EINVAL);
	assert_string_equal(messages.text, text);
}

/* "a b": the networks that exist, in their order. */
static void assert_networks(const char *names)
{
	char text[256] = "";

	for (unsigned int i = 0; i < policy.n_networks; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			       i ? " " : "", policy.networks[i].name);
	assert_string_equal(text, names);
}

static void test_sections(void **state)
{
	(void)state;
	make_file("etc/xnm.ini",
		  "[network a]\n[network b]\nprofile=night\n[network c]\n"
		  "[network d]\nprofile=day night\n[network e]\nprofile=day\nprofile=fair\n"
		  "[network f]\n[network g]\nprofile=day\nprofile=\n"
		  "[profile day]\ndescription=as usual\n[profile night]\n[profile fair]\n");
	good_under("");
	assert_networks("a c f g");
	assert_string_equal(policy.profile, "");
	good_under("day");
	assert_networks("a c d e f g");
	assert_string_equal(policy.profile, "day");
	good_under("night");
	assert_networks("a b c d f g");
	good_under("fair");
	assert_networks("a c e f g");
	/* what an earlier load has left out is not there in the next one */
	assert_int_equal(policy.n_left_out[XNM_SECTION_NETWORK], 2);
	make_file("etc/xnm.ini", "[network z]\nbridge=br9\n");
	good_under("");
	assert_networks("z");
	assert_int_equal(policy.n_left_out[XNM_SECTION_NETWORK], 0);
	for (unsigned int i = 1; i < 8; i++)
		assert_int_equal(policy.networks[i].name[0], 0);
}

/* Each kind of section with a name, without a line of its own in the table. */
static void test_all_kinds(void **state)
{
	(void)state;
	make_file("etc/xnm.ini",
		  "[profile day]\n[network a]\naddress=192.0.2.1/24\nforward=nat\n"
		  "[uplink u]\nprofile=day\ninterface=eth0\n"
		  "[forward f]\nprofile=day\nnetwork=a\nlisten-port=80\ntarget=192.0.2.2\n"
		  "[acl l]\nprofile=day\n[pool p]\nprofile=day\nnetwork=a\n"
		  "range=192.0.2.10-192.0.2.20\n"
		  "[vif x]\nprofile=day\nnetwork=a\nmatch-mac=00:16:3e:00:00:01\n"
		  "[link x/0 y/0]\nprofile=day\ndelay=20ms\n"
		  "[class c]\nprofile=day\nrate=1Mbit\n");
	good_under("");
	assert_int_equal(policy.n_networks, 1);
	assert_int_equal(policy.n_uplinks + policy.n_forwards + policy.n_acls + policy.n_pools +
				 policy.n_vifs + policy.n_links + policy.n_classes,
			 0);
	good_under("day");
	assert_int_equal(policy.n_uplinks + policy.n_forwards + policy.n_acls + policy.n_pools +
				 policy.n_vifs + policy.n_links + policy.n_classes,
			 7);
}

static void test_same_name(void **state)
{
	struct xnm_vif_identity id = { .domain_name = "web1", .vif = "vif1.0" };

	(void)state;
	make_file("etc/xnm.ini",
		  PROFILES "[network lan]\n[network lab]\n"
			   "[vif web*]\nprofile=day\nnetwork=lan\n"
			   "[vif web*]\nprofile=night fair\nnetwork=lab\nmatch-devid=0\n");
	good_under("day");
	assert_string_equal(xnm_policy_match(&policy, &id)->network, "lan");
	good_under("fair");
	assert_string_equal(xnm_policy_match(&policy, &id)->network, "lab");
	/* its match- keys came along */
	id.devid = 1;
	assert_null(xnm_policy_match(&policy, &id));
	good_under("");
	assert_null(xnm_policy_match(&policy, &id));
}

/* The section of the same name and profiles is continued, whatever their order. */
static void test_continued(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", PROFILES "[network lan]\nprofile=day night\nmtu=1400\n"
					  "[network lan]\nprofile=fair\nmtu=1300\n");
	make_file("etc/policy.d/a.ini", "[network lan]\nprofile=night day\nstp=yes\n");
	good_under("night");
	assert_int_equal(policy.n_networks, 1);
	assert_int_equal(policy.networks[0].mtu_bytes, 1400);
	assert_int_equal(policy.networks[0].stp, XNM_YES);
	good_under("fair");
	assert_int_equal(policy.networks[0].mtu_bytes, 1300);
	assert_int_equal(policy.networks[0].stp, XNM_UNSET);
	make_file("etc/policy.d/a.ini", "[network lan]\nprofile=fair\nstp=yes\n"
					"[network lan]\nprofile=fair\n");
	bad_under("day", "/etc/policy.d/a.ini:4: [network lan] is given twice; first in line 1\n");
}

static void test_doubles(void **state)
{
	char text[512];

	(void)state;
	make_file("etc/xnm.ini", PROFILES "[acl a]\n[acl a]\nprofile=night\n"
					  "[acl a]\nprofile=night fair\n");
	good_under("day");
	(void)snprintf(text, sizeof(text),
		       "/etc/xnm.ini:8: [acl a] exists twice under profile fair; first in %s:5\n",
		       at("etc/xnm.ini"));
	bad_under("fair", text);
	(void)snprintf(text, sizeof(text),
		       "/etc/xnm.ini:6: [acl a] exists twice under profile night; first in %s:5\n"
		       "/etc/xnm.ini:8: [acl a] exists twice under profile night; first in %s:6\n"
		       "/etc/xnm.ini:8: [acl a] exists twice under profile night; first in %s:5\n",
		       at("etc/xnm.ini"), at("etc/xnm.ini"), at("etc/xnm.ini"));
	bad_under("night", text);
}

static void test_mistakes(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", PROFILES "[global]\nprofile=nihgt\n[network a]\nprofile=dya\n"
					  "[network b]\nmtu=1400\nprofile=day\n"
					  "[network c]\nprofile=day !\n[network d]\nprofil=day\n"
					  "[global]\n[profile x]\nprofile=day\n"
					  "[network e]\nprofile=night\nmtu=1\n");
	bad_under("", "/etc/xnm.ini:11: profile= comes behind other keys of [network b]; write it "
		      "directly below line 9\n"
		      "/etc/xnm.ini:13: profile=!: must be a name: letters, digits or . _ -\n"
		      "/etc/xnm.ini:15: unknown key 'profil' in [network d]; did you mean "
		      "'profile'?\n"
		      "/etc/xnm.ini:16: [global] is given twice; first in line 5\n"
		      "/etc/xnm.ini:18: unknown key 'profile' in [profile x]; it belongs in "
		      "[global]\n"
		      "/etc/xnm.ini:21: mtu=1: must be a number of bytes from 68 to 65535\n");
	make_file("etc/xnm.ini", PROFILES "[global]\nprofile=nihgt\n[network a]\nprofile=dya\n"
					  "[network b]\nprofile=day dya\n");
	bad_under("", "/etc/xnm.ini:8: profile=dya: there is no [profile dya]; did you mean "
		      "'day'?\n"
		      "/etc/xnm.ini:6: profile=nihgt: there is no [profile nihgt]; did you mean "
		      "'night'?\n");
}

static void test_left_out_name(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", PROFILES "[network lab]\nprofile=night\n[vif a]\nnetwork=lab\n");
	good_under("night");
	bad_under("day", "/etc/xnm.ini:8: network=lab: [network lab] has a profile= and does not "
			 "exist under profile day\n");
	bad_under("", "/etc/xnm.ini:8: network=lab: [network lab] has a profile= and does not "
		      "exist without a profile\n");
}

/* The note of `xnm profile use`, else [global]. */
static void test_choice(void **state)
{
	(void)state;
	make_file("etc/xnm.ini", PROFILES "[global]\nprofile=day\n[network a]\nprofile=day\n"
					  "[network b]\nprofile=night\n");
	load_good();
	assert_networks("a");
	assert_false(policy.is_chosen);
	assert_string_equal(policy.profiles[0].description, "as usual");
	make_file("run/profile", "night\n");
	load_good();
	assert_networks("b");
	assert_true(policy.is_chosen);
	assert_string_equal(policy.profile, "night");
	good_under("");
	assert_networks("a");
	make_file("run/profile", "nigth\n");
	load_bad(-EINVAL, "/run/profile: 'nigth' was chosen by xnm profile use, and there is no "
			  "[profile nigth]; choose another, or the policy's with xnm profile use "
			  "--default\n");
	make_dir("run/profile.d", 0755);
	assert_int_equal(remove(at("run/profile")), 0);
	make_dir("run/profile", 0755);
	load_bad(-EPERM, "/run/profile: is not a regular file\n");
}

static void test_too_many(void **state)
{
	FILE *f = fopen(at("etc/xnm.ini"), "we");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < XNM_MAX_PROFILES + 1; i++)
		fprintf(f, "[network n%d]\nprofile=p%d\n", i, i);
	for (int i = 0; i < XNM_MAX_PROFILES; i++)
		fprintf(f, "[profile p%d]\n", i);
	assert_int_equal(fclose(f), 0);
	bad_under("p63", "/etc/xnm.ini:130: profile=p64: one profile too many: at most 64 are "
			 "possible\n");
	assert_networks("n63 n64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sections),  TEST(test_all_kinds),	TEST(test_same_name),
		TEST(test_continued), TEST(test_doubles),	TEST(test_mistakes),
		TEST(test_choice),    TEST(test_left_out_name), TEST(test_too_many),
	};

	umask(022);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
