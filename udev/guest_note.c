/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_note.c - read and write notes on what was set, and what there was before. */
#include "udev/guest_note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "hotplug/base/file.h"
#include "policy/types/types.h"

#define NOTE_TEXT_MAX  4096
#define LOCK_TRIES     200
#define LOCK_TRY_EVERY (50 * 1000 * 1000) /* nanoseconds */

const char *guest_dir_path(void)
{
	const char *path = getenv("XNM_GUEST_RUN_DIR");

	return path && path[0] ? path : GUEST_RUN_DIR;
}

/* Waits for another run, which takes some milliseconds. */
static int take_lock(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_TRY_EVERY };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		(void)nanosleep(&pause, NULL);
	}
	return -EBUSY;
}

int guest_dir_open(struct guest_dir *dir, bool read_only)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

	*dir = (struct guest_dir){ guest_dir_path(), -1, -1, -1 };
	if (!read_only && mkdir(dir->path, 0755) && errno != EEXIST)
		return -errno;
	dir->run_fd = open(dir->path, flags);
	if (dir->run_fd < 0)
		return read_only && errno == ENOENT ? 0 : -errno;
	if (!read_only && mkdirat(dir->run_fd, "vif", 0755) && errno != EEXIST)
		return -errno;
	dir->vif_fd = openat(dir->run_fd, "vif", flags);
	if (read_only)
		return 0;
	if (dir->vif_fd < 0)
		return -errno;
	dir->lock_fd = openat(dir->run_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return dir->lock_fd < 0 ? -errno : take_lock(dir->lock_fd);
}

void guest_dir_close(struct guest_dir *dir)
{
	xnm_cleanup_close(&dir->run_fd);
	xnm_cleanup_close(&dir->vif_fd);
	xnm_cleanup_close(&dir->lock_fd);
}

static void note_name(uint32_t devid, char out[12])
{
	(void)snprintf(out, 12, "%u", devid);
}

static bool read_cidr(const char *value, struct xnm_cidr *list, unsigned int max, unsigned int *n)
{
	return *n < max && xnm_parse_cidr(value, &list[(*n)++]) == 0;
}

static bool read_share_to(const char *value, struct guest_note *note)
{
	const char *why;

	return note->n_share_to < XNM_MAX_SHARE_TO &&
	       xnm_parse_share_to(value, note->share_to[note->n_share_to++], IFNAMSIZ, &why) == 0;
}

static bool read_key(void *arg, const char *key, const char *value)
{
	struct guest_note *note = arg;

	if (strcmp(key, "ifname") == 0)
		xnm_copy(note->ifname, sizeof(note->ifname), value);
	else if (strcmp(key, "up") == 0)
		return xnm_parse_bool(value, &note->up) == 0;
	else if (strcmp(key, "mtu") == 0)
		return xnm_parse_u32(value, 0, XNM_MTU_MAX, &note->mtu_bytes) == 0;
	else if (strcmp(key, "mtu-was") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &note->mtu_was) == 0;
	else if (strcmp(key, "address") == 0)
		return read_cidr(value, note->addresses, XNM_N_ELEMENTS(note->addresses),
				 &note->n_addresses);
	else if (strcmp(key, "dns") == 0)
		return read_cidr(value, note->dns, GUEST_MAX_DNS, &note->n_dns);
	else if (strcmp(key, "share-ipv4") == 0)
		return xnm_parse_bool(value, &note->share[0]) == 0;
	else if (strcmp(key, "share-ipv6") == 0)
		return xnm_parse_bool(value, &note->share[1]) == 0;
	else if (strcmp(key, "share-to") == 0)
		return read_share_to(value, note);
	return true;
}

int guest_note_read(const struct guest_dir *dir, uint32_t devid, struct guest_note *note)
{
	char text[NOTE_TEXT_MAX], name[12];
	int rc;

	memset(note, 0, sizeof(*note));
	note_name(devid, name);
	rc = xnm_file_read(dir->vif_fd, name, text, sizeof(text));
	if (rc)
		return rc;
	if (xnm_file_lines(text, "[guest]", read_key, note) && xnm_ifname_ok(note->ifname))
		return 0;
	memset(note, 0, sizeof(*note));
	return -EINVAL;
}

static void write_list(FILE *out, const char *key, const struct xnm_cidr *list, unsigned int n)
{
	char text[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < n; i++) {
		xnm_format_cidr(&list[i], text);
		fprintf(out, "%s=%s\n", key, text);
	}
}

