/* SPDX-License-Identifier: GPL-2.0-or-later */
/* environment.c - check the environment variables that name files and folders. */
#include "hotplug/base/environment.h"

#include <errno.h>
#include <stdlib.h>

#include "hotplug/base/util.h"
#include "hotplug/base/value.h"

int xnm_environment_check(struct xnm_err *err)
{
	static const char *const names[] = { "XNM_CONFIG", "XNM_RUN_DIR", "XNM_STATE_DIR" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(names); i++) {
		const char *path = getenv(names[i]);
		char shown[96];

		if (path && path[0] && path[0] != '/')
			return xnm_fail(err, -EINVAL,
					"%s=%s is not an absolute path: write it from / on, or "
					"unset the variable",
					names[i], xnm_printable(path, shown, sizeof(shown)));
	}
	return 0;
}
