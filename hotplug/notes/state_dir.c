/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state_dir.c - the folder of what outlives a boot. */
#include "hotplug/notes/state_dir.h"

#include <stdlib.h>

const char *xnm_state_dir_path(void)
{
	const char *path = getenv("XNM_STATE_DIR");

	return path && path[0] == '/' ? path : XNM_STATE_DIR;
}
