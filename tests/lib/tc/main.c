/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.c - one verb of hotplug/kernel/tc.h per call, with the rights that xnm-vif keeps. */

/*
 * Prints what the verb returned, 0 or a name such as -ENOENT, and behind it the reason if there is
 * one; then, one per line, what it found, in the words in which it is set. The exit status is 0
 * whatever the verb returned, and 2 if it was not called.
 */
#include "hotplug/kernel/tc.h"

#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/base/util.h"

#define MAX 64

static const char usage[] = "usage: tc qdisc-set|class-set|filter-set DEVICE KEY=VALUE...\n"
			    "       tc qdisc-keep|class-keep|filter-keep DEVICE KEY=VALUE...\n"
			    "       tc qdisc-list|class-list DEVICE [MAX]\n"
			    "       tc filter-list DEVICE PARENT [MAX]\n"
			    "       tc qdisc-delete DEVICE PARENT HANDLE\n"
			    "       tc class-delete DEVICE CLASSID\n"
			    "       tc filter-delete DEVICE PARENT PREFERENCE\n"
			    "       tc ifb NAME\n"
			    "Handles are 1: or 1:2, root, ingress, egress or clsact.\n";

static const char *const kinds[XNM_N_QDISC_KINDS] = {
	"other", "tbf", "netem", "fq_codel", "pfifo", "cake", "htb", "clsact", "blackhole",
};
static const char *const matches[] = { "all", "source", "destination", "mark" };
static const char *const actions[] = { "classify", "redirect", "set-mark", "mirror" };

static struct xnm_rtnl *rtnl;

static void bad(const char *what)
{
	fprintf(stderr, "tc: bad argument '%s'\n%s", what, usage);
	exit(2);
}

static void returned(int rc)
{
	const char *name = rc < 0 ? strerrorname_np(-rc) : NULL;
	const char *reason = xnm_rtnl_reason(rtnl);

	if (name)
		printf("-%s", name);
	else
		printf("%d", rc);
	printf("%s%s\n", rc && reason[0] ? " " : "", rc ? reason : "");
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		bad(text);
	return value;
}

static uint32_t handle(const char *text)
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

static int device(const char *text)
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

static void print_qdisc(const struct xnm_qdisc *qdisc)
{
	printf("kind=%s", kinds[qdisc->kind]);
	print_fields(qdisc, qdisc_fields);
}

static void class_word(void *out, const char *key, const char *value)
{
	(void)out, (void)value;
	bad(key);
}

static void print_class(const struct xnm_tc_class *class)
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

static void print_filter(const struct xnm_tc_filter *filter)
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

/*
 * Each sets one thing. With keep, prints then what it is rounded to, and behind that what reads
 * back of its handle, class or preference: the same.
 */
static void qdisc_set(int ifindex, const struct xnm_qdisc *qdisc, bool keep)
{
	struct xnm_qdisc all[MAX], rounded = *qdisc;
	unsigned int n = 0;

	returned(xnm_qdisc_set(rtnl, ifindex, qdisc));
	if (!keep)
		return;
	xnm_qdisc_round(&rounded);
	print_qdisc(&rounded);
	(void)xnm_qdisc_list(rtnl, ifindex, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].handle != rounded.handle)
			continue;
		/* the kernel shows the one that it has chosen */
		if (!rounded.seed)
			all[i].seed = 0;
		print_qdisc(&all[i]);
		if (!xnm_qdisc_equal(&all[i], qdisc))
			puts("which is not equal");
	}
}

static void class_set(int ifindex, const struct xnm_tc_class *class, bool keep)
{
	struct xnm_tc_class all[MAX], rounded = *class;
	unsigned int n = 0;

	returned(xnm_tc_class_set(rtnl, ifindex, class));
	if (!keep)
		return;
	xnm_tc_class_round(&rounded);
	print_class(&rounded);
	(void)xnm_tc_class_list(rtnl, ifindex, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].classid == rounded.classid)
			print_class(&all[i]);
	}
}

static void filter_set(int ifindex, const struct xnm_tc_filter *filter, bool keep)
{
	struct xnm_tc_filter all[MAX], rounded = *filter;
	unsigned int n = 0;

	returned(xnm_tc_filter_set(rtnl, ifindex, filter));
	if (!keep)
		return;
	xnm_tc_filter_round(&rounded);
	print_filter(&rounded);
	(void)xnm_tc_filter_list(rtnl, ifindex, rounded.parent, all, MAX, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (all[i].preference == rounded.preference)
			print_filter(&all[i]);
	}
}

