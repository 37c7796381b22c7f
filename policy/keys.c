/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keys.c - put the value of a key=value line into its field of the current section. */
#include "policy/loader.h"

#include <string.h>

#include "policy/nearest.h"

#define SHOWN_VALUE_LEN 96

/* Another section that has a key of that name, or NULL. */
static const struct xnm_section_def *section_with_key(const char *name)
{
	for (unsigned int i = 0; i < XNM_N_SECTIONS; i++) {
		if (xnm_key_find((enum xnm_section_id)i, name) != XNM_N_KEYS)
			return &xnm_sections[i];
	}
	return NULL;
}

static void unknown_key(struct xnm_loader *loader, unsigned int line, const char *name)
{
	const struct xnm_section_def *other = section_with_key(name);
	struct xnm_nearest nearest = { .text = name };
	unsigned int end = xnm_section_end(loader->section);
	char shown[64], text[XNM_SECTION_TEXT_LEN];

	xnm_printable(name, shown, sizeof(shown));
	for (unsigned int i = xnm_sections[loader->section].first_key; i < end; i++)
		xnm_nearest_offer(&nearest, xnm_keys[i].name);
	if (xnm_loader_has_profile_key(loader))
		xnm_nearest_offer(&nearest, "profile");
	if (other)
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "unknown key '%s' in %s; it belongs in [%s%s%s]", shown,
			       xnm_loader_section_text(loader, text), other->name,
			       other->argument ? " " : "", other->argument ? other->argument : "");
	else if (nearest.best)
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "unknown key '%s' in %s; did you mean '%s'?", shown,
			       xnm_loader_section_text(loader, text), nearest.best);
	else
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "unknown key '%s' in %s", shown,
			       xnm_loader_section_text(loader, text));
}

static void bad_value(struct xnm_loader *loader, unsigned int line, const struct xnm_key_def *key,
		      const char *value, const char *reason)
{
	char shown[SHOWN_VALUE_LEN];

	xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line, "%s=%s: %s", key->name,
		       xnm_printable(value, shown, sizeof(shown)), reason);
}

/* The struct that has the key's field. */
static unsigned char *key_base(struct xnm_loader *loader, const struct xnm_key_def *key)
{
	struct xnm_policy *policy = loader->policy;
	struct xnm_vif_policy *vif;

	if (!key->in_match)
		return loader->base;
	if (loader->base == loader->scratch)
		return (unsigned char *)&policy->matches[XNM_MAX_VIF_SECTIONS];
	vif = (struct xnm_vif_policy *)(void *)loader->base;
	if (!vif->matches)
		vif->matches =
			++policy->n_matches; /* one per [vif] section at most: there is room */
	return (unsigned char *)&policy->matches[vif->matches - 1];
}

/* An empty value: the key is as if nobody had written it, in this or an earlier file. */
static void unset_key(unsigned char *base, const struct xnm_key_def *key)
{
	memset(base + key->offset, 0, key->size);
	memset(base + key->counter, 0, key->counter_size);
}

/* Puts text behind the elements that the list has. */
static void append(struct xnm_loader *loader, const struct xnm_key_def *key, unsigned int line,
		   const char *text)
{
	const struct xnm_type_def *type = &xnm_types[key->type];
	unsigned char *base = key_base(loader, key);
	unsigned int *n = (unsigned int *)(void *)(base + key->counter);
	unsigned char *element = base + key->offset + *n * type->element_size;
	size_t max = key->size / type->element_size;
	const char *reason = type->expects;

	if (*n >= max) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "%s=%s: one value too many, at most %zu are possible", key->name,
			       text, max);
		return;
	}
	if (type->parse(text, element, type->element_size, &reason)) {
		bad_value(loader, line, key, text, reason);
		return;
	}
	if (type->origin)
		*(struct xnm_origin *)(void *)(element + type->origin) =
			xnm_loader_here(loader, line);
	(*n)++;
}

static void set_word(struct xnm_loader *loader, const struct xnm_key_def *key, unsigned int line,
		     const char *word)
{
	const struct xnm_type_def *type = &xnm_types[key->type];
	const char *reason = type->expects;

	if (type->form == XNM_WORDS)
		append(loader, key, line, word);
	else if (type->parse(word, loader->base + key->offset, key->size, &reason))
		bad_value(loader, line, key, word, reason);
}

/* Reads a value word by word. Behind a comma there must be another, even if it is "". */
static void set_words(struct xnm_loader *loader, const struct xnm_key_def *key, unsigned int line,
		      const char *value)
{
	bool commas = xnm_types[key->type].commas;
	char word[256];
	size_t len;
	bool comma;

	do {
		len = strcspn(value, commas ? " \t," : " \t");
		if (len >= sizeof(word)) /* inih's lines are shorter */
			len = sizeof(word) - 1;
		memcpy(word, value, len);
		word[len] = '\0';
		set_word(loader, key, line, word);
		value += len;
		value += strspn(value, " \t");
		comma = commas && *value == ',';
		if (comma) {
			value++;
			value += strspn(value, " \t");
		}
	} while (comma || *value != '\0');
}

static void set_value(struct xnm_loader *loader, const struct xnm_key_def *key, unsigned int line,
		      const char *value)
{
	const struct xnm_type_def *type = &xnm_types[key->type];
	const char *reason = type->expects;

	if (type->parse(value, loader->base + key->offset, key->size, &reason))
		bad_value(loader, line, key, value, reason);
	else if (key->counter != key->offset)
		*(bool *)(void *)(loader->base + key->counter) = true;
}

static void set_key(struct xnm_loader *loader, const struct xnm_key_def *key, unsigned int line,
		    const char *value)
{
	const struct xnm_type_def *type = &xnm_types[key->type];

	if (*value == '\0' || (type->nothing && strcmp(value, type->nothing) == 0)) {
		unset_key(key_base(loader, key), key);
		return;
	}
	switch (type->form) {
	case XNM_VALUE:
		set_value(loader, key, line, value);
		break;
	case XNM_WORDS:
	case XNM_SET:
		set_words(loader, key, line, value);
		break;
	case XNM_LINES:
		append(loader, key, line, value);
		break;
	}
}

void xnm_loader_key(void *arg, unsigned int line, const char *name, const char *value)
{
	struct xnm_loader *loader = arg;
	const struct xnm_section_def *section = &xnm_sections[loader->section];
	unsigned int i = xnm_key_find(loader->section, name);
	const struct xnm_key_def *key = &xnm_keys[i];
	char text[XNM_SECTION_TEXT_LEN];
	struct xnm_origin *origin;

	if (xnm_loader_has_profile_key(loader) && strcmp(name, "profile") == 0) {
		xnm_loader_profile_key(loader, line, value);
		return;
	}
	xnm_loader_open_pending(loader);
	loader->has_keys = true;
	if (i == XNM_N_KEYS) {
		unknown_key(loader, line, name);
		return;
	}
	origin = &xnm_section_written(loader->base, section)->keys[i - section->first_key];
	if (xnm_types[key->type].form == XNM_VALUE && origin->line &&
	    origin->file == loader->file) {
		xnm_mistake_in(&loader->rep, xnm_loader_file(loader), line,
			       "%s= is given twice in %s; first in line %u", name,
			       xnm_loader_section_text(loader, text), origin->line);
		return;
	}
	set_key(loader, key, line, value);
	*origin = xnm_loader_here(loader, line);
}
