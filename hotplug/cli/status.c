/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - `xnm status`: find every vif and what a reapply of it would do. */
#include "hotplug/cli/status.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/cli.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/run.h"
#include "hotplug/xen/store.h"
#include "hotplug/xen/xl.h"

static void free_status(struct xnm_status *status)
{
	for (unsigned int i = 0; i < status->n; i++)
		free(status->rows[i].drift);
	free(status->rows);
}

/* The row of a vif, made if it is new. Returns NULL when memory is short. */
static struct xnm_row *get_row(struct xnm_status *status, uint32_t domid, uint32_t devid)
{
	struct xnm_row *rows = status->rows;

	for (unsigned int i = 0; i < status->n; i++) {
		if (rows[i].domid == domid && rows[i].devid == devid)
			return &rows[i];
	}
	rows = reallocarray(rows, status->n + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	status->rows = rows;
	rows += status->n++;
	*rows = (struct xnm_row){ .domid = domid, .devid = devid, .guest_state = "unknown" };
	return rows;
}

/* ------------------------------------------------------------------ notes */

struct note_reader {
	struct xnm_status *status;
	struct xnm_run_dir dir;
};

static int read_note(void *arg, uint32_t domid, uint32_t devid)
{
	struct note_reader *reader = arg;
	struct xnm_state state;
	struct xnm_row *row;
	int rc;

	rc = xnm_state_read(&reader->dir, domid, devid, &state);
	/* its offline came between the listing and the reading */
	if (rc == -ENOENT)
		return 0;
	row = get_row(reader->status, domid, devid);
	if (!row)
		return -ENOMEM;
	row->has_note = true;
	row->state = state;
	if (rc) {
		row->verdict = XNM_VERDICT_ERROR;
		(void)xnm_fail(&row->error, rc, "cannot read its notes %s/vif/%u.%u: %s",
			       xnm_run_dir_path(), domid, devid,
			       rc == -EINVAL ? "the file is damaged" : strerror(-rc));
	}
	return 0;
}

static int read_notes(struct xnm_status *status)
{
	struct note_reader reader = { .status = status };
	int rc;

	rc = xnm_run_dir_open(&reader.dir, xnm_run_dir_path(), true);
	if (rc == 0)
		rc = xnm_state_each(&reader.dir, read_note, &reader);
	xnm_run_dir_close(&reader.dir);
	if (rc)
		fprintf(stderr, "xnm: cannot read %s: %s\n", xnm_run_dir_path(), strerror(-rc));
	return rc;
}

/* --------------------------------------------------------------- xenstore */

struct store_reader {
	struct xnm_status *status;
	struct xnm_store *store;
	uint32_t domid;
	int rc;
};

/* As much as xenstore has of a vif without notes: another script's, or one whose online failed. */
static void fill_unmanaged(struct xnm_row *row, struct xnm_store *store)
{
	struct xnm_err ignored = { "" };
	struct xnm_guest guest;
	struct xnm_event event;

	xnm_event_init(&event, XNM_VERB_ONLINE, row->domid, row->devid);
	/* keys that make no sense to us may do so to their own script: take what comes before */
	(void)xnm_facts_guest(&guest, store, &event, false, &ignored);
	(void)xnm_store_read(store, event.backend, "hotplug-error", row->error.text,
			     sizeof(row->error.text));
	memcpy(row->state.domain_name, guest.domain_name, sizeof(row->state.domain_name));
	memcpy(row->state.ifname, guest.vifname, sizeof(row->state.ifname));
	row->state.mac = guest.mac;
	row->state.mtu_bytes = guest.mtu_bytes;
	if (guest.has_vlan)
		(void)xnm_vlans_format(&guest.vlan, row->state.vlan, sizeof(row->state.vlan));
	row->state.n_addresses = guest.n_addresses;
	memcpy(row->state.addresses, guest.addresses, sizeof(row->state.addresses));
	/* an online that fails leaves no notes, whoever's it is; a text of an earlier try may stay */
	row->verdict =
		row->error.text[0] && !guest.connected ? XNM_VERDICT_ERROR : XNM_VERDICT_UNMANAGED;
	if (row->verdict == XNM_VERDICT_UNMANAGED)
		row->error.text[0] = '\0';
}

static void read_device(void *arg, const char *name)
{
	struct store_reader *reader = arg;
	struct xnm_row *row;
	uint32_t devid;

	if (xnm_parse_u32(name, 0, XNM_DEVID_MAX, &devid))
		return;
	row = get_row(reader->status, reader->domid, devid);
	if (!row) {
		reader->rc = -ENOMEM;
		return;
	}
	row->in_store = true;
	if (!row->has_note)
		fill_unmanaged(row, reader->store);
}

static void read_domain(void *arg, const char *name)
{
	struct store_reader *reader = arg;
	char dir[64];
	int rc;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &reader->domid))
		return;
	(void)snprintf(dir, sizeof(dir), "backend/vif/%u", reader->domid);
	rc = xnm_store_list(reader->store, dir, read_device, reader);
	if (rc && rc != -ENOENT)
		reader->rc = rc;
}

/* A vif with notes and no keys has gone, if its keys could be read at all. */
static void find_gone(struct xnm_status *status)
{
	for (unsigned int i = 0; i < status->n; i++) {
		if (!status->rows[i].in_store)
			status->rows[i].verdict = XNM_VERDICT_GONE;
	}
}

/*
 * Returns 0, or -errno when xenstore cannot be read, which is no failure: its
 * socket is root's, the notes are everybody's.
 */
