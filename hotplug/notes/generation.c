/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generation.c - note when all of our tables were seen whole, and which changes since then are our own. */

#include "hotplug/notes/generation.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"

/*
 * The file <run>/nft. Each nftables transaction makes a new generation, whose number the kernel
 * tells to its sender. Our own are recorded in a ring. If all generations since the one in which
 * our tables were seen complete are in the ring, no other program has changed anything. One that is
 * not recorded, because a run was killed or has yet to record it, counts as another program's,
 * which only costs a check.
 */
#define N_OURS 1024

struct seen {
	uint32_t generation; /* generation in which all was seen complete; 0: never */
	uint32_t rebuilt; /* generation in which we last built a table; 0: none */
	uint64_t rules
		[XNM_N_TABLES]; /* digest of each table's rules when it was built; 0: unknown */
	uint32_t ours[N_OURS]; /* generation n is at index n % N_OURS */
};

static void read_seen(const struct xnm_run_dir *dir, struct seen *seen)
{
	_cleanup_close_ int fd = -1;

	memset(seen, 0, sizeof(*seen));
	if (dir->run_fd >= 0)
		fd = openat(dir->run_fd, "nft", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && read(fd, seen, sizeof(*seen)) != sizeof(*seen))
		memset(seen, 0, sizeof(*seen));
}

static int open_seen(const struct xnm_run_dir *dir)
{
	struct stat st;
	int fd;

	fd = openat(dir->run_fd, "nft", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fd;
	/* a file of another length is new or another version's, and counts as empty */
	if (fstat(fd, &st) ||
	    (st.st_size != (off_t)sizeof(struct seen) &&
	     ((st.st_size && ftruncate(fd, 0)) || ftruncate(fd, sizeof(struct seen))))) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

/* Writes all but the ring, to which other runs may write at any time. */
static void write_seen(const struct xnm_run_dir *dir, const struct seen *seen)
{
	_cleanup_close_ int fd = open_seen(dir);
	const ssize_t len = offsetof(struct seen, ours);

	/* the file only saves work: without it, tables are checked */
	if (fd >= 0 && pwrite(fd, seen, (size_t)len, 0) != len)
		(void)unlinkat(dir->run_fd, "nft", 0);
}

void xnm_nft_count(const struct xnm_run_dir *dir, uint32_t generation)
{
	_cleanup_close_ int fd = dir->run_fd >= 0 ? open_seen(dir) : -1;
	const size_t at = offsetof(struct seen, ours) + generation % N_OURS * sizeof(generation);

	if (fd >= 0)
		(void)!pwrite(fd, &generation, sizeof(generation), (off_t)at);
}

uint32_t xnm_nft_rebuilt(const struct xnm_run_dir *dir)
{
	struct seen seen;

	read_seen(dir, &seen);
	return seen.rebuilt;
}

static bool all_ours(const struct seen *seen, uint32_t now)
{
	if (seen->generation == 0 || now - seen->generation > N_OURS)
		return false;
	for (uint32_t i = seen->generation; i != now; i++) {
		if (seen->ours[(i + 1) % N_OURS] != i + 1)
			return false;
	}
	return true;
}

int xnm_nft_now(const struct xnm_run_dir *dir, struct xnm_nft *nft, struct xnm_seen *now)
{
	struct seen seen;
	int rc = xnm_nft_generation(nft, &now->generation);

	read_seen(dir, &seen);
	now->was_made = seen.rebuilt != 0;
	now->is_unchanged = rc == 0 && all_ours(&seen, now->generation);
	/* before the ring wraps */
	if (now->is_unchanged && now->generation - seen.generation > N_OURS / 2)
		xnm_nft_seen(dir, now);
	return rc;
}

void xnm_nft_seen(const struct xnm_run_dir *dir, const struct xnm_seen *now)
{
	struct seen seen;

	read_seen(dir, &seen);
	seen.generation = now->generation;
	write_seen(dir, &seen);
}

void xnm_nft_made(const struct xnm_run_dir *dir, uint32_t generation,
		  const uint64_t rules[XNM_N_TABLES], bool all)
{
	struct seen seen;

	read_seen(dir, &seen);
	seen.rebuilt = generation;
	if (all)
		seen.generation = seen.rebuilt;
	memcpy(seen.rules, rules, sizeof(seen.rules));
	write_seen(dir, &seen);
}

bool xnm_nft_is_other(const struct xnm_run_dir *dir, enum xnm_table table, uint64_t rules)
{
	struct seen seen;

	read_seen(dir, &seen);
	return seen.rules[table] && rules != seen.rules[table];
}
