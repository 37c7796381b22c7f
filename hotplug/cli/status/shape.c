/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.c - the rates, delays and losses of a vif at this moment. */
#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/shape/seen.h"
#include "hotplug/parts/shape/text.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

static const char *const directions[] = { [XNM_INBOUND] = "inbound", [XNM_OUTBOUND] = "outbound" };

/* A qdisc of any device. */
struct item {
	int ifindex;
	struct xnm_qdisc qdisc;
};

/* Those of this host, read at once: one list for each vif would be as long. */
struct all {
	struct item *list;
	unsigned int n, room;
	int rc; /* they cannot be read */
};

static void add(void *arg, int ifindex, const struct xnm_qdisc *qdisc)
{
	struct all *all = arg;
	struct item *list = all->list;

	if (!qdisc) {
		all->n = 0;
		return;
	}
	if (all->n == all->room) {
		unsigned int room = all->room ? 2 * all->room : 64;

		list = reallocarray(all->list, room, sizeof(*list));
		if (!list) {
			all->rc = -ENOMEM;
			return;
		}
		all->list = list;
		all->room = room;
	}
	list[all->n++] = (struct item){ ifindex, *qdisc };
}

static const struct all *read_all(void)
{
	static struct all all;
	static bool is_read;
	struct xnm_rtnl *rtnl;
	int rc;

	if (is_read)
		return &all;
	is_read = true;
	rc = xnm_rtnl_open(&rtnl);
	if (rc == 0)
		rc = xnm_qdisc_each(rtnl, add, &all);
	xnm_rtnl_close(rtnl);
	if (rc)
		all.rc = rc;
	return &all;
}

static void look(struct shape_seen *seen, int ifindex)
{
	const struct all *all = read_all();
	struct xnm_qdisc own[XNM_SHAPE_MAX_QDISCS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < all->n && n < XNM_N_ELEMENTS(own); i++) {
		if (all->list[i].ifindex == ifindex)
			own[n++] = all->list[i].qdisc;
	}
	shape_look(seen, own, n);
}

/* Returns 0, or -errno if it cannot be read: it may have gone since the notes were read. */
static int read_row(struct shape_seen seen[XNM_N_DIRECTIONS], const struct xnm_row *row)
{
	const uint32_t made = row->state->shape.made;
	char ifb[IFNAMSIZ];
	int ifindex;

	memset(seen, 0, XNM_N_DIRECTIONS * sizeof(seen[0]));
	if (made & XNM_SHAPE_TREE) {
		if (!row->link.ifindex)
			return -ENODEV;
		look(&seen[XNM_INBOUND], row->link.ifindex);
	}
	if (made & XNM_SHAPE_IFB) {
		(void)snprintf(ifb, sizeof(ifb), XNM_SHAPE_IFB_NAME, row->domid, row->devid, "");
		ifindex = (int)if_nametoindex(ifb);
		if (!ifindex)
			return -ENODEV;
		look(&seen[XNM_OUTBOUND], ifindex);
	}
	return read_all()->rc;
}

/* The keys of a [vif] that would say the same of that direction, but the seed: there is always one. */
static void print_direction(FILE *stream, const struct shape_seen *seen)
{
	const struct xnm_shaping *shaping = &seen->shaping;
	char text[XNM_RATE_TEXT_LEN], line_text[SHAPE_LINE_TEXT_LEN];
	struct xnm_line line = shaping->line;

	line.seed = 0;
	shape_line_text(&line, '=', line_text, sizeof(line_text));
	if (shaping->rate_bit_s)
		fprintf(stream, " rate=%s", xnm_rate_text(shaping->rate_bit_s, text));
	fputs(line_text, stream);
	if (seen->n_links)
		fprintf(stream, " links=%u", seen->n_links);
	fputc('\n', stream);
}

/* "vif1.0 inbound: rate=10Mbit delay=20ms" */
static void print(const struct xnm_status *status, FILE *stream)
{
	struct shape_seen seen[XNM_N_DIRECTIONS];
	bool first = true;

	for (unsigned int i = 0; i < status->n && status->in_detail; i++) {
		const struct xnm_row *row = &status->rows[i];

		if (!(row->state->shape.made & XNM_SHAPE_DEVICES) || read_row(seen, row))
			continue;
		for (unsigned int k = 0; k < XNM_N_DIRECTIONS; k++) {
			if (xnm_shaping_is_none(&seen[k].shaping) && !seen[k].n_links)
				continue;
			fprintf(stream, "%svif%u.%u %s:", first ? "\n" : "", row->domid, row->devid,
				directions[k]);
			first = false;
			print_direction(stream, &seen[k]);
		}
	}
}

static void gemodel_json(struct json_object *object, const struct xnm_gemodel *model)
{
	if (!model->turn_bad_ppm) {
		json_object_object_add(object, "gemodel", NULL);
		return;
	}
	object = xnm_json_object(object, "gemodel");
	xnm_json_number(object, "turn_bad_ppm", model->turn_bad_ppm);
	xnm_json_number(object, "turn_good_ppm", model->turn_good_ppm);
	xnm_json_number(object, "bad_loss_ppm", model->bad_loss_ppm);
	xnm_json_number(object, "good_loss_ppm", model->good_loss_ppm);
}

/* As a text: many programs keep numbers in 53 bits. */
static void seed_json(struct json_object *object, uint64_t seed)
{
	char text[24] = "";

	if (seed)
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
	xnm_json_text(object, "seed", text);
}

static void direction_json(struct json_object *object, const struct shape_seen *seen)
{
	const struct xnm_line *line = &seen->shaping.line;

	xnm_json_number_if(object, "rate_bit_s", (int64_t)seen->shaping.rate_bit_s,
			   seen->shaping.rate_bit_s != 0);
	xnm_json_number(object, "delay_us", line->delay_us);
	xnm_json_number(object, "jitter_us", line->jitter_us);
	xnm_json_number(object, "loss_ppm", line->loss_ppm);
	xnm_json_number(object, "duplicate_ppm", line->duplicate_ppm);
	xnm_json_number(object, "corrupt_ppm", line->corrupt_ppm);
	xnm_json_number(object, "reorder_ppm", line->reorder_ppm);
	gemodel_json(object, &line->gemodel);
	xnm_json_number(object, "slot_min_us", line->slot.min_us);
	xnm_json_number(object, "slot_max_us", line->slot.max_us);
	seed_json(object, line->seed);
	xnm_json_number(object, "links", seen->n_links);
}

static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	struct shape_seen seen[XNM_N_DIRECTIONS];

	if (!(row->state->shape.made & XNM_SHAPE_DEVICES) || read_row(seen, row)) {
		json_object_object_add(vif, "shaping", NULL);
		return;
	}
	vif = xnm_json_object(vif, "shaping");
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++)
		direction_json(xnm_json_object(vif, directions[i]), &seen[i]);
}

const struct xnm_status_part xnm_status_shape = {
	.name = "shape",
	.vif_json = vif_json,
	.print = print,
};
