/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - what the commands with --json share: members of an object, and printing it. */
#ifndef XNM_CLI_JSON_H
#define XNM_CLI_JSON_H

#include <json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Add a member. An empty text becomes null. */
void xnm_json_text(struct json_object *object, const char *key, const char *text);
void xnm_json_number(struct json_object *object, const char *key, int64_t number);
/* null unless known. */
void xnm_json_number_if(struct json_object *object, const char *key, int64_t number, bool known);
/* An empty one, which the caller fills. */
struct json_object *xnm_json_list(struct json_object *object, const char *key);
struct json_object *xnm_json_object(struct json_object *object, const char *key);

/* Prints and frees it. Returns 0 or -ENOMEM. */
int xnm_json_print(struct json_object *object, FILE *stream);

#endif
