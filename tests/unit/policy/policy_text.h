/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_text.h - a policy from a text, and what is said of it. */
#ifndef XNM_TESTS_POLICY_TEXT_H
#define XNM_TESTS_POLICY_TEXT_H

#include "policy/policy.h"

extern struct xnm_policy policy;

/* Every line is said to be wrong: the test fails. For xnm_policy_load_stream() and xnm_policy_check(). */
void fail_on_mistake(void *arg, const char *file, unsigned int line, const char *text);

/* "LINE: TEXT\n" of each. */
struct messages {
	char text[1024];
};

void collect(void *arg, const char *file, unsigned int line, const char *text);

/* Reads a policy without any mistake. */
void load(const char *text);

void assert_cidr(const struct xnm_cidr *cidr, const char *text);

#endif
