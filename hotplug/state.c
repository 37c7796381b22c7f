/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.c - what xnm noted of each vif and of each bridge it made, below /run/xnm. */
#include "hotplug/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "hotplug/event.h"
#include "hotplug/util.h"

#define STATE_TEXT_MAX 4096

const char *xnm_run_dir_path(void)
{
	const char *path = getenv("XNM_RUN_DIR");

	return path && path[0] == '/' ? path : XNM_RUN_DIR;
}

static int open_dir(int at_fd, const char *path, bool read_only)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(at_fd, path, flags);

	if (fd >= 0 || errno != ENOENT || read_only)
		return fd >= 0 ? fd : -errno;
	if (mkdirat(at_fd, path, 0755) && errno != EEXIST)
		return -errno;
	fd = openat(at_fd, path, flags);
	return fd >= 0 ? fd : -errno;
}

int xnm_run_dir_open(struct xnm_run_dir *dir, const char *path, bool read_only)
{
	const struct {
		const char *name;
		int *fd;
	} parts[] = {
		{ "vif", &dir->vif_fd },
		{ "bridge", &dir->bridge_fd },
		{ "vifname", &dir->vifname_fd },
	};
	int fd;

	*dir = (struct xnm_run_dir){ -1, -1, -1, -1, -1 };
	fd = open_dir(AT_FDCWD, path, read_only);
	if (fd < 0)
		return read_only && fd == -ENOENT ? 0 : fd;
	dir->run_fd = fd;
	for (size_t i = 0; i < XNM_N_ELEMENTS(parts); i++) {
		fd = open_dir(dir->run_fd, parts[i].name, read_only);
		if (fd < 0 && !(read_only && fd == -ENOENT))
			return fd;
		*parts[i].fd = fd < 0 ? -1 : fd;
	}
	if (read_only)
		return 0;
	dir->lock_fd = openat(dir->run_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return dir->lock_fd < 0 ? -errno : 0;
}

void xnm_run_dir_close(struct xnm_run_dir *dir)
{
	int *fds[] = { &dir->run_fd, &dir->vif_fd, &dir->bridge_fd, &dir->vifname_fd,
		       &dir->lock_fd };

	for (size_t i = 0; i < XNM_N_ELEMENTS(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static void copy(char *out, size_t out_size, const char *value)
{
	(void)snprintf(out, out_size, "%s", value);
}

/* One line of a vif's file. Returns false for a value that is not ours. */
static bool read_vif_key(void *arg, const char *key, const char *value)
{
	struct xnm_state *state = arg;
	uint32_t flags = 0;

	if (strcmp(key, "domain") == 0)
		copy(state->domain_name, sizeof(state->domain_name), value);
	else if (strcmp(key, "ifname") == 0)
		copy(state->ifname, sizeof(state->ifname), value);
	else if (strcmp(key, "tap") == 0)
		copy(state->tap, sizeof(state->tap), value);
	else if (strcmp(key, "vifname") == 0)
		copy(state->vifname, sizeof(state->vifname), value);
	else if (strcmp(key, "tap-vifname") == 0)
		copy(state->tap_vifname, sizeof(state->tap_vifname), value);
	else if (strcmp(key, "network") == 0)
		copy(state->network, sizeof(state->network), value);
	else if (strcmp(key, "bridge") == 0)
		copy(state->bridge, sizeof(state->bridge), value);
	else if (strcmp(key, "vlan") == 0)
		copy(state->vlan, sizeof(state->vlan), value);
	else if (strcmp(key, "mac") == 0)
		return xnm_parse_mac(value, &state->mac) == 0;
	else if (strcmp(key, "mtu") == 0)
		return xnm_parse_u32(value, 0, XNM_MTU_MAX, &state->mtu_bytes) == 0;
	else if (strcmp(key, "mtu-from") == 0)
		state->mtu_is_bridges = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "port-flags") == 0 && xnm_parse_u32(value, 0, UINT16_MAX, &flags) == 0)
		state->port_flags = (uint16_t)flags;
	else if (strcmp(key, "address") == 0)
		return state->n_addresses < XNM_MAX_ADDRESSES &&
		       xnm_parse_cidr(value, &state->addresses[state->n_addresses++]) == 0;
	/* keys of a newer xnm are no mistake */
	return true;
}

/*
 * Splits a file of ours into its lines. Not with inih: it takes what stands
 * behind " ;" for a comment and blanks at the ends for nothing, and the name
 * of a domain may have both.
 */
static bool read_lines(char *text, const char *header,
		       bool (*read_key)(void *arg, const char *key, const char *value), void *arg)
{
	char *save = NULL, *value;
	bool inside = false;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#')
			continue;
		if (line[0] == '[') {
			inside = strcmp(line, header) == 0;
			if (!inside)
				return false;
			continue;
		}
		value = strchr(line, '=');
		if (!value || !inside)
			return false;
		*value++ = '\0';
		if (!read_key(arg, line, value))
			return false;
	}
	return inside;
}

/* The names are used as device names: damaged ones must not reach the kernel. */
static bool names_ok(const struct xnm_state *state)
{
	const char *names[] = { state->ifname, state->tap, state->vifname, state->tap_vifname,
				state->bridge };

	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		if (names[i][0] != '\0' && !xnm_ifname_ok(names[i]))
			return false;
	}
	return true;
}

