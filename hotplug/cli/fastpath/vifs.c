/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vifs.c - find out which guests have something published, and which vifs are left out. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/fastpath/fastpath.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/run.h"

struct reader {
	struct xnm_fp_listing *listing;
	struct xnm_run_dir dir;
};

static bool is_vif(const struct xnm_vif_note *state, const char *word)
{
	uint32_t domid, devid;

	if (xnm_vif_id_parse(word, &domid, &devid) == 0)
		return domid == state->domid && devid == state->devid;
	return strcmp(word, state->device.ifname) == 0;
}

bool xnm_fp_is_guest(const struct xnm_fp_guest *guest, const char *word)
{
	uint32_t domid;

	if (xnm_parse_u32(word, 0, XNM_DOMID_MAX, &domid) == 0 && domid == guest->domid)
		return true;
	return strcmp(word, guest->name) == 0;
}

static int add_guest(struct reader *reader, const struct xnm_vif_note *state)
{
	struct xnm_fp_listing *listing = reader->listing;
	struct xnm_fp_guest *guest;

	for (unsigned int i = 0; i < listing->n_guests; i++) {
		if (listing->guests[i].domid == state->domid)
			return 0;
	}
	guest = reallocarray(listing->guests, listing->n_guests + 1, sizeof(*guest));
	if (!guest)
		return -ENOMEM;
	listing->guests = guest;
	guest += listing->n_guests++;
	*guest = (struct xnm_fp_guest){ .domid = state->domid };
	xnm_copy(guest->name, sizeof(guest->name), state->domain_name);
	return 0;
}

static int add_out(struct reader *reader, const struct xnm_vif_note *state)
{
	struct xnm_fp_listing *listing = reader->listing;
	struct xnm_fp_out *out = reallocarray(listing->out, listing->n_out + 1, sizeof(*out));

	if (!out)
		return -ENOMEM;
	listing->out = out;
	out += listing->n_out++;
	*out = (struct xnm_fp_out){ .domid = state->domid, .devid = state->devid };
	xnm_copy(out->guest, sizeof(out->guest), state->domain_name);
	return 0;
}

static int note_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct reader *reader = arg;
	struct xnm_fp_guest guest = { .domid = domid };
	const char *word = reader->listing->word;
	bool asked = word == NULL;
	int rc = 0;

	if (xnm_vif_note_read(&reader->dir, domid, devid, &state))
		return 0;
	xnm_copy(guest.name, sizeof(guest.name), state.domain_name);
	asked = asked || is_vif(&state, word) || xnm_fp_is_guest(&guest, word);
	if (asked) {
		reader->listing->found = true;
		reader->listing->domid = domid;
	}
	/* whether one is published or not is looked at later */
	if (asked && state.device.ifname[0])
		rc = add_out(reader, &state);
	if (rc == 0 && state.fastpath.segment[0])
		rc = add_guest(reader, &state);
	return rc;
}

int xnm_fp_listing_read_vifs(struct xnm_fp_listing *listing)
{
	struct reader reader = { .listing = listing, .dir = XNM_RUN_DIR_CLOSED };
	int rc = xnm_run_dir_open(&reader.dir, xnm_run_dir_path(), true);

	if (rc == 0)
		rc = xnm_vif_note_each(&reader.dir, note_vif, &reader);
	xnm_run_dir_close(&reader.dir);
	if (rc) {
		fprintf(stderr, "xnm: cannot read %s: %s\n", xnm_run_dir_path(), strerror(-rc));
		return rc;
	}
	if (listing->word && !listing->found) {
		fprintf(stderr, "xnm: there is no vif or guest '%.80s'\n", listing->word);
		return -ENOENT;
	}
	return 0;
}

/* Asks for the plans that a reapply would carry out, which know why. */
void xnm_fp_listing_read_reasons(struct xnm_fp_listing *listing)
{
	static struct xnm_plan plan;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < listing->n_out; i++) {
		struct xnm_fp_out *out = &listing->out[i];
		struct xnm_err err = { "" };
		struct xnm_event event;

		xnm_event_init(&event, XNM_VERB_ONLINE, out->domid, out->devid);
		if (xnm_run_online(&event, XNM_RUN_PLAN, &plan, &err))
			xnm_copy(out->reason, sizeof(out->reason),
				 "xnm-vif reapply would fail: see xnm status");
		else
			memcpy(out->reason, plan.fastpath.reason, sizeof(out->reason));
		if (out->reason[0])
			listing->out[kept++] = *out;
	}
	listing->n_out = kept;
}
