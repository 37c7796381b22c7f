/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.c - find the vif that `xnm set` or `xnm reset` is to change. */
#include "hotplug/cli/set/set.h"

#include <errno.h>
#include <string.h>

#include "hotplug/notes/vif.h"

struct search {
	const struct xnm_run_dir *dir;
	struct target *target;
	const char *word;
	char guest[128]; /* word up to a slash */
	uint32_t devid;
	bool by_file; /* all vifs of target->file */
	bool unknown; /* it is there, but neither its guest's name nor the UUID is known */
	char other[24]; /* another vif that word names */
};

/* GUEST or GUEST/NUMBER. The name of a vif is split as well: no guest is called so. */
static void split(struct search *search)
{
	const char *slash = strrchr(search->word, '/');
	size_t len = slash ? (size_t)(slash - search->word) : strlen(search->word);

	if (len < sizeof(search->guest) &&
	    (!slash || xnm_parse_u32(slash + 1, 0, XNM_DEVID_MAX, &search->devid) == 0))
		memcpy(search->guest, search->word, len);
}

static bool is_meant(const struct search *search, const struct xnm_vif_note *note)
{
	uint32_t domid, devid;

	if (xnm_vif_id_parse(search->word, &domid, &devid) == 0)
		return note->domid == domid && note->devid == devid;
	if (strcmp(search->word, note->device.ifname) == 0 ||
	    strcmp(search->word, note->device.tap) == 0)
		return true;
	if (!search->guest[0] || note->devid != search->devid || note->target)
		return false;
	return strcmp(search->guest, note->domain_name) == 0 ||
	       (xnm_parse_u32(search->guest, 0, XNM_DOMID_MAX, &domid) == 0 &&
		note->domid == domid);
}

static void fill(struct target *target, const struct xnm_vif_note *note)
{
	(void)snprintf(target->name, sizeof(target->name), "vif%u.%u", note->domid, note->devid);
	(void)snprintf(target->guest, sizeof(target->guest), "%s", note->domain_name);
	target->devid = note->devid;
}

static int look_at(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note note;
	struct search *search = arg;
	struct target *target = search->target;
	char file[XNM_OVERRIDE_FILE_LEN];

	if (xnm_vif_note_read(search->dir, domid, devid, &note))
		return 0;
	if (search->by_file) {
		if (!xnm_override_file_of(&note, file) || strcmp(file, target->file) != 0 ||
		    target->n == XNM_MAX_TARGET_VIFS)
			return 0;
		if (target->n == 0 && !target->name[0])
			fill(target, &note);
		target->vifs[target->n++] = (struct xnm_owner){ domid, devid };
		return 0;
	}
	if (!is_meant(search, &note))
		return 0;
	if (!xnm_override_file_of(&note, file)) {
		search->unknown = true;
	} else if (!target->file[0]) {
		memcpy(target->file, file, sizeof(target->file));
		fill(target, &note);
	} else if (strcmp(file, target->file) != 0) {
		(void)snprintf(search->other, sizeof(search->other), "vif%u.%u", domid, devid);
	}
	return 0;
}

/* One of a guest that does not run, by its name. */
static int look_at_file(void *arg, const char *file)
{
	static struct xnm_override override;
	struct search *search = arg;

	if (xnm_override_note_read(search->dir, file, &override, NULL) ||
	    strcmp(override.guest, search->guest) != 0 || override.devid != search->devid)
		return 0;
	(void)snprintf(search->target->file, sizeof(search->target->file), "%s", file);
	return 1;
}

/* A damaged file is found by its name only, which a guest without a UUID has. */
static void find_file(struct search *search)
{
	struct target *target = search->target;
	struct stat stamp;

	if (!search->guest[0])
		return;
	if (xnm_override_note_each(search->dir, look_at_file, search) != 1 &&
	    xnm_override_file("", search->guest, search->devid, target->file)) {
		xnm_override_note_stamp(search->dir, target->file, &stamp);
		if (!stamp.st_ino)
			target->file[0] = '\0';
	}
	(void)snprintf(target->name, sizeof(target->name), "%.20s/%u", search->guest,
		       search->devid);
	(void)snprintf(target->guest, sizeof(target->guest), "%s", search->guest);
	target->devid = search->devid;
}

static void find_vifs(struct target *target, const struct xnm_run_dir *dir)
{
	struct search search = { .dir = dir, .target = target, .by_file = true };

	(void)xnm_vif_note_each(dir, look_at, &search);
}

int target_find(struct target *target, const struct xnm_run_dir *dir, const char *word,
		struct xnm_err *err)
{
	struct search search = { .dir = dir, .target = target, .word = word };

	memset(target, 0, sizeof(*target));
	split(&search);
	(void)xnm_vif_note_each(dir, look_at, &search);
	if (search.other[0])
		return xnm_fail(err, -EEXIST, "'%.40s' may be %s or %s: name one of these", word,
				target->name, search.other);
	if (search.unknown)
		return xnm_fail(err, -ENODATA,
				"neither the name nor the UUID of the guest of '%.40s' is known "
				"here, by which it could be found again",
				word);
	if (!target->file[0])
		find_file(&search);
	if (!target->file[0])
		return xnm_fail(err, -ENOENT, "there is no vif or guest '%.80s'", word);
	find_vifs(target, dir);
	return 0;
}

void target_of_file(struct target *target, const struct xnm_run_dir *dir, const char *file)
{
	static struct xnm_override override;

	memset(target, 0, sizeof(*target));
	(void)snprintf(target->file, sizeof(target->file), "%s", file);
	find_vifs(target, dir);
	if (target->n)
		return;
	(void)snprintf(target->name, sizeof(target->name), "%.30s", file);
	if (xnm_override_note_read(dir, file, &override, NULL) == 0)
		(void)snprintf(target->name, sizeof(target->name), "%.20s/%u", override.guest,
			       override.devid);
}
