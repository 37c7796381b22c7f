/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - small files: read as a whole, replaced as a whole. */
#ifndef XNM_FILE_H
#define XNM_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Copies value, cut to what fits. */
void xnm_copy(char *out, size_t out_size, const char *value);

/* Calls read_key for each line "key=value" below header. Returns false for a damaged file. */
bool xnm_file_lines(char *text, const char *header,
		    bool (*read_key)(void *arg, const char *key, const char *value), void *arg);

/*
 * Reads dir_fd/name into text, cut to what fits and ended by a NUL. Returns 0,
 * -ENOENT (also for a folder that is not there, dir_fd < 0) or -errno.
 */
int xnm_file_read(int dir_fd, const char *name, char *text, size_t text_size);

/* Replaces dir_fd/name by text, whole or not at all. Returns 0 or -errno. */
int xnm_file_replace(int dir_fd, const char *name, const char *text, size_t len);

/* Removes dir_fd/name, also the half-written one of a killed run; that there is none is success. */
int xnm_file_remove(int dir_fd, const char *name);

/* Makes the folder path and those above it that are missing. Returns 0 or -errno. */
int xnm_make_folders(int at_fd, const char *path);

/* Calls fn for every file of a folder but dot-files; stops at its first non-zero answer. */
int xnm_file_each(int dir_fd, int (*fn)(void *arg, const char *name), void *arg);
/* The same with dot-files. */
int xnm_file_each_hidden(int dir_fd, int (*fn)(void *arg, const char *name), void *arg);

#endif
