/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hello.c - parse the handshake of two guests in xenstore, and tell its state. */
#include "hotplug/parts/fastpath/fastpath.h"

#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"

static const struct {
	const char *text;
	enum xnm_fp_word word;
} words[] = {
	{ XNM_FP_STATE_CLOSED, XNM_FP_CLOSED },
	{ XNM_FP_STATE_WANT, XNM_FP_WANT },
	{ XNM_FP_STATE_OFFER, XNM_FP_OFFER },
	{ XNM_FP_STATE_CONN, XNM_FP_CONN },
};

static bool split(char *text, const char *fields[XNM_FP_N_FIELDS])
{
	for (int i = 0; i < XNM_FP_N_FIELDS; i++) {
		char *blank = strchr(text, ' ');

		fields[i] = text;
		/* the last field, and only that, ends the text */
		if (!blank != (i == XNM_FP_N_FIELDS - 1))
			return false;
		if (blank) {
			*blank = '\0';
			text = blank + 1;
		}
	}
	return true;
}

static bool is_hexadecimal(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 8 && strspn(text, "0123456789abcdef") == len;
}

static bool are_numbers(const char *const fields[XNM_FP_N_FIELDS], uint32_t *serial)
{
	uint32_t number;

	return xnm_parse_u32(fields[XNM_FP_FIELD_GREF], 0, UINT32_MAX, &number) == 0 &&
	       xnm_parse_u32(fields[XNM_FP_FIELD_PORT], 0, UINT32_MAX, &number) == 0 &&
	       is_hexadecimal(fields[XNM_FP_FIELD_FEATURES]) &&
	       xnm_parse_u32(fields[XNM_FP_FIELD_SERIAL], 0, UINT32_MAX, serial) == 0;
}

void xnm_fp_hello_parse(struct xnm_fp_hello *hello, const char *text, const char *own,
			const char *peer)
{
	char copy[XNM_FP_HELLO_LEN];
	const char *fields[XNM_FP_N_FIELDS];

	*hello = (struct xnm_fp_hello){ .word = XNM_FP_SILENT };
	if (text[0] == '\0')
		return;
	hello->word = XNM_FP_NONSENSE;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy) ||
	    !split(copy, fields) ||
	    strcmp(fields[XNM_FP_FIELD_VERSION], XNM_FP_VERSION_TEXT) != 0 ||
	    !are_numbers(fields, &hello->serial) || !xnm_fp_inc_ok(fields[XNM_FP_FIELD_OWN_INC]) ||
	    strcmp(fields[XNM_FP_FIELD_OWN_INC], own) != 0 ||
	    strcmp(fields[XNM_FP_FIELD_PEER_INC], peer) != 0)
		return;
	for (size_t i = 0; i < XNM_N_ELEMENTS(words); i++) {
		if (strcmp(fields[XNM_FP_FIELD_STATE], words[i].text) == 0)
			hello->word = words[i].word;
	}
}

enum xnm_fp_state xnm_fp_state_of(const struct xnm_fp_hello *server,
				  const struct xnm_fp_hello *client)
{
	if (server->word == XNM_FP_NONSENSE || client->word == XNM_FP_NONSENSE)
		return XNM_FP_GARBLED;
	if (server->word == XNM_FP_SILENT || client->word == XNM_FP_SILENT)
		return XNM_FP_NO_MODULE;
	if (server->word == XNM_FP_CLOSED && client->word == XNM_FP_CLOSED)
		return XNM_FP_IDLE;
	if (server->word == XNM_FP_OFFER && client->word == XNM_FP_CONN &&
	    server->serial == client->serial)
		return XNM_FP_CONNECTED;
	return XNM_FP_CONNECTING;
}
