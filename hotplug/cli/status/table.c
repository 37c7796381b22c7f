/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - the parts of `xnm status`: the order of all that it reads and prints. */
#include "hotplug/cli/status/part.h"

/* A part is one file and one line here. */
#define PARTS(ROW)               \
	ROW(xnm_status_subnets)  \
	ROW(xnm_status_open)     \
	ROW(xnm_status_profile)  \
	ROW(xnm_status_vif)      \
	ROW(xnm_status_guest)    \
	ROW(xnm_status_network)  \
	ROW(xnm_status_uplink)   \
	ROW(xnm_status_bridge)   \
	ROW(xnm_status_address)  \
	ROW(xnm_status_device)   \
	ROW(xnm_status_filter)   \
	ROW(xnm_status_drops)    \
	ROW(xnm_status_fastpath) \
	ROW(xnm_status_override) \
	ROW(xnm_status_shape)    \
	ROW(xnm_status_marks)    \
	ROW(xnm_status_link)     \
	ROW(xnm_status_state)

#define DECLARATION(row) extern const struct xnm_status_part row;
#define POINTER(row)	 &(row),

PARTS(DECLARATION)

const struct xnm_status_part *const xnm_status_parts[] = { PARTS(POINTER) };
const unsigned int xnm_n_status_parts = XNM_N_ELEMENTS(xnm_status_parts);
