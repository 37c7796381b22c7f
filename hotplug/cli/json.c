/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.c - what the commands with --json share: members of an object, and printing it. */
#include "hotplug/cli/json.h"

#include <errno.h>

/* json-c takes NULL for the JSON value null. */
void xnm_json_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text[0] ? json_object_new_string(text) : NULL);
}

void xnm_json_number(struct json_object *object, const char *key, int64_t number)
{
	json_object_object_add(object, key, json_object_new_int64(number));
}

void xnm_json_number_if(struct json_object *object, const char *key, int64_t number, bool known)
{
	json_object_object_add(object, key, known ? json_object_new_int64(number) : NULL);
}

struct json_object *xnm_json_list(struct json_object *object, const char *key)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(object, key, list);
	return list;
}

struct json_object *xnm_json_object(struct json_object *object, const char *key)
{
	struct json_object *inner = json_object_new_object();

	json_object_object_add(object, key, inner);
	return inner;
}

int xnm_json_print(struct json_object *object, FILE *stream)
{
	const char *text = json_object_to_json_string_ext(
		object,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	int rc = text ? 0 : -ENOMEM;

	if (text)
		fprintf(stream, "%s\n", text);
	json_object_put(object);
	return rc;
}
