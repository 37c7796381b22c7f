/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - xnm check: read the policy as an event would and list every mistake. */
#include "hotplug/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/notes/files.h"
#include "hotplug/parts/bridge/manager.h"
#include "hotplug/parts/network/overlap.h"
#include "policy/policy.h"

static const char usage[] =
	"usage: xnm check [FILE]\n"
	"\n"
	"Reads the policy FILE (" XNM_POLICY_FILE " or $XNM_CONFIG), the *.ini files of\n"
	"policy.d beside it and of override.d in the run directory, and prints every\n"
	"mistake as FILE:LINE: TEXT. A subnet that another interface of this host has, or a\n"
	"card that another program sets up, is a mistake in the policy in use, and a\n"
	"warning in any other FILE.\n"
	"\n"
	"Exit status: 0 no mistakes, 2 mistakes.\n";

struct findings {
	unsigned int n_mistakes, n_warnings;
};

static void print_finding(void *arg, const char *file, unsigned int line, const char *text)
{
	struct findings *findings = arg;

	if (xnm_policy_is_warning(text))
		findings->n_warnings++;
	else
		findings->n_mistakes++;
	if (line)
		fprintf(stderr, "%s:%u: %s\n", file, line, text);
	else
		fprintf(stderr, "%s: %s\n", file, text);
}

/* "1 network", "2 networks" */
static void print_count(FILE *stream, unsigned int n, const char *noun)
{
	fprintf(stream, "%u %s%s", n, noun, n == 1 ? "" : "s");
}

static void print_summary(const char *path, const struct xnm_policy *policy,
			  const struct findings *findings)
{
	printf("%s: ", path);
	print_count(stdout, policy->n_networks, "network");
	printf(", ");
	print_count(stdout, policy->n_vifs, "vif section");
	printf(", no mistakes");
	if (findings->n_warnings) {
		printf(", ");
		print_count(stdout, findings->n_warnings, "warning");
	}
	printf("\n");
}

/* Large, but its memory is not touched unless it is used. */
static struct xnm_policy the_policy;
static bool policy_is_good;

static const char *file_in_use(void)
{
	const char *path = getenv("XNM_CONFIG");

	return path && *path ? path : XNM_POLICY_FILE;
}

const struct xnm_policy *xnm_read_policy(void)
{
	return xnm_policy_load(&the_policy, file_in_use(), xnm_run_dir_path(), XNM_THIS_HOST, NULL,
			       NULL)
		       ? NULL
		       : &the_policy;
}

const struct xnm_policy *xnm_checked_policy(void)
{
	return policy_is_good ? &the_policy : NULL;
}

/* A file that is not in use may be for another host with other devices. */
static int load(const char *path, struct findings *findings)
{
	bool in_use = strcmp(path, file_in_use()) == 0;

	return xnm_policy_load(&the_policy, path, xnm_run_dir_path(),
			       in_use ? XNM_THIS_HOST : XNM_ANY_HOST, print_finding, findings);
}

struct host_check {
	struct findings *findings;
	const char *prefix;
};

static void print_overlap(void *arg, const struct xnm_network *network, const char *reason)
{
	const struct host_check *host = arg;
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, ADDRESS);
	char text[512];

	(void)snprintf(text, sizeof(text), "%s%s", host->prefix, reason);
	print_finding(host->findings, the_policy.files[origin.file], origin.line, text);
}

static void print_manager(void *arg, const struct xnm_network *network, const char *reason)
{
	const struct host_check *host = arg;
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, INTERFACES);
	char text[512];

	(void)snprintf(text, sizeof(text), "%s%s", host->prefix, reason);
	print_finding(host->findings, the_policy.files[origin.file], origin.line, text);
}

/* Another host may have other subnets: for a file that is not in use it is a warning. */
static void check_host(const char *path, struct findings *findings)
{
	bool here = strcmp(path, file_in_use()) == 0;
	struct host_check host = { findings, here ? "" : "warning: " };

	xnm_overlap_each(&the_policy, print_overlap, &host);
	xnm_manager_each(&the_policy, print_manager, &host);
}

static int check(const char *path, bool must_exist)
{
	struct findings findings = { 0 };
	struct stat st;

	if (must_exist && lstat(path, &st) && errno == ENOENT) {
		print_finding(&findings, path, 0, "there is no such file");
	} else if (load(path, &findings) == 0) {
		(void)xnm_policy_check(&the_policy, print_finding, &findings);
		check_host(path, &findings);
	}

	if (findings.n_mistakes) {
		fprintf(stderr, "%s: ", path);
		print_count(stderr, findings.n_mistakes, "mistake");
		fprintf(stderr, "\n");
		return XNM_EXIT_USAGE;
	}
	policy_is_good = true;
	if (the_policy.present)
		print_summary(path, &the_policy, &findings);
	else
		printf("%s: there is no policy; guests get what their configuration says\n", path);
	return 0;
}

int xnm_cmd_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		fputs(usage, c == 'h' ? stdout : stderr);
		return c == 'h' ? 0 : XNM_EXIT_USAGE;
	}
	if (argc - optind > 1) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	if (optind < argc)
		return check(argv[optind], true);
	return check(file_in_use(), false);
}
