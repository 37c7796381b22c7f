/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state_dir.h - the folder of what outlives a boot. */
#ifndef XNM_STATE_DIR_H
#define XNM_STATE_DIR_H

#define XNM_STATE_DIR "/var/lib/xnm"

/* XNM_STATE_DIR from the environment, else /var/lib/xnm. */
const char *xnm_state_dir_path(void);

#endif
