/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.h - look at the model, carry out a plan on it, and see which rules that broke. */
#ifndef XNM_TESTS_MODEL_H
#define XNM_TESTS_MODEL_H

#include "tests/plan/world/world.h"

/*
 * What xnm_facts() would read of notes, nftables, routes and xenstore for an
 * event; the facts of the device itself are there already. want: NULL for an
 * offline.
 */
void look(struct model *model, const struct xnm_event *event, const struct xnm_want *want);

/* Carry out the plan of an online or offline. Return how many rules it broke, which are printed. */
unsigned int carry_out_online(struct model *model, const struct xnm_plan *plan);
unsigned int carry_out_offline(struct model *model, const struct xnm_plan *plan);

/*
 * The rules of plan.c's theory of operation: what operation i breaks, or NULL.
 * was_up: an earlier one has set the device up.
 */
const char *rule_of_online(const struct xnm_plan *plan, const struct model *model, unsigned int i,
			   bool was_up);
const char *rule_of_offline(const struct xnm_plan *plan, struct model *model, unsigned int i);

/* Who changes a network has its lock alone, and has planned twice: NULL, or what is wrong about it. */
const char *rule_of_lock(const struct xnm_plan *plan);

#endif
