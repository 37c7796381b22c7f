/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_store.h - a xenstore made of the fuzzer's input, in the place of libxenstore. */
#ifndef XNM_FUZZ_FAKE_STORE_H
#define XNM_FUZZ_FAKE_STORE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "hotplug/base/value.h"

/*
 * Every line is "key=value"; a value may have any byte but a newline. The
 * target says which key a path means, and which folder has them all.
 *
 *   !key      reading this key fails
 *   !         so does looking into the folder
 */
#define MAX_KEYS 64

struct key {
	const char *name;
	size_t name_len;
	const char *value;
	size_t len;
};

static struct key keys[MAX_KEYS];
static unsigned int n_keys;

/* Of the target. The name of a key; whatever is not to be read ends the run. */
static const char *key_of(const char *path);
static bool is_folder(const char *path);

static const struct key *find(const char *name)
{
	for (unsigned int i = 0; i < n_keys; i++) {
		if (keys[i].name_len == strlen(name) &&
		    memcmp(keys[i].name, name, keys[i].name_len) == 0)
			return &keys[i];
	}
	return NULL;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)keys;
}

void xs_close(struct xs_handle *xsh)
{
	(void)xsh;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	const char *name = key_of(path);
	const struct key *key = find(name);
	char failing[128], *value;

	(void)h;
	(void)t;
	(void)snprintf(failing, sizeof(failing), "!%s", name);
	errno = find(failing) ? EIO : ENOENT;
	if (!key || find(failing))
		return NULL;
	value = malloc(key->len + 1);
	if (!value)
		return NULL;
	memcpy(value, key->value, key->len);
	value[key->len] = '\0';
	*len = (unsigned int)key->len;
	return value;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	size_t size = sizeof(char *); /* malloc(0) may be NULL */
	char **list, *p;

	(void)h;
	(void)t;
	if (!is_folder(path))
		abort();
	errno = ENOENT;
	if (find("!"))
		return NULL;
	for (unsigned int i = 0; i < n_keys; i++)
		size += sizeof(char *) + keys[i].name_len + 1;
	list = malloc(size);
	if (!list)
		return NULL;
	p = (char *)(list + n_keys);
	for (unsigned int i = 0; i < n_keys; i++) {
		list[i] = p;
		memcpy(p, keys[i].name, keys[i].name_len);
		p[keys[i].name_len] = '\0';
		p += keys[i].name_len + 1;
	}
	*num = n_keys;
	return list;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	(void)h;
	(void)t;
	(void)path;
	(void)data;
	(void)len;
	return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	(void)t;
	(void)path;
	return true;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort_it)
{
	(void)h;
	(void)t;
	(void)abort_it;
	return true;
}

/* ---- what must hold */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	require(len < size && xnm_text_ok(text, len));
}

/* Splits the input into keys. */
static void read_keys(const char *text, size_t size)
{
	const char *end = text + size;

	for (n_keys = 0; text < end && n_keys < MAX_KEYS;) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		const char *equals;

		if (!line_end)
			line_end = end;
		equals = memchr(text, '=', (size_t)(line_end - text));
		if (equals && !memchr(text, '\0', (size_t)(equals - text)))
			keys[n_keys++] = (struct key){
				.name = text,
				.name_len = (size_t)(equals - text),
				.value = equals + 1,
				.len = (size_t)(line_end - equals - 1),
			};
		text = line_end + 1;
	}
}

#endif
