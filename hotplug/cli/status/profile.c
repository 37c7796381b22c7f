/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.c - which policy is in force: a profile of it, and what a rollback has put there. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/applied.h"

static int read_profile(struct xnm_status *status, const struct xnm_policy *policy)
{
	if (policy)
		memcpy(status->profile, policy->profile, sizeof(status->profile));
	status->profile_is_chosen = policy && policy->is_chosen;
	status->is_pending = xnm_applied_is_pending();
	status->rolled_back = xnm_applied_linked();
	return 0;
}

static void print_profile(const struct xnm_status *status, FILE *stream)
{
	char path[PATH_MAX];

	if (status->profile[0])
		fprintf(stream, "profile %s is in force%s\n", status->profile,
			status->profile_is_chosen ? ", by xnm profile use" : "");
	if (status->rolled_back)
		fprintf(stream, "%s is in force, by xnm rollback; %s counts after xnm apply\n",
			xnm_applied_file(status->rolled_back, path), xnm_policy_file());
	if (status->is_pending)
		fputs("a policy is being applied or tried, or that was broken off: xnm apply "
		      "completes it, xnm rollback takes it back\n",
		      stream);
}

static void profile_json(struct json_object *all, const struct xnm_status *status)
{
	char path[PATH_MAX] = "";

	if (status->rolled_back)
		(void)xnm_applied_file(status->rolled_back, path);
	xnm_json_text(all, "profile", status->profile);
	xnm_json_text(all, "rolled_back_to", path);
	json_object_object_add(all, "pending", json_object_new_boolean(status->is_pending));
}

const struct xnm_status_part xnm_status_profile = {
	.name = "profile",
	.read = read_profile,
	.print = print_profile,
	.json = profile_json,
};
