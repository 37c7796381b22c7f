/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vifname.h - which vif waits for a device name that another one has. */
#ifndef XNM_VIFNAME_H
#define XNM_VIFNAME_H

#include <stdint.h>

struct xnm_run_dir;

/* Notes that the vif waits for the name. read returns -ENOENT if none waits for it. */
int xnm_vifname_note_write(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			   uint32_t devid);
int xnm_vifname_note_read(const struct xnm_run_dir *dir, const char *name, uint32_t *domid,
			  uint32_t *devid);
/* Removes the note, if it is this vif that waits for the name. */
int xnm_vifname_note_remove(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			    uint32_t devid);

int xnm_vifname_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			  void *arg);

#endif
