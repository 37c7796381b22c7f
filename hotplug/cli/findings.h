/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings.h - what xnm check has found, each once, and under which profiles. */
#ifndef XNM_FINDINGS_H
#define XNM_FINDINGS_H

#include "policy/policy.h"

struct xnm_finding;

/* The states that a policy can be in: each of its profiles, and none if [global] names none. */
struct xnm_findings {
	unsigned int n_states, state; /* state: the one that is being checked */
	char states[XNM_MAX_PROFILES + 1][XNM_NAME_LEN]; /* profiles; "": none */
	bool in_all; /* what is added does not depend on the state */
	unsigned int n, room;
	struct xnm_finding *list;
	unsigned int n_mistakes, n_warnings;
};

/* The states of a policy that was read, also if it has mistakes; the first is the one in force. */
void xnm_findings_states(struct xnm_findings *findings, const struct xnm_policy *policy);

/* An xnm_policy_report, whose arg is a struct xnm_findings: adds it to those of the state. */
void xnm_findings_add(void *arg, const char *file, unsigned int line, const char *text);

/* Prints each to stderr, with the profiles under which it was found unless it was under all. */
void xnm_findings_print(const struct xnm_findings *findings);

void xnm_findings_free(struct xnm_findings *findings);

/* places.c: adds the directories above the policy file in which others could put another one. */
void xnm_check_places(struct xnm_findings *findings, const char *path);

#endif
