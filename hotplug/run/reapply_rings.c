/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reapply_rings.c - let guests swap addresses or names: take one of them down, so that the others can go on. */
#include "hotplug/run/reapply_all.h"

#include <string.h>

#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/run.h"

/* The failed vif that has what this one needs. */
static struct left_over *next(struct all *all, const struct left_over *left)
{
	for (unsigned int i = 0; left->rival.what[0] && i < all->n; i++) {
		if (xnm_owner_equal(&all->list[i].vif, &left->rival.vif))
			return &all->list[i];
	}
	return NULL;
}

/* If two vifs want the same, taking a third one down would not help. */
static bool has_contender(const struct all *all, const struct left_over *left)
{
	for (unsigned int i = 0; i < all->n; i++) {
		const struct left_over *other = &all->list[i];

		if (other != left && xnm_owner_equal(&other->rival.vif, &left->rival.vif) &&
		    strcmp(other->rival.what, left->rival.what) == 0)
			return true;
	}
	return false;
}

/* Whether the vif is in a ring in which each waits for the next one. */
static bool is_in_ring(struct all *all, const struct left_over *first)
{
	const struct left_over *left = first;

	for (unsigned int i = 0; i < all->n; i++) {
		if (has_contender(all, left))
			return false;
		left = next(all, left);
		if (!left || left == first)
			return left != NULL;
	}
	return false;
}

/* Writes a note with the vif's identity only, by which later runs know that it exists. */
static int note_bare(const struct xnm_run_dir *dir, const struct xnm_vif_note *had)
{
	static struct xnm_vif_note bare;

	xnm_vif_note_clear(&bare);
	bare.domid = had->domid;
	bare.devid = had->devid;
	bare.address.mac = had->address.mac;
	bare.target = had->target;
	memcpy(bare.domain_name, had->domain_name, sizeof(bare.domain_name));
	memcpy(bare.uuid, had->uuid, sizeof(bare.uuid));
	return xnm_vif_note_write(dir, &bare);
}

static int take_off(const struct left_over *left, struct xnm_err *err)
{
	static struct xnm_plan plan;
	struct xnm_event event;
	int rc = 0;

	xnm_event_init(&event, XNM_VERB_REMOVE, left->vif.domid, left->vif.devid);
	if (left->has_tap)
		rc = xnm_run_offline(&event, XNM_RUN_REAPPLY, &plan, err);
	event.verb = XNM_VERB_OFFLINE;
	return rc ? rc : xnm_run_offline(&event, XNM_RUN_REAPPLY, &plan, err);
}

/*
 * Takes a vif down and releases all that it has, so that the one that waits for it can go on. It is
 * set up again when its turn comes.
 */
static int yield(struct left_over *left)
{
	static struct xnm_vif_note had;
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct xnm_err err = { "" };
	int rc;

	rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), false);
	if (rc == 0)
		rc = xnm_vif_note_read(&dir, left->vif.domid, left->vif.devid, &had);
	if (rc == 0)
		rc = take_off(left, &err);
	if (rc == 0)
		rc = note_bare(&dir, &had);
	xnm_run_dir_close(&dir);
	left->has_yielded = rc == 0;
	if (rc)
		xnm_log_warning("vif%u.%u cannot give up what other vifs wait for: %s",
				left->vif.domid, left->vif.devid,
				err.text[0] ? err.text : strerror(-rc));
	else
		xnm_log_info("vif%u.%u is down for a moment: it swaps addresses or names with "
			     "other vifs",
			     left->vif.domid, left->vif.devid);
	return rc;
}

void reapply_rings(struct all *all)
{
	unsigned int i = 0;

	while (i < all->n) {
		struct left_over *left = &all->list[i++];

		if (left->has_yielded || !is_in_ring(all, left) || yield(left))
			continue;
		reapply_again(all);
		i = 0;
	}
}
