/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random.h - wants and facts that are thrown together at random, the same for each run of a test. */
#ifndef XNM_TESTS_RANDOM_H
#define XNM_TESTS_RANDOM_H

#include "hotplug/base/event.h"
#include "hotplug/core/want.h"
#include "tests/plan/model.h"

/* The numbers that follow come from it. */
void random_begin(uint64_t seed);

/* Facts, what a world knows of them, and what is wanted of an event. */
void random_case(struct model *model, struct xnm_want *want, const struct xnm_event *event);

#endif
