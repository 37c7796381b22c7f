/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.h - what the verbs of this program have in common. */
#ifndef XNM_TESTS_TC_H
#define XNM_TESTS_TC_H

#include <stdint.h>

#include "hotplug/kernel/tc.h"

#define MAX 64 /* of what is listed */

extern struct xnm_rtnl *rtnl;

/* main.c: says what is wrong with the arguments, and ends; says what a verb has returned */
__attribute__((noreturn)) void bad(const char *what);
void returned(int rc);

/* words.c: what arguments mean */
uint64_t number(const char *text);
uint32_t handle(const char *text);
int device(const char *text);

/* words.c: from the arguments KEY=VALUE behind the device, and back to words, a line for each */
void parse_qdisc(int argc, char **argv, struct xnm_qdisc *out);
void parse_class(int argc, char **argv, struct xnm_tc_class *out);
void parse_filter(int argc, char **argv, struct xnm_tc_filter *out);
void print_qdisc(const struct xnm_qdisc *qdisc);
void print_class(const struct xnm_tc_class *class);
void print_filter(const struct xnm_tc_filter *filter);

/* set.c, list.c: the verbs */
void set_verb(int argc, char **argv);
void qdisc_list(int argc, char **argv);
void class_list(int argc, char **argv);
void filter_list(int argc, char **argv);
void delete_verb(int argc, char **argv);
void ifb(int argc, char **argv);

#endif
