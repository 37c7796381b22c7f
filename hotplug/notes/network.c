/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - what a network has changed, which vifs are in it, and what sysctls were before. */
#include "hotplug/notes/network.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/foreign.h"

/* A network's name has no comma and does not begin with '@' (xnm_parse_name()), so that its note
 * is told from those of members and sysctls. */
#define NOTE_TEXT_MAX (8192 + XNM_MAX_ELEMENTS * XNM_ELEMENT_TEXT_LEN)

static bool name_ok(const char *network)
{
	return network[0] != '\0' && network[0] != '.' && network[0] != '@' &&
	       !strpbrk(network, "/,");
}

bool xnm_network_is_device(const char *network)
{
	return network[0] == '=' || network[0] == '+' || xnm_foreign_dev(network);
}

int xnm_network_note_write(const struct xnm_run_dir *dir, const char *network,
			   const struct xnm_network_note *note)
{
	static char text[NOTE_TEXT_MAX];
	char element[XNM_ELEMENT_TEXT_LEN];
	int len = snprintf(text, sizeof(text), "[network]\nbridge=%s\n", note->bridge);

	if (!name_ok(network))
		return -EINVAL;
	for (unsigned int i = 0; i < note->n_settings; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "setting=%s\n",
				note->settings[i]);
	for (unsigned int i = 0; i < note->elements.n; i++) {
		xnm_element_format(&note->elements.list[i], element);
		len += snprintf(text + len, sizeof(text) - (size_t)len, "element=%s\n", element);
	}
	return xnm_file_replace(dir->network_fd, network, text, (size_t)len);
}

void xnm_network_note_sent(const struct xnm_run_dir *dir, const char *network)
{
	static const char line[] = "sent=1\n";
	_cleanup_close_ int fd = -1;

	if (name_ok(network))
		fd = openat(dir->network_fd, network, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		(void)!write(fd, line, strlen(line));
}

static bool read_key(void *arg, const char *key, const char *value)
{
	struct xnm_network_note *note = arg;
	struct xnm_elements *elements = &note->elements;

	if (strcmp(key, "bridge") == 0)
		xnm_copy(note->bridge, sizeof(note->bridge), value);
	else if (strcmp(key, "setting") == 0 && note->n_settings < XNM_MAX_SETTINGS)
		xnm_copy(note->settings[note->n_settings++], sizeof(note->settings[0]), value);
	else if (strcmp(key, "element") == 0 && elements->n < XNM_MAX_ELEMENTS &&
		 xnm_element_parse(value, &elements->list[elements->n]) == 0)
		elements->n++;
	else if (strcmp(key, "sent") == 0)
		note->is_sent = strcmp(value, "1") == 0;
	return true;
}

int xnm_network_note_read(const struct xnm_run_dir *dir, const char *network,
			  struct xnm_network_note *note)
{
	static char text[NOTE_TEXT_MAX];
	int rc;

	note->bridge[0] = '\0';
	note->n_settings = note->elements.n = 0;
	note->elements.full = note->is_sent = false;
	if (!name_ok(network))
		return -ENOENT;
	rc = xnm_file_read(dir->network_fd, network, text, sizeof(text));
	if (rc == 0)
		(void)xnm_file_lines(text, "[network]", read_key, note);
	return rc;
}

int xnm_network_note_remove(const struct xnm_run_dir *dir, const char *network)
{
	return name_ok(network) ? xnm_file_remove(dir->network_fd, network) : 0;
}

struct each_network {
	int (*fn)(void *arg, const char *network);
	void *arg;
};

static int each_network(void *arg, const char *name)
{
	const struct each_network *each = arg;

	return name_ok(name) ? each->fn(each->arg, name) : 0;
}

int xnm_network_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *network),
			  void *arg)
{
	struct each_network each = { .fn = fn, .arg = arg };

	return xnm_file_each(dir->network_fd, each_network, &each);
}

