/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.c - the file of the keys that were set for a vif while it ran. */
#include "hotplug/notes/override.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "hotplug/notes/vif.h"

#define HEADER "[override]"
/* all keys that there can be, and the lines before them */
#define TEXT_LEN (512 + sizeof(((struct xnm_override *)NULL)->keys))

static const char comment[] =
	"# made by 'xnm set', until 'xnm reset' or the next boot of this host\n";

/* FNV-1a; the first bytes of the name stand before it */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = 14695981039346656037ull;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211ull;
	return hash;
}

/* A domain's name may have any byte but NUL, a file's not all; a letter for each that it has not. */
static void file_of_name(const char *name, char *out, size_t out_size)
{
	bool plain = strlen(name) < out_size;
	size_t len = 0;

	for (; name[len] && len + 1 < out_size; len++) {
		unsigned char c = (unsigned char)name[len];

		out[len] = isalnum(c) || c == '-' || c == '_' ? (char)c : '.';
		plain = plain && out[len] == (char)c;
	}
	out[len] = '\0';
	if (!plain)
		(void)snprintf(out + (len < 40 ? len : 40), out_size - 40, "~%016" PRIx64,
			       hash_name(name));
}

bool xnm_override_file(const char *uuid, const char *name, uint32_t devid,
		       char out[XNM_OVERRIDE_FILE_LEN])
{
	char who[96];

	if (!uuid[0] && !name[0])
		return false;
	if (uuid[0])
		(void)snprintf(who, sizeof(who), "%s", uuid);
	else
		file_of_name(name, who, sizeof(who));
	(void)snprintf(out, XNM_OVERRIDE_FILE_LEN, "%s%s.%u", uuid[0] ? "" : "name=", who, devid);
	return true;
}

bool xnm_override_file_of(const struct xnm_vif_note *note, char out[XNM_OVERRIDE_FILE_LEN])
{
	return xnm_override_file(note->uuid, note->domain_name, note->devid, out);
}

/* The lines up to the first key have a fixed order, as a policy may have keys of any name. */
struct reader {
	struct xnm_override *override;
	unsigned int line;
	uint32_t n; /* how many keys there must be */
};

static bool read_key(void *arg, const char *key, const char *value)
{
	struct reader *reader = arg;
	struct xnm_override *override = reader->override;

	switch (reader->line++) {
	case 0:
		xnm_copy(override->guest, sizeof(override->guest), value);
		return strcmp(key, "guest") == 0;
	case 1:
		return strcmp(key, "devid") == 0 &&
		       xnm_parse_u32(value, 0, XNM_DEVID_MAX, &override->devid) == 0;
	case 2:
		return strcmp(key, "keys") == 0 &&
		       xnm_parse_u32(value, 1, XNM_MAX_SECTION_KEYS, &reader->n) == 0;
	default:
		return !xnm_override_find(override, key) &&
		       xnm_override_set(override, key, value) == 0;
	}
}

static bool parse(char *text, struct xnm_override *override)
{
	struct reader reader = { .override = override };
	size_t len = strlen(text);

	memset(override, 0, offsetof(struct xnm_override, keys));
	return len && text[len - 1] == '\n' && xnm_file_lines(text, HEADER, read_key, &reader) &&
	       override->n && override->n == reader.n;
}

static int open_file(const struct xnm_run_dir *dir, const char *file)
{
	char path[sizeof(XNM_OVERRIDE_DIR) + XNM_OVERRIDE_FILE_LEN];
	int fd;

	if (dir->run_fd < 0)
		return -ENOENT;
	(void)snprintf(path, sizeof(path), XNM_OVERRIDE_DIR "/%s", file);
	fd = openat(dir->run_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Of the folders, override.d itself was looked at when the policy was read. */
static int check_owner(const struct xnm_run_dir *dir, int fd, struct stat *st)
{
	struct stat folder;

	if (fstat(fd, st) || fstatat(dir->run_fd, XNM_OVERRIDE_DIR, &folder, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISREG(st->st_mode) || !S_ISDIR(folder.st_mode))
		return -EINVAL;
	return xnm_policy_distrust(st) || xnm_policy_distrust(&folder) ? -EPERM : 0;
}

int xnm_override_note_read(const struct xnm_run_dir *dir, const char *file,
			   struct xnm_override *override, struct stat *stamp)
{
	static char text[TEXT_LEN];
	_cleanup_close_ int fd = open_file(dir, file);
	struct stat st;
	ssize_t len;
	int rc;

	if (stamp)
		memset(stamp, 0, sizeof(*stamp));
	if (fd < 0)
		return fd;
	rc = check_owner(dir, fd, &st);
	if (rc)
		return rc;
	if (stamp)
		*stamp = st;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	/* neither one that does not fit nor one with a NUL is read in half */
	if ((size_t)len == sizeof(text) - 1 || strlen(text) != (size_t)len)
		return -EINVAL;
	return parse(text, override) ? 0 : -EINVAL;
}

void xnm_override_note_stamp(const struct xnm_run_dir *dir, const char *file, struct stat *stamp)
{
	char path[sizeof(XNM_OVERRIDE_DIR) + XNM_OVERRIDE_FILE_LEN];

	(void)snprintf(path, sizeof(path), XNM_OVERRIDE_DIR "/%s", file);
	if (dir->run_fd < 0 || fstatat(dir->run_fd, path, stamp, AT_SYMLINK_NOFOLLOW))
		memset(stamp, 0, sizeof(*stamp));
}

static int open_folder(const struct xnm_run_dir *dir, bool make)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	int fd;

	if (dir->run_fd < 0)
		return -ENOENT;
	if (make && ((mkdirat(dir->run_fd, XNM_POLICY_OVERRIDE_DIR, 0755) && errno != EEXIST) ||
		     (mkdirat(dir->run_fd, XNM_OVERRIDE_DIR, 0755) && errno != EEXIST)))
		return -errno;
	fd = openat(dir->run_fd, XNM_OVERRIDE_DIR, flags);
	return fd < 0 ? -errno : fd;
}

int xnm_override_note_write(const struct xnm_run_dir *dir, const char *file,
			    const struct xnm_override *override)
{
	static char text[TEXT_LEN];
	_cleanup_close_ int fd = open_folder(dir, override->n > 0);
	size_t len;

	if (override->n == 0)
		return fd == -ENOENT ? 0 : fd < 0 ? fd : xnm_file_remove(fd, file);
	if (fd < 0)
		return fd;
	len = (size_t)snprintf(text, sizeof(text), "%s" HEADER "\nguest=%s\ndevid=%u\nkeys=%u\n",
			       comment, override->guest, override->devid, override->n);
	for (unsigned int i = 0; i < override->n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s=%s\n",
					override->keys[i].name, override->keys[i].value);
	return xnm_file_replace(fd, file, text, len);
}

int xnm_override_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *file),
			   void *arg)
{
	_cleanup_close_ int fd = open_folder(dir, false);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return xnm_file_each(fd, fn, arg);
}

static int found(void *arg, const char *file)
{
	(void)arg;
	(void)file;
	return 1;
}

bool xnm_override_note_any(const struct xnm_run_dir *dir)
{
	return xnm_override_note_each(dir, found, NULL) != 0;
}

const char *xnm_override_note_problem(int rc)
{
	if (rc == -EINVAL)
		return "is damaged";
	if (rc == -EPERM)
		return "or its folder does not belong to root, or others may write to it";
	return rc == -ELOOP ? "is a symbolic link" : strerror(-rc);
}
