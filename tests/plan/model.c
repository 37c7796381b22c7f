/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.c - look at the model by its parts, and carry out a plan on it, one operation after another. */
#include "tests/plan/model.h"

#include "hotplug/core/apply.h"

void look(struct model *model, const struct xnm_event *event, const struct xnm_want *want)
{
	for (unsigned int i = 0; i < world_n_parts; i++) {
		if (world_parts[i]->look)
			world_parts[i]->look(&model->facts, &model->world, event, want);
	}
}

static unsigned int check_world(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < world_n_parts; i++)
		n += world_parts[i]->check ? world_parts[i]->check(world) : 0;
	return n;
}

static void carry_out(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct world_op *row = world_op(plan, op);

	if (row->happen)
		row->happen(model, plan, op);
}

static unsigned int report(const struct xnm_plan *plan, unsigned int i, const char *rule)
{
	char text[256];

	if (!rule)
		return 0;
	printf("broken: %u. %s: %s\n", i + 1, xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
	       rule);
	return 1;
}

unsigned int carry_out_online(struct model *model, const struct xnm_plan *plan)
{
	unsigned int n_broken = 0;
	bool was_up = false;

	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];

		n_broken += report(plan, i, rule_of_online(plan, model, i, was_up));
		was_up |= op->type == &xnm_op_device_up && !xnm_op_is_networks(op);
		carry_out(model, plan, op);
	}
	return n_broken + check_world(&model->world);
}

unsigned int carry_out_offline(struct model *model, const struct xnm_plan *plan)
{
	/* then the one that was before is put back by a reapply, as the next step */
	bool failed_migration = model->facts.note.address.has_predecessor;
	unsigned int n_broken = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		if (!failed_migration)
			n_broken += report(plan, i, rule_of_offline(plan, model, i));
		carry_out(model, plan, &plan->op[i]);
	}
	return failed_migration ? 0 : n_broken + check_world(&model->world);
}
