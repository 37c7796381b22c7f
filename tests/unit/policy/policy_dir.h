/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_dir.h - a folder of policy files for one test, and what is said when they are read. */
#ifndef XNM_TESTS_POLICY_DIR_H
#define XNM_TESTS_POLICY_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "policy/policy.h"

extern struct xnm_policy policy;
extern char top[64]; /* a fresh directory for each test */

struct messages {
	char text[4096];
};

/* The tree that a host has: etc/xnm.ini, etc/policy.d and run/override.d. */
int setup(void **state);
int teardown(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/* The path of a file of it, valid for four more calls. */
const char *at(const char *name);

void make_dir(const char *name, mode_t mode);
void make_file(const char *name, const char *text);

/* "FILE:LINE: TEXT\n" of each, with the directory cut from FILE. */
void collect(void *arg, const char *file, unsigned int line, const char *text);

/* Read the policy: as it comes, without a word, or with this one. */
int load(struct messages *messages);
void load_good(void);
void load_bad(int rc, const char *text);

#endif
