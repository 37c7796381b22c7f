/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.c - what `xnm set` has set for a vif. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/notes/override.h"
#include "hotplug/notes/vif.h"

/* Returns as xnm_override_note_read(): -ENOENT if nothing is set. */
static int read_file(const char *file, struct xnm_override *override)
{
	struct xnm_run_dir dir;
	int rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), true);

	if (rc == 0)
		rc = xnm_override_note_read(&dir, file, override, NULL);
	xnm_run_dir_close(&dir);
	return rc;
}

/* The same for a vif; without a note of it, -ENOENT. */
static int read_row(const struct xnm_row *row, struct xnm_override *override)
{
	char file[XNM_OVERRIDE_FILE_LEN];

	if (!row->has_note || !xnm_override_file_of(row->state, file))
		return -ENOENT;
	return read_file(file, override);
}

static void print_keys(const char *vif, const struct xnm_override *override, int rc,
		       const char *more, FILE *stream)
{
	fprintf(stream, "%s overrides:", vif);
	if (rc)
		fprintf(stream, " the file %s", xnm_override_note_problem(rc));
	for (unsigned int i = 0; rc == 0 && i < override->n; i++)
		fprintf(stream, " %s=%s", override->keys[i].name, override->keys[i].value);
	fprintf(stream, "%s\n", more);
}

struct print {
	const struct xnm_status *status;
	FILE *stream;
	bool any; /* an empty line has been printed */
};

static void begin_line(struct print *print)
{
	if (!print->any)
		fputc('\n', print->stream);
	print->any = true;
}

/* One of a guest that does not run: nobody is to forget it. */
static int print_other(void *arg, const char *file)
{
	struct print *print = arg;
	static struct xnm_override override;
	char of_row[XNM_OVERRIDE_FILE_LEN], name[160];
	int rc;

	for (unsigned int i = 0; i < print->status->n; i++) {
		const struct xnm_row *row = &print->status->rows[i];

		if (row->has_note && xnm_override_file_of(row->state, of_row) &&
		    strcmp(file, of_row) == 0)
			return 0;
	}
	rc = read_file(file, &override);
	if (rc == -ENOENT)
		return 0;
	(void)snprintf(name, sizeof(name), "%s", file);
	if (rc == 0)
		(void)snprintf(name, sizeof(name), "%s/%u", override.guest, override.devid);
	begin_line(print);
	print_keys(name, &override, rc, " (does not run)", print->stream);
	return 0;
}

static void print_others(struct print *print)
{
	struct xnm_run_dir dir;

	if (xnm_run_dir_open(&dir, xnm_run_dir_path(), true) == 0)
		(void)xnm_override_note_each(&dir, print_other, print);
	xnm_run_dir_close(&dir);
}

/* "vif1.0 overrides: mtu=1400" */
static void print_overrides(const struct xnm_status *status, FILE *stream)
{
	struct print print = { .status = status, .stream = stream };
	static struct xnm_override override;
	char vif[IFNAMSIZ];

	if (!status->in_detail)
		return;
	for (unsigned int i = 0; i < status->n; i++) {
		const struct xnm_row *row = &status->rows[i];
		int rc = read_row(row, &override);

		if (rc == -ENOENT)
			continue;
		(void)snprintf(vif, sizeof(vif), "vif%u.%u", row->domid, row->devid);
		begin_line(&print);
		print_keys(vif, &override, rc, "", stream);
	}
	if (!status->is_part)
		print_others(&print);
}

/* null: the file cannot be read. */
static void vif_json(struct json_object *vif, const struct xnm_row *row)
{
	static struct xnm_override override;
	int rc = read_row(row, &override);
	struct json_object *object;

	if (rc && rc != -ENOENT) {
		json_object_object_add(vif, "overrides", NULL);
		return;
	}
	object = xnm_json_object(vif, "overrides");
	for (unsigned int i = 0; rc == 0 && i < override.n; i++)
		json_object_object_add(object, override.keys[i].name,
				       json_object_new_string(override.keys[i].value));
}

const struct xnm_status_part xnm_status_override = {
	.name = "override",
	.vif_json = vif_json,
	.print = print_overrides,
};
