/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - all frames of frames.def, and what becomes of them in each mode. */
#include "frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASS(name, recipe, standard)		    { name, recipe, NULL, 0, standard },
#define DROP(name, reason, flags, recipe, standard) { name, recipe, reason, flags, standard },

static const struct frame table[] = {
#include "frames.def"
};

const struct frame *frames = table;
size_t n_frames = sizeof(table) / sizeof(table[0]);
_Static_assert(sizeof(table) / sizeof(table[0]) <= FRAMES_MAX, "FRAMES_MAX is too small");

static struct frame loaded[FRAMES_MAX];

bool frames_drop(size_t i)
{
	if (frames != loaded)
		return false;
	n_frames--;
	memmove(&loaded[i], &loaded[i + 1], (n_frames - i) * sizeof(loaded[0]));
	return true;
}

void frames_load(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, *tab;
	size_t size = 0;

	if (!file)
		frames_die("%s: %s", path, strerror(errno));
	for (n_frames = 0; getline(&line, &size, file) > 0; line = NULL, n_frames++) {
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (!tab || n_frames == FRAMES_MAX)
			frames_die("%s:%zu: no tab, or too many frames", path, n_frames + 1);
		*tab = '\0';
		/* the line stays: the frame's name and recipe are in it */
		loaded[n_frames] =
			(struct frame){ .name = line, .recipe = tab + 1, .standard = "-" };
	}
	free(line);
	fclose(file);
	frames = loaded;
}

static const char *const mode_names[N_MODES] = {
	[MODE_LOCKED] = "locked", [MODE_MAC_ONLY] = "mac-only", [MODE_DHCP_SERVER] = "dhcp-server",
	[MODE_ROUTER] = "router", [MODE_UNLOCKED] = "unlocked", [MODE_TRUNK] = "trunk",
	[MODE_TAGGED] = "tagged", [MODE_ANY] = "any",		[MODE_PREFIX] = "prefix",
};

const char *mode_name(enum mode mode)
{
	return mode_names[mode];
}

enum mode mode_find(const char *name)
{
	enum mode mode = 0;

	while (mode < N_MODES && strcmp(name, mode_names[mode]) != 0)
		mode++;
	return mode;
}

bool frame_is_in(const struct frame *frame, enum mode mode)
{
	if (mode == MODE_ROUTER && frame->flags & NOT_ROUTER)
		return false;
	return !(frame->flags & ONLY_TRUNK) || mode == MODE_TRUNK;
}

bool frame_passes(const struct frame *frame, enum mode mode)
{
	if (!frame->reason)
		return true;
	if (mode == MODE_UNLOCKED)
		return !strstr(frame->reason, "bridge");
	return frame->flags & 1u << mode;
}

void frame_reason(const struct frame *frame, enum mode mode, char *text, size_t size)
{
	const char *more = "";

	/* a tag around what has no place in one either */
	if (mode == MODE_TAGGED && strstr(frame->reason ? frame->reason : "", "ethertype"))
		more = "|vlan-tag";
	if (frame_passes(frame, mode))
		snprintf(text, size, "-");
	else if (mode == MODE_UNLOCKED)
		snprintf(text, size, "bridge");
	else
		snprintf(text, size, "%s%s", frame->reason, more);
}
