/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print.c - say in words what a plan does, one operation per line with its reason. */
#include "hotplug/core/op.h"
#include "hotplug/core/plan.h"

const char *xnm_op_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	op->type->text(plan, op, out, out_size);
	return out;
}

void xnm_plan_print(const struct xnm_plan *plan, FILE *stream)
{
	/* the longest text lists all sysctls of a network with many uplinks */
	char text[XNM_MAX_SETTINGS * sizeof(plan->network.sysctls[0].path)];

	for (unsigned int i = 0; i < plan->n; i++) {
		fprintf(stream, "%3u. %-52s # %s\n", i + 1,
			xnm_op_text(plan, &plan->op[i], text, sizeof(text)), plan->op[i].why);
		if (plan->op[i].type->details)
			plan->op[i].type->details(plan, &plan->op[i], stream);
	}
	if (plan->n == 0)
		fputs("  nothing to do\n", stream);
}
