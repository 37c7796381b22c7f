/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd.c - xnm set and xnm reset: change keys of one vif while it runs, and take that back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/set/set.h"
#include "policy/nearest.h"
#include "policy/schema.h"

static const char set_usage[] =
	"usage: xnm set VIF KEY=VALUE...\n"
	"\n"
	"Changes keys of a [vif] section for one vif while it runs, and applies them at once.\n"
	"They hold until 'xnm reset' or the next boot of this host, also when the guest is\n"
	"restarted or the policy is edited; all other keys go on coming from the policy. VIF\n"
	"is DOMID.DEVID, vifDOMID.DEVID, the vif's own name, GUEST or GUEST/NUMBER.\n"
	"\n"
	"Exit status: 0 success, 1 failure, 2 a wrong call or a mistake in the policy; then\n"
	"nothing has changed.\n";

static const char reset_usage[] =
	"usage: xnm reset VIF [KEY...]\n"
	"       xnm reset --all\n"
	"\n"
	"Takes back what 'xnm set' has set for a vif, or only these keys of it. The guest need\n"
	"not run. --all: for all vifs.\n"
	"\n"
	"Exit status: 0 success, also if nothing was set; 1 failure, 2 a wrong call or a\n"
	"mistake in the policy; then nothing has changed.\n";

/* All of one kind, indented by two blanks, as shell completion reads them. */
static void print_keys(void)
{
	unsigned int end = xnm_section_end(XNM_SECTION_VIF);
	size_t width = 0;

	printf("\nKeys, as in xnm.ini(5):\n");
	for (unsigned int i = xnm_sections[XNM_SECTION_VIF].first_key; i < end; i++) {
		if (xnm_override_refuses(i))
			continue;
		if (width && width + strlen(xnm_keys[i].name) > 76) {
			printf("\n");
			width = 0;
		}
		width += (size_t)printf("%s%s", width ? " " : "  ", xnm_keys[i].name);
	}
	printf("\n");
}

static struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
static struct target target;
static struct change change;

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int tell(const struct xnm_err *err, int rc)
{
	fprintf(stderr, "xnm: %s\n", err->text);
	return rc == -EINVAL ? XNM_EXIT_USAGE : EXIT_FAILURE;
}

/* Opens the notes; root alone may write them. */
static int open_notes(struct xnm_err *err)
{
	struct stat st;
	int rc;

	/* without notes there is no vif, and no reason to make a folder for them */
	rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), stat(xnm_run_dir_path(), &st) != 0);
	return rc ? xnm_fail(err, rc, "cannot keep notes in %s: %s", xnm_run_dir_path(),
			     strerror(-rc))
		  : 0;
}

/* The number of a key of [vif], or XNM_N_KEYS after telling what may be meant. */
static unsigned int find_key(const char *name)
{
	unsigned int key = xnm_key_find(XNM_SECTION_VIF, name);
	struct xnm_nearest nearest = { .text = name };
	char shown[64];

	if (key != XNM_N_KEYS)
		return key;
	for (unsigned int i = xnm_sections[XNM_SECTION_VIF].first_key;
	     i < xnm_section_end(XNM_SECTION_VIF); i++)
		xnm_nearest_offer(&nearest, xnm_keys[i].name);
	xnm_printable(name, shown, sizeof(shown));
	if (nearest.best)
		fprintf(stderr, "xnm: [vif] has no key '%s'; did you mean '%s'?\n", shown,
			nearest.best);
	else
		fprintf(stderr, "xnm: [vif] has no key '%s'; see xnm.ini(5)\n", shown);
	return XNM_N_KEYS;
}

/* The keys of one call, in its order. */
static struct {
	unsigned int n;
	struct {
		unsigned int key;
		char value[XNM_OVERRIDE_VALUE_LEN];
	} list[XNM_MAX_SECTION_KEYS];
} asked;

static bool refuse(const char *word, const char *why)
{
	char shown[64];

	fprintf(stderr, "xnm: '%s' %s\n", xnm_printable(word, shown, sizeof(shown)), why);
	return false;
}

/* Of a key that is given twice, a list has all words. */
static bool add(const char *word, unsigned int key, const char *value)
{
	unsigned int i = 0;
	size_t len;

	while (i < asked.n && asked.list[i].key != key)
		i++;
	if (i < asked.n && (xnm_types[xnm_keys[key].type].form == XNM_VALUE || !value))
		return refuse(word, "is given twice");
	if (i == XNM_MAX_SECTION_KEYS)
		return refuse(word, "is one key too many");
	if (i == asked.n)
		asked.list[asked.n++].key = key;
	if (!value)
		return true;
	len = strlen(asked.list[i].value);
	if (len + strlen(value) + 2 > XNM_OVERRIDE_VALUE_LEN)
		return refuse(word, "is too long");
	(void)snprintf(asked.list[i].value + len, XNM_OVERRIDE_VALUE_LEN - len, "%s%s",
		       len ? " " : "", value);
	return true;
}

