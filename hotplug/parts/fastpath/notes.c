/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.c - read from the notes which vifs of one domain's networks are to be published. */
#include <errno.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/fastpath/fastpath.h"

#define MAX_NETWORKS (2 * XNM_FP_MAX_VIFS)

struct networks {
	uint32_t domid;
	unsigned int n;
	char names[MAX_NETWORKS][XNM_NAME_LEN];
};

static bool has_network(const struct networks *networks, const char *name)
{
	for (unsigned int i = 0; i < networks->n; i++) {
		if (strcmp(networks->names[i], name) == 0)
			return true;
	}
	return false;
}

static void add_network(struct networks *networks, const char *name)
{
	if (name[0] && !has_network(networks, name) && networks->n < MAX_NETWORKS)
		xnm_copy(networks->names[networks->n++], XNM_NAME_LEN, name);
}

static int note_network(void *arg, const char *network, uint32_t domid, uint32_t devid)
{
	struct networks *networks = arg;

	(void)devid;
	if (domid == networks->domid)
		add_network(networks, network);
	return 0;
}

static void fill_vif(struct xnm_fp_vif *vif, const struct xnm_vif_note *state)
{
	vif->id = (struct xnm_owner){ state->domid, state->devid };
	vif->published = false;
	vif->mac = state->address.mac;
	memcpy(vif->segment, state->fastpath.segment, sizeof(vif->segment));
	xnm_fastpath_text(state, vif->text);
}

struct member_reader {
	struct xnm_fp_view *view;
	const struct xnm_run_dir *dir;
	const struct networks *networks;
	const struct xnm_fp_intent *intent;
};

static int read_member(void *arg, const char *network, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct member_reader *reader = arg;
	const struct xnm_fp_intent *intent = reader->intent;
	struct xnm_fp_view *view = reader->view;

	if (!has_network(reader->networks, network) || view->n_vifs == XNM_FP_MAX_MEMBERS)
		return 0;
	if (intent->state && domid == intent->id.domid && devid == intent->id.devid)
		return 0;
	if (xnm_vif_note_read(reader->dir, domid, devid, &state) || !state.fastpath.segment[0] ||
	    strcmp(state.network.name, network) != 0)
		return 0;
	fill_vif(&view->vifs[view->n_vifs++], &state);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct xnm_owner *x = &((const struct xnm_fp_vif *)a)->id;
	const struct xnm_owner *y = &((const struct xnm_fp_vif *)b)->id;

	if (x->domid != y->domid)
		return x->domid < y->domid ? -1 : 1;
	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

int xnm_fp_read_notes(struct xnm_fp_view *view, const struct xnm_run_dir *dir,
		      const struct xnm_fp_intent *intent)
{
	struct networks networks = { .domid = intent->id.domid };
	struct member_reader reader = {
		.view = view, .dir = dir, .networks = &networks, .intent = intent
	};
	struct xnm_fp_vif *self;
	int rc;

	view->domid = intent->id.domid;
	view->n_vifs = 0;
	add_network(&networks, intent->network);
	add_network(&networks, intent->old_network);
	rc = xnm_network_member_each(dir, note_network, &networks);
	if (rc == 0)
		rc = xnm_network_member_each(dir, read_member, &reader);
	if (rc && rc != -ENOENT)
		return rc;
	if (intent->has_vif && intent->state && intent->state->fastpath.segment[0] &&
	    view->n_vifs < XNM_FP_MAX_MEMBERS)
		fill_vif(&view->vifs[view->n_vifs++], intent->state);
	if (view->n_vifs)
		qsort(view->vifs, view->n_vifs, sizeof(view->vifs[0]), by_number);
	self = intent->has_vif ? xnm_fp_find(view, &intent->id) : NULL;
	if (self)
		self->published = intent->publish;
	return 0;
}
