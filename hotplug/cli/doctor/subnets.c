/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.c - networks whose subnets another interface of this host has, too. */
#include "hotplug/cli/doctor/finding.h"

#include "hotplug/parts/network/overlap.h"

static void find(void *arg, const struct xnm_network *network, const char *text)
{
	(void)network;
	xnm_doctor_find(arg, "%s", text);
}

/* xnm check has said so as a mistake. */
static void check_subnets(struct xnm_doctor *doctor)
{
	if (doctor->policy && !doctor->in_passing)
		xnm_overlap_each(doctor->policy, find, doctor);
}

const struct xnm_doctor_check xnm_doctor_subnets = {
	.name = "subnets",
	.what = "subnets of networks that another interface has, too",
	.run = check_subnets,
};
