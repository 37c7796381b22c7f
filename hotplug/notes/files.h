/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - the folders below /run/xnm, and how the small files in them are read and replaced. */
#ifndef XNM_FILES_H
#define XNM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Copies value, cut to what fits. */
void xnm_copy(char *out, size_t out_size, const char *value);

/* "1.0", the name of a vif's file. */
void xnm_vif_file(uint32_t domid, uint32_t devid, char out[XNM_VIF_FILE_LEN]);

/*
 * Reads dir_fd/name into text, cut to what fits and ended by a NUL. Returns 0,
 * -ENOENT (also for a folder that is not there, dir_fd < 0) or -errno.
 */
int xnm_file_read(int dir_fd, const char *name, char *text, size_t text_size);

/* Calls read_key for each line "key=value" below header. Returns false for a damaged file. */
bool xnm_file_lines(char *text, const char *header,
		    bool (*read_key)(void *arg, const char *key, const char *value), void *arg);

/* Replaces dir_fd/name by text, whole or not at all. Returns 0 or -errno. */
int xnm_file_replace(int dir_fd, const char *name, const char *text, size_t len);

/* Removes dir_fd/name, also the half-written one of a killed run; that there is none is success. */
int xnm_file_remove(int dir_fd, const char *name);

/* Makes the folder path and those above it that are missing. Returns 0 or -errno. */
int xnm_make_folders(int at_fd, const char *path);

/* Calls fn for every file of a folder but dot-files; stops at its first non-zero answer. */
int xnm_file_each(int dir_fd, int (*fn)(void *arg, const char *name), void *arg);

#endif
