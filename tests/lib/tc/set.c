/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set.c - set one qdisc, class or filter, and read it back. */
#include "tests/lib/tc/tc.h"

#include <stdio.h>
#include <string.h>

/*
 * Each sets one thing. With keep, prints then what it is rounded to, and behind that what reads
 * back of its handle, class or preference: the same.
 */
static void qdisc_set(int ifindex, const struct xnm_qdisc *qdisc, bool keep)
{
	struct xnm_qdisc all[MAX], rounded = *qdisc;
	unsigned int n = 0;

	returned(xnm_qdisc_set(rtnl, ifindex, qdisc));
	if (!keep)
		return;
	xnm_qdisc_round(&rounded);
	print_qdisc(&rounded);
	(void)xnm_qdisc_list(rtnl, ifindex, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].handle != rounded.handle)
			continue;
		/* the kernel shows the one that it has chosen */
		if (!rounded.seed)
			all[i].seed = 0;
		print_qdisc(&all[i]);
		if (!xnm_qdisc_equal(&all[i], qdisc))
			puts("which is not equal");
	}
}

static void class_set(int ifindex, const struct xnm_tc_class *class, bool keep)
{
	struct xnm_tc_class all[MAX], rounded = *class;
	unsigned int n = 0;

	returned(xnm_tc_class_set(rtnl, ifindex, class));
	if (!keep)
		return;
	xnm_tc_class_round(&rounded);
	print_class(&rounded);
	(void)xnm_tc_class_list(rtnl, ifindex, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].classid == rounded.classid)
			print_class(&all[i]);
	}
}

static void filter_set(int ifindex, const struct xnm_tc_filter *filter, bool keep)
{
	struct xnm_tc_filter all[MAX], rounded = *filter;
	unsigned int n = 0;

	returned(xnm_tc_filter_set(rtnl, ifindex, filter));
	if (!keep)
		return;
	xnm_tc_filter_round(&rounded);
	print_filter(&rounded);
	(void)xnm_tc_filter_list(rtnl, ifindex, rounded.parent, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].preference == rounded.preference)
			print_filter(&all[i]);
	}
}

void set_verb(int argc, char **argv)
{
	struct xnm_qdisc qdisc = { 0 };
	struct xnm_tc_class class = { 0 };
	struct xnm_tc_filter filter = { 0 };
	bool keep = strstr(argv[1], "-keep");
	int ifindex = device(argv[2]);

	if (argv[1][0] == 'q') {
		parse_qdisc(argc, argv, &qdisc);
		qdisc_set(ifindex, &qdisc, keep);
	} else if (argv[1][0] == 'c') {
		parse_class(argc, argv, &class);
		class_set(ifindex, &class, keep);
	} else {
		parse_filter(argc, argv, &filter);
		filter_set(ifindex, &filter, keep);
	}
}
