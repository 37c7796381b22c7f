/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.h - numbers by which rules and VLAN devices know the marks that a packet is to get. */
#ifndef XNM_MARKS_H
#define XNM_MARKS_H

#include <stdint.h>

/*
 * As priorities of packets: that for a DSCP stands there for the moment between two rules, that for
 * an 802.1p priority until a VLAN device takes it for its egress map. The major number
 * of no qdisc, "xo" in ASCII. The lowest four bits are 0, as drivers take them for themselves
 * (see XNM_CLASS_ID()).
 */
#define XNM_MARKS_MAJOR	      0x786F0000u
#define XNM_N_DSCPS	      64
#define XNM_DSCP_NUMBER(dscp) (XNM_MARKS_MAJOR | 0x1000u | (uint32_t)(dscp) << 4)
#define XNM_PCP_NUMBER(pcp)   (XNM_MARKS_MAJOR | (uint32_t)(pcp) << 4)
#define XNM_PCP_OF(number)    (((number) >> 4) & 7u)
#define XNM_DSCP_OF(number)   (((number) >> 4) & (XNM_N_DSCPS - 1))

#endif
