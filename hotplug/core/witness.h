/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness.h - whether a vif no longer exists, by xenstore, the bus of xen-backend and its network device. */
#ifndef XNM_WITNESS_H
#define XNM_WITNESS_H

#include "hotplug/core/apply.h"

/*
 * A vif has keys in xenstore, a device on the bus of xen-backend, and a network device. Each of
 * these sources may fail: xenstored may have been restarted and know nothing of running guests, its
 * answer may be late or incomplete, the kernel may refuse access. A vif no longer exists if its
 * keys are gone and neither device exists. A source that cannot be read proves nothing, nor does
 * one that answers "no" for every vif.
 */
struct xnm_witness {
	const struct xnm_ctx *ctx;
	const char *backend_dir; /* the xenstore folder of all vif backends */
	/* whether xenstore still has a vif that is older than this one */
	bool (*knows_older)(void *arg, uint32_t domid, uint32_t devid);
	void *arg;
};

/*
 * Whether a vif whose keys seem to be missing no longer exists; else why says what is still there.
 * Asks xenstore once, and only if both devices are gone.
 */
#define XNM_WHY_LEN 160
bool xnm_vif_has_gone(const struct xnm_witness *witness, uint32_t domid, uint32_t devid,
		      char why[XNM_WHY_LEN]);

/*
 * Whether a vif, or the tap of its emulated NIC, is up or in a bridge: then it is in use, with or
 * without notes. True also if this cannot be read.
 */
bool xnm_vif_is_used(uint32_t domid, uint32_t devid);

/*
 * Whether the vif has a device on the bus of xen-backend. Without such a bus, as outside of Xen, it
 * has none.
 */
bool xnm_kernel_has_vif(uint32_t domid, uint32_t devid);

/* The same of a device by name. */
bool xnm_device_is_used(const char *name);

/* Whether a bridge has ports of vifs without notes, or a device that is no bridge is in use: then
 * notes were lost. True also if this cannot be read. */
bool xnm_has_unknown(struct xnm_ctx *ctx, const char *dev);

#endif
