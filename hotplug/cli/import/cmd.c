/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd.c - xnm import: read two descriptions, and write the policy that they make. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/import/import.h"

static const char usage[] =
	"usage: xnm import [--host NAME] [-o FILE] REAL.xml VIRTUAL.xml\n"
	"\n"
	"Reads what there is (hosts, their cards, links between them, which vms run where) and\n"
	"what is wanted (sites with vms and proxies; bandwidth and latency between them; routes\n"
	"and rules), and writes the policy: to FILE with -o, else to the standard output. It is\n"
	"written only if it has no mistakes, each of which is said with its place in the XML.\n"
	"See xnm(8) for the elements.\n"
	"\n"
	"  --host NAME   only what this host needs: its vms, and the far ends of their links\n"
	"  -o FILE       write there; the file is replaced as a whole\n"
	"\n"
	"Exit status: 0 success, 1 a file cannot be read or written, 2 a wrong call or a "
	"mistake.\n";

/* Large, but their memory is not touched unless they are used. */
static struct import import;
static struct import_text text;

static void print_mistake(void *arg, const char *file, unsigned int line, const char *said)
{
	(void)arg;
	if (line)
		fprintf(stderr, "%s:%u: %s\n", file, line, said);
	else
		fprintf(stderr, "%s: %s\n", file, said);
}

static int read_file(enum import_file file)
{
	const char *name = import.files[file];
	FILE *stream = fopen(name, "re");
	int rc;

	if (!stream) {
		fprintf(stderr, "%s: cannot be opened: %s\n", name, strerror(errno));
		return EXIT_FAILURE;
	}
	rc = import_read(&import, file, stream);
	fclose(stream);
	if (rc == 0)
		return 0;
	return rc == -EINVAL ? XNM_EXIT_USAGE : EXIT_FAILURE;
}

static int cannot_write(const char *path)
{
	fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
	return EXIT_FAILURE;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Whoever reads it sees the old one or the new one, and both after a power failure. */
static int replace(const char *path)
{
	char temporary[4096];
	int fd = -1;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
		errno = ENAMETOOLONG;
	else
		fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return cannot_write(path);
	if (!write_all(fd, text.bytes, text.len) || fchmod(fd, 0644) || fsync(fd) ||
	    rename(temporary, path)) {
		cannot_write(path);
		(void)unlink(temporary);
		close(fd);
		return EXIT_FAILURE;
	}
	close(fd);
	return 0;
}

/* A pipe or a terminal is not replaced. */
static int write_out(const char *path)
{
	struct stat st;
	FILE *stream;

	if (!path) {
		fwrite(text.bytes, 1, text.len, stdout);
		return 0;
	}
	if (stat(path, &st) || S_ISREG(st.st_mode))
		return replace(path);
	stream = fopen(path, "we");
	if (!stream)
		return cannot_write(path);
	fwrite(text.bytes, 1, text.len, stream);
	return fclose(stream) ? cannot_write(path) : 0;
}

static int find_host(const char *name, unsigned int *host)
{
	char shown[64], hint[IMPORT_HINT_LEN];

	*host = name ? import_find_host(&import, name) : IMPORT_ALL_HOSTS;
	if (*host != IMPORT_NONE)
		return 0;
	fprintf(stderr, "xnm: %s has no host '%s'%s\n", import.files[IMPORT_REAL],
		xnm_printable(name, shown, sizeof(shown)), import_hint_host(&import, name, hint));
	return XNM_EXIT_USAGE;
}

static int run(const char *const files[IMPORT_N_FILES], const char *host_name, const char *path)
{
	int status = 0, rc;
	unsigned int host;

	import_init(&import, files, print_mistake, NULL);
	for (enum import_file i = 0; i < IMPORT_N_FILES; i++) {
		rc = read_file(i);
		if (rc && status != EXIT_FAILURE)
			status = rc;
	}
	if (status)
		return status;
	if (import_join(&import))
		return XNM_EXIT_USAGE;
	status = find_host(host_name, &host);
	if (status)
		return status;
	import_write(&import, host, &text);
	return import_check(&import, &text) ? XNM_EXIT_USAGE : write_out(path);
}

int xnm_cmd_import(int argc, char **argv)
{
	static const struct option options[] = {
		{ "host", required_argument, NULL, 'H' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *host = NULL, *path = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		switch (c) {
		case 'H':
			host = optarg;
			break;
		case 'o':
			path = optarg;
			break;
		default:
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : XNM_EXIT_USAGE;
		}
	}
	if (argc - optind != IMPORT_N_FILES) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	return run((const char *const *)argv + optind, host, path);
}
