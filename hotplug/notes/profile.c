/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.c - note which profile of the policy is in force; the loader of the policy reads it itself. */
#include "hotplug/notes/profile.h"

#include <errno.h>
#include <string.h>

#include "hotplug/notes/files.h"

int xnm_profile_note_read(const struct xnm_run_dir *dir, char name[XNM_NAME_LEN])
{
	char text[XNM_NAME_LEN + 2] = "";
	int rc = xnm_file_read(dir->run_fd, XNM_POLICY_PROFILE_FILE, text, sizeof(text));

	if (rc == -ENOENT)
		rc = 0;
	text[strcspn(text, "\n")] = '\0';
	(void)snprintf(name, XNM_NAME_LEN, "%.*s", XNM_NAME_LEN - 1, text);
	return rc;
}

int xnm_profile_note_write(const struct xnm_run_dir *dir, const char *name)
{
	char text[XNM_NAME_LEN + 2];
	int len;

	if (name[0] == '\0')
		return xnm_file_remove(dir->run_fd, XNM_POLICY_PROFILE_FILE);
	len = snprintf(text, sizeof(text), "%s\n", name);
	return xnm_file_replace(dir->run_fd, XNM_POLICY_PROFILE_FILE, text, (size_t)len);
}