static int read_store(struct xnm_status *status)
{
	struct store_reader reader = { .status = status };
	int rc;

	rc = xnm_store_open(&reader.store, XNM_STORE_TIMEOUT_S);
	if (rc == 0) {
		rc = xnm_store_list(reader.store, "backend/vif", read_domain, &reader);
		xnm_store_close(reader.store);
	}
	if (rc == -ENOENT && reader.store)
		rc = 0;
	if (rc == 0)
		rc = reader.rc;
	if (rc == 0)
		find_gone(status);
	else
		fprintf(stderr, "xnm: cannot read xenstore (%s): showing notes and links only\n",
			strerror(-rc));
	return rc;
}

/* ---------------------------------------------------- links and arguments */

static void read_link(struct xnm_rtnl *rtnl, struct xnm_row *row)
{
	char vif[IFNAMSIZ];
	struct xnm_link bridge;
	int rc;

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
	rc = xnm_link_get(rtnl, vif, &row->link);
	/* before Linux 5.5 a renamed vif is not found under its first name */
	if (rc == -ENODEV && row->state.ifname[0] && strcmp(row->state.ifname, vif) != 0)
		rc = xnm_link_get(rtnl, row->state.ifname, &row->link);
	if (rc) {
		row->link.ifindex = 0;
		return;
	}
	if (row->link.master && xnm_link_get_by_index(rtnl, row->link.master, &bridge) == 0)
		memcpy(row->attached_to, bridge.name, sizeof(row->attached_to));
	if (row->has_note)
		return;
	/* somebody else's vif is what it is, there is nothing that it should be */
	memcpy(row->state.ifname, row->link.name, sizeof(row->state.ifname));
	memcpy(row->state.bridge, row->attached_to, sizeof(row->state.bridge));
	row->state.mtu_bytes = row->link.mtu_bytes;
}

static int read_links(struct xnm_status *status)
{
	struct xnm_rtnl *rtnl;
	int rc;

	rc = xnm_rtnl_open(&rtnl);
	if (rc) {
		fprintf(stderr, "xnm: cannot open a netlink socket: %s\n", strerror(-rc));
		return rc;
	}
	for (unsigned int i = 0; i < status->n; i++)
		read_link(rtnl, &status->rows[i]);
	xnm_rtnl_close(rtnl);
	return 0;
}

/* Whether word, from the command line, means this vif or its guest. */
static bool row_is(const struct xnm_row *row, const char *word)
{
	uint32_t domid, devid;

	if (xnm_vif_id_parse(word, &domid, &devid) == 0)
		return row->domid == domid && row->devid == devid;
	if (xnm_parse_u32(word, 0, XNM_DOMID_MAX, &domid) == 0 && row->domid == domid)
		return true;
	return strcmp(word, row->state.ifname) == 0 || strcmp(word, row->state.tap) == 0 ||
	       strcmp(word, row->state.domain_name) == 0;
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
	}
	if (n_words)
		status->n = kept;
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const struct xnm_row *x = a, *y = b;

	if (x->domid != y->domid)
		return x->domid < y->domid ? -1 : 1;
	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

/* ---------------------------------------------------------------- verdict */

static int add_drift(struct xnm_row *row, const struct xnm_plan *plan)
{
	struct xnm_drift *drift;

	if (plan->n == 0)
		return 0;
	drift = reallocarray(row->drift, row->n_drift + plan->n, sizeof(*drift));
	if (!drift)
		return -ENOMEM;
	row->drift = drift;
	for (unsigned int i = 0; i < plan->n; i++) {
		drift = &row->drift[row->n_drift++];
		(void)xnm_op_text(plan, &plan->op[i], drift->operation, sizeof(drift->operation));
		memcpy(drift->why, plan->op[i].why, sizeof(drift->why));
	}
	return 0;
}

/* Asks for the plan that a reapply would carry out, which changes nothing. */
static int plan_row(struct xnm_row *row, enum xnm_verb verb)
{
	static struct xnm_plan plan;
	struct xnm_event event;
	int rc;

	xnm_event_init(&event, verb, row->domid, row->devid);
	rc = xnm_run_online(&event, XNM_RUN_PLAN, &plan, &row->error);
	return rc ? rc : add_drift(row, &plan);
}

static void judge(struct xnm_row *row)
{
	int rc;

	if (row->verdict != XNM_VERDICT_UNKNOWN)
		return;
	rc = plan_row(row, XNM_VERB_ONLINE);
	if (rc == 0 && row->state.tap[0])
		rc = plan_row(row, XNM_VERB_ADD);
	if (rc)
		row->verdict = XNM_VERDICT_ERROR;
	else
		row->verdict = row->n_drift ? XNM_VERDICT_DRIFT : XNM_VERDICT_OK;
}

static int find_out(struct xnm_status *status, char **words, int n_words)
{
	bool has_store;
	int rc;

	rc = read_notes(status);
	if (rc)
		return rc;
	has_store = read_store(status) == 0;
	rc = read_links(status);
	if (rc == 0)
		rc = select_rows(status, words, n_words);
	if (status->n)
		qsort(status->rows, status->n, sizeof(*status->rows), by_number);
	for (unsigned int i = 0; i < status->n; i++)
		status->rows[i].guest_state = xnm_xl_domain_state(status->rows[i].domid);
	/* the last step: planning gives rights away */
	for (unsigned int i = 0; i < status->n && has_store; i++)
		judge(&status->rows[i]);
	return rc;
}

int xnm_cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(free_status))) struct xnm_status status = { 0 };
	bool json = false;
	int option, rc;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j') {
			fputs("usage: xnm status [--json] [VIF|GUEST...]\n", stderr);
			return XNM_EXIT_USAGE;
		}
		json = true;
	}
	rc = find_out(&status, argv + optind, argc - optind);
	if (json && xnm_status_print_json(&status, stdout))
		rc = -ENOMEM;
	else if (!json && (rc == 0 || status.n))
		xnm_status_print_table(&status, stdout);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
