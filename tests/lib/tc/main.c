/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - one verb of hotplug/kernel/tc.h per call, with the rights that xnm-vif keeps. */

/*
 * Prints what the verb returned, 0 or a name such as -ENOENT, and behind it the reason if there is
 * one; then, one per line, what it found, in the words in which it is set. The exit status is 0
 * whatever the verb returned, and 2 if it was not called.
 */
#include "tests/lib/tc/tc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/base/util.h"

static const char usage[] = "usage: tc qdisc-set|class-set|filter-set DEVICE KEY=VALUE...\n"
			    "       tc qdisc-keep|class-keep|filter-keep DEVICE KEY=VALUE...\n"
			    "       tc qdisc-list|class-list DEVICE [MAX]\n"
			    "       tc filter-list DEVICE PARENT [MAX]\n"
			    "       tc qdisc-delete DEVICE PARENT HANDLE\n"
			    "       tc class-delete DEVICE CLASSID\n"
			    "       tc filter-delete DEVICE PARENT PREFERENCE\n"
			    "       tc ifb NAME\n"
			    "Handles are 1: or 1:2, root, ingress, egress or clsact.\n";

struct xnm_rtnl *rtnl;

void bad(const char *what)
{
	fprintf(stderr, "tc: bad argument '%s'\n%s", what, usage);
	exit(2);
}

void returned(int rc)
{
	const char *name = rc < 0 ? strerrorname_np(-rc) : NULL;
	const char *reason = xnm_rtnl_reason(rtnl);

	if (name)
		printf("-%s", name);
	else
		printf("%d", rc);
	printf("%s%s\n", rc && reason[0] ? " " : "", rc ? reason : "");
}

static const struct {
	const char *name;
	int min, max; /* of argc */
	void (*fn)(int argc, char **argv);
} verbs[] = {
	{ "qdisc-set", 4, 99, set_verb },
	{ "qdisc-keep", 4, 99, set_verb },
	{ "class-set", 4, 99, set_verb },
	{ "class-keep", 4, 99, set_verb },
	{ "filter-set", 4, 99, set_verb },
	{ "filter-keep", 4, 99, set_verb },
	{ "qdisc-list", 3, 4, qdisc_list },
	{ "class-list", 3, 4, class_list },
	{ "filter-list", 4, 5, filter_list },
	{ "qdisc-delete", 5, 5, delete_verb },
	{ "class-delete", 4, 4, delete_verb },
	{ "filter-delete", 5, 5, delete_verb },
	{ "ifb", 3, 3, ifb },
};

int main(int argc, char **argv)
{
	struct xnm_err err = { "" };

	if (xnm_sandbox_enter(0, &err)) {
		fprintf(stderr, "tc: %s\n", err.text);
		return 2;
	}
	if (xnm_rtnl_open(&rtnl)) {
		perror("tc: netlink");
		return 2;
	}
	for (size_t i = 0; argc > 1 && i < XNM_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc < verbs[i].min || argc > verbs[i].max)
			bad(argv[1]);
		verbs[i].fn(argc, argv);
		xnm_rtnl_close(rtnl);
		return 0;
	}
	fputs(usage, stderr);
	return 2;
}
