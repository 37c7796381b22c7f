/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool.h - which MAC address has which address of a pool, also after a reboot. */
#ifndef XNM_HOTPLUG_POOL_H
#define XNM_HOTPLUG_POOL_H

#include <sys/types.h>
#include <time.h>

#include "hotplug/base/value.h"

/*
 *   <state>/pool/lan/10.0.0.5                a symbolic link "00:16:3e:00:00:01": who has it
 *   <state>/pool/lan/00:16:3e:00:00:01,4     a symbolic link "10.0.0.5": where to look first
 *   <state>/pool/lan/00:16:3e:00:00:01,4,1f  the same of another guest with that MAC address
 *   <state>/pool/lan/,10.0.0.5               a symbolic link "UUID NAME": which guest has it
 *
 * Links have no content that a power loss could cut, and come or change place
 * in one step. The first one counts; the second one saves a search, and one
 * that a killed run has not made is made again. Who changes a pool holds its
 * lock, XNM_LOCK_POOL, in the lock file of the run directory.
 *
 * Who copies the mac= of a guest that is not there just now does not get what
 * that one has. A guest is known again by its UUID or by its name, as one of the
 * two may change from one start to the next; of neither, by its MAC address.
 */
struct xnm_pool_guest {
	struct xnm_mac mac;
	const char *uuid, *name; /* "": not known */
};

/* Opens the folder of a pool, making it if make says so. Returns a descriptor or -errno. */
int xnm_pool_open(const char *pool, bool make);

/* The address that the guest has had before. Returns 0 or -ENOENT. */
int xnm_pool_lookup(int pool_fd, const struct xnm_pool_guest *guest, uint8_t family,
		    struct xnm_cidr *out);

/* The MAC address that has the address. Returns 0 or -ENOENT. */
int xnm_pool_owner(int pool_fd, const struct xnm_cidr *address, struct xnm_mac *owner);

/* Whether the guest has the address. */
bool xnm_pool_is_own(int pool_fd, const struct xnm_cidr *address,
		     const struct xnm_pool_guest *guest);

/* Assigns the address to the guest, whoever had it before. Returns 1 if that is new, 0 or
 * -errno. */
int xnm_pool_assign(int pool_fd, const struct xnm_cidr *address,
		    const struct xnm_pool_guest *guest);

/* Notes that the MAC address uses the address now; does nothing if the address is not assigned to
 * it. */
void xnm_pool_touch(int pool_fd, const struct xnm_cidr *address, const struct xnm_mac *mac);

/* Calls fn for every assigned address; used is when its use was last noted. */
int xnm_pool_each(int pool_fd,
		  int (*fn)(void *arg, const struct xnm_cidr *address, const struct xnm_mac *mac,
			    time_t used),
		  void *arg);

#endif
