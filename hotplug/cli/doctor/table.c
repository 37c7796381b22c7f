/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - the checks of `xnm doctor`, in the order in which they run and print. */
#include "hotplug/cli/doctor/finding.h"

/* A check is one file and one line here. */
#define CHECKS(ROW)                  \
	ROW(xnm_doctor_filter)       \
	ROW(xnm_doctor_policy)       \
	ROW(xnm_doctor_kernel)       \
	ROW(xnm_doctor_network)      \
	ROW(xnm_doctor_router)       \
	ROW(xnm_doctor_reverse_path) \
	ROW(xnm_doctor_conntrack)    \
	ROW(xnm_doctor_foreign)      \
	ROW(xnm_doctor_bridge)       \
	ROW(xnm_doctor_uplink)       \
	ROW(xnm_doctor_subnets)      \
	ROW(xnm_doctor_apart)

#define DECLARATION(row) extern const struct xnm_doctor_check row;
#define POINTER(row)	 &(row),

CHECKS(DECLARATION)

const struct xnm_doctor_check *const xnm_doctor_checks[] = { CHECKS(POINTER) };
const unsigned int xnm_n_doctor_checks = XNM_N_ELEMENTS(xnm_doctor_checks);
