/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verbs.h - the verbs of xnm-vif; argv[1] is the verb, the result is the exit status. */
#ifndef XNM_VERBS_H
#define XNM_VERBS_H

int xnm_verb_hotplug(int argc, char **argv);
int xnm_verb_plan(int argc, char **argv);
int xnm_verb_reapply(int argc, char **argv);
int xnm_verb_gc(int argc, char **argv);

#endif
