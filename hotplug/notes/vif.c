/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - what xnm noted of each vif: one INI file, replaced as a whole. */
#include "hotplug/notes/vif.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/vif_types.h"

/* most of a note are the elements of two devices */
#define NOTE_TEXT_MAX (4096 + 2 * XNM_MAX_ELEMENTS * XNM_ELEMENT_TEXT_LEN)

/* One key of the file. */
struct row {
	const char *key;
	size_t offset, size; /* of the member, or of a list's first entry */
	size_t count; /* with max: of the number of entries of the list */
	size_t flag; /* with has_flag: of the bool that says whether the member counts */
	enum xnm_note_type_id type;
	unsigned int max; /* entries of a list; 0: the member is no list */
	bool has_flag;
};

#define MEMBER(member) ((struct xnm_vif_note *)0)->member
#define XNM_VIF_NOTE(id, name, member)                     \
	{ .key = (name),                                   \
	  .type = XNM_NOTE_##id,                           \
	  .offset = offsetof(struct xnm_vif_note, member), \
	  .size = sizeof(MEMBER(member)) },
#define XNM_VIF_NOTE_LIST(id, name, member, number)        \
	{ .key = (name),                                   \
	  .type = XNM_NOTE_##id,                           \
	  .offset = offsetof(struct xnm_vif_note, member), \
	  .size = sizeof(MEMBER(member)[0]),               \
	  .max = XNM_N_ELEMENTS(MEMBER(member)),           \
	  .count = offsetof(struct xnm_vif_note, number) },
#define XNM_VIF_NOTE_IF(id, name, member, is_set)          \
	{ .key = (name),                                   \
	  .type = XNM_NOTE_##id,                           \
	  .offset = offsetof(struct xnm_vif_note, member), \
	  .size = sizeof(MEMBER(member)),                  \
	  .has_flag = true,                                \
	  .flag = offsetof(struct xnm_vif_note, is_set) },

static const struct row rows[] = {
#include "hotplug/notes/vif.def"
};

/* Entry i of a list, or the member itself. */
static void *entry(struct xnm_vif_note *note, const struct row *row, unsigned int i)
{
	return (char *)note + row->offset + i * row->size;
}

static const void *const_entry(const struct xnm_vif_note *note, const struct row *row,
			       unsigned int i)
{
	return (const char *)note + row->offset + i * row->size;
}

static unsigned int *counter(struct xnm_vif_note *note, const struct row *row)
{
	return (unsigned int *)(void *)((char *)note + row->count);
}

/* How many values there are of a key. */
static unsigned int number(const struct xnm_vif_note *note, const struct row *row)
{
	if (row->max)
		return *(const unsigned int *)(const void *)((const char *)note + row->count);
	return row->has_flag ? *((const bool *)note + row->flag) : 1;
}

static bool read_row(struct xnm_vif_note *note, const struct row *row, const char *value)
{
	const struct xnm_note_type *type = &xnm_note_types[row->type];
	unsigned int i = 0;

	if (row->max) {
		i = *counter(note, row);
		if (type->of_last ? i == 0 : i == row->max)
			return false;
		if (type->of_last)
			return type->read(entry(note, row, i - 1), row->size, value);
		memset(entry(note, row, i), 0, row->size);
		++*counter(note, row);
	} else if (row->has_flag) {
		*((bool *)note + row->flag) = true;
	}
	return type->read(entry(note, row, i), row->size, value);
}

/* Reads one line of a vif's file. An unknown key is one of a newer xnm, and no mistake. */
static bool read_key(void *arg, const char *key, const char *value)
{
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].key, key) == 0)
			return read_row(arg, &rows[i], value);
	}
	return true;
}

const struct xnm_vif_note *xnm_no_vif_note(void)
{
	/* not const: as it is long, the file of the program need not have its zeros */
	static struct xnm_vif_note none;

	return &none;
}

void xnm_vif_note_old_mac_scope(struct xnm_vif_note *note)
{
	struct xnm_vlans vlans;
	const char *reason;
	bool has_vlan;

	if (note->address.mac_scope[0] || !note->bridge.name[0] || note->routed.is_routed)
		return;
	has_vlan = note->bridge.vlan[0] && xnm_vlans_parse(note->bridge.vlan, &vlans, &reason) == 0;
	/* a vlan= that was cut for its length has many VLANs */
	if (note->bridge.vlan[0] && (!has_vlan || xnm_vlans_tagged(&vlans)))
		xnm_scope_trunk(note->address.mac_scope, note->bridge.name);
	else if (note->address.scope[0])
		memcpy(note->address.mac_scope, note->address.scope,
		       sizeof(note->address.mac_scope));
	else
		/* 1 is the VLAN of a bridge itself, unless somebody has changed its default_pvid */
		xnm_scope(note->address.mac_scope, note->bridge.name, has_vlan && vlans.pvid != 1,
			  &vlans);
}

