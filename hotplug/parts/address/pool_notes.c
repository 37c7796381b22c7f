/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool_notes.c - the links below /var/lib/xnm/pool: make them, read them, give them to another. */
#include "hotplug/notes/state_dir.h"
#include "hotplug/parts/address/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/notes/files.h"

#define NAME_LEN 64 /* of any link: an address, or a MAC address and some digits */
#define WHO_LEN	 192 /* a UUID and the name of a domain */
#define NEW_LINK ".new" /* created only under the lock */

int xnm_pool_open(const char *pool, bool make)
{
	char path[256];
	int len, fd;

	len = snprintf(path, sizeof(path), "%s/pool/%s", xnm_state_dir_path(), pool);
	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && make) {
		int rc = xnm_make_folders(AT_FDCWD, path);

		if (rc)
			return rc;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

static void address_name(char out[NAME_LEN], const struct xnm_cidr *address)
{
	out[0] = '\0';
	(void)inet_ntop(address->family, address->addr, out, NAME_LEN);
}

static void mac_name(char out[NAME_LEN], const struct xnm_mac *mac, uint8_t family)
{
	char text[XNM_MAC_TEXT_LEN];

	xnm_format_mac(mac, text);
	(void)snprintf(out, NAME_LEN, "%s,%c", text, family == AF_INET ? '4' : '6');
}

/* The suffix for a guest whose MAC address is noted for another guest. FNV-1a, as in lock.c. */
static void second_name(char out[NAME_LEN], const struct xnm_pool_guest *guest, uint8_t family)
{
	uint32_t hash = 2166136261u;

	for (const char *c = guest->name[0] ? guest->name : guest->uuid; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	mac_name(out, &guest->mac, family);
	(void)snprintf(out + strlen(out), NAME_LEN - strlen(out), ",%x", hash);
}

static int read_text(int fd, const char *name, char *out, size_t out_size)
{
	ssize_t len = fd < 0 ? -1 : readlinkat(fd, name, out, out_size - 1);

	if (len < 0)
		return -ENOENT;
	out[len] = '\0';
	return 0;
}

static int read_link(int fd, const char *name, char out[NAME_LEN])
{
	return read_text(fd, name, out, NAME_LEN);
}

static void who_name(char out[NAME_LEN], const struct xnm_cidr *address)
{
	out[0] = ',';
	out[1] = '\0';
	(void)inet_ntop(address->family, address->addr, out + 1, NAME_LEN - 1);
}

/* "-" stands for a UUID that is not known. */
static void who_text(char out[WHO_LEN], const struct xnm_pool_guest *guest)
{
	(void)snprintf(out, WHO_LEN, "%s %s", guest->uuid[0] ? guest->uuid : "-", guest->name);
}

/* Whether it is noted for another guest, whatever its MAC address. */
static bool is_others(int fd, const struct xnm_cidr *address, const struct xnm_pool_guest *guest)
{
	char name[NAME_LEN], who[WHO_LEN], *their_name;
	bool uuids, names;

	who_name(name, address);
	if (read_text(fd, name, who, sizeof(who)))
		return false;
	their_name = strchr(who, ' ');
	if (!their_name)
		return false;
	*their_name++ = '\0';
	uuids = strcmp(who, "-") != 0 && guest->uuid[0];
	names = their_name[0] && guest->name[0];
	if ((uuids && strcmp(who, guest->uuid) == 0) ||
	    (names && strcmp(their_name, guest->name) == 0))
		return false;
	return uuids || names;
}

int xnm_pool_owner(int pool_fd, const struct xnm_cidr *address, struct xnm_mac *owner)
{
	char name[NAME_LEN], target[NAME_LEN];

	address_name(name, address);
	if (read_link(pool_fd, name, target) || xnm_parse_mac(target, owner))
		return -ENOENT;
	return 0;
}

static bool has(int pool_fd, const struct xnm_cidr *address, const struct xnm_mac *mac)
{
	struct xnm_mac owner;

	return xnm_pool_owner(pool_fd, address, &owner) == 0 && xnm_mac_equal(&owner, mac);
}

bool xnm_pool_is_own(int pool_fd, const struct xnm_cidr *address,
		     const struct xnm_pool_guest *guest)
{
	return has(pool_fd, address, &guest->mac) && !is_others(pool_fd, address, guest);
}

/* Reads where a link of a MAC address leads, if that is still noted for it. */
static int follow(int fd, const char *name, const struct xnm_mac *mac, uint8_t family,
		  struct xnm_cidr *out)
{
	char target[NAME_LEN];

	if (read_link(fd, name, target) || strchr(target, '/') || xnm_parse_cidr(target, out) ||
	    out->family != family)
		return -ENOENT;
	return has(fd, out, mac) ? 0 : -ENOENT;
}

/* Which of the two link names is the guest's. */
static void own_name(int fd, char out[NAME_LEN], const struct xnm_pool_guest *guest, uint8_t family)
{
	struct xnm_cidr address;

	mac_name(out, &guest->mac, family);
	if (follow(fd, out, &guest->mac, family, &address) == 0 && is_others(fd, &address, guest))
		second_name(out, guest, family);
}

int xnm_pool_lookup(int pool_fd, const struct xnm_pool_guest *guest, uint8_t family,
		    struct xnm_cidr *out)
{
	char name[NAME_LEN];

	mac_name(name, &guest->mac, family);
	for (int i = 0; i < 2; i++) {
		if (follow(pool_fd, name, &guest->mac, family, out) == 0 &&
		    !is_others(pool_fd, out, guest))
			return 0;
		second_name(name, guest, family);
	}
	return -ENOENT;
}

/* Atomically replaces what is there. */
static int replace_link(int fd, const char *name, const char *target)
{
	if (symlinkat(target, fd, name) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	(void)unlinkat(fd, NEW_LINK, 0);
	if (symlinkat(target, fd, NEW_LINK) || renameat(fd, NEW_LINK, fd, name))
		return -errno;
	return 0;
}

/* The previous owner must not find the address by its own link. */
static void forget_owner(int fd, const struct xnm_cidr *address, const struct xnm_mac *owner)
{
	char name[NAME_LEN], mine[NAME_LEN], target[NAME_LEN];

	mac_name(name, owner, address->family);
	address_name(mine, address);
	if (read_link(fd, name, target) == 0 && strcmp(target, mine) == 0)
		(void)unlinkat(fd, name, 0);
}

/* Returns the guest's previous address to the pool. */
static void give_up_others(int fd, const struct xnm_cidr *address,
			   const struct xnm_pool_guest *guest)
{
	char name[NAME_LEN];
	struct xnm_cidr before;

	if (xnm_pool_lookup(fd, guest, address->family, &before) ||
	    memcmp(before.addr, address->addr, sizeof(before.addr)) == 0)
		return;
	address_name(name, &before);
	(void)unlinkat(fd, name, 0);
	who_name(name, &before);
	(void)unlinkat(fd, name, 0);
}

/* Before the address itself: a run that is killed in between has not taken the address from its
 * owner. */
static int note_guest(int fd, const struct xnm_cidr *address, const struct xnm_pool_guest *guest)
{
	char name[NAME_LEN], who[WHO_LEN], now[WHO_LEN];

	if (!guest->uuid[0] && !guest->name[0])
		return 0;
	who_name(name, address);
	who_text(who, guest);
	if (read_text(fd, name, now, sizeof(now)) == 0 && strcmp(now, who) == 0)
		return 0;
	return replace_link(fd, name, who);
}

int xnm_pool_assign(int pool_fd, const struct xnm_cidr *address, const struct xnm_pool_guest *guest)
{
	char mine[NAME_LEN], text[XNM_MAC_TEXT_LEN], by_mac[NAME_LEN], target[NAME_LEN];
	bool is_new = !xnm_pool_is_own(pool_fd, address, guest);
	struct xnm_mac owner;
	int rc;

	address_name(mine, address);
	xnm_format_mac(&guest->mac, text);
	/* also by the name that it has while the other guest's link exists */
	own_name(pool_fd, by_mac, guest, address->family);
	if (is_new)
		give_up_others(pool_fd, address, guest);
	if (is_new && xnm_pool_owner(pool_fd, address, &owner) == 0)
		forget_owner(pool_fd, address, &owner);
	rc = note_guest(pool_fd, address, guest);
	if (rc == 0 && is_new)
		rc = replace_link(pool_fd, mine, text);
	else if (rc == 0)
		xnm_pool_touch(pool_fd, address, &guest->mac);
	if (rc == 0 && (read_link(pool_fd, by_mac, target) || strcmp(target, mine) != 0)) {
		is_new = true;
		rc = replace_link(pool_fd, by_mac, mine);
	}
	return rc ? rc : is_new;
}

void xnm_pool_touch(int pool_fd, const struct xnm_cidr *address, const struct xnm_mac *mac)
{
	char name[NAME_LEN];

	address_name(name, address);
	if (has(pool_fd, address, mac))
		(void)utimensat(pool_fd, name, NULL, AT_SYMLINK_NOFOLLOW);
}

struct each {
	int fd;
	int (*fn)(void *arg, const struct xnm_cidr *address, const struct xnm_mac *mac,
		  time_t used);
	void *arg;
};

static int each_name(void *arg, const char *name)
{
	const struct each *each = arg;
	struct xnm_cidr address;
	struct xnm_mac mac;
	struct stat st;

	/* a link named after a MAC address is no address */
	if (xnm_parse_cidr(name, &address) || xnm_pool_owner(each->fd, &address, &mac) ||
	    fstatat(each->fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	return each->fn(each->arg, &address, &mac, st.st_mtime);
}

int xnm_pool_each(int pool_fd,
		  int (*fn)(void *arg, const struct xnm_cidr *address, const struct xnm_mac *mac,
			    time_t used),
		  void *arg)
{
	struct each each = { pool_fd, fn, arg };

	return xnm_file_each(pool_fd, each_name, &each);
}
