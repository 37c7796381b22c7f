/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - the DSCP that what a vif sends gets. */
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/notes/vif.h"

static bool find_dscp(const struct xnm_row *row, uint32_t *dscp)
{
	*dscp = 0;
	return xnm_elements_dscp(&row->state->filter.elements[0], dscp);
}

/* "vif1.0 marks: dscp=ef" */
static void print(const struct xnm_status *status, FILE *stream)
{
	char text[XNM_DSCP_TEXT_LEN];
	bool first = true;
	uint32_t dscp;

	for (unsigned int i = 0; i < status->n && status->in_detail; i++) {
		const struct xnm_row *row = &status->rows[i];

		if (!find_dscp(row, &dscp))
			continue;
		fprintf(stream, "%svif%u.%u marks: dscp=%s\n", first ? "\n" : "", row->domid,
			row->devid, xnm_dscp_text(dscp, text));
		first = false;
	}
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	uint32_t dscp;
	bool has_dscp = find_dscp(row, &dscp);

	xnm_json_number_if(vif, "dscp", dscp, has_dscp);
}

const struct xnm_status_part xnm_status_marks = {
	.name = "marks",
	.vif_json = vif_json,
	.print = print,
};
