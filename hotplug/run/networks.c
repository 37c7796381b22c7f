/* SPDX-License-Identifier: GPL-2.0-or-later */
/* networks.c - set up, or end, all networks that exist without a vif. */
#include "hotplug/run/networks.h"

#include <string.h>

#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "policy/sections/traffic.h"

static struct xnm_plan the_plan;

struct call {
	const struct xnm_policy *policy;
	enum xnm_run_mode mode;
	xnm_reapply_told told;
	void *arg;
	unsigned int failed;
};

static void run(struct call *call, const char *network, enum xnm_network_verb verb)
{
	char what[XNM_NAME_LEN + 16];
	struct xnm_err err = { "" };

	(void)snprintf(what, sizeof(what), "network %s", network);
	if (xnm_run_network(call->policy, network, verb, call->mode, &the_plan, &err)) {
		xnm_log_error("%s: %s", what, err.text);
		call->failed++;
		return;
	}
	call->told(call->arg, what, &the_plan);
}

unsigned int xnm_networks_start(const struct xnm_policy *policy, const char *ifname,
				enum xnm_run_mode mode, xnm_reapply_told told, void *arg)
{
	struct call call = { .policy = policy, .mode = mode, .told = told, .arg = arg };

	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		if (network->backend != XNM_BACKEND_BRIDGE ||
		    (ifname[0] && !xnm_network_has_interface(network, ifname)))
			continue;
		/* also at boot: its first guest may have started before */
		run(&call, network->name,
		    network->start == XNM_START_BOOT ? XNM_NETWORK_BOOT : XNM_NETWORK_NIC);
	}
	return call.failed;
}

struct leftovers {
	const struct xnm_policy *policy;
	const struct xnm_run_dir *dir; /* only networks that are held there; NULL: all */
	unsigned int n;
	char names[XNM_MAX_NETWORKS][XNM_NAME_LEN];
};

static void note_leftover(void *arg, const char *name)
{
	struct leftovers *left = arg;
	const struct xnm_network *network = xnm_policy_network(left->policy, name);

	if ((network && network->start == XNM_START_BOOT) ||
	    (left->dir && !xnm_network_is_held(left->dir, name)))
		return;
	for (unsigned int i = 0; i < left->n; i++) {
		if (strcmp(left->names[i], name) == 0)
			return;
	}
	if (left->n < XNM_MAX_NETWORKS)
		(void)snprintf(left->names[left->n++], XNM_NAME_LEN, "%s", name);
}

unsigned int xnm_networks_stop(const struct xnm_policy *policy, bool all, enum xnm_run_mode mode,
			       xnm_reapply_told told, void *arg)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct call call = { .policy = policy, .mode = mode, .told = told, .arg = arg };
	static struct leftovers left;

	left.policy = policy;
	left.n = 0;
	left.dir = NULL;
	if (!all && xnm_run_dir_open(&dir, xnm_run_dir_path(), true) == 0)
		left.dir = &dir;
	(void)xnm_run_each_network(note_leftover, &left);
	xnm_run_dir_close(&dir);
	for (unsigned int i = 0; i < left.n; i++)
		run(&call, left.names[i], XNM_NETWORK_STOP);
	return call.failed;
}
