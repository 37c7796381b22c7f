/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest.c - xnm-guest: its arguments, one run over the vifs, and the watch. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/base/start.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/xen/store.h"
#include "kmod/xnm_uapi.h"
#include "udev/guest_run.h"

#define EXIT_USAGE	2
#define STORE_TIMEOUT_S 20

struct options {
	const char *what; /* "all", an interface's name or a number */
	const char *domain;
	bool print, watch;
};

/* All vifs that have a note or are being set up. Large: not on the stack. */
static struct guest_vif vifs[GUEST_MAX_VIFS];
static unsigned int n_vifs;

static int usage(FILE *stream)
{
	fputs("usage: xnm-guest [--print] [--watch] [--domain PATH] [IFNAME|DEVID|all]\n\n"
	      "xnm-guest sets a Xen guest's network interfaces up as domain 0 says below\n"
	      "xnm/vif in xenstore: address, gateway, name servers, MTU, and whether the guest\n"
	      "shares its own connection. It removes what the host no longer tells it.\n\n"
	      "  --print        print what would be done, change nothing\n"
	      "  --watch        keep running, and do it again whenever something changes\n"
	      "  --domain PATH  read that folder of xenstore, not the guest's own\n"
	      "  --help, --version\n\n"
	      "See xnm-guest(8).\n",
	      stream);
	return EXIT_USAGE;
}

static int find_vif(void *arg, uint32_t devid)
{
	struct guest_run *run = arg;

	for (unsigned int i = 0; i < n_vifs; i++) {
		if (vifs[i].devid == devid)
			return 0;
	}
	if (n_vifs == GUEST_MAX_VIFS)
		return guest_too_many(run);
	memset(&vifs[n_vifs], 0, sizeof(vifs[0]));
	vifs[n_vifs++].devid = devid;
	return 0;
}

static int by_devid(const void *a, const void *b)
{
	const struct guest_vif *x = a, *y = b;

	return (x->devid > y->devid) - (x->devid < y->devid);
}

/* Collects vifs with a note, and vifs that exist. */
static int find_vifs(struct guest_run *run)
{
	int rc;

	n_vifs = 0;
	rc = guest_note_each(&run->dir, find_vif, run);
	rc = rc == -E2BIG ? rc : guest_each_vif(run, find_vif, run);
	qsort(vifs, n_vifs, sizeof(vifs[0]), by_devid);
	for (unsigned int i = 0; i < n_vifs; i++) {
		int r = guest_note_read(&run->dir, vifs[i].devid, &vifs[i].note);

		if (r && r != -ENOENT)
			xnm_log_warning(
				"the note on vif %u is damaged: what it lists is not undone",
				vifs[i].devid);
	}
	return rc;
}

static int run_vif(struct guest_run *run, struct guest_vif *vif)
{
	static struct guest_plan plan;
	int rc = guest_read_vif(run, vif);

	/* it was just attached, or the guest has migrated here */
	if (rc == 0 && !vif->told.present && !run->print) {
		guest_wait_for_backend(run, vif->devid);
		rc = guest_read_vif(run, vif);
	}
	if (rc == 0)
		rc = guest_plan_vif(&plan, vif, &run->err);
	if (rc == 0)
		rc = guest_apply(run, &plan, NULL);
	if (rc == 0)
		vif->note = plan.note[1];
	else
		xnm_log_error("vif %u: %s", vif->devid, run->err.text);
	run->err.text[0] = '\0';
	return rc;
}

static int run_host(struct guest_run *run)
{
	static struct guest_host host;
	static struct guest_plan plan;
	int rc;

	host.n_notes = 0;
	for (unsigned int i = 0; i < n_vifs; i++) {
		if (vifs[i].note.ifname[0])
			host.notes[host.n_notes++] = &vifs[i].note;
	}
	rc = guest_read_host(run, &host);
	if (rc == 0)
		rc = guest_plan_host(&plan, &host, &run->err);
	return rc ? rc : guest_apply(run, &plan, &host);
}

/* Parses the argument into a vif's number; -1: all. Returns 0 or -errno. */
static int choose(struct guest_run *run, const char *what, int64_t *devid)
{
	uint32_t number;
	int rc = 0;

	*devid = -1;
	if (strcmp(what, "all") == 0)
		return 0;
	if (xnm_parse_u32(what, 0, UINT16_MAX, &number))
		rc = guest_devid_of(run, what, &number);
	if (rc == 0)
		*devid = number;
	return rc;
}

