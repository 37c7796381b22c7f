/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkman.c - print the sections and keys of the policy, for the manual and for shells. */

/*
 * Runs at build time:
 *   mkman TEMPLATE   TEMPLATE with the line @KEYS@ replaced by scdoc(5) text for all keys
 *   mkman keys       "section key" lines, for shell completion and for tests
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct entry {
	const char *section; /* of a key; NULL for a section */
	const char *name;
	const char *values; /* of a section: its argument */
	const char *fallback;
	const char *twin;
	const char *help;
};

static const struct entry entries[] = {
#define XNM_SECTION(id, name, argument, arg_type, type, member, counter, max, help) \
	{ NULL, name, argument, NULL, NULL, help },
#define XNM_KEY(section, id, name, type, field, counter, values, fallback, twin, help) \
	{ #section, name, values, fallback, twin, help },
#include "policy/policy.def"
};

#define N_ENTRIES (sizeof(entries) / sizeof(entries[0]))

static void print_section(const struct entry *e)
{
	if (e->values)
		printf("\n# SECTION [%s %s]\n\n%s\n\n", e->name, e->values, e->help);
	else
		printf("\n# SECTION [%s]\n\n%s\n\n", e->name, e->help);
}

static void print_key(const struct entry *e)
{
	printf("*%s=*%s\n\t%s", e->name, e->values, e->help);
	if (*e->fallback)
		printf(" Default: %s.", e->fallback);
	if (*e->twin)
		printf(" Elsewhere: %s.", e->twin);
	printf("\n\n");
}

static void print_all(void)
{
	for (size_t i = 0; i < N_ENTRIES; i++) {
		if (entries[i].section)
			print_key(&entries[i]);
		else
			print_section(&entries[i]);
	}
}

static int print_manual(const char *template)
{
	FILE *f = fopen(template, "r");
	char line[1024];
	int n_marks = 0;

	if (!f) {
		fprintf(stderr, "mkman: cannot open %s: %s\n", template, strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), f)) {
		if (strcmp(line, "@KEYS@\n") == 0) {
			print_all();
			n_marks++;
		} else {
			fputs(line, stdout);
		}
	}
	fclose(f);
	if (n_marks != 1)
		fprintf(stderr, "mkman: %s must have one line @KEYS@\n", template);
	return n_marks == 1 ? 0 : 1;
}

static int print_keys(void)
{
	const char *section = "";

	for (size_t i = 0; i < N_ENTRIES; i++) {
		if (entries[i].section)
			printf("%s %s\n", section, entries[i].name);
		else
			section = entries[i].name;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: mkman TEMPLATE | keys\n");
		return 2;
	}
	rc = strcmp(argv[1], "keys") == 0 ? print_keys() : print_manual(argv[1]);
	return fflush(stdout) == 0 ? rc : 1;
}