static bool parse_pair(const char *word)
{
	const char *equals = strchr(word, '=');
	char name[XNM_KEY_NAME_LEN], value[XNM_OVERRIDE_VALUE_LEN];
	unsigned int key;
	size_t len;

	if (!equals || equals == word)
		return refuse(word, "is not KEY=VALUE");
	if (!xnm_text_ok(word, strlen(word)))
		return refuse(word, "has other than printable ASCII letters");
	if ((size_t)(equals - word) >= sizeof(name) || strlen(equals) > sizeof(value))
		return refuse(word, "is too long");
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	(void)snprintf(value, sizeof(value), "%s", equals + 1 + strspn(equals + 1, " "));
	for (len = strlen(value); len && value[len - 1] == ' '; len--)
		value[len - 1] = '\0';
	key = find_key(name);
	return key != XNM_N_KEYS && add(word, key, value);
}

static int set(void)
{
	int rc = change_begin(&change);

	for (unsigned int i = 0; i < asked.n && rc == 0; i++)
		rc = xnm_override_set(&change.next, xnm_keys[asked.list[i].key].name,
				      asked.list[i].value);
	if (rc == 0)
		rc = change_apply(&change);
	change_end(&change);
	if (rc)
		return tell(&change.err, rc);
	for (unsigned int i = 0; i < asked.n; i++)
		change_print(&change, asked.list[i].key);
	return EXIT_SUCCESS;
}

int xnm_cmd_set(int argc, char **argv)
{
	int rc;

	if (argc > 1 && is_help(argv[1])) {
		fputs(set_usage, stdout);
		print_keys();
		return EXIT_SUCCESS;
	}
	if (argc < 3) {
		fputs(set_usage, stderr);
		return XNM_EXIT_USAGE;
	}
	for (int i = 2; i < argc; i++) {
		if (!parse_pair(argv[i]))
			return XNM_EXIT_USAGE;
	}
	change = (struct change){ .dir = &dir, .target = &target };
	rc = open_notes(&change.err);
	if (rc == 0)
		rc = target_find(&target, &dir, argv[1], &change.err);
	if (rc == 0 && target.n == 0)
		rc = xnm_fail(&change.err, -ENODEV,
			      "%s does not run; what is set for it can only "
			      "be taken back, with 'xnm reset'",
			      target.name);
	rc = rc ? tell(&change.err, rc) : set();
	xnm_run_dir_close(&dir);
	return rc;
}

/* What was set of the keys that are asked for, or of all. */
static void take_out(void)
{
	if (asked.n == 0)
		change.next.n = 0;
	for (unsigned int i = 0; i < asked.n; i++)
		(void)xnm_override_unset(&change.next, xnm_keys[asked.list[i].key].name);
}

static void print_reset(void)
{
	for (unsigned int i = 0; i < change.former.n; i++) {
		const char *name = change.former.keys[i].name;
		unsigned int key = xnm_key_find(XNM_SECTION_VIF, name);

		if (xnm_override_find(&change.next, name))
			continue;
		if (key != XNM_N_KEYS)
			change_print(&change, key);
		else
			printf("%s %s: no longer set\n", target.name, name);
	}
	for (unsigned int i = 0; i < asked.n; i++) {
		const char *name = xnm_keys[asked.list[i].key].name;

		if (!xnm_override_find(&change.former, name))
			printf("%s %s: was not set\n", target.name, name);
	}
	if (change.former.n == 0 && asked.n == 0 && change.former_rc == -ENOENT)
		printf("%s: nothing was set\n", target.name);
}

/* All of a damaged file can be taken back, but not a part of it. */
static int reset(void)
{
	int rc = change_begin(&change);

	if (rc && asked.n == 0 && change.former_rc && change.former_rc != -ENOENT) {
		change.err.text[0] = '\0';
		rc = 0;
	}
	if (rc == 0) {
		take_out();
		rc = change_apply(&change);
	}
	change_end(&change);
	if (rc)
		return tell(&change.err, rc);
	print_reset();
	return EXIT_SUCCESS;
}

static int reset_file(void *arg, const char *file)
{
	int *status = arg, one;

	target_of_file(&target, &dir, file);
	change = (struct change){ .dir = &dir, .target = &target, .is_reset = true };
	one = reset();
	*status = *status ? *status : one;
	return 0;
}

static int reset_all(void)
{
	int status = EXIT_SUCCESS;
	int rc = xnm_override_note_each(&dir, reset_file, &status);

	if (rc == 0)
		return status;
	fprintf(stderr, "xnm: cannot list %s/" XNM_OVERRIDE_DIR ": %s\n", xnm_run_dir_path(),
		strerror(-rc));
	return EXIT_FAILURE;
}

int xnm_cmd_reset(int argc, char **argv)
{
	bool all = argc == 2 && strcmp(argv[1], "--all") == 0;
	int rc;

	if (argc > 1 && is_help(argv[1])) {
		fputs(reset_usage, stdout);
		return EXIT_SUCCESS;
	}
	if (argc < 2 || (argv[1][0] == '-' && !all)) {
		fputs(reset_usage, stderr);
		return XNM_EXIT_USAGE;
	}
	for (int i = 2; i < argc; i++) {
		unsigned int key = find_key(argv[i]);

		if (key == XNM_N_KEYS || !add(argv[i], key, NULL))
			return XNM_EXIT_USAGE;
	}
	change = (struct change){ .dir = &dir, .target = &target, .is_reset = true };
	rc = open_notes(&change.err);
	if (rc == 0 && !all)
		rc = target_find(&target, &dir, argv[1], &change.err);
	if (rc)
		rc = tell(&change.err, rc);
	else
		rc = all ? reset_all() : reset();
	xnm_run_dir_close(&dir);
	return rc;
}
