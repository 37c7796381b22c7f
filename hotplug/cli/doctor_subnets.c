/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_subnets.c - networks whose subnets an interface of this host has got, perhaps after they were made. */
#include "hotplug/cli/doctor.h"

#include <errno.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/overlap.h"

/* Of xnm check it is a mistake already. */
void xnm_doctor_subnets(struct xnm_doctor *doctor)
{
	const struct xnm_policy *policy = doctor->policy;
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct xnm_rtnl *rtnl = NULL;

	if (!policy || doctor->in_passing || xnm_rtnl_open(&rtnl))
		return;
	(void)xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		struct xnm_err err = { .text = "" };

		if (xnm_overlap_check(rtnl, &dir, &policy->networks[i], &err) == -EADDRINUSE)
			xnm_doctor_find(doctor, "%s", err.text);
	}
	xnm_run_dir_close(&dir);
	xnm_rtnl_close(rtnl);
}
