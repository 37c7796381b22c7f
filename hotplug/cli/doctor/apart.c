/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.c - packets that this host dropped, as it forwards for its guests only (host-forward=). */
#include "hotplug/cli/doctor/finding.h"

#include <inttypes.h>
#include <string.h>

#include "hotplug/cli/status/drops.h"
#include "hotplug/core/elements/apart.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"

static uint64_t count_dropped(void)
{
	struct xnm_counters counters = { 0 };
	uint64_t packets = 0;
	struct xnm_nft *nft;

	/* foreign.c says so to whom may not read it */
	if (xnm_nft_open(&nft))
		return 0;
	if (xnm_counters_read(&counters, nft) == 0) {
		for (unsigned int i = 0; i < counters.n; i++) {
			if (strcmp(counters.list[i].ifname, "outside") == 0 &&
			    strcmp(counters.list[i].drop.reason, "host-forward") == 0)
				packets += counters.list[i].drop.packets;
		}
	}
	xnm_counters_free(&counters);
	xnm_nft_close(nft);
	return packets;
}

/* "eth0, eth1", as many as there is room for. */
static void list_names(char *out, size_t out_size, const struct xnm_elements *elements)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_element *element = &elements->list[i];

		if (element->set != XNM_SET_APART4 && element->set != XNM_SET_APART6)
			continue;
		if (len + IFNAMSIZ + sizeof(", ...") > out_size) {
			(void)snprintf(out + len, out_size - len, ", ...");
			return;
		}
		len += (size_t)snprintf(out + len, out_size - len, "%s%s", len ? ", " : "",
					(const char *)element->key);
	}
}

static void check_apart(struct xnm_doctor *doctor)
{
	static struct xnm_network_note note;
	struct xnm_run_dir dir;
	char names[256] = "";
	uint64_t packets = doctor->in_passing ? 0 : count_dropped();

	if (packets == 0 || xnm_run_dir_open(&dir, xnm_run_dir_path(), true))
		return;
	for (unsigned int ip = 0; ip < XNM_N_IP && !names[0]; ip++) {
		if (xnm_network_note_read(&dir, xnm_apart_notes[ip], &note) == 0)
			list_names(names, sizeof(names), &note.elements);
	}
	xnm_run_dir_close(&dir);
	if (names[0])
		xnm_doctor_find(doctor,
				"%" PRIu64 " packets between %s were dropped, as this host "
				"forwards only for its guests: if it is to be a router, write "
				"host-forward=yes into [global], then xnm-vif reapply all",
				packets, names);
}

const struct xnm_doctor_check xnm_doctor_apart = {
	.name = "apart",
	.what = "dropped packets between other interfaces of this host",
	.run = check_apart,
};
