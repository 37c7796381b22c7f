/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list.c - list and delete qdiscs, classes and filters, and make an ifb. */
#include "tests/lib/tc/tc.h"

static unsigned int max_of(int argc, char **argv, int at)
{
	uint64_t max = argc > at ? number(argv[at]) : MAX;

	if (max > MAX)
		bad(argv[at]);
	return (unsigned int)max;
}

void qdisc_list(int argc, char **argv)
{
	struct xnm_qdisc all[MAX];
	unsigned int n = 4711;

	returned(xnm_qdisc_list(rtnl, device(argv[2]), all, max_of(argc, argv, 3), &n));
	for (unsigned int i = 0; i < n; i++)
		print_qdisc(&all[i]);
}

void class_list(int argc, char **argv)
{
	struct xnm_tc_class all[MAX];
	unsigned int n = 4711;

	returned(xnm_tc_class_list(rtnl, device(argv[2]), all, max_of(argc, argv, 3), &n));
	for (unsigned int i = 0; i < n; i++)
		print_class(&all[i]);
}

void filter_list(int argc, char **argv)
{
	struct xnm_tc_filter all[MAX];
	unsigned int n = 4711;

	returned(xnm_tc_filter_list(rtnl, device(argv[2]), handle(argv[3]), all,
				    max_of(argc, argv, 4), &n));
	for (unsigned int i = 0; i < n; i++)
		print_filter(&all[i]);
}

void delete_verb(int argc, char **argv)
{
	int ifindex = device(argv[2]), rc;

	if (argv[1][0] == 'c' && argc == 4)
		rc = xnm_tc_class_delete(rtnl, ifindex, handle(argv[3]));
	else if (argv[1][0] == 'q' && argc == 5)
		rc = xnm_qdisc_delete(rtnl, ifindex, handle(argv[3]), handle(argv[4]));
	else if (argv[1][0] == 'f' && argc == 5)
		rc = xnm_tc_filter_delete(rtnl, ifindex, handle(argv[3]),
					  (uint16_t)number(argv[4]));
	else
		bad(argv[1]);
	returned(rc);
}

void ifb(int argc, char **argv)
{
	(void)argc;
	returned(xnm_ifb_create(rtnl, argv[2], 0));
}
