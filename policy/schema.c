/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema.c - the tables made from policy.def and how names are looked up in them. */
#include "policy/schema.h"

#include <assert.h>
#include <string.h>

#include "hotplug/base/util.h"

#define SIZE_OF(type, field) sizeof(((type *)NULL)->field)

const struct xnm_section_def xnm_sections[XNM_N_SECTIONS] = {
#define XNM_SECTION(id, text, arg, arg_type, type, member, number, most, help) \
	[XNM_SECTION_##id] = {                                                 \
		.name = text,                                                  \
		.argument = arg,                                               \
		.argument_type = XNM_TYPE_##arg_type,                          \
		.first_key = XNM_FIRST_KEY_OF_##id,                            \
		.max = most,                                                   \
		.offset = offsetof(struct xnm_policy, member),                 \
		.counter = offsetof(struct xnm_policy, number),                \
		.size = sizeof(type),                                          \
		.origin = offsetof(type, origin),                              \
		.written = offsetof(type, written),                            \
	},
#include "policy/policy.def"
};

/* Each key needs the struct of its section. */
#define XNM_SECTION(id, text, arg, arg_type, type, ...) \
	enum { XNM_STRUCT_SIZE_##id = sizeof(type) };   \
	typedef type XNM_STRUCT_##id;
#include "policy/policy.def"

#define KEY(sec, id, text, value_type, object, field, number, matching) \
	[XNM_KEY_##sec##_##id] = {                                      \
		.name = text,                                           \
		.section = XNM_SECTION_##sec,                           \
		.type = XNM_TYPE_##value_type,                          \
		.in_match = matching,                                   \
		.offset = offsetof(object, field),                      \
		.size = SIZE_OF(object, field),                         \
		.counter = offsetof(object, number),                    \
		.counter_size = SIZE_OF(object, number),                \
	},

const struct xnm_key_def xnm_keys[XNM_N_KEYS] = {
#define XNM_KEY(sec, id, text, value_type, field, number, ...) \
	KEY(sec, id, text, value_type, XNM_STRUCT_##sec, field, number, false)
#define XNM_MATCH_KEY(sec, id, text, value_type, field, number, ...) \
	KEY(sec, id, text, value_type, struct xnm_vif_match, field, number, true)
#include "policy/policy.def"
};

#define XNM_KEY(sec, id, ...)                                                \
	static_assert(XNM_KEY_INDEX(sec, id) >= 0 &&                         \
			      XNM_KEY_INDEX(sec, id) < XNM_MAX_SECTION_KEYS, \
		      "raise XNM_MAX_SECTION_KEYS");
#include "policy/policy.def"

unsigned int xnm_section_end(enum xnm_section_id section)
{
	return section + 1 < XNM_N_SECTIONS ? xnm_sections[section + 1].first_key : XNM_N_KEYS;
}

enum xnm_section_id xnm_section_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < XNM_N_SECTIONS; i++) {
		if (strcmp(xnm_sections[i].name, name) == 0)
			break;
	}
	return (enum xnm_section_id)i;
}

unsigned int xnm_key_find(enum xnm_section_id section, const char *name)
{
	unsigned int end = xnm_section_end(section);

	for (unsigned int i = xnm_sections[section].first_key; i < end; i++) {
		if (strcmp(xnm_keys[i].name, name) == 0)
			return i;
	}
	return XNM_N_KEYS;
}

bool xnm_key_is_set(const void *section, enum xnm_key_id id)
{
	const unsigned char *counter = (const unsigned char *)section + xnm_keys[id].counter;

	for (size_t i = 0; i < xnm_keys[id].counter_size; i++) {
		if (counter[i])
			return true;
	}
	return false;
}
