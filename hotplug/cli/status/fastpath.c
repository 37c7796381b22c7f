/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.c - whether a vif is published for the fast path, or why not. */
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/core/plan.h"
#include "policy/policy.h"

static void set_reason(struct xnm_row *row, const char *reason)
{
	(void)snprintf(row->unpublished, sizeof(row->unpublished), "%s", reason);
}

static int read_policy(struct xnm_status *status, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < status->n && policy; i++) {
		struct xnm_row *row = &status->rows[i];
		const struct xnm_network *network =
			xnm_policy_network(policy, row->state->network.name);

		row->has_fastpath = network && network->fastpath == XNM_YES;
	}
	return 0;
}

/* Why it is not published, as long as no plan says. */
static void look(const struct xnm_status *status, struct xnm_row *row)
{
	(void)status;
	set_reason(row, row->verdict == XNM_VERDICT_GONE	? "its domain no longer exists"
			: row->verdict == XNM_VERDICT_UNMANAGED ? "xnm-vif has no note of it"
			: row->verdict == XNM_VERDICT_ERROR	? "see its state"
								: "xenstore cannot be read");
}

void xnm_status_fastpath_planned(struct xnm_row *row, const struct xnm_plan *plan)
{
	if (!plan)
		set_reason(row, "xnm-vif reapply would fail");
	else if (plan->fastpath.reason[0] || row->state->fastpath.segment[0])
		set_reason(row, plan->fastpath.reason);
	else
		set_reason(row, "only after xnm-vif reapply");
}

/* "vif1.0 fast path: published in segment lan" */
static void print(const struct xnm_status *status, FILE *stream)
{
	bool first = true;

	for (unsigned int i = 0; i < status->n && status->in_detail; i++) {
		const struct xnm_row *row = &status->rows[i];

		if (!row->has_fastpath)
			continue;
		fprintf(stream, "%svif%u.%u fast path: ", first ? "\n" : "", row->domid,
			row->devid);
		first = false;
		if (row->unpublished[0])
			fprintf(stream, "not published, %s\n", row->unpublished);
		else
			fprintf(stream, "published in segment %s\n", row->state->fastpath.segment);
	}
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	bool published = row->unpublished[0] == '\0';
	struct json_object *object = xnm_json_object(vif, "fastpath");

	json_object_object_add(object, "published", json_object_new_boolean(published));
	xnm_json_text(object, "segment", published ? row->state->fastpath.segment : "");
	xnm_json_text(object, "reason", row->unpublished);
}

const struct xnm_status_part xnm_status_fastpath = {
	.name = "fastpath",
	.read = read_policy,
	.look = look,
	.vif_json = vif_json,
	.print = print,
};
