/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - `xnm status`: have every part read, and print what was asked for. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/vif.h"

static const char usage[] =
	"usage: xnm status [--json] [-v] [VIF|GUEST...]\n"
	"\n"
	"Prints the vifs of this host, or those that are named, the networks of the policy\n"
	"that they are in, and the uplinks. If something is not as the policy says, it prints\n"
	"what xnm-vif reapply would do.\n"
	"\n"
	"  -v, --verbose  why packets were dropped, and which vifs have the fast path\n"
	"  --json         all of it for programs\n"
	"\n"
	"Exit status: 0 success, 1 failure or guests without nftables rules, 2 a wrong call.\n";

/* Whether word, from the command line, means this vif or its guest. */
static bool row_is(const struct xnm_row *row, const char *word)
{
	uint32_t domid, devid;

	if (xnm_vif_id_parse(word, &domid, &devid) == 0)
		return row->domid == domid && row->devid == devid;
	if (xnm_parse_u32(word, 0, XNM_DOMID_MAX, &domid) == 0 && row->domid == domid)
		return true;
	return strcmp(word, row->state->device.ifname) == 0 ||
	       strcmp(word, row->state->device.tap) == 0 ||
	       strcmp(word, row->state->domain_name) == 0;
}

/* Leaves the networks of the rows. */
static void select_networks(struct xnm_status *status)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < status->n_networks; i++) {
		bool wanted = false;

		for (unsigned int k = 0; k < status->n && !wanted; k++)
			wanted = strcmp(status->rows[k].state->network.name,
					status->networks[i].name) == 0;
		if (wanted)
			status->networks[kept++] = status->networks[i];
	}
	status->n_networks = kept;
}

/* Leaves the rows that words name. Returns -ENOENT after telling which word names none. */
static int select_rows(struct xnm_status *status, char **words, int n_words)
{
	unsigned int kept = 0;
	int rc = 0;

	for (int w = 0; w < n_words; w++) {
		bool found = false;

		for (unsigned int i = 0; i < status->n && !found; i++)
			found = row_is(&status->rows[i], words[w]);
		if (!found) {
			fprintf(stderr, "xnm: there is no vif or guest '%.80s'\n", words[w]);
			rc = -ENOENT;
		}
	}
	for (unsigned int i = 0; i < status->n && n_words; i++) {
		bool wanted = false;

		for (int w = 0; w < n_words && !wanted; w++)
			wanted = row_is(&status->rows[i], words[w]);
		if (wanted)
			status->rows[kept++] = status->rows[i];
		else
			free(status->rows[i].state);
	}
	if (n_words)
		status->n = kept;
	select_networks(status);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const struct xnm_row *x = a, *y = b;

	if (x->domid != y->domid)
		return x->domid < y->domid ? -1 : 1;
	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

/* The reading has told on stderr what it could not read; what it could is printed nevertheless. */
static int find_out(struct xnm_status *status, char **words, int n_words)
{
	const struct xnm_policy *policy = xnm_read_policy();
	int rc = 0;

	for (unsigned int i = 0; i < xnm_n_status_parts && rc == 0; i++) {
		if (xnm_status_parts[i]->read)
			rc = xnm_status_parts[i]->read(status, policy);
	}
	if (rc == 0)
		rc = select_rows(status, words, n_words);
	if (status->n)
		qsort(status->rows, status->n, sizeof(*status->rows), by_number);
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		for (unsigned int k = 0; k < status->n && xnm_status_parts[i]->look; k++)
			xnm_status_parts[i]->look(status, &status->rows[k]);
	}
	return rc;
}

static void print_text(const struct xnm_status *status, FILE *stream)
{
	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		if (xnm_status_parts[i]->print)
			xnm_status_parts[i]->print(status, stream);
	}
}

/* The format is packaging/xnm-status.schema.json. Returns 0 or -ENOMEM. */
static int print_json(const struct xnm_status *status, FILE *stream)
{
	struct json_object *all = json_object_new_object();

	for (unsigned int i = 0; i < xnm_n_status_parts; i++) {
		if (xnm_status_parts[i]->json)
			xnm_status_parts[i]->json(all, status);
	}
	return xnm_json_print(all, stream);
}

int xnm_cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(xnm_status_free))) struct xnm_status status = { 0 };
	bool json = false;
	int option, rc;
	bool is_open;

	while ((option = getopt_long(argc, argv, "hv", options, NULL)) != -1) {
		if (option != 'j' && option != 'v') {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
		}
		json |= option == 'j';
		status.in_detail |= option == 'v';
	}
	status.is_part = optind < argc;
	status.in_detail |= status.is_part;
	rc = find_out(&status, argv + optind, argc - optind);
	if (json && print_json(&status, stdout))
		rc = -ENOMEM;
	else if (!json && (rc == 0 || status.n))
		print_text(&status, stdout);
	is_open = status.open.n_vifs || status.open.n_networks;
	return rc || is_open ? EXIT_FAILURE : EXIT_SUCCESS;
}