static void member_name(char out[XNM_RUN_NAME_LEN], const char *network, uint32_t domid,
			uint32_t devid)
{
	(void)snprintf(out, XNM_RUN_NAME_LEN, "%.63s,%u.%u", network, domid, devid);
}

static int make_empty(const struct xnm_run_dir *dir, const char *name)
{
	int fd = openat(dir->network_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Like a member's name, but with a word in the place of a vif. */
static void hold_name(char out[XNM_RUN_NAME_LEN], const char *network)
{
	(void)snprintf(out, XNM_RUN_NAME_LEN, "%.63s,boot", network);
}

int xnm_network_hold(const struct xnm_run_dir *dir, const char *network)
{
	char name[XNM_RUN_NAME_LEN];

	hold_name(name, network);
	return make_empty(dir, name);
}

int xnm_network_unhold(const struct xnm_run_dir *dir, const char *network)
{
	char name[XNM_RUN_NAME_LEN];

	hold_name(name, network);
	return xnm_file_remove(dir->network_fd, name);
}

bool xnm_network_is_held(const struct xnm_run_dir *dir, const char *network)
{
	char name[XNM_RUN_NAME_LEN];

	hold_name(name, network);
	return dir->network_fd >= 0 && faccessat(dir->network_fd, name, F_OK, 0) == 0;
}

int xnm_network_member_add(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid)
{
	char name[XNM_RUN_NAME_LEN];

	member_name(name, network, domid, devid);
	return make_empty(dir, name);
}

int xnm_network_member_remove(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			      uint32_t devid)
{
	char name[XNM_RUN_NAME_LEN];

	member_name(name, network, domid, devid);
	return xnm_file_remove(dir->network_fd, name);
}

bool xnm_network_is_member(const struct xnm_run_dir *dir, const char *network, uint32_t domid,
			   uint32_t devid)
{
	char name[XNM_RUN_NAME_LEN];

	member_name(name, network, domid, devid);
	return dir->network_fd >= 0 && faccessat(dir->network_fd, name, F_OK, 0) == 0;
}

struct member_search {
	const char *network;
	size_t len;
};

static int is_member(void *arg, const char *name)
{
	const struct member_search *search = arg;

	return strncmp(name, search->network, search->len) == 0 && name[search->len] == ',';
}

bool xnm_network_has_members(const struct xnm_run_dir *dir, const char *network)
{
	struct member_search search = { network, strlen(network) };

	return xnm_file_each(dir->network_fd, is_member, &search) != 0;
}

/* The network in a member's name; "": name is not that of a member. Returns out. */
static const char *network_of(const char *name, char out[XNM_NAME_LEN])
{
	const char *comma = strchr(name, ',');
	size_t len = comma ? (size_t)(comma - name) : 0;

	if (len >= XNM_NAME_LEN)
		len = 0;
	memcpy(out, name, len);
	out[len] = '\0';
	return out;
}

struct each_member {
	int (*fn)(void *arg, const char *network, uint32_t domid, uint32_t devid);
	void *arg;
};

static int each_member(void *arg, const char *name)
{
	const struct each_member *each = arg;
	const char *comma = strchr(name, ',');
	char network[XNM_NAME_LEN];
	uint32_t domid, devid;

	/* not the members of a note on a device */
	if (!name_ok(network_of(name, network)) || xnm_network_is_device(network) ||
	    xnm_vif_id_parse(comma + 1, &domid, &devid))
		return 0;
	return each->fn(each->arg, network, domid, devid);
}

int xnm_network_member_each(const struct xnm_run_dir *dir,
			    int (*fn)(void *arg, const char *network, uint32_t domid,
				      uint32_t devid),
			    void *arg)
{
	struct each_member each = { .fn = fn, .arg = arg };

	return xnm_file_each(dir->network_fd, each_member, &each);
}

struct member_check {
	const struct xnm_run_dir *dir;
	bool (*is_used)(uint32_t domid, uint32_t devid); /* NULL: nobody is asked */
};

static int check_member(void *arg, const char *name)
{
	const struct member_check *check = arg;
	const struct xnm_run_dir *dir = check->dir;
	const char *comma = strchr(name, ',');
	uint32_t domid, devid;

	if (name[0] != '@' && comma && xnm_vif_id_parse(comma + 1, &domid, &devid) == 0 &&
	    faccessat(dir->vif_fd, comma + 1, F_OK, 0) && errno == ENOENT &&
	    !(check->is_used && check->is_used(domid, devid)))
		(void)xnm_file_remove(dir->network_fd, name);
	return 0;
}

void xnm_network_members_check(const struct xnm_run_dir *dir)
{
	xnm_network_members_sweep(dir, NULL);
}

void xnm_network_members_sweep(const struct xnm_run_dir *dir,
			       bool (*is_used)(uint32_t domid, uint32_t devid))
{
	struct member_check check = { dir, is_used };

	(void)xnm_file_each(dir->network_fd, check_member, &check);
}

/* A path as the name of a file: "@ipv4,ip_forward". */
static void setting_name(char out[XNM_RUN_NAME_LEN], const char *path)
{
	(void)snprintf(out, XNM_RUN_NAME_LEN, "@%.100s", path);
	for (char *c = out; *c; c++) {
		if (*c == '/')
			*c = ',';
	}
}

int xnm_sysctl_note_write(const struct xnm_run_dir *dir, const char *path,
			  const struct xnm_sysctl_note *note)
{
	char name[XNM_RUN_NAME_LEN], text[96];
	struct xnm_sysctl_note noted = *note, old;
	int len;

	if (xnm_sysctl_note_load(dir, path, &old) == 0) {
		if (old.has_set && old.set == note->set)
			return 0;
		noted.was = old.was;
		noted.newest = old.newest;
	}
	setting_name(name, path);
	len = snprintf(text, sizeof(text), "[setting]\nwas=%u\nset=%u\n", noted.was, noted.set);
	if (noted.newest)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "newest=%d\n",
				noted.newest);
	return xnm_file_replace(dir->network_fd, name, text, (size_t)len);
}

static bool read_setting(void *arg, const char *key, const char *value)
{
	struct xnm_sysctl_note *note = arg;
	uint32_t newest;

	if (strcmp(key, "was") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &note->was) == 0;
	if (strcmp(key, "set") == 0) {
		note->has_set = true;
		return xnm_parse_u32(value, 0, UINT32_MAX, &note->set) == 0;
	}
	if (strcmp(key, "newest") == 0 && xnm_parse_u32(value, 0, INT32_MAX, &newest) == 0)
		note->newest = (int)newest;
	return true;
}

int xnm_sysctl_note_load(const struct xnm_run_dir *dir, const char *path,
			 struct xnm_sysctl_note *note)
{
	char name[XNM_RUN_NAME_LEN], text[128];
	int rc;

	*note = (struct xnm_sysctl_note){ 0 };
	setting_name(name, path);
	rc = xnm_file_read(dir->network_fd, name, text, sizeof(text));
	if (rc == 0 && !xnm_file_lines(text, "[setting]", read_setting, note))
		return -EINVAL;
	return rc;
}

int xnm_sysctl_note_read(const struct xnm_run_dir *dir, const char *path, uint32_t *was)
{
	struct xnm_sysctl_note note;
	int rc = xnm_sysctl_note_load(dir, path, &note);

	*was = note.was;
	return rc;
}

int xnm_sysctl_note_remove(const struct xnm_run_dir *dir, const char *path)
{
	char name[XNM_RUN_NAME_LEN];

	setting_name(name, path);
	return xnm_file_remove(dir->network_fd, name);
}

void xnm_network_note_clear(struct xnm_network_note *note)
{
	note->bridge[0] = '\0';
	note->is_sent = false;
	note->n_settings = note->elements.n = 0;
	note->elements.full = false;
}
