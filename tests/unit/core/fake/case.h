/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case.h - a plan, what carries it out and a folder for the notes, for each test of that. */
#ifndef XNM_TESTS_FAKE_CASE_H
#define XNM_TESTS_FAKE_CASE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hotplug/core/apply.h"
#include "hotplug/core/plan.h"
#include "tests/unit/core/fake/fake.h"

#define COPY_NAME(field, value) \
	((void)snprintf(field, sizeof(field), "%.*s", (int)sizeof(field) - 1, value))

extern struct xnm_ctx ctx;
extern struct xnm_plan plan;

/* Around each test: nothing is planned, noted or asked. */
int begin(void **state);
int end(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Around all of them. */
bool make_run_dir(void);
int remove_run_dir(int failed);
#define RUN_TESTS(name, tests) \
	(make_run_dir() ? remove_run_dir(cmocka_run_group_tests_name(name, tests, NULL, NULL)) : 1)

/* Plan an operation on a device: one of the vif's, or one of its network's. */
struct xnm_op *op(const struct xnm_op_type *type, const char *dev, int ifindex);
struct xnm_op *shared_op(const struct xnm_op_type *type, const char *dev, int ifindex);

/* Carries out one operation alone. */
int apply(const struct xnm_op_type *type, const char *dev);

/* A call of the fake kernel that fails while an operation runs, and what becomes of the online. */
struct failing {
	const struct xnm_op_type *type;
	const char *call;
	int rc;
	int wanted;
};

/* Runs each row by itself, between begin() and end(): a failure has a message, a tolerated one none. */
void check_failing(void **state, const struct failing *rows, size_t n);

struct xnm_cidr cidr(const char *text);

/* An element whose key is the name of a device. */
struct xnm_element named(enum xnm_set_id set, const char *name);

/* Note a vif with an element in each table, and plan.network.note with one. */
void note_vif(uint32_t domid, const char *ifname);
void note_network(const char *name, const char *bridge);

/* A setting that the network of the plan needs, and notes. */
void add_setting(const char *path, uint32_t value, bool from_one);

#endif
