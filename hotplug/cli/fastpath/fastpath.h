/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.h - what `xnm fastpath` knows, between finding it out and printing it. */
#ifndef XNM_CLI_FASTPATH_H
#define XNM_CLI_FASTPATH_H

#include "hotplug/base/util.h"
#include "hotplug/parts/fastpath/fastpath.h"

struct xnm_fp_guest {
	uint32_t domid;
	char name[128]; /* "": not known */
	char inc[XNM_FP_INC_LEN];
};

/* Two domains, of which at least one is listed to the other. */
struct xnm_fp_pair {
	struct xnm_fp_guest server, client; /* the lower number first */
	bool half; /* only one of them is */
	char segments[4 * XNM_SEGMENT_LEN]; /* with commas between them */
	struct xnm_fp_hello server_says, client_says;
};

/* A vif with a note that is not published. */
struct xnm_fp_out {
	uint32_t domid, devid;
	char guest[128];
	char reason[96];
};

struct xnm_fp_listing {
	const char *word; /* what was asked for: a vif or a guest; NULL: all */
	bool found; /* word names a vif or guest, of the domain domid */
	uint32_t domid;
	unsigned int n_guests, n_pairs, n_out;
	struct xnm_fp_guest *guests; /* with something published */
	struct xnm_fp_pair *pairs; /* by number */
	struct xnm_fp_out *out;
};

/* read.c: about word only, a vif or a guest; NULL: about all. Each returns 0 or -errno,
 * and has told why on stderr. */
int xnm_fp_listing_read(struct xnm_fp_listing *listing, const char *word);
void xnm_fp_listing_free(struct xnm_fp_listing *listing);

/* vifs.c: its first step and its last one. */
int xnm_fp_listing_read_vifs(struct xnm_fp_listing *listing);
void xnm_fp_listing_read_reasons(struct xnm_fp_listing *listing);
/* Whether word is the guest's name or number. */
bool xnm_fp_is_guest(const struct xnm_fp_guest *guest, const char *word);

#endif
