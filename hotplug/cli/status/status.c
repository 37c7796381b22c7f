/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - `xnm status`: find every vif and what a reapply of it would do. */
#include "hotplug/cli/status/status.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/cli.h"
#include "hotplug/parts/network/overlap.h"
#include "hotplug/run/run.h"
#include "hotplug/xen/xl.h"

/* Whether word, from the command line, means this vif or its guest. */
static bool row_is(const struct xnm_row *row, const char *word)
{
	uint32_t domid, devid;

	if (xnm_vif_id_parse(word, &domid, &devid) == 0)
		return row->domid == domid && row->devid == devid;
	if (xnm_parse_u32(word, 0, XNM_DOMID_MAX, &domid) == 0 && row->domid == domid)
		return true;
	return strcmp(word, row->state->ifname) == 0 || strcmp(word, row->state->tap) == 0 ||
	       strcmp(word, row->state->domain_name) == 0;
}

/* Leaves the networks of the rows. */
static void select_networks(struct xnm_status *status)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < status->n_networks; i++) {
		bool wanted = false;

		for (unsigned int k = 0; k < status->n && !wanted; k++)
			wanted = strcmp(status->rows[k].state->network, status->networks[i].name) ==
				 0;
		if (wanted)
			status->networks[kept++] = status->networks[i];
	}
	status->n_networks = kept;
}

/* Leaves the rows that words name. Returns -ENOENT after telling which word names none. */
static int select_rows(struct xnm_status *status, char **words, int n_words)
{
	unsigned int kept = 0;
	int rc = 0;

	for (int w = 0; w < n_words; w++) {
		bool found = false;

		for (unsigned int i = 0; i < status->n && !found; i++)
			found = row_is(&status->rows[i], words[w]);
		if (!found) {
			fprintf(stderr, "xnm: there is no vif or guest '%.80s'\n", words[w]);
			rc = -ENOENT;
		}
	}
	for (unsigned int i = 0; i < status->n && n_words; i++) {
		bool wanted = false;

		for (int w = 0; w < n_words && !wanted; w++)
			wanted = row_is(&status->rows[i], words[w]);
		if (wanted)
			status->rows[kept++] = status->rows[i];
		else
			free(status->rows[i].state);
	}
	if (n_words)
		status->n = kept;
	select_networks(status);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const struct xnm_row *x = a, *y = b;

	if (x->domid != y->domid)
		return x->domid < y->domid ? -1 : 1;
	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

/* ---------------------------------------------------------------- verdict */

/* Why nftables is not as it should be for a vif: on its own account, or its network's. */
static const char *filter_problem(const struct xnm_status *status, const struct xnm_row *row)
{
	if (row->filter.state == XNM_FILTER_WRONG)
		return row->filter.problem;
	for (unsigned int i = 0; i < status->n_networks; i++) {
		const struct xnm_network_row *network = &status->networks[i];

		if (network->filter.state == XNM_FILTER_WRONG &&
		    strcmp(network->name, row->state->network) == 0)
			return network->filter.problem;
	}
	return NULL;
}

static int add_drift(struct xnm_row *row, const struct xnm_plan *plan, const char *problem)
{
	struct xnm_drift *drift;

	if (plan->n == 0)
		return 0;
	drift = reallocarray(row->drift, row->n_drift + plan->n, sizeof(*drift));
	if (!drift)
		return -ENOMEM;
	row->drift = drift;
	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];

		drift = &row->drift[row->n_drift++];
		(void)xnm_op_text(plan, op, drift->operation, sizeof(drift->operation));
		/* a plan knows that it is to be made, not what has become of it */
		(void)snprintf(drift->why, sizeof(drift->why), "%s",
			       op->type == &xnm_op_filter_change && problem ? problem : op->why);
	}
	return 0;
}