void xnm_vif_note_clear(struct xnm_vif_note *note)
{
	note->domid = 0;
	note->devid = 0;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		const struct xnm_note_type *type = &xnm_note_types[row->type];

		if (row->has_flag)
			*((bool *)note + row->flag) = false;
		if (row->max)
			*counter(note, row) = 0;
		else if (type->clear)
			type->clear(entry(note, row, 0));
		else
			memset(entry(note, row, 0), 0, row->size);
	}
}

void xnm_vif_note_copy(struct xnm_vif_note *to, const struct xnm_vif_note *from)
{
	to->domid = from->domid;
	to->devid = from->devid;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		const struct xnm_note_type *type = &xnm_note_types[row->type];

		if (row->has_flag)
			*((bool *)to + row->flag) = *((const bool *)from + row->flag);
		if (row->max)
			*counter(to, row) = number(from, row);
		if (type->copy)
			type->copy(entry(to, row, 0), const_entry(from, row, 0));
		else
			memcpy(entry(to, row, 0), const_entry(from, row, 0),
			       row->size * (row->max ? number(from, row) : 1));
	}
}

int xnm_vif_note_read(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid,
		      struct xnm_vif_note *note)
{
	static char text[NOTE_TEXT_MAX];
	char file[XNM_VIF_FILE_LEN];
	int rc;

	xnm_vif_note_clear(note);
	note->domid = domid;
	note->devid = devid;
	xnm_vif_file(domid, devid, file);
	rc = xnm_file_read(dir->vif_fd, file, text, sizeof(text));
	if (rc)
		return rc;
	if (!xnm_file_lines(text, "[vif]", read_key, note))
		return -EINVAL;
	xnm_vif_note_old_mac_scope(note);
	return 0;
}

void xnm_vif_note_settle(struct xnm_vif_note *note)
{
	for (unsigned int i = 0; i < note->address.n; i++) {
		if (xnm_cidr_has_host_bits(&note->address.list[i]))
			xnm_cidr_settle(&note->address.list[i]);
	}
}

static void write_rows(FILE *out, const struct xnm_vif_note *note)
{
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		const struct xnm_note_type *type = &xnm_note_types[row->type];

		for (unsigned int k = 0; type->write && k < number(note, row); k++)
			type->write(out, row->key, const_entry(note, row, k));
	}
}

int xnm_vif_note_write(const struct xnm_run_dir *dir, const struct xnm_vif_note *note)
{
	static char text[NOTE_TEXT_MAX];
	char file[XNM_VIF_FILE_LEN];
	FILE *out = fmemopen(text, sizeof(text), "w");
	long len;

	if (!out)
		return -errno;
	fputs("[vif]\n", out);
	write_rows(out, note);
	len = ftell(out);
	if (fclose(out) || len <= 0)
		return -ENOSPC;
	xnm_vif_file(note->domid, note->devid, file);
	return xnm_file_replace(dir->vif_fd, file, text, (size_t)len);
}

int xnm_vif_note_remove(const struct xnm_run_dir *dir, uint32_t domid, uint32_t devid)
{
	char file[XNM_VIF_FILE_LEN];

	xnm_vif_file(domid, devid, file);
	return xnm_file_remove(dir->vif_fd, file);
}

static bool row_equal(const struct row *row, const struct xnm_vif_note *a,
		      const struct xnm_vif_note *b)
{
	const struct xnm_note_type *type = &xnm_note_types[row->type];

	if (!type->equal)
		return true;
	if (number(a, row) != number(b, row))
		return false;
	for (unsigned int i = 0; i < number(a, row); i++) {
		if (!type->equal(const_entry(a, row, i), const_entry(b, row, i)))
			return false;
	}
	return true;
}

bool xnm_vif_note_equal(const struct xnm_vif_note *a, const struct xnm_vif_note *b)
{
	if (a->domid != b->domid || a->devid != b->devid)
		return false;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		if (!row_equal(&rows[i], a, b))
			return false;
	}
	return true;
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

int xnm_vif_note_each(const struct xnm_run_dir *dir,
		      int (*fn)(void *arg, uint32_t domid, uint32_t devid), void *arg)
{
	struct each_vif each = { .fn = fn, .arg = arg };

	return xnm_file_each(dir->vif_fd, each_vif, &each);
}
