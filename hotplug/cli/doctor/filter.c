/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.c - guests without their nftables rules, because somebody has flushed or changed our tables. */
#include "hotplug/cli/doctor/finding.h"

static void check_filter(struct xnm_doctor *doctor)
{
	struct xnm_open open;
	char text[256];

	if (doctor->in_passing)
		return;
	xnm_status_find_open(&open, doctor->policy);
	if (xnm_status_open_text(&open, text, sizeof(text)))
		xnm_doctor_find(doctor, "%s", text);
}

const struct xnm_doctor_check xnm_doctor_filter = {
	.name = "filter",
	.what = "vifs and networks without their nftables rules",
	.run = check_filter,
	.without_notes = true,
};
