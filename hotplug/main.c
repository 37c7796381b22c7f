/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - xnm-vif: the table of its verbs and its exit status. */
#include <errno.h>
#include <string.h>

#include "hotplug/base/environment.h"
#include "hotplug/base/event.h"
#include "hotplug/base/start.h"
#include "hotplug/base/util.h"
#include "hotplug/run/dhcp_hook.h"
#include "hotplug/run/run.h"
#include "hotplug/verbs.h"

#define EXIT_USAGE 2

static int usage(FILE *stream);

static int verb_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	usage(stdout);
	return EXIT_SUCCESS;
}

static int verb_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("xnm-vif " XNM_VERSION);
	return EXIT_SUCCESS;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
} verbs[] = {
	{ "online", xnm_verb_hotplug, "[KEY=VALUE...]", "attach a vif; libxl calls this" },
	{ "offline", xnm_verb_hotplug, "[KEY=VALUE...]", "detach a vif" },
	{ "add", xnm_verb_hotplug, "type_if=tap", "attach the tap of an emulated NIC" },
	{ "remove", xnm_verb_hotplug, "type_if=tap", "detach that tap" },
	{ "plan", xnm_verb_plan, "[VERB] [VIF]", "print what would be done, change nothing" },
	{ "reapply", xnm_verb_reapply, "VIF|all", "bring a vif, or all, to what the policy says" },
	{ "gc", xnm_verb_gc, "", "remove what is left of guests whose offline never ran" },
	{ "help", verb_help, "", "print this text" },
	{ "version", verb_version, "", "print the version" },
};

static int usage(FILE *stream)
{
	fputs("usage: xnm-vif VERB [ARGUMENT...]\n\n"
	      "xnm-vif is a hotplug script for Xen's virtual interfaces: write\n"
	      "  vif = [ 'bridge=xenbr0,script=xnm-vif' ]\n"
	      "in a guest's configuration, and xl runs it.\n\n",
	      stream);
	for (size_t i = 0; i < XNM_N_ELEMENTS(verbs); i++)
		fprintf(stream, "  %-8s %-16s %s\n", verbs[i].name, verbs[i].arguments,
			verbs[i].help);
	fputs("\nVIF is DOMID.DEVID or vifDOMID.DEVID. See xnm-vif(8).\n", stream);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const char *verb;
	struct xnm_err err = { "" };

	xnm_start("xnm-vif", XNM_START_CLOSE_FDS);
	if (argc < 1)
		return usage(stderr);
	verb = xnm_event_command(argc, argv);
	if (xnm_dhcp_is_hook(argv[0]))
		return xnm_dhcp_hook(argc, argv);
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)
		verb = "help";
	if (strcmp(verb, "--version") == 0)
		verb = "version";
	if (xnm_environment_check(&err)) {
		xnm_log_error("%s", err.text);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < XNM_N_ELEMENTS(verbs); i++) {
		if (strcmp(verb, verbs[i].name) == 0)
			return verbs[i].run(argc, argv);
	}
	if (verb[0])
		fprintf(stderr, "xnm-vif: unknown verb '%.40s'\n", verb);
	return usage(stderr);
}