int guest_note_write(const struct guest_dir *dir, uint32_t devid, const struct guest_note *note)
{
	char text[NOTE_TEXT_MAX], name[12];
	FILE *out = fmemopen(text, sizeof(text), "w");
	long len;

	if (!out)
		return -errno;
	fprintf(out, "[guest]\nifname=%s\n", note->ifname);
	if (note->up)
		fputs("up=yes\n", out);
	if (note->mtu_was)
		fprintf(out, "mtu=%u\nmtu-was=%u\n", note->mtu_bytes, note->mtu_was);
	write_list(out, "address", note->addresses, note->n_addresses);
	write_list(out, "dns", note->dns, note->n_dns);
	if (note->share[0])
		fputs("share-ipv4=yes\n", out);
	if (note->share[1])
		fputs("share-ipv6=yes\n", out);
	for (unsigned int i = 0; i < note->n_share_to; i++)
		fprintf(out, "share-to=%s\n", note->share_to[i]);
	len = ftell(out);
	if (fclose(out) || len <= 0)
		return -ENOSPC;
	note_name(devid, name);
	return xnm_file_replace(dir->vif_fd, name, text, (size_t)len);
}

int guest_note_remove(const struct guest_dir *dir, uint32_t devid)
{
	char name[12];

	note_name(devid, name);
	return xnm_file_remove(dir->vif_fd, name);
}

struct each {
	int (*fn)(void *arg, uint32_t devid);
	void *arg;
};

static int each_note(void *arg, const char *name)
{
	const struct each *each = arg;
	uint32_t devid;

	return xnm_parse_u32(name, 0, UINT16_MAX, &devid) ? 0 : each->fn(each->arg, devid);
}

int guest_note_each(const struct guest_dir *dir, int (*fn)(void *arg, uint32_t devid), void *arg)
{
	struct each each = { fn, arg };

	return xnm_file_each(dir->vif_fd, each_note, &each);
}

static bool read_setting(void *arg, const char *key, const char *value)
{
	struct guest_host *host = arg;
	struct guest_setting *setting = &host->settings[host->n_settings];

	if (host->n_settings == GUEST_MAX_SETTINGS)
		return false;
	memset(setting, 0, sizeof(*setting));
	xnm_copy(setting->path, sizeof(setting->path), key);
	setting->noted = true;
	if (xnm_parse_u32(value, 0, UINT32_MAX, &setting->was))
		return false;
	host->n_settings++;
	return true;
}

#define SETTINGS_TEXT_MAX (GUEST_MAX_SETTINGS * 80)

int guest_settings_read(const struct guest_dir *dir, struct guest_host *host)
{
	static char text[SETTINGS_TEXT_MAX];
	int rc = xnm_file_read(dir->run_fd, "settings", text, sizeof(text));

	if (rc == 0 && !xnm_file_lines(text, "[settings]", read_setting, host))
		rc = -EINVAL;
	return rc == -ENOENT ? 0 : rc;
}

int guest_settings_write(const struct guest_dir *dir, const struct guest_host *host)
{
	static char text[SETTINGS_TEXT_MAX];
	size_t len = (size_t)snprintf(text, sizeof(text), "[settings]\n");
	bool any = false;

	for (unsigned int i = 0; i < host->n_settings && len < sizeof(text); i++) {
		if (!host->settings[i].noted)
			continue;
		any = true;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s=%u\n",
					host->settings[i].path, host->settings[i].was);
	}
	if (!any)
		return xnm_file_remove(dir->run_fd, "settings");
	return len < sizeof(text) ? xnm_file_replace(dir->run_fd, "settings", text, len) : -ENOSPC;
}

static bool read_digest(void *arg, const char *key, const char *value)
{
	uint64_t *digest = arg;
	char *end;

	if (strcmp(key, "digest") == 0)
		*digest = strtoull(value, &end, 16);
	return true;
}

uint64_t guest_digest_read(const struct guest_dir *dir)
{
	uint64_t digest = 0;
	char text[64];

	if (xnm_file_read(dir->run_fd, "shared", text, sizeof(text)) ||
	    !xnm_file_lines(text, "[shared]", read_digest, &digest))
		return 0;
	return digest;
}

int guest_digest_write(const struct guest_dir *dir, uint64_t digest)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "[shared]\ndigest=%016llx\n",
			   (unsigned long long)digest);

	return xnm_file_replace(dir->run_fd, "shared", text, (size_t)len);
}

bool guest_mark_is(const struct guest_dir *dir, const char *name)
{
	return dir->run_fd >= 0 && faccessat(dir->run_fd, name, F_OK, 0) == 0;
}

int guest_mark_set(const struct guest_dir *dir, const char *name, bool there)
{
	return there ? xnm_file_replace(dir->run_fd, name, "", 0)
		     : xnm_file_remove(dir->run_fd, name);
}
