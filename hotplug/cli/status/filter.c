/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.c - whether nftables has what is noted of each vif and network. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/drops.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/ruleset.h"

static const struct {
	uint8_t number;
	const char *name;
} families[] = {
	[XNM_TABLE_BRIDGE] = { NFPROTO_BRIDGE, "bridge" },
	[XNM_TABLE_INET] = { NFPROTO_INET, "inet" },
};

struct reader {
	struct xnm_status *status;
	struct xnm_nft *nft; /* NULL: this kernel has none */
	struct xnm_run_dir dir;
	struct xnm_counters counters;
	char table_problem[XNM_N_TABLES][96]; /* "": it is as it should be */
};

/* ---------------------------------------------------------------- tables */

static int read_table(struct reader *reader, enum xnm_table table, const struct xnm_policy *policy)
{
	bool exists = false, whole = true, ours = true;
	struct xnm_nft_table found = { 0 };
	const char *problem = NULL;
	int rc = 0;

	if (!reader->nft)
		exists = false;
	else if (policy)
		rc = xnm_ruleset_check(reader->nft, table, policy, 0, true, &exists, &whole, &ours);
	else
		rc = xnm_nft_read_table(reader->nft, families[table].number, XNM_NFT_TABLE, false,
					&found);
	/* a kernel without the family has no table of it */
	if (rc == -EOPNOTSUPP || rc == -EAFNOSUPPORT)
		rc = 0;
	if (rc)
		return rc;
	if (!exists && !found.exists)
		problem = "is missing";
	else if (!ours)
		problem = "was not made by xnm";
	else if (!whole)
		problem = "has other rules than it should";
	if (problem)
		(void)snprintf(reader->table_problem[table], sizeof(reader->table_problem[table]),
			       "table %s " XNM_NFT_TABLE " %s", families[table].name, problem);
	return 0;
}

/* -------------------------------------------------------------- elements */

/* "2 of 9 elements are missing: bridge macs, bridge guard" */
static void tell_missing(struct xnm_filter_check *check, const struct xnm_elements *elements,
			 const bool *present, unsigned int n_missing)
{
	bool told[XNM_N_SETS] = { false };
	const char *separator = ": ";
	size_t len;

	len = (size_t)snprintf(check->problem, sizeof(check->problem),
			       "%u of %u elements %s missing in nftables", n_missing, elements->n,
			       n_missing == 1 ? "is" : "are");
	for (unsigned int i = 0; i < elements->n && len < sizeof(check->problem); i++) {
		const struct xnm_element *element = &elements->list[i];

		if (present[i] || told[element->set])
			continue;
		told[element->set] = true;
		len += (size_t)snprintf(
			check->problem + len, sizeof(check->problem) - len, "%s%s %s", separator,
			families[xnm_element_table(element)].name, xnm_sets[element->set].name);
		separator = ", ";
	}
}

static int check_elements(struct reader *reader, struct xnm_filter_check *check,
			  const struct xnm_elements *elements)
{
	static bool present[XNM_MAX_ELEMENTS];
	unsigned int n_missing = 0;
	int rc;

	if (elements->n == 0 || check->state == XNM_FILTER_WRONG)
		return 0;
	check->state = XNM_FILTER_WRONG;
	for (unsigned int i = 0; i < elements->n; i++) {
		const char *problem = reader->table_problem[xnm_element_table(&elements->list[i])];

		if (problem[0]) {
			(void)snprintf(check->problem, sizeof(check->problem), "%s", problem);
			return 0;
		}
	}
	rc = xnm_nft_find_elements(reader->nft, elements->list, elements->n, present);
	for (unsigned int i = 0; i < elements->n; i++)
		n_missing += !present[i];
	if (n_missing)
		tell_missing(check, elements, present, n_missing);
	else
		check->state = XNM_FILTER_OK;
	return rc;
}

static int check_row(struct reader *reader, struct xnm_row *row)
{
	int rc;

	row->filter.state = XNM_FILTER_NONE;
	if (!row->has_note)
		return 0;
	rc = check_elements(reader, &row->filter, &row->state->filter.elements[0]);
	return rc ? rc : check_elements(reader, &row->filter, &row->state->filter.elements[1]);
}

