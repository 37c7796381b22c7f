/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - find the vifs: in the notes, in xenstore, and as links in the kernel. */
#include "hotplug/cli/status/status.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/run.h"
#include "hotplug/xen/store.h"

void xnm_status_free(struct xnm_status *status)
{
	for (unsigned int i = 0; i < status->n; i++) {
		free(status->rows[i].state);
		free(status->rows[i].drift);
	}
	free(status->rows);
	free(status->networks);
	free(status->uplinks);
}

/* The row of a vif, made if it is new. Returns NULL when memory is short. */
static struct xnm_row *get_row(struct xnm_status *status, uint32_t domid, uint32_t devid)
{
	struct xnm_row *rows = status->rows;
	struct xnm_vif_note *state;

	for (unsigned int i = 0; i < status->n; i++) {
		if (rows[i].domid == domid && rows[i].devid == devid)
			return &rows[i];
	}
	rows = reallocarray(rows, status->n + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	status->rows = rows;
	/* most of it is never touched */
	state = malloc(sizeof(*state));
	if (!state)
		return NULL;
	xnm_vif_note_clear(state);
	rows += status->n++;
	*rows = (struct xnm_row){
		.domid = domid, .devid = devid, .state = state, .guest_state = "unknown"
	};
	return rows;
}

/* ------------------------------------------------------------------ notes */

struct note_reader {
	struct xnm_status *status;
	struct xnm_run_dir dir;
};

static bool has_element(const struct xnm_elements *elements, enum xnm_set_id bridge_set)
{
	enum xnm_set_id inet_set = bridge_set + (XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS);

	for (unsigned int i = 0; i < elements->n; i++) {
		if (elements->list[i].set == bridge_set || elements->list[i].set == inet_set)
			return true;
	}
	return false;
}

/* Of a vif that may use every IP address, only the MAC is checked. */
static enum xnm_locking locking_of(const struct xnm_vif_note *state)
{
	if (!state->bridge.name[0] && !state->routed.is_routed)
		return XNM_LOCKING_NONE;
	if (!state->filter.locked)
		return XNM_LOCKING_UNLOCKED;
	for (int i = 0; i < 2; i++) {
		if (has_element(&state->filter.elements[i], XNM_SET_BRIDGE_ANY4) &&
		    has_element(&state->filter.elements[i], XNM_SET_BRIDGE_ANY6))
			return XNM_LOCKING_MAC;
	}
	return XNM_LOCKING_LOCKED;
}

static int read_note(void *arg, uint32_t domid, uint32_t devid)
{
	struct note_reader *reader = arg;
	static struct xnm_vif_note state;
	struct xnm_row *row;
	int rc;

	rc = xnm_vif_note_read(&reader->dir, domid, devid, &state);
	/* its offline came between the listing and the reading */
	if (rc == -ENOENT)
		return 0;
	row = get_row(reader->status, domid, devid);
	if (!row)
		return -ENOMEM;
	row->has_note = true;
	xnm_vif_note_copy(row->state, &state);
	row->locking = locking_of(row->state);
	if (rc) {
		row->verdict = XNM_VERDICT_ERROR;
		(void)xnm_fail(&row->error, rc, "cannot read its notes %s/vif/%u.%u: %s",
			       xnm_run_dir_path(), domid, devid,
			       rc == -EINVAL ? "the file is damaged" : strerror(-rc));
	}
	return 0;
}

int xnm_status_read_notes(struct xnm_status *status)
{
	struct note_reader reader = { .status = status };
	int rc;

	rc = xnm_run_dir_open(&reader.dir, xnm_run_dir_path(), true);
	if (rc == 0)
		rc = xnm_vif_note_each(&reader.dir, read_note, &reader);
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
	/* another script may know values that xnm refuses: what was read before counts */
	(void)xnm_facts_guest(&guest, store, &event, &ignored);
	(void)xnm_store_read(store, event.backend, "hotplug-error", row->error.text,
			     sizeof(row->error.text));
	memcpy(row->state->domain_name, guest.domain_name, sizeof(row->state->domain_name));
	memcpy(row->state->device.ifname, guest.vifname, sizeof(row->state->device.ifname));
	row->state->address.mac = guest.mac;
	row->state->device.mtu_bytes = guest.mtu_bytes;
	if (guest.has_vlan)
		(void)xnm_vlans_format(&guest.vlan, row->state->bridge.vlan,
				       sizeof(row->state->bridge.vlan));
	row->state->address.n = guest.n_addresses;
	memcpy(row->state->address.list, guest.addresses, sizeof(row->state->address.list));
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
int xnm_status_read_store(struct xnm_status *status)
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
	/* before Linux 5.5 there are no altnames: a renamed vif is not found under its first
	 * name */
	if (rc == -ENODEV && row->state->device.ifname[0] &&
	    strcmp(row->state->device.ifname, vif) != 0)
		rc = xnm_link_get(rtnl, row->state->device.ifname, &row->link);
	if (rc) {
		row->link.ifindex = 0;
		return;
	}
	if (row->link.master && xnm_link_get_by_index(rtnl, row->link.master, &bridge) == 0)
		memcpy(row->attached_to, bridge.name, sizeof(row->attached_to));
	if (row->has_note)
		return;
	/* another script's vif is where it should be, whatever that is */
	memcpy(row->state->device.ifname, row->link.name, sizeof(row->state->device.ifname));
	memcpy(row->state->bridge.name, row->attached_to, sizeof(row->state->bridge.name));
	row->state->device.mtu_bytes = row->link.mtu_bytes;
}

int xnm_status_read_links(struct xnm_status *status)
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
