/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames-table.c - all frames of frames.def, and what becomes of them in each mode. */
#include "frames.h"

#include <stdio.h>
#include <string.h>

#define PASS(name, recipe, standard)		    { name, recipe, NULL, 0, standard },
#define DROP(name, reason, flags, recipe, standard) { name, recipe, reason, flags, standard },

const struct frame frames[] = {
#include "frames.def"
};

const size_t n_frames = sizeof(frames) / sizeof(frames[0]);
_Static_assert(sizeof(frames) / sizeof(frames[0]) <= FRAMES_MAX, "FRAMES_MAX is too small");

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
