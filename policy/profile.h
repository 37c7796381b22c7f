/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.h - a state of the policy that can be switched to. */
#ifndef XNM_POLICY_PROFILE_H
#define XNM_POLICY_PROFILE_H

#include "policy/written.h"

#define XNM_MAX_PROFILES    64 /* one bit each of xnm_written.profiles */
#define XNM_DESCRIPTION_LEN 128

struct xnm_profile {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char description[XNM_DESCRIPTION_LEN]; /* "": none */
	struct xnm_written written;
};

#endif
