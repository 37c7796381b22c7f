/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strays.c - find elements of our tables that no note names, as after an old dump was loaded. */
#include "hotplug/parts/filter/strays.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"

/*
 * Of all notes only a sorted list of the elements' hashes is kept; listed elements whose hash is
 * not in it are strays.
 */
struct noted {
	unsigned int n, room;
	uint64_t *list;
	int rc;
};

#define MAX_TRIES 50 /* tries, as others may change the list while it is read */

struct search {
	const struct noted *noted;
	const struct xnm_element *going;
	unsigned int n_going;
	struct apply_strays *strays;
	int rc;
};

/* Room for one more. The memory is never freed: a run is short. */
static int grow(void **list, unsigned int n, unsigned int *room, size_t size)
{
	unsigned int more = *room ? 2 * *room : 256;
	void *larger;

	if (n < *room)
		return 0;
	larger = reallocarray(*list, more, size);
	if (!larger)
		return -ENOMEM;
	*list = larger;
	*room = more;
	return 0;
}

/* FNV-1a, 64 bits. The kernel lists both ends of a range in a plain set as elements: the first one
 * stands for the range; the check for lost elements looks for both. */
static uint64_t number(const struct xnm_element *element)
{
	const struct xnm_set *set = &xnm_sets[element->set];
	struct xnm_element plain = *element;
	const uint8_t *bytes = (const uint8_t *)&plain;
	uint64_t value = 14695981039346656037ull;

	if (set->flags & XNM_SET_INTERVAL && !xnm_set_is_concat(set))
		memcpy(plain.end, plain.key, sizeof(plain.end));
	/* not part of the key in the kernel: the index of the device */
	if (set->data[0] == XNM_NFT_NONE)
		memset(plain.data, 0, sizeof(plain.data));
	for (size_t i = 0; i < sizeof(plain); i++)
		value = (value ^ bytes[i]) * 1099511628211ull;
	return value;
}

static void note_list(struct noted *noted, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n && noted->rc == 0; i++) {
		noted->rc =
			grow((void **)&noted->list, noted->n, &noted->room, sizeof(noted->list[0]));
		if (noted->rc == 0)
			noted->list[noted->n++] = number(&elements->list[i]);
	}
}

struct reading {
	const struct xnm_run_dir *dir;
	struct noted *noted;
};

static int note_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	const struct reading *reading = arg;

	if (xnm_vif_note_read(reading->dir, domid, devid, &state))
		return 0;
	note_list(reading->noted, &state.filter.elements[0]);
	note_list(reading->noted, &state.filter.elements[1]);
	return reading->noted->rc;
}

static int note_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct reading *reading = arg;

	if (xnm_network_note_read(reading->dir, network, &note) == 0)
		note_list(reading->noted, &note.elements);
	return reading->noted->rc;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool is_known(const struct search *search, const struct xnm_element *element)
{
	const struct noted *noted = search->noted;
	uint64_t key = number(element);

	if (noted->n && bsearch(&key, noted->list, noted->n, sizeof(key), compare))
		return true;
	for (unsigned int i = 0; i < search->n_going; i++) {
		if (number(&search->going[i]) == key)
			return true;
	}
	return false;
}

static void look_at_element(void *arg, const struct xnm_element *element)
{
	struct search *search = arg;
	struct apply_strays *strays = search->strays;

	if (search->rc || is_known(search, element))
		return;
	search->rc =
		grow((void **)&strays->list, strays->n, &strays->room, sizeof(strays->list[0]));
	if (search->rc == 0)
		strays->list[strays->n++] = *element;
}

static int look_at_set(struct xnm_ctx *ctx, enum xnm_set_id set, struct search *search)
{
	unsigned int n = search->strays->n;
	int rc = -EAGAIN;

	for (int i = 0; rc == -EAGAIN && i < MAX_TRIES; i++) {
		search->strays->n = n;
		rc = xnm_nft_each_whole(ctx->nft, set, look_at_element, search);
	}
	/* a missing or older table has none */
	return rc == -ENOENT ? search->rc : rc ? rc : search->rc;
}

/* Whether a vif runs whose notes were lost: elements without notes may be its own. */
static bool is_in_use(const struct xnm_element *stray)
{
	return (stray->set == XNM_SET_BRIDGE_GUARD || stray->set == XNM_SET_INET_GUARD) &&
	       xnm_device_is_used((const char *)stray->key);
}

int apply_strays_find(struct xnm_ctx *ctx, struct apply_strays *strays,
		      const struct xnm_element *going, unsigned int n_going)
{
	static struct noted noted;
	struct reading reading = { &ctx->dir, &noted };
	struct search search = {
		.noted = &noted, .strays = strays, .going = going, .n_going = n_going
	};
	int rc;

	noted.n = 0;
	noted.rc = 0;
	strays->n = 0;
	strays->in_use = false;
	/* notes are written before elements are sent */
	rc = xnm_vif_note_each(&ctx->dir, note_vif, &reading);
	if (rc == 0)
		rc = xnm_network_note_each(&ctx->dir, note_network, &reading);
	if (rc == 0 && noted.n)
		qsort(noted.list, noted.n, sizeof(noted.list[0]), compare);
	for (int i = 0; i < XNM_N_SETS && rc == 0; i++) {
		if (!(xnm_sets[i].flags & (XNM_SET_DYNAMIC | XNM_SET_TIMEOUT)))
			rc = look_at_set(ctx, (enum xnm_set_id)i, &search);
	}
	for (unsigned int i = 0; i < strays->n && !strays->in_use; i++)
		strays->in_use = is_in_use(&strays->list[i]);
	return rc;
}
