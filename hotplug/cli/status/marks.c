/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - the DSCP and the 802.1p priority that what a vif sends gets. */
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/notes/vif.h"

struct marks {
	bool has_dscp, has_pcp;
	uint32_t dscp, pcp;
};

static bool find(const struct xnm_row *row, struct marks *marks)
{
	const struct xnm_elements *elements = &row->state->filter.elements[0];

	*marks = (struct marks){ 0 };
	marks->has_dscp = xnm_elements_dscp(elements, &marks->dscp);
	marks->has_pcp = xnm_elements_pcp(elements, &marks->pcp);
	return marks->has_dscp || marks->has_pcp;
}

/* "vif1.0 marks: dscp=ef pcp=5" */
static void print(const struct xnm_status *status, FILE *stream)
{
	char text[XNM_DSCP_TEXT_LEN];
	struct marks marks;
	bool first = true;

	for (unsigned int i = 0; i < status->n && status->in_detail; i++) {
		const struct xnm_row *row = &status->rows[i];

		if (!find(row, &marks))
			continue;
		fprintf(stream, "%svif%u.%u marks:", first ? "\n" : "", row->domid, row->devid);
		if (marks.has_dscp)
			fprintf(stream, " dscp=%s", xnm_dscp_text(marks.dscp, text));
		if (marks.has_pcp)
			fprintf(stream, " pcp=%u", marks.pcp);
		fputc('\n', stream);
		first = false;
	}
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	struct marks marks;

	(void)find(row, &marks);
	xnm_json_number_if(vif, "dscp", marks.dscp, marks.has_dscp);
	xnm_json_number_if(vif, "pcp", marks.pcp, marks.has_pcp);
}

const struct xnm_status_part xnm_status_marks = {
	.name = "marks",
	.vif_json = vif_json,
	.print = print,
};
