/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.c - read a description with expat, piece by piece: elements and attributes, and nothing else. */
#include <errno.h>
#include <expat.h>
#include <string.h>

#include "hotplug/cli/import/import.h"

#define MAX_DEPTH 8 /* the descriptions need three */

struct reader {
	struct import *import;
	enum import_file file;
	XML_Parser parser;
	unsigned int depth; /* of elements that are known */
	unsigned int unknown; /* how deep within one that is not */
	const struct import_element *open[MAX_DEPTH];
};

static struct xnm_origin here(const struct reader *reader)
{
	return (struct xnm_origin){ .file = reader->file,
				    .line = (uint32_t)XML_GetCurrentLineNumber(reader->parser) };
}

static void stop(struct reader *reader, const char *why)
{
	import_mistake(reader->import, here(reader), "%s", why);
	(void)XML_StopParser(reader->parser, XML_FALSE);
}

static const struct import_element *find_root(struct reader *reader, const char *name)
{
	const struct import_element *root = import_root(reader->file);
	enum import_file other = reader->file == IMPORT_REAL ? IMPORT_VIRTUAL : IMPORT_REAL;
	char shown[64];

	if (strcmp(name, import_element_name(root)) == 0)
		return root;
	if (strcmp(name, import_element_name(import_root(other))) == 0)
		stop(reader, "this is the other description: the real network comes first, then "
			     "the virtual one");
	else
		import_mistake(reader->import, here(reader), "must be a <%s>, not a <%s>",
			       import_element_name(root),
			       xnm_printable(name, shown, sizeof(shown)));
	return NULL;
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *reader = arg;
	const struct import_element *element = NULL;

	if (!reader->unknown && reader->depth < MAX_DEPTH)
		element = reader->depth ? import_element(reader->import, here(reader),
							 reader->open[reader->depth - 1], name)
					: find_root(reader, name);
	/* what is below one that is not known, or has no room, has no place either */
	if (!element ||
	    !import_add(reader->import, here(reader), element, (const char *const *)attributes))
		reader->unknown++;
	else
		reader->open[reader->depth++] = element;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct reader *reader = arg;

	(void)name;
	if (reader->unknown)
		reader->unknown--;
	else
		reader->depth--;
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int len)
{
	struct reader *reader = arg;

	for (int i = 0; i < len; i++) {
		if (!strchr(" \t\r\n", text[i]) || text[i] == '\0') {
			stop(reader, "has text between the elements; all is said by attributes");
			return;
		}
	}
}

/* Entities are declared there; without it there are none but those of XML itself. */
static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
			       const XML_Char *public_id, int has_internal_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal_subset;
	stop(arg, "has a document type (<!DOCTYPE>), which is refused, as are entities; remove it");
}

static void XMLCALL on_instruction(void *arg, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	(void)data;
	stop(arg, "has a processing instruction (<?...?>), which is refused; remove it");
}

static int refuse_external(XML_Parser parser, const XML_Char *context, const XML_Char *base,
			   const XML_Char *system_id, const XML_Char *public_id)
{
	(void)parser;
	(void)context;
	(void)base;
	(void)system_id;
	(void)public_id;
	return XML_STATUS_ERROR;
}

static void set_up(struct reader *reader)
{
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
	XML_SetProcessingInstructionHandler(reader->parser, on_instruction);
	XML_SetExternalEntityRefHandler(reader->parser, refuse_external);
	(void)XML_SetParamEntityParsing(reader->parser, XML_PARAM_ENTITY_PARSING_NEVER);
}

/* Returns false when it is no use to go on, reported. */
static bool feed(struct reader *reader, const char *bytes, size_t n, bool is_last)
{
	enum XML_Error error;

	if (XML_Parse(reader->parser, bytes, (int)n, is_last) == XML_STATUS_OK)
		return true;
	error = XML_GetErrorCode(reader->parser);
	/* that is stop(), which has said why */
	if (error != XML_ERROR_ABORTED)
		import_mistake(reader->import, here(reader), "is no XML: %s",
			       XML_ErrorString(error));
	return false;
}

static int cannot(struct reader *reader, int rc, const char *why)
{
	import_mistake(reader->import, (struct xnm_origin){ .file = reader->file }, "%s", why);
	return rc;
}

static int feed_all(struct reader *reader, FILE *stream)
{
	char bytes[4096];
	size_t n, total = 0;
	bool goes_on = true;

	while (goes_on && (n = fread(bytes, 1, sizeof(bytes), stream)) > 0) {
		total += n;
		if (total > IMPORT_MAX_BYTES)
			return cannot(reader, -EINVAL, "is too large: at most 1 MiB is possible");
		goes_on = feed(reader, bytes, n, false);
	}
	if (ferror(stream))
		return cannot(reader, -EIO, "cannot be read");
	if (goes_on)
		(void)feed(reader, bytes, 0, true);
	return 0;
}

int import_read(struct import *import, enum import_file file, FILE *stream)
{
	struct reader reader = { .import = import, .file = file };
	unsigned int before = import->rep.n_mistakes;
	int rc;

	reader.parser = XML_ParserCreate(NULL);
	if (!reader.parser)
		return cannot(&reader, -ENOMEM, "cannot be read: there is no memory");
	set_up(&reader);
	rc = feed_all(&reader, stream);
	XML_ParserFree(reader.parser);
	if (rc == 0 && import->rep.n_mistakes != before)
		rc = -EINVAL;
	return rc;
}
