/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.c - warn of networks whose subnets another interface of this host has, too. */
#include "hotplug/cli/status/part.h"
#include "hotplug/parts/network/overlap.h"

static void warn(void *arg, const struct xnm_network *network, const char *text)
{
	(void)arg;
	(void)network;
	fprintf(stderr, "warning: %s\n", text);
}

/* Before all else: it may be the cause of what is wrong below. */
static int check_subnets(struct xnm_status *status, const struct xnm_policy *policy)
{
	(void)status;
	if (policy)
		xnm_overlap_each(policy, warn, NULL);
	return 0;
}

const struct xnm_status_part xnm_status_subnets = {
	.name = "subnets",
	.read = check_subnets,
};
