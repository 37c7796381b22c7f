/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netem.h - what a kernel's netem can do, as the policy asks and the kernel answers. */
#ifndef XNM_NETEM_H
#define XNM_NETEM_H

#include <stdbool.h>

/* What the netem of a kernel, which emulates lines, can do. */
struct xnm_netem_can {
	bool netem; /* there is one; else the rest is false */
	bool gemodel, slot, seed;
	bool mixed_duplicates; /* one that duplicates may be on a device with others */
};

#endif
