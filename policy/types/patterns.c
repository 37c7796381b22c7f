/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patterns.c - read what [vif] sections are found by: patterns, UUIDs, MAC addresses, numbers. */
#include "policy/types/types.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"

#define DEVID_MAX 65535

/* fnmatch(3) takes a '[' that is never closed for the letter itself: surely not meant. */
static bool brackets_closed(const char *text)
{
	const char *open = strchr(text, '[');

	while (open) {
		/* the first byte in brackets may be ']' itself, also behind '!' */
		const char *p = open + 1 + (open[1] == '!' || open[1] == '^');
		const char *close = *p ? strchr(p + 1, ']') : NULL;

		if (!close)
			return false;
		open = strchr(close, '[');
	}
	return true;
}

int xnm_parse_glob(const char *text, void *out, size_t size, const char **reason)
{
	if (!brackets_closed(text)) {
		*reason = "the '[' of a pattern needs its ']'";
		return -EINVAL;
	}
	return xnm_copy_text(text, out, size);
}

static int check_match(const char *pattern, const char **reason)
{
	const char *slash = strchr(pattern, '/');

	if (!brackets_closed(pattern)) {
		*reason = "the '[' of a pattern needs its ']'";
		return -EINVAL;
	}
	if (slash == pattern) {
		*reason = "a domain's name, or a pattern for it, must come before the slash";
		return -EINVAL;
	}
	if (slash &&
	    (slash[1] == '\0' || strspn(slash + 1, "0123456789*?[]!^-") != strlen(slash + 1))) {
		*reason = "the number of a vif, or a pattern for it, must follow the slash";
		return -EINVAL;
	}
	return 0;
}

/*
 * "PATTERN" or "PATTERN as LABEL": the label keeps sections apart that have the
 * same pattern and differ in their match- keys.
 */
int xnm_parse_match(const char *text, void *out, size_t size, const char **reason)
{
	char pattern[XNM_NAME_LEN], as[4], label[XNM_NAME_LEN], more[2];
	int n_words;

	if (strlen(text) >= sizeof(pattern) || strlen(text) >= size)
		return -EINVAL;
	if (!strpbrk(text, " \t"))
		return check_match(text, reason) ? -EINVAL : xnm_copy_text(text, out, size);
	n_words = sscanf(text, "%63s %3s %63s %1s", pattern, as, label, more);
	if (n_words != 3 || strcmp(as, "as") != 0) {
		*reason = "must be one pattern, or PATTERN as LABEL; ? stands for a blank in a "
			  "name, match-name= takes several names";
		return -EINVAL;
	}
	if (check_match(pattern, reason))
		return -EINVAL;
	(void)snprintf(out, size, "%s as %s", pattern, label);
	return 0;
}

int xnm_parse_uuid(const char *text, void *out, size_t size, const char **reason)
{
	char *uuid = out;

	(void)reason;
	if (strlen(text) + 1 != XNM_UUID_TEXT_LEN || size < XNM_UUID_TEXT_LEN)
		return -EINVAL;
	for (unsigned int i = 0; i < XNM_UUID_TEXT_LEN - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (!strchr(dash ? "-" : "0123456789abcdefABCDEF", text[i]))
			return -EINVAL;
	}
	for (unsigned int i = 0; i < XNM_UUID_TEXT_LEN; i++)
		uuid[i] = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] | 0x20) : text[i];
	return 0;
}

int xnm_parse_mac_key(const char *text, void *out, size_t size, const char **reason)
{
	int rc = xnm_parse_mac(text, out);

	(void)size;
	if (rc == -ERANGE)
		*reason = "is no address that a vif can have";
	return rc;
}

int xnm_parse_devid(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 0, DEVID_MAX, out);
}