static int check_network(struct reader *reader, struct xnm_network_row *network)
{
	static struct xnm_network_note note;

	network->filter.state = XNM_FILTER_NONE;
	if (xnm_network_note_read(&reader->dir, network->name, &note))
		return 0;
	return check_elements(reader, &network->filter, &note.elements);
}

static int read_all(struct reader *reader, const struct xnm_policy *policy)
{
	struct xnm_status *status = reader->status;
	uint32_t generation;
	int rc = 0;

	/* fails without the right to read nftables */
	if (reader->nft)
		rc = xnm_nft_generation(reader->nft, &generation);
	for (int i = 0; rc == 0 && i < XNM_N_TABLES; i++)
		rc = read_table(reader, (enum xnm_table)i, policy);
	for (unsigned int i = 0; rc == 0 && i < status->n; i++)
		rc = check_row(reader, &status->rows[i]);
	for (unsigned int i = 0; rc == 0 && i < status->n_networks; i++)
		rc = check_network(reader, &status->networks[i]);
	if (rc == 0 && reader->nft)
		rc = xnm_counters_read(&reader->counters, reader->nft);
	reader->counters.known = rc == 0;
	return rc;
}

/* ----------------------------------------------------------------- parts */

static void forget_checks(struct xnm_status *status)
{
	for (unsigned int i = 0; i < status->n; i++)
		status->rows[i].filter.state = XNM_FILTER_UNKNOWN;
	for (unsigned int i = 0; i < status->n_networks; i++)
		status->networks[i].filter.state = XNM_FILTER_UNKNOWN;
}

static int read_filter(struct xnm_status *status, const struct xnm_policy *policy)
{
	struct reader reader = { .status = status, .dir = XNM_RUN_DIR_CLOSED };
	int rc;

	(void)xnm_run_dir_open(&reader.dir, xnm_run_dir_path(), true);
	rc = xnm_nft_open(&reader.nft);
	/* without CONFIG_NF_TABLES there are no rules, and nothing is dropped */
	if (rc == -EPROTONOSUPPORT)
		rc = 0;
	if (rc == 0)
		rc = read_all(&reader, policy);
	if (rc) {
		forget_checks(status);
		fprintf(stderr,
			"xnm: cannot read nftables (%s): dropped packets and filters are unknown\n",
			strerror(-rc));
	}
	xnm_status_count_drops(status, &reader.counters);
	xnm_counters_free(&reader.counters);
	xnm_nft_close(reader.nft);
	xnm_run_dir_close(&reader.dir);
	return 0;
}

static const char *locking_word(enum xnm_locking locking)
{
	static const char *const words[] = {
		[XNM_LOCKING_NONE] = "",
		[XNM_LOCKING_UNLOCKED] = "unlocked",
		[XNM_LOCKING_MAC] = "mac-only",
		[XNM_LOCKING_LOCKED] = "locked",
	};

	return words[locking];
}

static void locking_cell(struct xnm_columns *columns, const struct xnm_row *row)
{
	xnm_columns_add(columns, "%s", locking_word(row->locking));
}

static void add_filter(struct json_object *object, const struct xnm_filter_check *filter)
{
	static const char *const words[] = {
		[XNM_FILTER_UNKNOWN] = "unknown",
		[XNM_FILTER_NONE] = "none",
		[XNM_FILTER_OK] = "ok",
		[XNM_FILTER_WRONG] = "drift",
	};

	xnm_json_text(object, "filter", words[filter->state]);
	xnm_json_text(object, "filter_problem",
		      filter->state == XNM_FILTER_WRONG ? filter->problem : "");
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	xnm_json_text(vif, "locking", locking_word(row->locking));
	add_filter(vif, &row->filter);
}

static void network_json(struct json_object *object, const struct xnm_network_row *network)
{
	add_filter(object, &network->filter);
}

const struct xnm_status_part xnm_status_filter = {
	.name = "filter",
	.read = read_filter,
	.vif_columns = { { "LOCKING", locking_cell } },
	.vif_json = vif_json,
	.network_json = network_json,
};
