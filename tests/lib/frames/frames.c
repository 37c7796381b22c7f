/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.c - frames that a guest may and may not send: list them, send them, see which of them arrive. */

/*
 * The guest's end sends, and a watcher at each place where a frame could come
 * out prints the names of those that did:
 *
 *	guest# frames send eth0 --mac 00:16:3e:00:01:00 arp-request ra-hbh
 *	dom0#  frames watch br0
 *
 * Both build the same frames from the same addresses, so what arrives is
 * recognized by comparing all of its bytes; where a frame has free payload, a
 * token in it tells also what was changed on the way.
 */
#include "frames.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: frames list              for a locked vif: name, verdict, reason, place, standard\n"
	"                                and the modes in which it passes\n"
	"       frames list MODE         the same for this mode\n"
	"       frames modes             the names of the modes\n"
	"       frames send IFACE NAME...  send these frames, or all\n"
	"       frames watch IFACE       print the names of frames that arrive, until SIGTERM\n"
	"       frames pcap FILE         write all frames, for tcpdump and wireshark\n"
	"       frames dump              print all frames: name, bytes in hex\n"
	"Options:\n"
	"  --mac MAC --ip4 ADDRESS --ip6 ADDRESS --linklocal ADDRESS   the sender's own\n"
	"  --HOST-mac MAC --HOST-ip4 ADDRESS ...   those of victim, dom0, lan; addresses also of\n"
	"               second and inside (the sender's, too) and outside (no longer)\n"
	"  --file FILE  these frames instead: lines of a name, a tab and a recipe\n"
	"  --tag VID    all frames in an 802.1Q tag\n"
	"  --stack      watch what the device hands to the protocols above it\n"
	"  --seconds N  watch for N seconds\n";

struct host hosts[HOST_COUNT] = {
	{ .name = "own" },    { .name = "second" }, { .name = "inside" }, { .name = "outside" },
	{ .name = "victim" }, { .name = "dom0" },   { .name = "lan" },
};

/* As tests/lib/netns.sh has it: the sender is vif1.0, the victim vif2.0. */
static const char *const defaults[][2] = {
	{ "mac", "00:16:3e:00:01:00" },
	{ "ip4", "10.0.0.1" },
	{ "ip6", "2001:db8::1" },
	{ "second-ip4", "10.0.0.5" },
	{ "second-ip6", "2001:db8::5" },
	{ "inside-ip4", "10.0.8.77" }, /* of 10.0.8.0/24 */
	{ "inside-ip6", "2001:db8:8::4d" }, /* of 2001:db8:8::/64 */
	{ "outside-ip4", "10.0.9.0" },
	{ "outside-ip6", "2001:db8:9::" },
	{ "victim-mac", "00:16:3e:00:02:00" },
	{ "victim-ip4", "10.0.0.2" },
	{ "victim-ip6", "2001:db8::2" },
	{ "dom0-mac", "02:00:00:00:00:fe" },
	{ "dom0-ip4", "10.0.0.254" },
	{ "dom0-ip6", "2001:db8::fe" },
	{ "lan-mac", "02:00:00:00:00:aa" },
	{ "lan-ip4", "10.0.0.253" },
	{ "lan-ip6", "2001:db8::fd" },
};

struct built built[FRAMES_MAX];

