/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.h - numbers by which rules know the DSCP that a packet is to get. */
#ifndef XNM_MARKS_H
#define XNM_MARKS_H

#include <stdint.h>

/*
 * As priorities of packets, where they stand for the moment between two rules: the major number
 * of no qdisc, "xo" in ASCII. The lowest four bits are 0, as drivers take them for themselves
 * (see XNM_CLASS_ID()).
 */
#define XNM_MARKS_MAJOR	      0x786F0000u
#define XNM_N_DSCPS	      64
#define XNM_DSCP_NUMBER(dscp) (XNM_MARKS_MAJOR | 0x1000u | (uint32_t)(dscp) << 4)
#define XNM_DSCP_OF(number)   (((number) >> 4) & (XNM_N_DSCPS - 1))

#endif
