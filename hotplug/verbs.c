/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verbs.c - the verbs of xnm-vif, each from its arguments to its exit status. */
#include "hotplug/verbs.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>

#include "hotplug/run/reapply.h"
#include "hotplug/run/run.h"

#define EXIT_USAGE 2

static int run(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
	       struct xnm_err *err)
{
	if (event->verb == XNM_VERB_ONLINE || event->verb == XNM_VERB_ADD)
		return xnm_run_online(event, mode, plan, err);
	return xnm_run_offline(event, mode, plan, err);
}

int xnm_verb_hotplug(int argc, char **argv)
{
	struct xnm_err err = { "" };
	struct xnm_event event;

	if (xnm_event_parse(&event, argc, argv, &err)) {
		xnm_log_error("%s", err.text);
		return EXIT_FAILURE;
	}
	if (event.ignored)
		return EXIT_SUCCESS;
	if (event.verb == XNM_VERB_OFFLINE || event.verb == XNM_VERB_REMOVE) {
		/* an incomplete tear-down leaks: finish it even if xl is interrupted */
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGTERM, SIG_IGN);
	}
	if (run(&event, XNM_RUN_EVENT, NULL, &err)) {
		xnm_log_error("%s %s: %s", xnm_event_device(&event), xnm_verb_name(event.verb),
			      err.text);
		return EXIT_FAILURE;
	}
	xnm_log_info("%s %s", xnm_event_device(&event), xnm_verb_name(event.verb));
	return EXIT_SUCCESS;
}

static int usage(const char *text)
{
	fprintf(stderr, "usage: xnm-vif %s\n", text);
	return EXIT_USAGE;
}

static const char plan_usage[] =
	"plan [online|offline|add|remove] [VIF | --domid D --devid N]\n"
	"without VIF: the vif of XENBUS_PATH in the environment, as libxl sets it";

/* The verb and the vif of `plan`; -EINVAL means the usage text. */
static int parse_plan_arguments(struct xnm_event *event, int argc, char **argv, struct xnm_err *err)
{
	static const struct option options[] = {
		{ "domid", required_argument, NULL, 'd' },
		{ "devid", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	uint32_t domid = UINT32_MAX, devid = 0;
	enum xnm_verb verb = XNM_VERB_ONLINE;
	char online[] = "online";
	char *event_argv[] = { argv[0], online, NULL };
	int option, rc = 0;

	optind = 2;
	opterr = 0; /* the usage text says it all */
	while (rc == 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'd')
			rc = xnm_parse_u32(optarg, 0, XNM_DOMID_MAX, &domid);
		else if (option == 'n')
			rc = xnm_parse_u32(optarg, 0, XNM_DEVID_MAX, &devid);
		else
			rc = -EINVAL;
	}
	for (; rc == 0 && optind < argc; optind++) {
		if (xnm_verb_parse(argv[optind], &verb) &&
		    xnm_vif_id_parse(argv[optind], &domid, &devid))
			rc = -EINVAL;
	}
	if (rc)
		return -EINVAL;
	if (domid != UINT32_MAX) {
		xnm_event_init(event, verb, domid, devid);
		return 0;
	}
	if (!getenv("XENBUS_PATH"))
		return -EINVAL;
	rc = xnm_event_parse(event, 2, event_argv, err);
	event->verb = verb;
	return rc;
}

int xnm_verb_plan(int argc, char **argv)
{
	static struct xnm_plan plan;
	struct xnm_err err = { "" };
	struct xnm_event event;
	int rc;

	rc = parse_plan_arguments(&event, argc, argv, &err);
	if (rc && err.text[0] == '\0')
		return usage(plan_usage);
	if (rc == 0)
		rc = run(&event, XNM_RUN_PLAN, &plan, &err);
	if (rc) {
		xnm_log_error("%s", err.text);
		return EXIT_FAILURE;
	}
	printf("%s %s:\n", xnm_event_device(&event), xnm_verb_name(event.verb));
	xnm_plan_print(&plan, stdout);
	return EXIT_SUCCESS;
}

int xnm_verb_reapply(int argc, char **argv)
{
	uint32_t domid, devid;

	if (argc != 3)
		return usage("reapply VIF|all");
	if (strcmp(argv[2], "all") == 0)
		return xnm_reapply_all(NULL, NULL) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (xnm_vif_id_parse(argv[2], &domid, &devid))
		return usage("reapply VIF|all (VIF is DOMID.DEVID)");
	return xnm_reapply(domid, devid) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int xnm_verb_gc(int argc, char **argv)
{
	struct xnm_err err = { "" };
	int removed;

	(void)argv;
	if (argc != 2)
		return usage("gc");
	removed = xnm_gc_all(&err);
	if (removed < 0) {
		xnm_log_error("gc: %s", err.text);
		return EXIT_FAILURE;
	}
	printf("%d vif%s removed\n", removed, removed == 1 ? "" : "s");
	return EXIT_SUCCESS;
}
