/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed_parts.h - look up elements in the noted sets. */
#ifndef XNM_ALLOWED_PARTS_H
#define XNM_ALLOWED_PARTS_H

#include "hotplug/parts/conntrack/allowed.h"

/* Whether key's fields are all within the element's. */
bool allowed_has_key(const struct xnm_element *element, const struct xnm_element *key);

/* The element of key's set that has it, or NULL. */
const struct xnm_element *allowed_find(const struct xnm_noted *noted,
				       const struct xnm_element *key);

#endif
