/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.c - the verdict on each vif: what a reapply of it would do. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/run/run.h"

/* What nftables lacks for a vif: of its own elements, or of its network's. */
static const char *filter_problem(const struct xnm_status *status, const struct xnm_row *row)
{
	if (row->filter.state == XNM_FILTER_WRONG)
		return row->filter.problem;
	for (unsigned int i = 0; i < status->n_networks; i++) {
		const struct xnm_network_row *network = &status->networks[i];

		if (network->filter.state == XNM_FILTER_WRONG &&
		    strcmp(network->name, row->state->network.name) == 0)
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
		/* the plan only says that the rules are to be made; filter.c knows what is wrong */
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
		xnm_status_fastpath_planned(row, rc ? NULL : &plan);
	return rc ? rc : add_drift(row, &plan, problem);
}

static void judge(const struct xnm_status *status, struct xnm_row *row)
{
	const char *problem = filter_problem(status, row);
	bool can_plan = status->has_store;
	int rc;

	if (row->verdict != XNM_VERDICT_UNKNOWN)
		return;
	rc = can_plan ? plan_row(row, XNM_VERB_ONLINE, problem) : 0;
	if (rc == 0 && can_plan && row->state->device.tap[0])
		rc = plan_row(row, XNM_VERB_ADD, problem);
	if (rc)
		row->verdict = XNM_VERDICT_ERROR;
	else if (row->n_drift || problem)
		row->verdict = XNM_VERDICT_DRIFT;
	else if (can_plan)
		row->verdict = XNM_VERDICT_OK;
}

/* ---------------------------------------------------------------- output */

static void vif_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	static const char *const words[] = {
		[XNM_VERDICT_UNKNOWN] = "-",   [XNM_VERDICT_OK] = "ok",
		[XNM_VERDICT_DRIFT] = "drift", [XNM_VERDICT_ERROR] = "error",
		[XNM_VERDICT_GONE] = "gone",   [XNM_VERDICT_UNMANAGED] = "not managed",
	};

	if (row->verdict == XNM_VERDICT_ERROR)
		xnm_columns_add(columns, "error: %s", row->error.text);
	else
		xnm_columns_add(columns, "%s", words[row->verdict]);
}

static void network_cell(struct xnm_columns *columns, const struct xnm_network_row *network)
{
	static const char *const words[] = {
		[XNM_FILTER_UNKNOWN] = "",
		[XNM_FILTER_NONE] = "",
		[XNM_FILTER_OK] = "ok",
		[XNM_FILTER_WRONG] = "drift",
	};

	xnm_columns_add(columns, "%s", words[network->filter.state]);
}

/* What the last column is too narrow for. */
static void print_drift(const struct xnm_row *row, FILE *stream)
{
	if (row->n_drift)
		fprintf(stream, "\nxnm-vif reapply %u.%u would:\n", row->domid, row->devid);
	else if (row->filter.state == XNM_FILTER_WRONG && row->verdict != XNM_VERDICT_GONE)
		fprintf(stream, "\nvif%u.%u: %s\n", row->domid, row->devid, row->filter.problem);
	for (unsigned int i = 0; i < row->n_drift; i++)
		fprintf(stream, "  %-54s # %s\n", row->drift[i].operation, row->drift[i].why);
}

static void print_all_drift(const struct xnm_status *status, FILE *stream)
{
	for (unsigned int i = 0; i < status->n; i++)
		print_drift(&status->rows[i], stream);
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	static const char *const words[] = {
		[XNM_VERDICT_UNKNOWN] = "unknown", [XNM_VERDICT_OK] = "ok",
		[XNM_VERDICT_DRIFT] = "drift",	   [XNM_VERDICT_ERROR] = "error",
		[XNM_VERDICT_GONE] = "gone",	   [XNM_VERDICT_UNMANAGED] = "unmanaged",
	};
	struct json_object *list;

	xnm_json_text(vif, "state", words[row->verdict]);
	list = xnm_json_list(vif, "drift");
	for (unsigned int i = 0; i < row->n_drift; i++) {
		struct json_object *operation = json_object_new_object();

		xnm_json_text(operation, "operation", row->drift[i].operation);
		xnm_json_text(operation, "why", row->drift[i].why);
		json_object_array_add(list, operation);
	}
	xnm_json_text(vif, "error", row->error.text);
}

/* The last part: planning gives up the rights that others need. */
const struct xnm_status_part xnm_status_state = {
	.name = "state",
	.look = judge,
	.vif_columns = { { "STATE", vif_cell } },
	.vif_json = vif_json,
	.network_columns = { { "STATE", network_cell } },
	.print = print_all_drift,
};