static void set(int argc, char **argv)
{
	struct xnm_qdisc qdisc = { 0 };
	struct xnm_tc_class class = { 0 };
	struct xnm_tc_filter filter = { 0 };
	bool keep = strstr(argv[1], "-keep");
	int ifindex = device(argv[2]);

	if (argv[1][0] == 'q') {
		parse(argc, argv, qdisc_fields, &qdisc, qdisc_word);
		qdisc_set(ifindex, &qdisc, keep);
	} else if (argv[1][0] == 'c') {
		parse(argc, argv, class_fields, &class, class_word);
		class_set(ifindex, &class, keep);
	} else {
		parse(argc, argv, filter_fields, &filter, filter_word);
		filter_set(ifindex, &filter, keep);
	}
}

static unsigned int max_of(int argc, char **argv, int at)
{
	uint64_t max = argc > at ? number(argv[at]) : MAX;

	if (max > MAX)
		bad(argv[at]);
	return (unsigned int)max;
}

static void qdisc_list(int argc, char **argv)
{
	struct xnm_qdisc all[MAX];
	unsigned int n = 4711;

	returned(xnm_qdisc_list(rtnl, device(argv[2]), all, max_of(argc, argv, 3), &n));
	for (unsigned int i = 0; i < n; i++)
		print_qdisc(&all[i]);
}

static void class_list(int argc, char **argv)
{
	struct xnm_tc_class all[MAX];
	unsigned int n = 4711;

	returned(xnm_tc_class_list(rtnl, device(argv[2]), all, max_of(argc, argv, 3), &n));
	for (unsigned int i = 0; i < n; i++)
		print_class(&all[i]);
}

static void filter_list(int argc, char **argv)
{
	struct xnm_tc_filter all[MAX];
	unsigned int n = 4711;

	returned(xnm_tc_filter_list(rtnl, device(argv[2]), handle(argv[3]), all,
				    max_of(argc, argv, 4), &n));
	for (unsigned int i = 0; i < n; i++)
		print_filter(&all[i]);
}

static void delete_verb(int argc, char **argv)
{
	int ifindex = device(argv[2]), rc;

	if (argv[1][0] == 'c' && argc == 4)
		rc = xnm_tc_class_delete(rtnl, ifindex, handle(argv[3]));
	else if (argv[1][0] == 'q' && argc == 5)
		rc = xnm_qdisc_delete(rtnl, ifindex, handle(argv[3]), handle(argv[4]));
	else if (argv[1][0] == 'f' && argc == 5)
		rc = xnm_tc_filter_delete(rtnl, ifindex, handle(argv[3]),
					  (uint16_t)number(argv[4]));
	else
		bad(argv[1]);
	returned(rc);
}

static void ifb(int argc, char **argv)
{
	(void)argc;
	returned(xnm_ifb_create(rtnl, argv[2], 0));
}

static const struct {
	const char *name;
	int min, max; /* of argc */
	void (*fn)(int argc, char **argv);
} verbs[] = {
	{ "qdisc-set", 4, 99, set },
	{ "qdisc-keep", 4, 99, set },
	{ "class-set", 4, 99, set },
	{ "class-keep", 4, 99, set },
	{ "filter-set", 4, 99, set },
	{ "filter-keep", 4, 99, set },
	{ "qdisc-list", 3, 4, qdisc_list },
	{ "class-list", 3, 4, class_list },
	{ "filter-list", 4, 5, filter_list },
	{ "qdisc-delete", 5, 5, delete_verb },
	{ "class-delete", 4, 4, delete_verb },
	{ "filter-delete", 5, 5, delete_verb },
	{ "ifb", 3, 3, ifb },
};

int main(int argc, char **argv)
{
	struct xnm_err err = { "" };

	if (xnm_sandbox_enter(0, &err)) {
		fprintf(stderr, "tc: %s\n", err.text);
		return 2;
	}
	if (xnm_rtnl_open(&rtnl)) {
		perror("tc: netlink");
		return 2;
	}
	for (size_t i = 0; argc > 1 && i < XNM_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc < verbs[i].min || argc > verbs[i].max)
			bad(argv[1]);
		verbs[i].fn(argc, argv);
		xnm_rtnl_close(rtnl);
		return 0;
	}
	fputs(usage, stderr);
	return 2;
}
