/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.h - the nodes of xenstore in which a guest reads what its vif is: keys and lengths. */
#ifndef XNM_BASE_GUESTINFO_H
#define XNM_BASE_GUESTINFO_H

#include <stdint.h>

/*
 * Below /local/domain/<domid>/xnm/vif/<devid>, which belongs to domain 0 and which only the guest
 * may read. A key without a value does not exist.
 */
enum xnm_told_key {
	XNM_TOLD_MAC, /* of the vif */
	XNM_TOLD_NET, /* the name of its network */
	XNM_TOLD_IP, /* its addresses, with the length of their subnet */
	XNM_TOLD_GATEWAY, /* at most one of each family */
	XNM_TOLD_DNS,
	XNM_TOLD_MTU, /* bytes */
	XNM_TOLD_SHARE, /* "yes": the guest shares its connection with the host */
	XNM_TOLD_SHARE_TO, /* through which of its interfaces; none: those of its default routes */
	XNM_N_TOLD,
};

/* 16 addresses of 43 characters and the longest length, with blanks between them */
#define XNM_TOLD_LEN 832

/* "": the key does not exist. */
struct xnm_told {
	char value[XNM_N_TOLD][XNM_TOLD_LEN];
};

extern const char *const xnm_told_names[XNM_N_TOLD];

#endif
