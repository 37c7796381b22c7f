/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema.h - the tables of sections, keys and value types that policy.def describes. */
#ifndef XNM_SCHEMA_H
#define XNM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/policy.h"

enum xnm_type {
	XNM_TYPE_NONE,
	XNM_TYPE_VERSION,
	XNM_TYPE_BOOL, /* enum xnm_tristate */
	XNM_TYPE_MTU,
	XNM_TYPE_ON_UNKNOWN,
	XNM_TYPE_LOCKING,
	XNM_TYPE_START,
	XNM_TYPE_AUTO,
	XNM_TYPE_BACKEND,
	XNM_TYPE_FORWARD,
	XNM_TYPE_MASQUERADE,
	XNM_TYPE_ACTION,
	XNM_TYPE_SERVER,
	XNM_TYPE_DIRECTORY,
	XNM_TYPE_DOMAIN,
	XNM_TYPE_TEXT,
	XNM_TYPE_LEASE_TIME,
	XNM_TYPE_NAME, /* of an uplink, a forward or an acl */
	XNM_TYPE_NETWORK, /* the name of a network; that it exists is checked at the end */
	XNM_TYPE_MATCH, /* the argument of a [vif] */
	XNM_TYPE_IFNAME,
	XNM_TYPE_BRIDGE,
	XNM_TYPE_VLAN,
	XNM_TYPE_TARGET, /* of a [forward]; taken apart at the end */
	XNM_TYPE_METRIC,
	XNM_TYPE_COUNT, /* 1 to 100 */
	XNM_TYPE_TIME, /* in milliseconds */
	XNM_TYPE_PERCENT, /* 0 to 100 */
	XNM_TYPE_PERCENT1, /* 1 to 100 */
	XNM_TYPE_RATE, /* in bits per second, 64 bits wide */
	XNM_TYPE_DELAY, /* in microseconds */
	XNM_TYPE_SIZE, /* in bytes */
	XNM_TYPE_PROBABILITY, /* in millionths */
	XNM_TYPE_GEMODEL, /* struct xnm_gemodel */
	XNM_TYPE_SLOT, /* struct xnm_slot */
	XNM_TYPE_SEED, /* 64 bits wide, not 0 */
	XNM_TYPE_QDISC,
	XNM_TYPE_LINK, /* the argument of a [link] */
	XNM_TYPE_PRIORITY,
	XNM_TYPE_DSCP,
	XNM_TYPE_PCP,
	/* lists, separated by blanks */
	XNM_TYPE_NAMES, /* of other sections; that they exist is checked at the end */
	XNM_TYPE_IFNAMES,
	XNM_TYPE_SHARE_TO,
	XNM_TYPE_SUBNETS,
	XNM_TYPE_RANGES,
	XNM_TYPE_HOSTS,
	XNM_TYPE_LISTEN,
	XNM_TYPE_ALLOWED4,
	XNM_TYPE_ALLOWED6,
	XNM_TYPE_PORTS,
	XNM_TYPE_GLOBS,
	XNM_TYPE_UUIDS,
	XNM_TYPE_MACS,
	XNM_TYPE_DEVIDS,
	/* words that add up in one field */
	XNM_TYPE_SERVICES,
	XNM_TYPE_GATEWAY,
	XNM_TYPE_DNS,
	XNM_TYPE_PROTOCOLS,
	XNM_TYPE_ALLOW,
	XNM_TYPE_OWN, /* struct xnm_own_addresses */
	XNM_TYPE_GATEWAYS,
	/* lists with a line for each element */
	XNM_TYPE_RULES,
	XNM_TYPE_STEPS,
	XNM_N_TYPES,
};

/* How what stands behind key= goes into the field. All but XNM_VALUE may be repeated. */
enum xnm_form {
	XNM_VALUE, /* as a whole */
	XNM_WORDS, /* word by word, each of them the next element */
	XNM_SET, /* word by word into the same field */
	XNM_LINES, /* as a whole, as the next element */
};

/*
 * How to read one value, or one word of it, into out, which holds size bytes.
 * parse returns 0, or -EINVAL with *reason set when there is more to say than
 * what the type expects.
 */
struct xnm_type_def {
	int (*parse)(const char *text, void *out, size_t size, const char **reason);
	const char *expects;
	const char *nothing; /* a value that says the same as an empty one, or NULL */
	size_t element_size; /* of XNM_WORDS and XNM_LINES */
	size_t origin; /* of XNM_LINES: where an element keeps where it was written */
	enum xnm_form form;
	bool commas; /* of XNM_WORDS: commas separate as blanks do */
};

/* Offsets within struct xnm_policy, and within one section's struct. */
struct xnm_section_def {
	const char *name;
	const char *argument; /* what it is called in messages; NULL: takes none */
	enum xnm_type argument_type;
	unsigned int first_key;
	unsigned int max;
	size_t offset, counter;
	size_t size;
	size_t origin, written;
};

struct xnm_key_def {
	const char *name;
	enum xnm_section_id section;
	enum xnm_type type;
	bool in_match; /* the field is in struct xnm_vif_match, not in the section */
	size_t offset, size; /* of the field */
	size_t counter, counter_size; /* of a list's counter or a flag; else the field again */
};

extern const struct xnm_section_def xnm_sections[XNM_N_SECTIONS];
extern const struct xnm_key_def xnm_keys[XNM_N_KEYS];
extern const struct xnm_type_def xnm_types[XNM_N_TYPES];

/* The counter of a kind of section, one section, and where its keys were written. */
static inline unsigned int *xnm_section_counter(struct xnm_policy *policy,
						const struct xnm_section_def *def)
{
	return (unsigned int *)(void *)((unsigned char *)policy + def->counter);
}

static inline unsigned char *xnm_section_at(struct xnm_policy *policy,
					    const struct xnm_section_def *def, unsigned int i)
{
	return (unsigned char *)policy + def->offset + i * def->size;
}

static inline struct xnm_written *xnm_section_written(unsigned char *base,
						      const struct xnm_section_def *def)
{
	return (struct xnm_written *)(void *)(base + def->written);
}

/* One past the last key of a section. */
unsigned int xnm_section_end(enum xnm_section_id section);

/* The section or key of that name; XNM_N_SECTIONS or XNM_N_KEYS when there is none. */
enum xnm_section_id xnm_section_find(const char *name);
unsigned int xnm_key_find(enum xnm_section_id section, const char *name);

/*
 * Whether a key has a value in the struct of its section; the field of a key
 * that is not set is all zero.
 */
bool xnm_key_is_set(const void *section, enum xnm_key_id id);

#endif
