/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.h - what the readers of a case's files have in common. */
#ifndef XNM_TESTS_READ_H
#define XNM_TESTS_READ_H

#include "tests/plan/case.h"

/* Exit if a value is none. */
uint32_t read_number(const char *value);
bool read_yes(const char *value);

/* A key of the file links, for ini_parse(); arg is the struct folder. */
int read_links_key(void *arg, const char *section, const char *key, const char *value);

#endif
