/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness.h - whether a vif has gone, by the word of several who would know. */
#ifndef XNM_WITNESS_H
#define XNM_WITNESS_H

#include "hotplug/core/apply.h"

/*
 * Three know of a vif: xenstore has its keys, the kernel has a device on the
 * bus of xen-backend, and netback a network device. Each may be wrong or
 * silent: xenstored may have been started anew and know nothing of guests that
 * run, its answer may come late or cut short, the kernel may not let us look.
 * A vif has gone when its keys have and nothing of the others is left. That one
 * of them cannot be asked, or that all of its answers are no, says nothing.
 */
struct xnm_witness {
	const struct xnm_ctx *ctx;
	const char *backend_dir; /* the xenstore folder of all vif backends */
	/* whether xenstore still has a vif that was noted before this one */
	bool (*knows_older)(void *arg, uint32_t domid, uint32_t devid);
	void *arg;
};

/*
 * Whether nothing is left of a vif whose keys are not where they should be; else
 * why says what speaks against it. Asks xenstore once, and only when the others
 * say that it has gone.
 */
#define XNM_WHY_LEN 160
bool xnm_vif_has_gone(const struct xnm_witness *witness, uint32_t domid, uint32_t devid,
		      char why[XNM_WHY_LEN]);

/*
 * Whether a vif, or the tap of its emulated NIC, is up or in a bridge: so somebody
 * uses it, whether or not there are notes of it. That it cannot be asked is a yes.
 */
bool xnm_vif_is_used(uint32_t domid, uint32_t devid);

/*
 * Whether the kernel has a device of it on the bus of xen-backend. A host that
 * has no such bus is none of Xen, or hides it: then there is none.
 */
bool xnm_kernel_has_vif(uint32_t domid, uint32_t devid);

/* The same of a device by name. */
bool xnm_device_is_used(const char *name);

#endif
