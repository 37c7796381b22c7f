/* SPDX-License-Identifier: GPL-2.0-or-later */
/* join.c - bring both descriptions together: the real network first, then what runs in it. */
#include <errno.h>

#include "hotplug/cli/import/import.h"

int import_join(struct import *import)
{
	unsigned int before = import->rep.n_mistakes;

	import_join_real(import);
	import_join_sites(import);
	/* ends of links are found by what the sites have */
	if (import->rep.n_mistakes == before)
		import_join_links(import);
	return import->rep.n_mistakes == before ? 0 : -EINVAL;
}
