/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - xnm check: read the policy as an event would and list every mistake. */
#include "hotplug/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/cli/findings.h"
#include "hotplug/kernel/tc.h"
#include "hotplug/notes/applied.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/bridge/manager.h"
#include "hotplug/parts/network/overlap.h"
#include "policy/policy.h"

static const char usage[] =
	"usage: xnm check [-v] [FILE]\n"
	"\n"
	"Reads the policy FILE (" XNM_POLICY_FILE " or $XNM_CONFIG), the *.ini files of\n"
	"policy.d beside it and of override.d in the run directory, and prints every\n"
	"mistake as FILE:LINE: TEXT. A subnet that another interface of this host has, or a\n"
	"card that another program sets up, is a mistake in the policy in use, and a\n"
	"warning in any other FILE. As root it also tries, in a network namespace of its\n"
	"own, whether this kernel can emulate the lines of the policy in use (delay=,\n"
	"loss= and the like).\n"
	"\n"
	"  -v, --verbose  also print what this kernel can do, or why it cannot be asked\n"
	"\n"
	"Exit status: 0 no mistakes, 2 mistakes.\n";

/* "1 network", "2 networks" */
static void print_count(FILE *stream, unsigned int n, const char *noun)
{
	fprintf(stream, "%u %s%s", n, noun, n == 1 ? "" : "s");
}

static void print_summary(const char *path, const struct xnm_policy *policy,
			  const struct xnm_findings *findings)
{
	printf("%s: ", path);
	print_count(stdout, policy->n_networks, "network");
	printf(", ");
	print_count(stdout, policy->n_vifs, "vif section");
	if (policy->n_profiles) {
		printf(", ");
		print_count(stdout, policy->n_profiles, "profile");
		printf(" (%s in force)", policy->profile[0] ? policy->profile : "none");
	}
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
static bool is_verbose;

static const char *yes(bool can)
{
	return can ? "yes" : "no";
}

const struct xnm_policy *xnm_read_policy(void)
{
	return xnm_policy_load(&the_policy, xnm_policy_file_in_force(), xnm_run_dir_path(),
			       XNM_THIS_HOST, NULL, NULL)
		       ? NULL
		       : &the_policy;
}

const struct xnm_policy *xnm_checked_policy(void)
{
	return policy_is_good ? &the_policy : NULL;
}

/* A file that is not in use may be for another host with other devices, and other profiles. */
static int load(const char *path, const char *profile, struct xnm_findings *findings)
{
	bool in_use = strcmp(path, xnm_policy_file()) == 0;

	return xnm_policy_load_under(
		&the_policy, path, xnm_run_dir_path(), in_use ? XNM_THIS_HOST : XNM_ANY_HOST,
		profile || in_use ? profile : "", findings ? xnm_findings_add : NULL, findings);
}

struct host_check {
	struct xnm_findings *findings;
	const char *prefix;
};

static void print_overlap(void *arg, const struct xnm_network *network, const char *reason)
{
	const struct host_check *host = arg;
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, ADDRESS);
	char text[512];

	(void)snprintf(text, sizeof(text), "%s%s", host->prefix, reason);
	xnm_findings_add(host->findings, the_policy.files[origin.file], origin.line, text);
}

static void print_manager(void *arg, const struct xnm_network *network, const char *reason)
{
	const struct host_check *host = arg;
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, INTERFACES);
	char text[512];

	(void)snprintf(text, sizeof(text), "%s%s", host->prefix, reason);
	xnm_findings_add(host->findings, the_policy.files[origin.file], origin.line, text);
}

/* Another host may have other subnets: for a file that is not in use it is a warning. */
static void check_host(const char *path, struct xnm_findings *findings)
{
	bool here = strcmp(path, xnm_policy_file()) == 0;
	struct host_check host = { findings, here ? "" : "warning: " };

	xnm_overlap_each(&the_policy, print_overlap, &host);
	xnm_manager_each(&the_policy, print_manager, &host);
}

/* What the kernel can do; NULL: it was not asked. Another file may be for another host's. */
static const struct xnm_netem_can *kernel_can;

/* Once it is known that any profile needs a netem. */
static void ask_kernel(const char *path)
{
	static struct xnm_netem_can can;
	static bool is_asked;
	int rc;

	if (is_asked || strcmp(path, xnm_policy_file()) != 0 || !xnm_policy_has_netems(&the_policy))
		return;
	is_asked = true;
	rc = xnm_netem_ask(&can);
	if (rc == 0)
		kernel_can = &can;
	if (!is_verbose)
		return;
	if (rc)
		printf("this kernel cannot be asked what its netem can do: %s\n", strerror(-rc));
	else
		printf("this kernel: netem: %s, gemodel=: %s, slot=: %s, seed=: %s, duplicate= "
		       "beside "
		       "other lines: %s\n",
		       yes(can.netem), yes(can.gemodel), yes(can.slot), yes(can.seed),
		       yes(can.mixed_duplicates));
}

/* Under one profile, as if it were in force. Returns 0, or -errno if it cannot be read. */
static int check_state(const char *path, const char *profile, struct xnm_findings *findings)
{
	int rc = load(path, profile, findings);

	if (rc)
		return rc;
	ask_kernel(path);
	(void)xnm_policy_check_for(&the_policy, kernel_can, xnm_findings_add, findings);
	return 0;
}

static void check_states(const char *path, struct xnm_findings *findings)
{
	int rc = check_state(path, NULL, findings);

	xnm_findings_states(findings, &the_policy);
	for (findings->state = 1; findings->state < findings->n_states; findings->state++)
		(void)check_state(path, findings->states[findings->state], findings);
	if (rc)
		return;
	/* what the host has now is there because of the profile in force */
	if (findings->n_states > 1)
		(void)load(path, NULL, NULL);
	findings->in_all = true;
	check_host(path, findings);
	if (strcmp(path, xnm_policy_file()) == 0)
		xnm_check_places(findings, path);
}

static int check(const char *path, bool must_exist)
{
	struct xnm_findings findings = { .n_states = 1 };
	struct stat st;

	if (must_exist && lstat(path, &st) && errno == ENOENT)
		xnm_findings_add(&findings, path, 0, "there is no such file");
	else
		check_states(path, &findings);
	xnm_findings_print(&findings);
	xnm_findings_free(&findings);

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
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "hv", options, NULL)) != -1) {
		if (c == 'v') {
			is_verbose = true;
			continue;
		}
		fputs(usage, c == 'h' ? stdout : stderr);
		return c == 'h' ? 0 : XNM_EXIT_USAGE;
	}
	if (argc - optind > 1) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	if (optind < argc)
		return check(argv[optind], true);
	return check(xnm_policy_file(), false);
}
