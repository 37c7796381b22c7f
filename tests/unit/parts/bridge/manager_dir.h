/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_dir.h - a folder with files of /proc, /run and /etc, and who is found by them to set up a card. */
#ifndef XNM_TESTS_MANAGER_DIR_H
#define XNM_TESTS_MANAGER_DIR_H

#include <stdbool.h>
#include <stddef.h>

#include "hotplug/parts/bridge/manager.h"

#define CARD 7 /* eth0's number in the kernel */

extern char top[];
extern struct xnm_manager found; /* by find() */

/* Before each test: nobody sets it up. */
int fresh(void **state);

/* Around all of them. */
bool make_top(void);
int remove_top(int failed);

/* A file below top, with the folders above it. */
void write_file(const char *name, const char *bytes, size_t len);
void put(const char *name, const char *text);

/* "dhclient -4 eth0": a process of that command line, in our network namespace or another. */
void put_process(int pid, const char *comm, const char *line, bool ours);

/* A service of that name starts at boot, by one of the four ways in which it may; or it never does. */
void enable(const char *name, unsigned int way);
void mask(const char *name);

/* Who sets up eth0, which is in br0. */
enum xnm_manager_kind find(void);

#endif