/* Asks for the plan that a reapply would carry out, which changes nothing. */
static int plan_row(struct xnm_row *row, enum xnm_verb verb, const char *problem)
{
	static struct xnm_plan plan;
	struct xnm_event event;
	int rc;

	xnm_event_init(&event, verb, row->domid, row->devid);
	rc = xnm_run_online(&event, XNM_RUN_PLAN, &plan, &row->error);
	if (verb == XNM_VERB_ONLINE)
		(void)snprintf(row->unpublished, sizeof(row->unpublished), "%s",
			       rc ? "it cannot be planned" : plan.fastpath.reason);
	if (rc == 0 && verb == XNM_VERB_ONLINE && !row->unpublished[0] && !row->state->segment[0])
		(void)snprintf(row->unpublished, sizeof(row->unpublished),
			       "not before a reapply of it");
	return rc ? rc : add_drift(row, &plan, problem);
}

static void judge(struct xnm_row *row, bool can_plan, const char *problem)
{
	int rc;

	(void)snprintf(row->unpublished, sizeof(row->unpublished), "%s",
		       row->verdict == XNM_VERDICT_GONE	       ? "its guest has gone"
		       : row->verdict == XNM_VERDICT_UNMANAGED ? "it is not managed by xnm"
							       : "nobody can say");
	if (row->verdict != XNM_VERDICT_UNKNOWN)
		return;
	rc = can_plan ? plan_row(row, XNM_VERB_ONLINE, problem) : 0;
	if (rc == 0 && can_plan && row->state->tap[0])
		rc = plan_row(row, XNM_VERB_ADD, problem);
	if (rc)
		row->verdict = XNM_VERDICT_ERROR;
	else if (row->n_drift || problem)
		row->verdict = XNM_VERDICT_DRIFT;
	else if (can_plan)
		row->verdict = XNM_VERDICT_OK;
}

static bool has_fastpath(const struct xnm_policy *policy, const struct xnm_row *row)
{
	const struct xnm_network *network = xnm_policy_network(policy, row->state->network);

	return network && network->fastpath == XNM_YES;
}

static void warn_overlap(void *arg, const struct xnm_network *network, const char *text)
{
	(void)arg;
	(void)network;
	fprintf(stderr, "warning: %s\n", text);
}

static int find_out(struct xnm_status *status, char **words, int n_words)
{
	const struct xnm_policy *policy = xnm_read_policy();
	bool has_store;
	int rc;

	/* first, as all that is below may look wrong for it */
	if (policy)
		xnm_overlap_each(policy, warn_overlap, NULL);
	rc = xnm_status_read_notes(status);
	if (rc)
		return rc;
	has_store = xnm_status_read_store(status) == 0;
	rc = xnm_status_read_links(status);
	if (rc == 0)
		rc = xnm_status_read_networks(status, policy);
	if (rc == 0)
		rc = xnm_status_read_uplinks(status, policy);
	if (rc == 0) {
		/* of all, as networks have what their vifs have */
		xnm_status_read_filter(status, policy);
		xnm_status_find_open(&status->open, policy);
		rc = select_rows(status, words, n_words);
	}
	if (status->n)
		qsort(status->rows, status->n, sizeof(*status->rows), by_number);
	for (unsigned int i = 0; i < status->n; i++)
		status->rows[i].guest_state = xnm_xl_domain_state(status->rows[i].domid);
	for (unsigned int i = 0; i < status->n && policy; i++)
		status->rows[i].has_fastpath = has_fastpath(policy, &status->rows[i]);
	/* the last step: planning gives rights away */
	for (unsigned int i = 0; i < status->n; i++)
		judge(&status->rows[i], has_store, filter_problem(status, &status->rows[i]));
	return rc;
}

int xnm_cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(xnm_status_free))) struct xnm_status status = { 0 };
	bool json = false;
	int option, rc;
	bool is_open;

	while ((option = getopt_long(argc, argv, "v", options, NULL)) != -1) {
		if (option != 'j' && option != 'v') {
			fputs("usage: xnm status [--json] [-v] [VIF|GUEST...]\n", stderr);
			return XNM_EXIT_USAGE;
		}
		json |= option == 'j';
		status.in_detail |= option == 'v';
	}
	status.in_detail |= optind < argc;
	rc = find_out(&status, argv + optind, argc - optind);
	if (json && xnm_status_print_json(&status, stdout))
		rc = -ENOMEM;
	else if (!json && (rc == 0 || status.n))
		xnm_status_print_table(&status, stdout);
	is_open = status.open.n_vifs || status.open.n_networks;
	return rc || is_open ? EXIT_FAILURE : EXIT_SUCCESS;
}
