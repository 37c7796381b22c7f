/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.c - which profile of the policy is in force. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"

static int read_profile(struct xnm_status *status, const struct xnm_policy *policy)
{
	if (policy)
		memcpy(status->profile, policy->profile, sizeof(status->profile));
	status->profile_is_chosen = policy && policy->is_chosen;
	return 0;
}

static void print_profile(const struct xnm_status *status, FILE *stream)
{
	if (status->profile[0])
		fprintf(stream, "profile %s is in force%s\n", status->profile,
			status->profile_is_chosen ? ", by xnm profile use" : "");
}

static void profile_json(struct json_object *all, const struct xnm_status *status)
{
	xnm_json_text(all, "profile", status->profile);
}

const struct xnm_status_part xnm_status_profile = {
	.name = "profile",
	.read = read_profile,
	.print = print_profile,
	.json = profile_json,
};
