/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.c - networks whose subnets an interface of this host has got, perhaps after they were made. */
#include "hotplug/cli/doctor/finding.h"

#include "hotplug/parts/network/overlap.h"

static void find(void *arg, const struct xnm_network *network, const char *text)
{
	(void)network;
	xnm_doctor_find(arg, "%s", text);
}

/* Of xnm check it is a mistake already. */
void xnm_doctor_subnets(struct xnm_doctor *doctor)
{
	if (doctor->policy && !doctor->in_passing)
		xnm_overlap_each(doctor->policy, find, doctor);
}
