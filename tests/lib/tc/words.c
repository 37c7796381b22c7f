/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.c - the words for qdiscs, classes and filters, and what they mean. */
#include "tests/lib/tc/tc.h"

#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/base/util.h"

static const char *const kinds[XNM_N_QDISC_KINDS] = {
	"other", "tbf", "netem", "fq_codel", "pfifo", "cake", "htb", "clsact", "blackhole",
};
static const char *const matches[] = { "all", "source", "destination", "mark" };
static const char *const actions[] = { "classify", "redirect", "set-mark", "mirror" };

uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		bad(text);
	return value;
}

uint32_t handle(const char *text)
{
	unsigned long major, minor = 0;
	char *end;

	if (strcmp(text, "root") == 0)
		return XNM_TC_ROOT;
	if (strcmp(text, "ingress") == 0)
		return XNM_TC_INGRESS;
	if (strcmp(text, "egress") == 0)
		return XNM_TC_EGRESS;
	if (strcmp(text, "clsact") == 0)
		return XNM_TC_CLSACT;
	major = strtoul(text, &end, 16);
	if (end == text || (*end != ':' && *end != '\0'))
		bad(text);
	if (*end == ':')
		minor = strtoul(end + 1, NULL, 16);
	return XNM_TC_CLASS(major, minor);
}

static const char *handle_text(uint32_t value, char text[16])
{
	if (value == XNM_TC_EGRESS)
		return "egress";
	if (value == XNM_TC_ROOT || value == XNM_TC_INGRESS || value == XNM_TC_CLSACT)
		return value == XNM_TC_ROOT	? "root"
		       : value == XNM_TC_CLSACT ? "clsact"
						: "ingress";
	if (value & 0xFFFF)
		(void)snprintf(text, 16, "%x:%x", value >> 16, value & 0xFFFF);
	else
		(void)snprintf(text, 16, "%x:", value >> 16);
	return text;
}

int device(const char *text)
{
	return (int)if_nametoindex(text);
}

static unsigned int word(const char *text, const char *const *words, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	bad(text);
	return 0;
}

/* A number, or a handle, in one of the structs. */
struct field {
	const char *name;
	size_t offset, size;
	bool is_handle;
};

#define FIELD(type, member)	   offsetof(type, member), sizeof(((type *)0)->member), false
#define HANDLE_FIELD(type, member) offsetof(type, member), sizeof(((type *)0)->member), true

static const struct field qdisc_fields[] = {
	{ "handle", HANDLE_FIELD(struct xnm_qdisc, handle) },
	{ "parent", HANDLE_FIELD(struct xnm_qdisc, parent) },
	{ "rate", FIELD(struct xnm_qdisc, rate_bit_s) },
	{ "burst", FIELD(struct xnm_qdisc, burst_bytes) },
	{ "bytes", FIELD(struct xnm_qdisc, limit_bytes) },
	{ "packets", FIELD(struct xnm_qdisc, limit_packets) },
	{ "delay", FIELD(struct xnm_qdisc, delay_us) },
	{ "jitter", FIELD(struct xnm_qdisc, jitter_us) },
	{ "loss", FIELD(struct xnm_qdisc, loss_ppm) },
	{ "duplicate", FIELD(struct xnm_qdisc, duplicate_ppm) },
	{ "corrupt", FIELD(struct xnm_qdisc, corrupt_ppm) },
	{ "reorder", FIELD(struct xnm_qdisc, reorder_ppm) },
	{ "turn-bad", FIELD(struct xnm_qdisc, turn_bad_ppm) },
	{ "turn-good", FIELD(struct xnm_qdisc, turn_good_ppm) },
	{ "bad-loss", FIELD(struct xnm_qdisc, bad_loss_ppm) },
	{ "good-loss", FIELD(struct xnm_qdisc, good_loss_ppm) },
	{ "slot-min", FIELD(struct xnm_qdisc, slot_min_us) },
	{ "slot-max", FIELD(struct xnm_qdisc, slot_max_us) },
	{ "seed", FIELD(struct xnm_qdisc, seed) },
	{ "default", FIELD(struct xnm_qdisc, default_class) },
	{ 0 },
};

