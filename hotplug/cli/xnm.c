/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnm.c - main() of the program for operators: a table of commands and the usage text from it. */
#include "hotplug/base/start.h"
#include "hotplug/cli/cli.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/run/dhcp_hook.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/base/environment.h"
#include "hotplug/base/util.h"

static void usage(FILE *stream);

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	usage(stdout);
	return EXIT_SUCCESS;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("xnm " XNM_VERSION);
	return EXIT_SUCCESS;
}

/* What a good policy needs of this host is not in any of its lines. */
static int cmd_check(int argc, char **argv)
{
	int status = xnm_cmd_check(argc, argv);

	if (xnm_checked_policy()) {
		(void)fflush(stdout);
		xnm_doctor_warnings(xnm_checked_policy());
	}
	return status;
}

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
} commands[] = {
	{ "status", xnm_cmd_status, "[--json] [-v] [VIF|GUEST...]",
	  "show the vifs, and what is wrong with them" },
	{ "check", cmd_check, "[FILE]", "look for mistakes in the policy" },
	{ "doctor", xnm_cmd_doctor, "", "find what on this host blocks packets of guests" },
	{ "address", xnm_cmd_address, "VIF|GUEST[/NUMBER] [--kernel]",
	  "print the addresses of a vif, also before it exists" },
	{ "dnsmasq", xnm_cmd_dnsmasq, "NETWORK", "print dnsmasq's configuration for a network" },
	{ "probe", xnm_cmd_probe, "[UPLINK...]",
	  "measure loss and latency of the uplinks once, and use the best" },
	{ "apply", xnm_cmd_apply, "[--dry-run]",
	  "bring all running vifs and networks to what the policy says" },
	{ "profile", xnm_cmd_profile, "list [--json]|use NAME",
	  "show the profiles of the policy, or switch to another" },
	{ "set", xnm_cmd_set, "VIF KEY=VALUE...", "change keys of a vif while it runs" },
	{ "reset", xnm_cmd_reset, "VIF [KEY...]|--all", "take that back" },
	{ "try", xnm_cmd_try, "[--timeout SECONDS] [profile NAME]",
	  "apply the policy or a profile, and take it back unless you confirm it" },
	{ "rollback", xnm_cmd_rollback, "", "put in force what was before the last apply" },
	{ "run", xnm_cmd_run, "NAME [--speed FACTOR]...",
	  "carry out a schedule of the policy, and put back what it changed" },
	{ "fastpath", xnm_cmd_fastpath, "[--json] [VIF|GUEST]",
	  "show which guests talk through shared memory" },
	{ "import", xnm_cmd_import, "REAL.xml VIRTUAL.xml",
	  "write a policy from a real and a virtual network" },
	{ "help", cmd_help, "", "print this text" },
	{ "version", cmd_version, "", "print the version" },
};

static void usage(FILE *stream)
{
	fputs("usage: xnm COMMAND [ARGUMENT...]\n\n"
	      "xnm shows and checks the networking of this host's Xen guests. It changes nothing,\n"
	      "but apply, profile use, try, rollback, set, reset and run change running vifs,\n"
	      "probe moves default routes, and address may reserve an address of a pool.\n\n",
	      stream);
	for (size_t i = 0; i < XNM_N_ELEMENTS(commands); i++)
		fprintf(stream, "  %-8s %-29s %s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
	fputs("\nVIF is DOMID.DEVID, vifDOMID.DEVID or the vif's own name; GUEST is a domain's\n"
	      "name or number. Exit status: 0 success, 1 failure, 2 a wrong call or a mistake in\n"
	      "the policy. See xnm(8).\n",
	      stream);
}

/* The usual options are commands of the same name. */
static const char *command_name(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return "version";
	return word;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < XNM_N_ELEMENTS(commands); i++) {
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* A reader such as head(1) or a pager may leave early, and wants to hear nothing of it. */
static bool has_lost_reader(int fd)
{
	struct pollfd pipe = { .fd = fd };

	return poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR);
}

int main(int argc, char **argv)
{
	const struct command *command;
	struct xnm_err err = { "" };
	int status;

	xnm_start("xnm", XNM_START_KEEP_FDS);
	/* a DHCP client that probe has started calls it by that name */
	if (argc > 0 && xnm_dhcp_is_hook(argv[0]))
		return xnm_dhcp_hook(argc, argv);
	if (argc < 2) {
		usage(stderr);
		return XNM_EXIT_USAGE;
	}
	command = find_command(command_name(argv[1]));
	if (!command) {
		fprintf(stderr, "xnm: unknown command '%.40s'\n", argv[1]);
		usage(stderr);
		return XNM_EXIT_USAGE;
	}
	if (xnm_environment_check(&err)) {
		fprintf(stderr, "xnm: %s\n", err.text);
		return XNM_EXIT_USAGE;
	}
	status = command->run(argc - 1, argv + 1);
	/* a full disk must not look like an empty answer */
	if (fflush(stdout) || ferror(stdout)) {
		if (!has_lost_reader(STDOUT_FILENO))
			perror("xnm: cannot write the output");
		return EXIT_FAILURE;
	}
	return status;
}
