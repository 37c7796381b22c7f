/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mac.c - which vif has which MAC address of a bridge, so that no two guests get the same one. */
#include "hotplug/notes/mac.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/owner_links.h"
#include "hotplug/notes/vif.h"

/* No member of struct xnm_run_dir: it is seldom needed, and descriptors are few. */
#define FOLDER "mac"

static void note_name(char out[XNM_RUN_NAME_LEN], const char *scope, const struct xnm_mac *mac)
{
	char text[XNM_MAC_TEXT_LEN];

	xnm_format_mac(mac, text);
	(void)snprintf(out, XNM_RUN_NAME_LEN, FOLDER "/%s,%s", scope, text);
}

int xnm_mac_note_claim(const struct xnm_run_dir *dir, const char *scope, const struct xnm_mac *mac,
		       const struct xnm_owner *self, const struct xnm_owners *from,
		       struct xnm_owner *owner)
{
	char name[XNM_RUN_NAME_LEN];

	note_name(name, scope, mac);
	return xnm_link_claim(dir, dir->run_fd, name, self, from, owner);
}

int xnm_mac_note_owner(const struct xnm_run_dir *dir, const char *scope, const struct xnm_mac *mac,
		       struct xnm_owner *owner)
{
	char name[XNM_RUN_NAME_LEN];

	note_name(name, scope, mac);
	return xnm_link_owner(dir->run_fd, name, owner);
}

void xnm_mac_note_release(const struct xnm_run_dir *dir, const char *scope,
			  const struct xnm_mac *mac, const struct xnm_owner *self,
			  const struct xnm_owner *heir)
{
	char name[XNM_RUN_NAME_LEN], file[XNM_VIF_FILE_LEN];

	note_name(name, scope, mac);
	xnm_vif_file(heir->domid, heir->devid, file);
	if (xnm_owner_equal(self, heir) || faccessat(dir->vif_fd, file, F_OK, 0))
		heir = NULL;
	xnm_link_release(dir, dir->run_fd, name, self, heir);
}

struct search {
	const char *bridge;
	const char *mac;
	int (*fn)(void *arg, const struct xnm_owner *owner);
	void *arg;
	int fd;
};

/* "br0,MAC", "br0.10,MAC" or "br0*,MAC" */
static int compare(void *arg, const char *name)
{
	const struct search *search = arg;
	size_t len = strlen(search->bridge);
	const char *comma = strrchr(name, ',');
	struct xnm_owner owner;

	if (strncmp(name, search->bridge, len) != 0 || !strchr(",.*", name[len]) || !comma ||
	    strcmp(comma + 1, search->mac) != 0 || xnm_link_owner(search->fd, name, &owner))
		return 0;
	return search->fn(search->arg, &owner);
}

int xnm_mac_notes_open(const struct xnm_run_dir *dir)
{
	return dir->run_fd < 0 ? -1
			       : openat(dir->run_fd, FOLDER,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

int xnm_mac_note_each(const struct xnm_run_dir *dir, const char *bridge, const struct xnm_mac *mac,
		      int (*fn)(void *arg, const struct xnm_owner *owner), void *arg)
{
	_cleanup_close_ int fd = xnm_mac_notes_open(dir);
	char text[XNM_MAC_TEXT_LEN];
	struct search search = { bridge, text, fn, arg, fd };

	xnm_format_mac(mac, text);
	return xnm_file_each(fd, compare, &search);
}

struct adoption {
	const struct xnm_run_dir *dir;
};

static int adopt(void *arg, uint32_t domid, uint32_t devid)
{
	const struct xnm_run_dir *dir = ((const struct adoption *)arg)->dir;
	const struct xnm_owner self = { domid, devid };
	static struct xnm_vif_note note;
	struct xnm_owners from = { 0 };
	struct xnm_owner owner;

	if (xnm_vif_note_read(dir, domid, devid, &note) || !note.address.mac_scope[0])
		return 0;
	if (note.address.has_predecessor)
		xnm_owners_add(&from, &note.address.predecessor);
	(void)xnm_mac_note_claim(dir, note.address.mac_scope, &note.address.mac, &self, &from,
				 &owner);
	return 0;
}

int xnm_mac_notes_begin(const struct xnm_run_dir *dir)
{
	struct adoption adoption = { dir };

	if (faccessat(dir->run_fd, FOLDER, F_OK, 0) == 0)
		return 0;
	if (mkdirat(dir->run_fd, FOLDER, 0755))
		return errno == EEXIST ? 0 : -errno;
	/* vifs that an older version has noted have no such note yet */
	(void)xnm_vif_note_each(dir, adopt, &adoption);
	return 0;
}
