/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - the folders below /run/xnm. */
#ifndef XNM_FILES_H
#define XNM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotplug/base/file.h"
#include "hotplug/notes/lock.h"

#define XNM_RUN_DIR	 "/run/xnm" /* what is in it: hotplug/README.md */
#define XNM_VIF_FILE_LEN 24
#define XNM_RUN_NAME_LEN 128 /* of any file there, and a dot */

/* Descriptors of the run directory and of its folders, opened once per run; -1: there is none. */
struct xnm_run_dir {
	int run_fd;
	int vif_fd;
	int bridge_fd;
	int vifname_fd;
	int network_fd;
	int address_fd;
	int prefix_fd;
	struct xnm_locks locks;
};

#define XNM_RUN_DIR_CLOSED                  \
	{                                   \
		-1, -1, -1, -1, -1, -1, -1, \
		{                           \
			.fd = -1            \
		}                           \
	}

/* The run directory: XNM_RUN_DIR from the environment, else /run/xnm. */
const char *xnm_run_dir_path(void);

/*
 * Opens the run directory, making what is missing; with read_only nothing is
 * made and missing parts are -1. Returns 0 or -errno.
 */
int xnm_run_dir_open(struct xnm_run_dir *dir, const char *path, bool read_only);

/* Removes half-written files that are older than any run that still writes. */
void xnm_run_dir_sweep(const struct xnm_run_dir *dir);
void xnm_run_dir_close(struct xnm_run_dir *dir);

/*
 * Opens a folder of the run directory that few hosts have; with make it is made if it is missing.
 * Returns a descriptor, which the caller closes, or -errno: -ENOENT if there is none.
 */
int xnm_run_dir_folder(const struct xnm_run_dir *dir, const char *name, bool make);

/* "1.0", the name of a vif's file. */
void xnm_vif_file(uint32_t domid, uint32_t devid, char out[XNM_VIF_FILE_LEN]);

#endif
