/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.c - which vif has which address, so that no two live vifs get the same one. */
#include "hotplug/notes/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/owner_links.h"

/*
 * There is a symbolic link per address: symlinkat(2) is atomic and fails if another
 * vif has the address, and one readlinkat(2) finds its owner, however many vifs there
 * are. Prefixes have to be compared with all others, so they have a folder of their own.
 */
static int folder(const struct xnm_run_dir *dir, bool prefix)
{
	return prefix ? dir->prefix_fd : dir->address_fd;
}

static void note_name(char out[XNM_RUN_NAME_LEN], const char *scope, const struct xnm_cidr *address)
{
	unsigned int len = address->family == AF_INET ? 32 : 128;
	char text[INET6_ADDRSTRLEN];

	if (xnm_cidr_is_prefix(address))
		len = address->prefix_len;
	(void)inet_ntop(address->family, address->addr, text, sizeof(text));
	(void)snprintf(out, XNM_RUN_NAME_LEN, "%s,%s,%u", scope, text, len);
}

int xnm_address_note_claim(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, const struct xnm_owner *self,
			   const struct xnm_owners *from, struct xnm_owner *owner)
{
	char name[XNM_RUN_NAME_LEN];

	note_name(name, scope, address);
	return xnm_link_claim(dir, folder(dir, xnm_cidr_is_prefix(address)), name, self, from,
			      owner);
}

int xnm_address_note_owner(const struct xnm_run_dir *dir, const char *scope,
			   const struct xnm_cidr *address, struct xnm_owner *owner)
{
	char name[XNM_RUN_NAME_LEN];

	note_name(name, scope, address);
	return xnm_link_owner(folder(dir, xnm_cidr_is_prefix(address)), name, owner);
}

bool xnm_address_note_is(const struct xnm_run_dir *dir, const char *scope,
			 const struct xnm_cidr *address, const struct xnm_owner *self)
{
	struct xnm_owner owner = { 0 };

	return xnm_address_note_owner(dir, scope, address, &owner) == 0 &&
	       xnm_owner_equal(self, &owner);
}

void xnm_address_note_release(const struct xnm_run_dir *dir, const char *scope,
			      const struct xnm_cidr *address, const struct xnm_owner *self)
{
	char name[XNM_RUN_NAME_LEN];

	note_name(name, scope, address);
	xnm_link_release(dir, folder(dir, xnm_cidr_is_prefix(address)), name, self, NULL);
}

struct search {
	int fd;
	const char *scope;
	const struct xnm_cidr *address;
	const struct xnm_owner *self;
	bool (*is_other)(void *arg, const struct xnm_owner *owner);
	void *arg;
	struct xnm_owner *owner;
};

/* Whether two addresses or prefixes have an address in common. */
static bool overlap(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	unsigned int bits = a->family == AF_INET ? 32 : 128;
	unsigned int a_len = xnm_cidr_is_prefix(a) ? a->prefix_len : bits;
	unsigned int b_len = xnm_cidr_is_prefix(b) ? b->prefix_len : bits;

	if (a->family != b->family)
		return false;
	for (unsigned int bit = 0; bit < a_len && bit < b_len; bit++) {
		if ((a->addr[bit / 8] ^ b->addr[bit / 8]) & (0x80u >> (bit % 8)))
			return false;
	}
	return true;
}

/* Reads the address of "br0,10.0.0.5,32"; false: it is of another scope. */
static bool parse_name(const char *name, const char *scope, struct xnm_cidr *out)
{
	char text[XNM_CIDR_TEXT_LEN];
	size_t len = strlen(scope);
	const char *comma;

	if (strncmp(name, scope, len) != 0 || name[len] != ',')
		return false;
	name += len + 1;
	comma = strchr(name, ',');
	if (!comma || (size_t)(comma - name) + strlen(comma) >= sizeof(text))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s/%s", (int)(comma - name), name, comma + 1);
	return xnm_parse_cidr(text, out) == 0;
}

static int compare(void *arg, const char *name)
{
	struct search *search = arg;
	struct xnm_cidr address;

	if (!parse_name(name, search->scope, &address) || !overlap(&address, search->address) ||
	    xnm_link_owner(search->fd, name, search->owner) ||
	    xnm_owner_equal(search->self, search->owner))
		return 0;
	return search->is_other(search->arg, search->owner);
}

int xnm_address_note_find(const struct xnm_run_dir *dir, const char *scope,
			  const struct xnm_cidr *address, const struct xnm_owner *self,
			  bool (*is_other)(void *arg, const struct xnm_owner *owner), void *arg,
			  struct xnm_owner *owner)
{
	struct search search = { dir->prefix_fd, scope, address, self, is_other, arg, owner };
	char name[XNM_RUN_NAME_LEN];

