/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - the networks that the vifs are in, as the policy has them. */
#include "hotplug/cli/status/status.h"

#include <errno.h>
#include <string.h>

#include "policy/policy.h"

static void add_uplink(struct xnm_network_row *row, const char *ifname)
{
	if (row->n_uplinks < XNM_N_ELEMENTS(row->uplinks))
		memcpy(row->uplinks[row->n_uplinks++], ifname, IFNAMSIZ);
}

static void fill_network(struct xnm_network_row *row, const struct xnm_policy *policy)
{
	const struct xnm_network *network = xnm_policy_network(policy, row->name);

	/* the policy may have changed since */
	if (!network || strcmp(network->name, row->name) != 0)
		return;
	row->forward = xnm_forward_word(network->forward);
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

		if (uplink)
			add_uplink(row, uplink->device);
	}
	for (unsigned int i = 0;
	     network->forward == XNM_FORWARD_BRIDGE && i < network->n_interfaces; i++)
		add_uplink(row, network->interfaces[i]);
	row->any_uplink = row->n_uplinks == 0 && (network->forward == XNM_FORWARD_NAT ||
						  network->forward == XNM_FORWARD_ROUTE);
}

static struct xnm_network_row *get_network(struct xnm_status *status,
					   const struct xnm_vif_note *state,
					   const struct xnm_policy *policy)
{
	struct xnm_network_row *rows = status->networks;

	for (unsigned int i = 0; i < status->n_networks; i++) {
		if (strcmp(rows[i].name, state->network) == 0)
			return &rows[i];
	}
	rows = reallocarray(rows, status->n_networks + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	status->networks = rows;
	rows += status->n_networks++;
	*rows = (struct xnm_network_row){ .forward = "" };
	memcpy(rows->name, state->network, sizeof(rows->name));
	memcpy(rows->bridge, state->bridge, sizeof(rows->bridge));
	if (policy)
		fill_network(rows, policy);
	return rows;
}

static int by_name(const void *a, const void *b)
{
	const struct xnm_network_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int xnm_status_read_networks(struct xnm_status *status, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];
		struct xnm_network_row *network;

		if (row->verdict == XNM_VERDICT_GONE || !row->has_note || !row->state->network[0])
			continue;
		network = get_network(status, row->state, policy);
		if (!network)
			return -ENOMEM;
		network->n_vifs++;
	}
	if (status->n_networks)
		qsort(status->networks, status->n_networks, sizeof(*status->networks), by_name);
	return 0;
}

int xnm_status_read_uplinks(struct xnm_status *status, const struct xnm_policy *policy)
{
	struct xnm_run_dir dir;

	if (!policy || policy->n_uplinks == 0)
		return 0;
	status->uplinks = calloc(policy->n_uplinks, sizeof(*status->uplinks));
	if (!status->uplinks)
		return -ENOMEM;
	/* without it there are no notes, which is an answer too */
	(void)xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (xnm_uplink_has_gateway(&policy->uplinks[i]))
			xnm_uplink_look(&status->uplinks[status->n_uplinks++], &dir,
					&policy->uplinks[i]);
	}
	xnm_run_dir_close(&dir);
	return 0;
}