static void vif_file(uint32_t domid, uint32_t devid, char out[24])
{
	(void)snprintf(out, 24, "%u.%u", domid, devid);
}

int xnm_state_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		   struct xnm_state *state)
{
	char text[STATE_TEXT_MAX], file[24];
	_cleanup_close_ int fd = -1;
	ssize_t len;

	memset(state, 0, sizeof(*state));
	state->domid = domid;
	state->devid = devid;
	vif_file(domid, devid, file);
	if (dir->vif_fd < 0)
		return -ENOENT;
	fd = openat(dir->vif_fd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	if (!read_lines(text, "[vif]", read_vif_key, state) || !names_ok(state))
		return -EINVAL;
	return 0;
}

/* Replaces dir_fd/name by text, whole or not at all. */
static int replace_file(int dir_fd, const char *name, const char *text, size_t len)
{
	_cleanup_close_ int fd = -1;
	char tmp[32];
	int rc = 0;

	/* a fixed name: writers of one file hold its lock, and what a killed one left is reused */
	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	fd = openat(dir_fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		rc = errno ? -errno : -ENOSPC;
	if (rc == 0 && renameat(dir_fd, tmp, dir_fd, name))
		rc = -errno;
	if (rc)
		(void)unlinkat(dir_fd, tmp, 0);
	return rc;
}

static int remove_file(int dir_fd, const char *name)
{
	char tmp[32];

	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	if (dir_fd >= 0)
		(void)unlinkat(dir_fd, tmp, 0);
	if (dir_fd >= 0 && unlinkat(dir_fd, name, 0) && errno != ENOENT)
		return -errno;
	return 0;
}

int xnm_state_write(const struct xnm_run_dir *dir, const struct xnm_state *state)
{
	char text[STATE_TEXT_MAX], file[24], value[XNM_CIDR_TEXT_LEN];
	FILE *out = fmemopen(text, sizeof(text), "w");
	long len;

	if (!out)
		return -errno;
	fputs("[vif]\n", out);
	if (state->domain_name[0])
		fprintf(out, "domain=%s\n", state->domain_name);
	if (state->ifname[0])
		fprintf(out, "ifname=%s\n", state->ifname);
	if (state->tap[0])
		fprintf(out, "tap=%s\n", state->tap);
	if (state->vifname[0])
		fprintf(out, "vifname=%s\n", state->vifname);
	if (state->tap_vifname[0])
		fprintf(out, "tap-vifname=%s\n", state->tap_vifname);
	xnm_format_mac(&state->mac, value);
	fprintf(out, "mac=%s\n", value);
	if (state->network[0])
		fprintf(out, "network=%s\n", state->network);
	if (state->bridge[0])
		fprintf(out, "bridge=%s\n", state->bridge);
	if (state->mtu_bytes)
		fprintf(out, "mtu=%u\n", state->mtu_bytes);
	if (state->mtu_is_bridges)
		fputs("mtu-from=bridge\n", out);
	if (state->port_flags)
		fprintf(out, "port-flags=%u\n", state->port_flags);
	if (state->vlan[0])
		fprintf(out, "vlan=%s\n", state->vlan);
	for (unsigned int i = 0; i < state->n_addresses; i++) {
		xnm_format_cidr(&state->addresses[i], value);
		fprintf(out, "address=%s\n", value);
	}
	len = ftell(out);
	if (fclose(out) || len <= 0)
		return -ENOSPC;
	vif_file(state->domid, state->devid, file);
	return replace_file(dir->vif_fd, file, text, (size_t)len);
}

int xnm_state_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid)
{
	char file[24];

	vif_file(domid, devid, file);
	return remove_file(dir->vif_fd, file);
}

bool xnm_state_equal(const struct xnm_state *a, const struct xnm_state *b)
{
	if (a->n_addresses != b->n_addresses)
		return false;
	for (unsigned int i = 0; i < a->n_addresses; i++) {
		if (!xnm_cidr_equal(&a->addresses[i], &b->addresses[i]))
			return false;
	}
	return a->domid == b->domid && a->devid == b->devid && a->mtu_bytes == b->mtu_bytes &&
	       a->mtu_is_bridges == b->mtu_is_bridges && a->port_flags == b->port_flags &&
	       strcmp(a->tap_vifname, b->tap_vifname) == 0 && xnm_mac_equal(&a->mac, &b->mac) &&
	       strcmp(a->domain_name, b->domain_name) == 0 && strcmp(a->ifname, b->ifname) == 0 &&
	       strcmp(a->tap, b->tap) == 0 && strcmp(a->vifname, b->vifname) == 0 &&
	       strcmp(a->network, b->network) == 0 && strcmp(a->bridge, b->bridge) == 0 &&
	       strcmp(a->vlan, b->vlan) == 0;
}

/* As the kernel gives it; libc has no name for it that every libc has (getdents(2)). */
struct kernel_dirent {
	uint64_t d_ino;
	int64_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

/*
 * Calls fn for every file of a folder but dot-files; stops at its first
 * non-zero answer. Not readdir(3): that one reads 32 KB ahead, which with a
 * thousand vifs is most of what an online costs, also when fn stops at once.
 */
static int each_file(int dir_fd, int (*fn)(void *arg, const char *name), void *arg)
{
	char buf[2048] __attribute__((aligned(8)));
	const struct kernel_dirent *entry;
	_cleanup_close_ int fd = -1;
	long len;
	int rc;

	if (dir_fd < 0)
		return 0;
	/* a descriptor of its own, for its own offset */
	fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((len = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < len; at += entry->d_reclen) {
			entry = (const void *)(buf + at);
			if (entry->d_name[0] == '.')
				continue;
			rc = fn(arg, entry->d_name);
			if (rc)
				return rc;
		}
	}
	return len < 0 ? -errno : 0;
}

struct each_vif {
	int (*fn)(void *arg, uint32_t domid, uint32_t devid);
	void *arg;
};

static int each_vif(void *arg, const char *name)
{
	const struct each_vif *each = arg;
	uint32_t domid, devid;

	return xnm_vif_id_parse(name, &domid, &devid) ? 0 : each->fn(each->arg, domid, devid);
}

int xnm_state_each(const struct xnm_run_dir *dir,
		   int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg)
{
	struct each_vif each = { .fn = fn, .arg = arg };

	return each_file(dir->vif_fd, each_vif, &each);
}

int xnm_state_bridge_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *bridge),
			  void *arg)
{
	return each_file(dir->bridge_fd, fn, arg);
}

