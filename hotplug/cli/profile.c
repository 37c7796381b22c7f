/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.c - `xnm profile`: show the profiles of the policy, and switch to another. */
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"
#include "hotplug/cli/columns.h"
#include "hotplug/cli/json.h"
#include "hotplug/notes/profile.h"
#include "policy/nearest.h"

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
		struct json_object *object = json_object_new_object();

		xnm_json_text(object, "profile", profile->name);
		xnm_json_text(object, "description", profile->description);
		json_object_object_add(object, "in_force",
				       json_object_new_boolean(is_in_force(policy, profile)));
		json_object_array_add(profiles, object);
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

static const char *called(const char *name)
{
	static char text[2][XNM_NAME_LEN + 32];
	static unsigned int i;

	i = !i;
	if (name[0])
		(void)snprintf(text[i], sizeof(text[i]), "profile %s", name);
	else
		(void)snprintf(text[i], sizeof(text[i]), "what [global] says");
	return text[i];
}

/* After an error, the policy still has the names of its profiles. */
static bool is_known(const char *name)
{
	static struct xnm_policy policy;
	struct xnm_nearest nearest = { .text = name };

	(void)xnm_policy_load_under(&policy, xnm_policy_path(), xnm_run_dir_path(), XNM_ANY_HOST,
				    name, NULL, NULL);
	if (name[0] == '\0' || xnm_policy_profile(&policy, name))
		return true;
	for (unsigned int i = 0; i < policy.n_profiles; i++)
		xnm_nearest_offer(&nearest, policy.profiles[i].name);
	fprintf(stderr, "xnm: there is no [profile %.63s]", name);
	if (nearest.best)
		fprintf(stderr, "; did you mean '%s'?", nearest.best);
	fprintf(stderr, "\n");
	return false;
}

static int note(const struct xnm_run_dir *dir, const char *name)
{
	int rc = xnm_profile_note_write(dir, name);

	if (rc)
		fprintf(stderr, "xnm: cannot write %s/%s: %s\n", xnm_run_dir_path(),
			XNM_POLICY_PROFILE_FILE, strerror(-rc));
	return rc;
}

/* What a killed run leaves undone is drift in `xnm status`, and done by the next one. */
static int switch_to(const struct xnm_run_dir *dir, const char *name, const char *in_force)
{
	char before[XNM_NAME_LEN];

	/* what cannot be read is nobody's choice */
	(void)xnm_profile_note_read(dir, before);
	if (note(dir, name))
		return EXIT_FAILURE;
	if (xnm_applying_run(XNM_RUN_REAPPLY)) {
		printf("%s%s is in force\n", in_force[0] ? "profile " : "no profile", in_force);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "xnm: %s could not be applied; back to %s\n", called(name), called(before));
	if (note(dir, before) || !xnm_applying_run(XNM_RUN_REAPPLY))
		fprintf(stderr, "xnm: that failed, too: xnm status\n");
	return EXIT_FAILURE;
}

static int use(const char *name)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	const struct xnm_policy *policy;
	int status = EXIT_FAILURE;

	if (!is_known(name))
		return EXIT_FAILURE;
	policy = xnm_applying_check(name);
	if (!policy) {
		fprintf(stderr, "xnm: that is under %s; nothing was changed\n", called(name));
		return XNM_EXIT_USAGE;
	}
	if (xnm_applying_begin(&dir) == 0)
		status = switch_to(&dir, name, policy->profile);
	xnm_run_dir_close(&dir);
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
	return use(by_default ? "" : argv[optind]);
}