void frames_die(const char *format, ...)
{
	va_list args;

	fputs("frames: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

struct host *host_find(const char *name, size_t len)
{
	for (size_t i = 0; i < HOST_COUNT; i++) {
		if (strlen(hosts[i].name) == len && memcmp(hosts[i].name, name, len) == 0)
			return &hosts[i];
	}
	return NULL;
}

/* Where nothing else was said. RFC 4291, appendix A: fe80::/64 and the MAC as a modified EUI-64 */
static void fill_linklocal(void)
{
	for (size_t i = 0; i < HOST_COUNT; i++) {
		const uint8_t *mac = hosts[i].mac;
		struct in6_addr ll = { { { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, mac[0] ^ 2, mac[1], mac[2],
					   0xff, 0xfe, mac[3], mac[4], mac[5] } } };

		if (IN6_IS_ADDR_UNSPECIFIED(&hosts[i].linklocal))
			hosts[i].linklocal = ll;
	}
}

/* The frame built before that is the same, or i. */
static size_t same_frame(size_t i)
{
	size_t j = 0;

	while (j < i && (built[i].len != built[j].len ||
			 memcmp(built[i].data, built[j].data, built[i].len) != 0))
		j++;
	return j;
}

void frames_build_all(unsigned int tag)
{
	for (size_t i = 0; i < n_frames;) {
		size_t same;

		frame_build(&frames[i], tag, &built[i]);
		same = same_frame(i);
		if (same == i)
			i++;
		else if (!frames_drop(i))
			frames_die("%s and %s are the same frame", frames[i].name,
				   frames[same].name);
	}
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c | 0x20) : NULL;

	return found ? (int)(found - digits) : -1;
}

int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

static bool parse_mac(const char *text, uint8_t *mac)
{
	if (strlen(text) != 17)
		return false;
	for (int i = 0; i < 6; i++) {
		int byte = hex_byte(text + i * 3L);

		if (byte < 0 || (i < 5 && text[i * 3 + 2] != ':'))
			return false;
		mac[i] = (uint8_t)byte;
	}
	return true;
}

/* All names of the sender share its MAC. */
static bool set_mac(struct host *host, const char *text)
{
	if (!parse_mac(text, host->mac))
		return false;
	for (int i = 1; host == &hosts[0] && i < 4; i++)
		memcpy(hosts[i].mac, host->mac, 6);
	return true;
}

/* Notes --KIND VALUE or --HOST-KIND VALUE. */
static bool set_host(const char *option, const char *value)
{
	const char *dash = strchr(option, '-');
	const char *kind = dash ? dash + 1 : option;
	struct host *host = dash ? host_find(option, (size_t)(dash - option)) : &hosts[0];

	if (!host || !value)
		return false;
	if (strcmp(kind, "mac") == 0)
		return set_mac(host, value);
	if (strcmp(kind, "ip4") == 0)
		return inet_pton(AF_INET, value, &host->ip4) == 1;
	if (strcmp(kind, "ip6") == 0)
		return inet_pton(AF_INET6, value, &host->ip6) == 1;
	if (strcmp(kind, "linklocal") == 0)
		return inet_pton(AF_INET6, value, &host->linklocal) == 1;
	return false;
}

struct options {
	unsigned int tag, seconds;
	bool stack;
	int n_words;
	char **words;
};

/* Takes the options out of argv; what is left is opt->words. */
static void parse_options(struct options *opt, int argc, char **argv)
{
	opt->words = argv;
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + 2, *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strncmp(argv[i], "--", 2) != 0) {
			opt->words[opt->n_words++] = argv[i];
			continue;
		}
		if (strcmp(name, "stack") == 0) {
			opt->stack = true;
			continue;
		}
		if (strcmp(name, "tag") == 0 && value)
			opt->tag = (unsigned int)strtoul(value, NULL, 10);
		else if (strcmp(name, "seconds") == 0 && value)
			opt->seconds = (unsigned int)strtoul(value, NULL, 10);
		else if (strcmp(name, "file") == 0 && value)
			frames_load(value);
		else if (!set_host(name, value))
			frames_die("wrong option %s %s", argv[i], value ? value : "");
		i++;
	}
}

static void print_frame(size_t i, enum mode mode)
{
	char reason[128];

	frame_reason(&frames[i], mode, reason, sizeof(reason));
	printf("%s\t%s\t%s\t%s\t%s", frames[i].name,
	       frame_passes(&frames[i], mode) ? "pass" : "drop", reason, frame_place(&built[i]),
	       frames[i].standard);
}

/* In which modes it passes. */
static void print_modes(size_t i)
{
	const char *before = "\t";

	for (enum mode mode = 0; mode < N_MODES; mode++) {
		if (frame_is_in(&frames[i], mode) && frame_passes(&frames[i], mode)) {
			printf("%s%s", before, mode_name(mode));
			before = ",";
		}
	}
	if (*before == '\t')
		printf("\t-");
}

static int list(const char *name)
{
	enum mode mode = name ? mode_find(name) : MODE_LOCKED;

	if (mode == N_MODES)
		frames_die("there is no mode '%s'", name);
	for (size_t i = 0; i < n_frames; i++) {
		if (name && !frame_is_in(&frames[i], mode))
			continue;
		print_frame(i, mode);
		if (!name)
			print_modes(i);
		putchar('\n');
	}
	return 0;
}

static int list_modes(void)
{
	for (enum mode mode = 0; mode < N_MODES; mode++)
		puts(mode_name(mode));
	return 0;
}

static int send_words(const char *ifname, int n, char **names)
{
	static bool chosen[FRAMES_MAX];

	for (int k = 0; k < n; k++) {
		bool found = false;

		for (size_t i = 0; i < n_frames; i++) {
			if (strcmp(names[k], "all") != 0 && strcmp(names[k], frames[i].name) != 0)
				continue;
			chosen[i] = found = true;
		}
		if (!found)
			frames_die("there is no frame '%s'", names[k]);
	}
	return frames_send(ifname, chosen);
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	const char *verb, *what;

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (!set_host(defaults[i][0], defaults[i][1]))
			frames_die("wrong default of %s", defaults[i][0]);
	}
	parse_options(&opt, argc, argv);
	fill_linklocal();
	frames_build_all(opt.tag);
	verb = opt.n_words > 0 ? opt.words[0] : "";
	what = opt.n_words > 1 ? opt.words[1] : NULL;
	if (strcmp(verb, "list") == 0)
		return list(what);
	if (strcmp(verb, "modes") == 0)
		return list_modes();
	if (strcmp(verb, "send") == 0 && what)
		return send_words(what, opt.n_words - 2, opt.words + 2);
	if (strcmp(verb, "watch") == 0 && what)
		return frames_watch(what, opt.stack, opt.seconds);
	if (strcmp(verb, "pcap") == 0 && what)
		return frames_pcap(what);
	if (strcmp(verb, "dump") == 0) {
		frames_dump();
		return 0;
	}
	fputs(usage, stderr);
	return 2;
}
