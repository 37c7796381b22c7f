/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnm-udev.c - set up networks that exist without a guest, and the host's network cards; run by
 * udev and at boot. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "hotplug/base/environment.h"
#include "hotplug/base/ifname.h"
#include "hotplug/base/sandbox.h"
#include "hotplug/base/start.h"
#include "hotplug/base/util.h"
#include "hotplug/run/apply_policy.h"
#include "hotplug/run/networks.h"
#include "hotplug/run/run.h"
#include "hotplug/run/uplinks.h"

#define EXIT_USAGE 2

/* Large and zero: not touched unless used. */
static struct xnm_policy the_policy;

struct call {
	enum xnm_run_mode mode;
	const char *ifname; /* "": all networks */
	char real[IFNAMSIZ];
	unsigned int failed;
};

static void told(void *arg, const char *what, const struct xnm_plan *plan)
{
	const struct call *call = arg;

	if (call->mode == XNM_RUN_PLAN) {
		printf("%s:\n", what);
		xnm_plan_print(plan, stdout);
	} else if (plan->n) {
		xnm_log_info("%s: %u operations", what, plan->n);
	}
}

/* Runs all networks that concern the interface; with "": all. */
static void run_networks(struct call *call)
{
	call->failed += xnm_networks_start(&the_policy, call->ifname, call->mode, told, call);
}

/* Ends networks that no longer have start=boot. */
static void stop_leftovers(struct call *call)
{
	call->failed += xnm_networks_stop(&the_policy, true, call->mode, told, call);
}

/* udev kills processes that its event has started: DHCP clients are started at boot, and by xnm
 * probe. */
static void evaluate_uplinks(struct call *call, bool may_start)
{
	struct xnm_err err = { "" };

	if (xnm_uplinks_evaluate(&the_policy, may_start, &err)) {
		xnm_log_error("%s", err.text);
		call->failed++;
	}
}

/* For every interface, in the policy or not: the host may forward only because of guests. */
static void look(struct call *call)
{
	if (xnm_run_look(&the_policy))
		call->failed++;
}

static void verb_boot(struct call *call)
{
	xnm_keep_first_policy(&the_policy);
	stop_leftovers(call);
	run_networks(call);
	look(call);
	evaluate_uplinks(call, true);
}

static void verb_add(struct call *call)
{
	/* first: it must not forward before it is used */
	look(call);
	run_networks(call);
	evaluate_uplinks(call, false);
}

/* The bridge keeps the addresses until the interface is back. */
static void verb_remove(struct call *call)
{
	look(call);
	evaluate_uplinks(call, false);
}

static void verb_plan(struct call *call)
{
	call->mode = XNM_RUN_PLAN;
	if (!call->ifname[0])
		stop_leftovers(call);
	run_networks(call);
}

static const struct {
	const char *name;
	void (*run)(struct call *call);
	int min, max; /* the number of interface arguments */
	const char *arguments;
	const char *help;
} verbs[] = {
	{ "boot", verb_boot, 0, 0, "", "make or repair the networks with start=boot" },
	{ "add", verb_add, 1, 1, "IFNAME", "an interface has appeared: put it into its bridge" },
	{ "remove", verb_remove, 1, 1, "IFNAME", "an interface has gone" },
	{ "change", verb_add, 1, 1, "IFNAME", "as add; also restore default routes of uplinks" },
	{ "plan", verb_plan, 0, 1, "[IFNAME]", "print what would be done, change nothing" },
};

static int usage(FILE *stream)
{
	fputs("usage: xnm-udev VERB [IFNAME]\n\n"
	      "xnm-udev makes the networks with start=boot before their first guest, and puts\n"
	      "network cards into their bridges. udev and xnm-boot.service call it.\n\n",
	      stream);
	for (size_t i = 0; i < XNM_N_ELEMENTS(verbs); i++)
		fprintf(stream, "  %-8s %-10s %s\n", verbs[i].name, verbs[i].arguments,
			verbs[i].help);
	fputs("  help                print this text\n"
	      "  version             print the version\n"
	      "\nSee xnm-udev(8).\n",
	      stream);
	return EXIT_USAGE;
}

/* By the name in udev's event; a removed interface has no other. */
static int find_name(struct call *call, struct xnm_err *err)
{
	_cleanup_close_ int fd = xnm_ifname_open();
	int rc = fd < 0 ? fd : xnm_ifname_real(fd, call->ifname, call->real);

	if (rc == 0)
		call->ifname = call->real;
	return rc && rc != -ENODEV ? xnm_fail(err, rc, "cannot ask the kernel what %s is: %s",
					      call->ifname, strerror(-rc))
				   : 0;
}

static int run_verb(size_t i, struct call *call)
{
	struct xnm_err err = { "" };

	if (call->ifname[0] && !xnm_ifname_ok(call->ifname)) {
		xnm_log_error("'%.40s' is not the name of a network device", call->ifname);
		return EXIT_USAGE;
	}
	/* also without a network, or with a mistake in the policy */
	if (verbs[i].run != verb_plan)
		(void)xnm_run_heal(false);
	if ((call->ifname[0] && find_name(call, &err)) || xnm_run_load_policy(&the_policy, &err)) {
		xnm_log_error("%s", err.text);
		return EXIT_FAILURE;
	}
	/* do not stop half-way when udev ends the event: a half-moved card is worse */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	verbs[i].run(call);
	return call->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	struct call call = { .mode = XNM_RUN_EVENT, .ifname = argc > 2 ? argv[2] : "" };
	struct xnm_err err = { "" };

	xnm_start("xnm-udev", XNM_START_CLOSE_FDS);
	if (strcmp(verb, "help") == 0 || strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
		usage(stdout);
		return EXIT_SUCCESS;
	}
	if (strcmp(verb, "version") == 0 || strcmp(verb, "--version") == 0) {
		puts("xnm-udev " XNM_VERSION);
		return EXIT_SUCCESS;
	}
	if (xnm_environment_check(&err)) {
		xnm_log_error("%s", err.text);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < XNM_N_ELEMENTS(verbs); i++) {
		if (strcmp(verb, verbs[i].name) == 0 && argc - 2 >= verbs[i].min &&
		    argc - 2 <= verbs[i].max && (argc < 3 || argv[2][0]))
			return run_verb(i, &call);
	}
	return usage(stderr);
}
