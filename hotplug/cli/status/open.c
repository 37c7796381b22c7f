/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open.c - the first line: vifs and networks whose rules somebody has deleted from nftables. */
#include <string.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/status/part.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/generation.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/filter/apply.h"
#include "hotplug/parts/filter/ruleset.h"

struct look {
	struct xnm_nft *nft;
	struct xnm_run_dir dir;
	const struct xnm_policy *policy;
	struct xnm_open *open;
	bool lost[XNM_N_TABLES];
	bool failed;
};

static void say_why(struct look *look, const char *why, enum xnm_table table, const char *what)
{
	struct xnm_open *open = look->open;

	if (open->why[0] == '\0')
		(void)snprintf(open->why, sizeof(open->why), "%s %s xnm%s", why,
			       table == XNM_TABLE_BRIDGE ? "table bridge" : "table inet", what);
}

static bool is_lost(struct look *look, const struct xnm_element *element)
{
	enum xnm_table table = xnm_element_table(element);
	char what[32];
	bool present = true;

	if (look->lost[table])
		return true;
	/* it leads to an access list that the policy no longer has: not lost, but not needed */
	if (element->set >= XNM_SET_ACL_FROM &&
	    (!look->policy || apply_leads_nowhere(look->policy, element)))
		return false;
	if (xnm_nft_find_elements(look->nft, element, 1, &present))
		look->failed = true;
	if (present || look->failed)
		return false;
	(void)snprintf(what, sizeof(what), ", set %.20s", xnm_sets[element->set].name);
	say_why(look, "elements are missing in", table, what);
	return true;
}

/* Whether at least one of them is missing. */
static bool any_lost(struct look *look, const struct xnm_elements *elements)
{
	static bool present[XNM_MAX_ELEMENTS];

	if (xnm_nft_find_elements(look->nft, elements->list, elements->n, present))
		look->failed = true;
	for (unsigned int i = 0; i < elements->n && !look->failed; i++) {
		if ((!present[i] || look->lost[xnm_element_table(&elements->list[i])]) &&
		    is_lost(look, &elements->list[i]))
			return true;
	}
	return false;
}

static int look_at_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	struct look *look = arg;

	if (xnm_vif_note_read(&look->dir, domid, devid, &state) == 0)
		look->open->n_vifs += any_lost(look, &state.filter.elements[0]) ||
				      any_lost(look, &state.filter.elements[1]);
	return 0;
}

static int look_at_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	struct look *look = arg;

	if (xnm_network_note_read(&look->dir, network, &note) == 0)
		look->open->n_networks += any_lost(look, &note.elements);
	return 0;
}

static void look_at_table(struct look *look, enum xnm_table table)
{
	bool exists, intact;

	if (xnm_ruleset_is_intact(look->nft, table, &exists, &intact)) {
		look->failed = true;
		return;
	}
	if (intact)
		intact = !xnm_nft_is_other(&look->dir, table, xnm_ruleset_digest(look->nft, table));
	look->lost[table] = !intact;
	if (!exists)
		say_why(look, "there is no", table, "");
	else if (!intact)
		say_why(look, "somebody has changed the rules of", table, "");
}

void xnm_status_find_open(struct xnm_open *open, const struct xnm_policy *policy)
{
	struct look look = { .dir = XNM_RUN_DIR_CLOSED, .policy = policy, .open = open };

	memset(open, 0, sizeof(*open));
	/* filter.c says on stderr when nftables cannot be read */
	if (xnm_nft_open(&look.nft))
		return;
	if (xnm_run_dir_open(&look.dir, xnm_run_dir_path(), true) == 0) {
		for (int i = 0; i < XNM_N_TABLES && !look.failed; i++)
			look_at_table(&look, (enum xnm_table)i);
		if (!look.failed)
			(void)xnm_vif_note_each(&look.dir, look_at_vif, &look);
		if (!look.failed)
			(void)xnm_network_note_each(&look.dir, look_at_network, &look);
	}
	/* without vifs and networks a lost table harms nobody */
	if (look.failed || open->n_vifs + open->n_networks == 0)
		memset(open, 0, sizeof(*open));
	xnm_nft_close(look.nft);
	xnm_run_dir_close(&look.dir);
}

static int add_count(char *out, size_t out_size, unsigned int n, const char *what)
{
	return snprintf(out, out_size, "%u %s%s", n, what, n == 1 ? "" : "s");
}

bool xnm_status_open_text(const struct xnm_open *open, char *out, size_t out_size)
{
	size_t len = 0;

	if (open->n_vifs)
		len = (size_t)add_count(out, out_size, open->n_vifs, "vif");
	if (open->n_vifs && open->n_networks)
		len += (size_t)snprintf(out + len, out_size - len, " and ");
	if (open->n_networks)
		len += (size_t)add_count(out + len, out_size - len, open->n_networks, "network");
	if (len == 0)
		return false;
	(void)snprintf(out + len, out_size - len,
		       " without nftables rules: %s: xnm-vif reapply all", open->why);
	return true;
}

static int read_open(struct xnm_status *status, const struct xnm_policy *policy)
{
	xnm_status_find_open(&status->open, policy);
	return 0;
}

static void print_open(const struct xnm_status *status, FILE *stream)
{
	char text[256];

	if (xnm_status_open_text(&status->open, text, sizeof(text)))
		fprintf(stream, "warning: %s\n", text);
}

static void open_json(struct json_object *all, const struct xnm_status *status)
{
	struct json_object *object = xnm_json_object(all, "not_held");

	xnm_json_number(object, "vifs", status->open.n_vifs);
	xnm_json_number(object, "networks", status->open.n_networks);
	xnm_json_text(object, "why", status->open.why);
}

const struct xnm_status_part xnm_status_open = {
	.name = "open",
	.read = read_open,
	.print = print_open,
	.json = open_json,
};
