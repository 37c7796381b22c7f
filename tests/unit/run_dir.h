/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_dir.h - a run directory of its own for each test of the notes. */
#ifndef XNM_TEST_RUN_DIR_H
#define XNM_TEST_RUN_DIR_H

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif.h"

static char run_top[] = "/tmp/xnm-test-run.XXXXXX";
static char run_path[64];
static struct xnm_run_dir dir;

static int open_run(void **state)
{
	(void)state;
	return xnm_run_dir_open(&dir, run_path, false);
}

static int remove_run_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int remove_run(void **state)
{
	(void)state;
	xnm_run_dir_close(&dir);
	return nftw(run_path, remove_run_file, 8, FTW_DEPTH | FTW_PHYS) && errno != ENOENT;
}

static int make_run_top(void)
{
	if (!mkdtemp(run_top))
		return -1;
	(void)snprintf(run_path, sizeof(run_path), "%s/run", run_top);
	return 0;
}

/* A file below the run directory with this text. */
static void put_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", run_path, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* How many files a folder of it has, but for "." and "..". */
static inline unsigned int count_files(const char *name)
{
	char path[160];
	unsigned int n = 0;
	DIR *folder;

	(void)snprintf(path, sizeof(path), "%s/%s", run_path, name);
	folder = opendir(path);
	assert_non_null(folder);
	while (readdir(folder))
		n++;
	(void)closedir(folder);
	assert_true(n >= 2);
	return n - 2;
}

/* The notes of a vif that lives. */
static inline void note_vif(uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;

	xnm_vif_note_clear(&state);
	state.domid = domid;
	state.devid = devid;
	state.address.mac.b[5] = 1;
	assert_int_equal(xnm_vif_note_write(&dir, &state), 0);
}

#endif
