/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - a policy that cannot be read, so that its networks are not checked. */
#include "hotplug/cli/doctor/finding.h"

static void check_policy(struct xnm_doctor *doctor)
{
	if (!doctor->policy)
		xnm_doctor_find(doctor, "the policy cannot be read, so its networks are not "
					"checked: xnm check");
}

const struct xnm_doctor_check xnm_doctor_policy = {
	.name = "policy",
	.what = "whether the policy can be read",
	.run = check_policy,
	.without_notes = true,
};