	if (!xnm_cidr_is_prefix(address)) {
		note_name(name, scope, address);
		if (xnm_link_owner(dir->address_fd, name, owner) == 0 &&
		    !xnm_owner_equal(self, owner) && is_other(arg, owner))
			return 0;
	}
	if (xnm_file_each(dir->prefix_fd, compare, &search))
		return 0;
	search.fd = dir->address_fd;
	return xnm_cidr_is_prefix(address) && xnm_file_each(dir->address_fd, compare, &search)
		       ? 0
		       : -ENOENT;
}

int xnm_address_note_of(const struct xnm_run_dir *dir, const char *name,
			const struct xnm_owner *self, char scope[XNM_SCOPE_LEN],
			struct xnm_cidr *address)
{
	size_t len = strcspn(name, ",");
	struct xnm_owner owner = { 0 };

	if (len >= XNM_SCOPE_LEN)
		return -ENOENT;
	memcpy(scope, name, len);
	scope[len] = '\0';
	if (!parse_name(name, scope, address) || xnm_link_owner(dir->address_fd, name, &owner) ||
	    (self && xnm_owner_equal(self, &owner)))
		return -ENOENT;
	return 0;
}

struct each {
	int fd;
	void (*fn)(void *arg, const char *scope, const struct xnm_cidr *address,
		   const struct xnm_owner *owner);
	void *arg;
};

static int tell_one(void *arg, const char *name)
{
	const struct each *each = arg;
	size_t len = strcspn(name, ",");
	struct xnm_owner owner = { 0 };
	char scope[XNM_SCOPE_LEN];
	struct xnm_cidr address;

	if (len >= sizeof(scope))
		return 0;
	memcpy(scope, name, len);
	scope[len] = '\0';
	if (parse_name(name, scope, &address) && xnm_link_owner(each->fd, name, &owner) == 0)
		each->fn(each->arg, scope, &address, &owner);
	return 0;
}

int xnm_address_note_each(const struct xnm_run_dir *dir,
			  void (*fn)(void *arg, const char *scope, const struct xnm_cidr *address,
				     const struct xnm_owner *owner),
			  void *arg)
{
	struct each each = { dir->address_fd, fn, arg };
	int rc = xnm_file_each(each.fd, tell_one, &each);

	each.fd = dir->prefix_fd;
	return rc ? rc : xnm_file_each(each.fd, tell_one, &each);
}

struct check {
	const struct xnm_run_dir *dir;
	bool (*is_used)(uint32_t domid, uint32_t devid);
	int fd;
};

static int check_one(void *arg, const char *name)
{
	const struct check *check = arg;
	char file[XNM_VIF_FILE_LEN];
	struct xnm_owner owner = { 0 };

	if (xnm_link_owner(check->fd, name, &owner) == 0) {
		xnm_vif_file(owner.domid, owner.devid, file);
		if (faccessat(check->dir->vif_fd, file, F_OK, 0) == 0 || errno != ENOENT ||
		    (check->is_used && check->is_used(owner.domid, owner.devid)))
			return 0;
	}
	(void)unlinkat(check->fd, name, 0);
	return 0;
}

struct forget {
	int fd;
	const struct xnm_owner *self;
};

static int forget_one(void *arg, const char *name)
{
	const struct forget *forget = arg;
	struct xnm_owner owner = { 0 };

	if (xnm_link_owner(forget->fd, name, &owner) == 0 && xnm_owner_equal(forget->self, &owner))
		(void)unlinkat(forget->fd, name, 0);
	return 0;
}

void xnm_address_notes_forget(const struct xnm_run_dir *dir, const struct xnm_owner *self)
{
	_cleanup_close_ int macs_fd = xnm_mac_notes_open(dir);
	struct forget forget = { dir->address_fd, self };

	(void)xnm_file_each(forget.fd, forget_one, &forget);
	forget.fd = dir->prefix_fd;
	(void)xnm_file_each(forget.fd, forget_one, &forget);
	forget.fd = macs_fd;
	(void)xnm_file_each(forget.fd, forget_one, &forget);
}

void xnm_address_notes_check(const struct xnm_run_dir *dir)
{
	xnm_address_notes_sweep(dir, NULL);
}

void xnm_address_notes_sweep(const struct xnm_run_dir *dir,
			     bool (*is_used)(uint32_t domid, uint32_t devid))
{
	_cleanup_close_ int macs_fd = xnm_mac_notes_open(dir);
	struct check check = { dir, is_used, dir->address_fd };

	(void)xnm_file_each(check.fd, check_one, &check);
	check.fd = dir->prefix_fd;
	(void)xnm_file_each(check.fd, check_one, &check);
	check.fd = macs_fd;
	(void)xnm_file_each(check.fd, check_one, &check);
}
