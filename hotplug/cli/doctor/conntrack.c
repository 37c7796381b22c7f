/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.c - a connection table that is nearly full. */
#include "hotplug/cli/doctor/finding.h"

#include <inttypes.h>

#include "hotplug/kernel/sysctl.h"

static void check_conntrack(struct xnm_doctor *doctor)
{
	uint32_t count, max;

	if (xnm_sysctl_get("netfilter/nf_conntrack_count", &count) ||
	    xnm_sysctl_get("netfilter/nf_conntrack_max", &max) || max == 0)
		return;
	if ((uint64_t)count * 10 > (uint64_t)max * 9)
		xnm_doctor_find(doctor,
				"%u of %u connections are in use, new ones will fail: "
				"sysctl -w net.netfilter.nf_conntrack_max=%" PRIu64,
				count, max, (uint64_t)max * 2);
}

const struct xnm_doctor_check xnm_doctor_conntrack = {
	.name = "conntrack",
	.what = "the number of connections",
	.run = check_conntrack,
};
