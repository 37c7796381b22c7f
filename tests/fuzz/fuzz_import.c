/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_import.c - libFuzzer target: the two descriptions that xnm import reads. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "hotplug/cli/import/import.h"

/*
 * A line "%%" in the input ends the real network and begins the virtual one.
 * Whatever they say, every message must be one printable line in the range of
 * its file, and what is written must be a policy that xnm takes, for each host.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct import import;
static struct import_text text;
static unsigned int n_said;

static void check_message(void *arg, const char *file, unsigned int line, const char *said)
{
	const size_t *size = arg;

	assert(strcmp(file, "real.xml") == 0 || strcmp(file, "virtual.xml") == 0);
	assert(*said != '\0' && line <= *size + 1);
	for (const char *p = said; *p != '\0'; p++)
		assert(*p >= ' ' && *p <= '~');
	if (strncmp(said, "warning: ", 9) != 0)
		n_said++;
}

/* What is refused is told about, and nothing is told of what is not. */
static int tell(int rc, unsigned int before)
{
	assert((rc != 0) == (n_said > before));
	return rc;
}

static int read_part(enum import_file file, const uint8_t *data, size_t size)
{
	static const uint8_t nothing[] = " ";
	FILE *stream = fmemopen((void *)(uintptr_t)(size ? data : nothing), size ? size : 1, "r");
	unsigned int before = n_said;
	int rc;

	assert(stream);
	rc = import_read(&import, file, stream);
	fclose(stream);
	return tell(rc, before);
}

static size_t real_len(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 4 <= size; i++) {
		if (memcmp(data + i, "\n%%\n", 4) == 0)
			return i;
	}
	return size;
}

static void check_lines(void)
{
	unsigned int n = 0;

	assert(!text.is_full && text.len == strlen(text.bytes));
	for (size_t i = 0; i < text.len; i++) {
		assert(text.bytes[i] == '\n' || (text.bytes[i] >= ' ' && text.bytes[i] <= '~'));
		n += text.bytes[i] == '\n';
	}
	assert(n == text.n_lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "real.xml", "virtual.xml" };
	size_t len = real_len(data, size), rest = len + 4 < size ? len + 4 : size;
	unsigned int before;
	int rc;

	n_said = 0;
	import_init(&import, files, check_message, &size);
	rc = read_part(IMPORT_REAL, data, len);
	rc = read_part(IMPORT_VIRTUAL, data + rest, size - rest) || rc;
	before = n_said;
	if (rc || tell(import_join(&import), before))
		return 0;
	for (unsigned int host = 0; host <= import.n_hosts; host++) {
		before = n_said;
		import_write(&import, host < import.n_hosts ? host : IMPORT_ALL_HOSTS, &text);
		check_lines();
		(void)tell(import_check(&import, &text), before);
	}
	return 0;
}
