/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.c - `xnm profile`: show the profiles of the policy, and switch to another. */
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"
#include "hotplug/cli/columns.h"
#include "hotplug/cli/json.h"
#include "hotplug/cli/profile.h"

/* A schedule has nobody who would try again. */
#define APPLYING_WAIT_MS 10000

static const char usage[] =
	"usage: xnm profile list [--json]\n"
	"       xnm profile use NAME|--default\n"
	"\n"
	"list prints the [profile] sections of the policy, with a * at the one in force. use puts\n"
	"another in force until the next boot, and changes what differs on all running vifs and "
	"on\n"
	"networks with start=boot; --default: the one that [global] names. If that fails, the\n"
	"profile before is in force again.\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 a wrong call or a mistake in the policy.\n";

static int wrong_call(void)
{
	fputs(usage, stderr);
	return XNM_EXIT_USAGE;
}

static bool is_in_force(const struct xnm_policy *policy, const struct xnm_profile *profile)
{
	return strcmp(profile->name, policy->profile) == 0;
}

static void print_table(const struct xnm_policy *policy)
{
	struct xnm_columns columns = { .n_columns = 3 };

	xnm_columns_add(&columns, "PROFILE");
	xnm_columns_add(&columns, "IN FORCE");
	xnm_columns_add(&columns, "DESCRIPTION");
	for (unsigned int i = 0; i < policy->n_profiles; i++) {
		const struct xnm_profile *profile = &policy->profiles[i];

		xnm_columns_add(&columns, "%s", profile->name);
		xnm_columns_add(&columns, "%s", is_in_force(policy, profile) ? "*" : "");
		xnm_columns_add(&columns, "%s", profile->description);
	}
	xnm_columns_print(&columns, stdout);
}

static int print_json(const struct xnm_policy *policy)
{
	struct json_object *all = json_object_new_object();
	struct json_object *profiles = xnm_json_list(all, "profiles");

	xnm_json_text(all, "in_force", policy->profile);
	xnm_json_text(all, "default", policy->global.profile);
	for (unsigned int i = 0; i < policy->n_profiles; i++) {
		const struct xnm_profile *profile = &policy->profiles[i];
		struct json_object *entry = json_object_new_object();

		xnm_json_text(entry, "profile", profile->name);
		xnm_json_text(entry, "description", profile->description);
		json_object_object_add(entry, "in_force",
				       json_object_new_boolean(is_in_force(policy, profile)));
		json_object_array_add(profiles, entry);
	}
	return xnm_json_print(all, stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int list(bool json)
{
	const struct xnm_policy *policy = xnm_read_policy();

	if (!policy) {
		fputs("xnm: the policy cannot be read: xnm check\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (json)
		return print_json(policy);
	if (policy->n_profiles)
		print_table(policy);
	else
		puts("the policy has no profiles");
	return EXIT_SUCCESS;
}

/* What a killed run leaves undone is drift in `xnm status`, and done by the next one. */
static int switch_to(struct xnm_change *change, const char *name, const char *in_force,
		     bool for_a_while)
{
	if (!for_a_while)
		xnm_change_keep(change, xnm_policy_file_in_force(), name);
	if (xnm_change_choose(change, name))
		return EXIT_FAILURE;
	if (xnm_change_run(XNM_RUN_REAPPLY)) {
		xnm_change_done(change);
		printf("%s%s is in force\n", in_force[0] ? "profile " : "no profile", in_force);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "xnm: %s could not be applied; back to %s\n", xnm_profile_called(name),
		xnm_profile_called(change->choice));
	(void)xnm_change_back(change, change->linked);
	return EXIT_FAILURE;
}

int xnm_profile_use(const char *name, bool for_a_while)
{
	const char *path = xnm_policy_file_in_force();
	const struct xnm_policy *policy;
	struct xnm_change change;
	int status = EXIT_FAILURE;

	if (!xnm_profile_is_known(path, name))
		return EXIT_FAILURE;
	policy = xnm_applying_check(path, name);
	if (!policy) {
		fprintf(stderr, "xnm: that is under %s; nothing was changed\n",
			xnm_profile_called(name));
		return XNM_EXIT_USAGE;
	}
	if (xnm_change_open(&change, for_a_while ? APPLYING_WAIT_MS : 0) == 0)
		status = switch_to(&change, name, policy->profile, for_a_while);
	xnm_change_close(&change);
	return status;
}

int xnm_cmd_profile(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "default", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool json = false, by_default = false;
	const char *verb;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (option != 'j' && option != 'd')
			return wrong_call();
		json |= option == 'j';
		by_default |= option == 'd';
	}
	verb = optind < argc ? argv[optind++] : "list";
	if (strcmp(verb, "list") == 0 && optind == argc && !by_default)
		return list(json);
	if (strcmp(verb, "use") != 0 || json || argc - optind != !by_default)
		return wrong_call();
	return xnm_profile_use(by_default ? "" : argv[optind], false);
}