static int run_chosen(struct guest_run *run, const char *what)
{
	int64_t chosen;
	int failed = 0, rc;

	rc = choose(run, what, &chosen);
	if (rc == 0)
		rc = find_vifs(run);
	if (rc)
		return rc;
	if (chosen >= 0)
		(void)find_vif(NULL, (uint32_t)chosen);
	for (unsigned int i = 0; i < n_vifs; i++) {
		if ((chosen < 0 || vifs[i].devid == (uint32_t)chosen) && run_vif(run, &vifs[i]))
			failed = -EINVAL;
	}
	rc = run_host(run);
	return rc ? rc : failed;
}

/* One run over all vifs. */
static int run_once(struct guest_run *run, const char *what)
{
	int rc = guest_dir_open(&run->dir, run->print);

	if (rc)
		(void)xnm_fail(&run->err, rc, "cannot keep notes in %s: %s", guest_dir_path(),
			       strerror(-rc));
	if (rc == 0)
		rc = run_chosen(run, what);
	guest_dir_close(&run->dir);
	if (run->err.text[0])
		xnm_log_error("%s", run->err.text);
	run->err.text[0] = '\0';
	return rc;
}

static int open_all(struct guest_run *run)
{
	int rc = xnm_rtnl_open(&run->rtnl);

	if (rc)
		return xnm_fail(&run->err, rc, "cannot open a netlink socket: %s", strerror(-rc));
	rc = xnm_store_open(&run->store, STORE_TIMEOUT_S);
	if (rc)
		return xnm_fail(&run->err, rc, "cannot reach xenstore: %s; is this a Xen guest?",
				strerror(-rc));
	return xnm_sandbox_enter(0, &run->err);
}

static int watch(struct guest_run *run, const char *folder)
{
	char path[256];
	int rc;

	(void)snprintf(path, sizeof(path), "%s%s%s", run->domain, run->domain[0] ? "/" : "",
		       folder);
	rc = xnm_store_watch(path);
	return rc ? xnm_fail(&run->err, rc, "cannot watch %s: %s", path, strerror(-rc)) : 0;
}

/* Runs until it is killed. After an error it goes on: the next change may mend it. */
static int watch_all(struct guest_run *run, const char *what)
{
	int rc = watch(run, XNM_FP_HOME "/" XNM_FP_NODE_VIFS);
	int fds[2];
	unsigned int n = guest_watch_open(fds);

	if (rc == 0)
		rc = watch(run, "device/vif");
	while (rc == 0) {
		rc = xnm_store_wait(run->store, fds, n);
		if (rc)
			return xnm_fail(&run->err, rc, "xenstore has gone: %s", strerror(-rc));
		(void)run_once(run, what);
	}
	return rc;
}

static int parse(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "print", no_argument, NULL, 'p' },
		{ "watch", no_argument, NULL, 'w' },
		{ "domain", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*options = (struct options){ .what = "all", .domain = "" };
	opterr = 0; /* the usage text says it all */
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'p')
			options->print = true;
		else if (option == 'w')
			options->watch = true;
		else if (option == 'd')
			options->domain = optarg;
		else
			return -EINVAL;
	}
	if (optind + 1 < argc || (options->print && options->watch) ||
	    strlen(options->domain) > 128)
		return -EINVAL;
	if (optind < argc)
		options->what = argv[optind];
	return xnm_ifname_ok(options->what) || strcmp(options->what, "all") == 0 ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct guest_run run = { .dir = { "", -1, -1, -1 } };
	struct options options;
	int rc;

	xnm_start("xnm-guest", XNM_START_CLOSE_FDS);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		(void)usage(stdout);
		return EXIT_SUCCESS;
	}
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0)) {
		puts("xnm-guest " XNM_VERSION);
		return EXIT_SUCCESS;
	}
	if (parse(&options, argc, argv))
		return usage(stderr);
	run.domain = options.domain;
	run.print = options.print;
	rc = open_all(&run);
	if (rc == 0 && options.watch)
		rc = watch_all(&run, options.what);
	else if (rc == 0)
		rc = run_once(&run, options.what);
	if (run.err.text[0])
		xnm_log_error("%s", run.err.text);
	xnm_store_unwatch();
	xnm_store_close(run.store);
	xnm_rtnl_close(run.rtnl);
	xnm_nft_close(run.nft);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
