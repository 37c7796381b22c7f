/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_note.h - the notes of xnm-guest in /run/xnm-guest, until the next boot. */
#ifndef XNM_GUEST_NOTE_H
#define XNM_GUEST_NOTE_H

#include "udev/guest.h"

/*
 *   <run>/lock          held by one run at a time
 *   <run>/vif/0         what was set for that vif
 *   <run>/settings      what settings of the kernel were before
 *   <run>/apart         what interfaces are kept apart while we forward
 *   <run>/shared        there is, or was about to be, a table, with such rules
 *   <run>/resolv.conf   the name servers
 *   <run>/resolv-link   empty: /etc/resolv.conf leads there by us
 */
struct guest_dir {
	const char *path;
	int run_fd, vif_fd, lock_fd;
};

/* XNM_GUEST_RUN_DIR from the environment, else /run/xnm-guest. */
const char *guest_dir_path(void);

/* Creates and locks the folder; with read_only neither. Returns 0 or -errno; -EBUSY: another run
 * has the lock. */
int guest_dir_open(struct guest_dir *dir, bool read_only);
void guest_dir_close(struct guest_dir *dir);

/* Reads one vif's note. Returns 0, -ENOENT, -EINVAL for a damaged file, or -errno. */
int guest_note_read(const struct guest_dir *dir, uint32_t devid, struct guest_note *note);
int guest_note_write(const struct guest_dir *dir, uint32_t devid, const struct guest_note *note);
int guest_note_remove(const struct guest_dir *dir, uint32_t devid);
int guest_note_each(const struct guest_dir *dir, int (*fn)(void *arg, uint32_t devid), void *arg);

/* The sysctls that were changed; read adds them to the host's list, or returns -EINVAL for damaged
 * notes. */
int guest_settings_read(const struct guest_dir *dir, struct guest_host *host);
int guest_settings_write(const struct guest_dir *dir, const struct guest_host *host);

/* The digest of the rules that we made; 0: unknown. It is in the file "shared". */
uint64_t guest_digest_read(const struct guest_dir *dir);
int guest_digest_write(const struct guest_dir *dir, uint64_t digest);

/* One of the empty files. */
bool guest_mark_is(const struct guest_dir *dir, const char *name);
int guest_mark_set(const struct guest_dir *dir, const char *name, bool there);

#endif
