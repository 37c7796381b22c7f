/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.h - what a guest is told of its own vif, as text: the keys below xnm/vif/<devid>. */
#ifndef XNM_TOLD_H
#define XNM_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"

struct xnm_want;

/*
 * Below /local/domain/<domid>/xnm/vif/<devid>, which belongs to domain 0 and
 * which only the guest may read. A key with nothing to say is not there.
 */
enum xnm_told_key {
	XNM_TOLD_MAC, /* of the vif */
	XNM_TOLD_NET, /* the name of its network */
	XNM_TOLD_IP, /* its addresses, with the length of their subnet */
	XNM_TOLD_GATEWAY, /* at most one of each family */
	XNM_TOLD_DNS,
	XNM_TOLD_MTU, /* bytes */
	XNM_TOLD_SHARE, /* "yes": the guest shares its own way out with the host */
	XNM_TOLD_SHARE_TO, /* by which of its interfaces; none: where its default routes lead */
	XNM_N_TOLD,
};

/* 16 addresses of 43 characters and the longest length, with blanks between them */
#define XNM_TOLD_LEN 832

/* "": the key is not there. */
struct xnm_told {
	char value[XNM_N_TOLD][XNM_TOLD_LEN];
};

struct xnm_guestinfo_facts {
	bool is_denied; /* what guests are told is not for this domain to write */
	bool is_there;
	struct xnm_told told; /* now; only with is_there */
};

/* What of the keys that the guest reads must change. */
struct xnm_guestinfo_plan {
	bool removed; /* what it was told is taken away */
	bool anew; /* make the folder, whatever is there */
	unsigned int
		keys; /* bits of enum xnm_told_key: write them, or remove those without a value */
	struct xnm_told told;
};

extern const char *const xnm_told_names[XNM_N_TOLD];

/* The folder: "/local/domain/1/xnm/vif/0". */
#define XNM_TOLD_PATH_LEN 64
void xnm_told_path(uint32_t domid, uint32_t devid, char out[XNM_TOLD_PATH_LEN]);

/* Whether there is something to tell: addresses, name servers, or that it shares. */
bool xnm_wants_told(const struct xnm_want *want);

/* All of it; mtu_bytes is what the vif will have. */
void xnm_told_fill(struct xnm_told *told, const struct xnm_want *want, const struct xnm_mac *mac,
		   uint32_t mtu_bytes);

#endif
