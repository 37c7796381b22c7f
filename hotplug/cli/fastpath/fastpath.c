/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.c - `xnm fastpath`: which guests may talk through shared memory, and which do. */
#include "hotplug/cli/fastpath/fastpath.h"

#include <getopt.h>
#include <string.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/columns.h"
#include "hotplug/cli/json.h"

static const char usage[] =
	"usage: xnm fastpath [--json] [VIF|GUEST]\n"
	"\n"
	"Prints which guests are listed to each other for the kernel module xnm_fastpath, and\n"
	"whether they are connected; then which vifs are not published, and why.\n"
	"\n"
	"Exit status: 0 success, 1 failure, 2 a wrong call.\n";

static const char *const state_words[] = {
	[XNM_FP_CONNECTED] = "connected", [XNM_FP_CONNECTING] = "connecting",
	[XNM_FP_IDLE] = "idle",		  [XNM_FP_NO_MODULE] = "no-module",
	[XNM_FP_GARBLED] = "nonsense",
};

/* A name that is not known, or the domain's. */
static const char *name_of(const struct xnm_fp_guest *guest, char out[24])
{
	if (guest->name[0])
		return guest->name;
	(void)snprintf(out, 24, "domain %u", guest->domid);
	return out;
}

/* Which of the two has no handshake, or an invalid one. */
static void add_state(struct xnm_columns *columns, const struct xnm_fp_pair *pair)
{
	enum xnm_fp_state state = xnm_fp_state_of(&pair->server_says, &pair->client_says);
	enum xnm_fp_word word = state == XNM_FP_GARBLED ? XNM_FP_NONSENSE : XNM_FP_SILENT;
	const char *text = state == XNM_FP_GARBLED ? "invalid handshake from" : "no module in";
	bool server = pair->server_says.word == word, client = pair->client_says.word == word;
	char names[2][24];

	if (pair->half)
		xnm_columns_add(columns, "listed to one of them only");
	else if (state != XNM_FP_GARBLED && state != XNM_FP_NO_MODULE)
		xnm_columns_add(columns, "%s", state_words[state]);
	else
		xnm_columns_add(columns, "%s %s%s%s", text,
				server ? name_of(&pair->server, names[0]) : "",
				server && client ? " and " : "",
				client ? name_of(&pair->client, names[1]) : "");
}

static void print_table(const struct xnm_fp_listing *listing)
{
	static const char *const headings[] = { "GUEST", "DOMID",   "PEER",
						"DOMID", "SEGMENT", "STATE" };
	struct xnm_columns columns = { .n_columns = XNM_N_ELEMENTS(headings) };
	char name[24];

	for (size_t i = 0; i < XNM_N_ELEMENTS(headings); i++)
		xnm_columns_add(&columns, "%s", headings[i]);
	for (unsigned int i = 0; i < listing->n_pairs; i++) {
		const struct xnm_fp_pair *pair = &listing->pairs[i];

		xnm_columns_add(&columns, "%s", name_of(&pair->server, name));
		xnm_columns_add(&columns, "%u", pair->server.domid);
		xnm_columns_add(&columns, "%s", name_of(&pair->client, name));
		xnm_columns_add(&columns, "%u", pair->client.domid);
		xnm_columns_add(&columns, "%s", pair->segments);
		add_state(&columns, pair);
	}
	xnm_columns_print(&columns, stdout);
	if (listing->n_out)
		putchar('\n');
	for (unsigned int i = 0; i < listing->n_out; i++)
		printf("vif%u.%u of %s is not published: %s\n", listing->out[i].domid,
		       listing->out[i].devid,
		       listing->out[i].guest[0] ? listing->out[i].guest : "an unknown guest",
		       listing->out[i].reason);
}

static void guest_json(struct json_object *object, const struct xnm_fp_guest *guest,
		       const struct xnm_fp_hello *says)
{
	static const char *const words[] = {
		[XNM_FP_SILENT] = "",	[XNM_FP_NONSENSE] = "nonsense", [XNM_FP_CLOSED] = "closed",
		[XNM_FP_WANT] = "want", [XNM_FP_OFFER] = "offer",	[XNM_FP_CONN] = "conn",
	};

	xnm_json_text(object, "guest", guest->name);
	xnm_json_number(object, "domid", guest->domid);
	json_object_object_add(object, "says", json_object_new_string(words[says->word]));
}

static struct json_object *pair_json(const struct xnm_fp_pair *pair)
{
	struct json_object *object = json_object_new_object();
	enum xnm_fp_state state = xnm_fp_state_of(&pair->server_says, &pair->client_says);

	guest_json(xnm_json_object(object, "server"), &pair->server, &pair->server_says);
	guest_json(xnm_json_object(object, "client"), &pair->client, &pair->client_says);
	json_object_object_add(object, "segments", json_object_new_string(pair->segments));
	xnm_json_text(object, "state", pair->half ? "half" : state_words[state]);
	return object;
}

static struct json_object *out_json(const struct xnm_fp_out *out)
{
	struct json_object *object = json_object_new_object();
	char vif[24];

	(void)snprintf(vif, sizeof(vif), "vif%u.%u", out->domid, out->devid);
	xnm_json_text(object, "vif", vif);
	xnm_json_text(object, "guest", out->guest);
	xnm_json_text(object, "reason", out->reason);
	return object;
}

static int print_json(const struct xnm_fp_listing *listing)
{
	struct json_object *object = json_object_new_object();
	struct json_object *pairs = xnm_json_list(object, "pairs");
	struct json_object *out = xnm_json_list(object, "unpublished");

	for (unsigned int i = 0; i < listing->n_pairs; i++)
		json_object_array_add(pairs, pair_json(&listing->pairs[i]));
	for (unsigned int i = 0; i < listing->n_out; i++)
		json_object_array_add(out, out_json(&listing->out[i]));
	return xnm_json_print(object, stdout);
}

int xnm_cmd_fastpath(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	__attribute__((cleanup(xnm_fp_listing_free))) struct xnm_fp_listing listing = { 0 };
	bool json = false;
	int option, rc;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option != 'j') {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
		}
		json = true;
	}
	if (argc - optind > 1) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	rc = xnm_fp_listing_read(&listing, argv[optind]);
	if (rc == 0 && json)
		rc = print_json(&listing);
	else if (rc == 0)
		print_table(&listing);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