static const struct field class_fields[] = {
	{ "classid", HANDLE_FIELD(struct xnm_tc_class, classid) },
	{ "parent", HANDLE_FIELD(struct xnm_tc_class, parent) },
	{ "rate", FIELD(struct xnm_tc_class, rate_bit_s) },
	{ "ceil", FIELD(struct xnm_tc_class, ceil_bit_s) },
	{ "burst", FIELD(struct xnm_tc_class, burst_bytes) },
	{ "cburst", FIELD(struct xnm_tc_class, cburst_bytes) },
	{ "priority", FIELD(struct xnm_tc_class, priority) },
	{ "quantum", FIELD(struct xnm_tc_class, quantum_bytes) },
	{ 0 },
};

static const struct field filter_fields[] = {
	{ "parent", HANDLE_FIELD(struct xnm_tc_filter, parent) },
	{ "preference", FIELD(struct xnm_tc_filter, preference) },
	{ "mark", FIELD(struct xnm_tc_filter, mark) },
	{ "classid", HANDLE_FIELD(struct xnm_tc_filter, classid) },
	{ 0 },
};

static uint64_t get(const void *from, const struct field *field)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)from + field->offset, field->size);
	return value;
}

/* Takes the words that are fields; the others, of enums and such, are for other. */
static void parse(int argc, char **argv, const struct field *fields, void *out,
		  void (*other)(void *out, const char *key, const char *value))
{
	for (int i = 3; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		const struct field *field = fields;
		uint64_t is;

		if (!value)
			bad(argv[i]);
		*value++ = '\0';
		while (field->name && strcmp(field->name, argv[i]) != 0)
			field++;
		if (!field->name) {
			other(out, argv[i], value);
			continue;
		}
		is = field->is_handle ? handle(value) : number(value);
		memcpy((char *)out + field->offset, &is, field->size);
	}
}

static void print_fields(const void *from, const struct field *fields)
{
	char text[16];

	for (; fields->name; fields++) {
		uint64_t value = get(from, fields);

		if (!value)
			continue;
		if (fields->is_handle)
			printf(" %s=%s", fields->name, handle_text((uint32_t)value, text));
		else
			printf(" %s=%llu", fields->name, (unsigned long long)value);
	}
	putchar('\n');
}

static void qdisc_word(void *out, const char *key, const char *value)
{
	if (strcmp(key, "kind") != 0)
		bad(key);
	((struct xnm_qdisc *)out)->kind = word(value, kinds, XNM_N_QDISC_KINDS);
}

void print_qdisc(const struct xnm_qdisc *qdisc)
{
	printf("kind=%s", kinds[qdisc->kind]);
	print_fields(qdisc, qdisc_fields);
}

static void class_word(void *out, const char *key, const char *value)
{
	(void)out, (void)value;
	bad(key);
}

void print_class(const struct xnm_tc_class *class)
{
	printf("class");
	print_fields(class, class_fields);
}

static void filter_word(void *out, const char *key, const char *value)
{
	struct xnm_tc_filter *filter = out;

	if (strcmp(key, "match") == 0)
		filter->match = word(value, matches, XNM_N_ELEMENTS(matches));
	else if (strcmp(key, "action") == 0)
		filter->action = word(value, actions, XNM_N_ELEMENTS(actions));
	else if (strcmp(key, "to") == 0)
		filter->to_ifindex = device(value);
	else if (strcmp(key, "prefix") != 0 || xnm_parse_cidr(value, &filter->prefix))
		bad(value);
}

void print_filter(const struct xnm_tc_filter *filter)
{
	char cidr[XNM_CIDR_TEXT_LEN], name[IF_NAMESIZE];

	printf("match=%s", matches[filter->match]);
	if (filter->prefix.family) {
		xnm_format_cidr(&filter->prefix, cidr);
		printf(" prefix=%s", cidr);
	}
	printf(" action=%s", actions[filter->action]);
	if (filter->to_ifindex)
		printf(" to=%s",
		       if_indextoname((unsigned int)filter->to_ifindex, name) ? name : "?");
	print_fields(filter, filter_fields);
}

void parse_qdisc(int argc, char **argv, struct xnm_qdisc *out)
{
	parse(argc, argv, qdisc_fields, out, qdisc_word);
}

void parse_class(int argc, char **argv, struct xnm_tc_class *out)
{
	parse(argc, argv, class_fields, out, class_word);
}

void parse_filter(int argc, char **argv, struct xnm_tc_filter *out)
{
	parse(argc, argv, filter_fields, out, filter_word);
}