int xnm_state_vifname_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			   void *arg)
{
	return each_file(dir->vifname_fd, fn, arg);
}

int xnm_state_bridge_write(const struct xnm_run_dir *dir, const char *bridge,
			   const struct xnm_bridge_note *note)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "[bridge]\nnetwork=%s\nkeep=%s\n", note->network,
			   note->keep ? "yes" : "no");

	for (unsigned int i = 0; i < note->n_interfaces; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "interface=%s\n",
				note->interfaces[i]);
	return replace_file(dir->bridge_fd, bridge, text, (size_t)len);
}

static bool read_bridge_key(void *arg, const char *key, const char *value)
{
	struct xnm_bridge_note *note = arg;

	if (strcmp(key, "network") == 0)
		copy(note->network, sizeof(note->network), value);
	else if (strcmp(key, "keep") == 0)
		return xnm_parse_bool(value, &note->keep) == 0;
	else if (strcmp(key, "interface") == 0 && note->n_interfaces < XNM_MAX_INTERFACES)
		copy(note->interfaces[note->n_interfaces++], IFNAMSIZ, value);
	return true;
}

int xnm_state_bridge_read(const struct xnm_run_dir *dir, const char *bridge,
			  struct xnm_bridge_note *note)
{
	_cleanup_close_ int fd = -1;
	char text[512];
	ssize_t len;

	/* a damaged note must not cost anybody a bridge */
	*note = (struct xnm_bridge_note){ .keep = true };
	if (dir->bridge_fd < 0 || !xnm_ifname_ok(bridge))
		return -ENOENT;
	fd = openat(dir->bridge_fd, bridge, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	if (!read_lines(text, "[bridge]", read_bridge_key, note))
		note->keep = true;
	return 0;
}

bool xnm_made_bridge(const struct xnm_run_dir *dir, const char *bridge)
{
	struct xnm_bridge_note note;

	return bridge[0] && xnm_state_bridge_read(dir, bridge, &note) == 0 && !note.keep;
}

int xnm_state_bridge_remove(const struct xnm_run_dir *dir, const char *bridge)
{
	return remove_file(dir->bridge_fd, bridge);
}

int xnm_state_vifname_write(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			    uint32_t devid)
{
	char file[24], tmp[32];

	vif_file(domid, devid, file);
	(void)snprintf(tmp, sizeof(tmp), ".%s", name);
	(void)unlinkat(dir->vifname_fd, tmp, 0);
	if (symlinkat(file, dir->vifname_fd, tmp))
		return -errno;
	if (renameat(dir->vifname_fd, tmp, dir->vifname_fd, name))
		return -errno;
	return 0;
}

int xnm_state_vifname_read(const struct xnm_run_dir *dir, const char *name, uint32_t *domid,
			   uint32_t *devid)
{
	char target[24];
	ssize_t len;

	if (dir->vifname_fd < 0 || !xnm_ifname_ok(name))
		return -ENOENT;
	len = readlinkat(dir->vifname_fd, name, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	return xnm_vif_id_parse(target, domid, devid);
}

int xnm_state_vifname_remove(const struct xnm_run_dir *dir, const char *name, uint32_t domid,
			     uint32_t devid)
{
	uint32_t other_domid = 0, other_devid = 0;

	if (xnm_state_vifname_read(dir, name, &other_domid, &other_devid) || other_domid != domid ||
	    other_devid != devid)
		return 0;
	return remove_file(dir->vifname_fd, name);
}
