/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reverse_path.c - a strict rp_filter, which drops what comes back by another uplink. */
#include "hotplug/cli/doctor/finding.h"

#include "hotplug/kernel/sysctl.h"

/* With several uplinks an answer may come by another one than the request went out by. */
static void check_reverse_path(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	uint32_t all = 0, value;
	char path[96], why[XNM_NAME_LEN + 96];

	if (network->n_uplinks < 2)
		return;
	(void)snprintf(why, sizeof(why),
		       ", which drops answers to network %s that come by another of its %u uplinks",
		       network->name, network->n_uplinks);
	(void)xnm_sysctl_get("ipv4/conf/all/rp_filter", &all);
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		(void)snprintf(path, sizeof(path), "ipv4/conf/%s/rp_filter",
			       xnm_doctor_uplink_device(doctor, network, i));
		/* the larger one counts (net/ipv4/fib_frontend.c, IN_DEV_RPFILTER) */
		if (xnm_sysctl_get(path, &value) == 0 && (value > all ? value : all) == 1)
			xnm_doctor_find_sysctl(doctor, path, value, 2, why);
	}
}

static void check_networks(struct xnm_doctor *doctor)
{
	for (unsigned int i = 0; doctor->policy && i < doctor->policy->n_networks; i++)
		check_reverse_path(doctor, &doctor->policy->networks[i]);
}

const struct xnm_doctor_check xnm_doctor_reverse_path = {
	.name = "reverse_path",
	.what = "rp_filter, of networks with several uplinks",
	.run = check_networks,
};
