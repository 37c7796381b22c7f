/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader.h - the steps of loading a policy: file by file, then what needs all files. */
#ifndef XNM_LOADER_H
#define XNM_LOADER_H

#include <stdalign.h>
#include <stddef.h>

#include "policy/report.h"
#include "policy/schema.h"

#define XNM_SECTION_SLOTS 8192 /* a power of two, above the number of all sections */

struct xnm_loader {
	struct xnm_policy *policy;
	struct xnm_reporter rep;
	uint16_t file; /* index of the file being read */
	bool is_override; /* it comes from override.d */
	bool section_lost; /* a refused section may be the one that others refer to */
	unsigned int n_before_override; /* [vif] sections that override.d goes before */

	enum xnm_section_id section;
	char section_argument[XNM_NAME_LEN]; /* as written */
	unsigned char *base; /* the struct of the section being read */

	/* profile= tells sections of one name apart, so they are opened behind it (profiles.c) */
	bool is_pending;
	bool has_keys; /* others than profile= were read */
	unsigned int section_line;
	uint64_t section_profiles;

	const char *run_dir;
	const char *profile; /* the caller's: see xnm_policy_load_under() */
	char choice[XNM_NAME_LEN]; /* the noted one */
	unsigned int n_profile_names; /* that profile= has, one per bit */
	struct xnm_profile_name {
		char name[XNM_NAME_LEN];
		struct xnm_origin origin;
	} profile_names[XNM_MAX_PROFILES];

	/* sections by name, as in slots[hash]: 0 is free, else 1 + a number over all sections;
	 * cleared for the first section */
	bool has_slots;
	uint16_t slots[XNM_SECTION_SLOTS];

	/* a section that will not be kept is still read, for the mistakes in it */
	alignas(max_align_t) unsigned char scratch[16384];
};

static inline struct xnm_origin xnm_loader_here(const struct xnm_loader *loader, unsigned int line)
{
	return (struct xnm_origin){ .file = loader->file, .line = line };
}

static inline const char *xnm_loader_file(const struct xnm_loader *loader)
{
	return loader->policy->files[loader->file];
}

/* "[network lan]", for messages: what the section being read is called. Returns out. */
#define XNM_SECTION_TEXT_LEN (XNM_NAME_LEN + 16)
const char *xnm_loader_section_text(const struct xnm_loader *loader,
				    char out[XNM_SECTION_TEXT_LEN]);

/* Lets the loader put into policy what is read next, and into none of its sections yet. */
void xnm_loader_begin(struct xnm_loader *loader, struct xnm_policy *policy,
		      xnm_policy_report report, void *arg);

/* Clears policy of an earlier load and begins a new one. */
void xnm_loader_init(struct xnm_loader *loader, struct xnm_policy *policy, xnm_policy_report report,
		     void *arg);

/* Reads one file called name. Returns 0, or -errno (reported) when it cannot be read. */
int xnm_loader_read(struct xnm_loader *loader, FILE *stream, const char *name);

/*
 * Puts overrides first, fills in defaults and checks references, also when
 * reading failed with rc. Returns rc, or -EINVAL when there was any mistake.
 */
int xnm_loader_finish(struct xnm_loader *loader, int rc);

/* The xnm_reader_ops of a loader, which is their arg (sections.c, keys.c). */
int xnm_loader_section(void *arg, unsigned int line, const char *name, const char *argument);
void xnm_loader_section_lost(void *arg);
void xnm_loader_key(void *arg, unsigned int line, const char *name, const char *value);

/* Opens the section that was announced, before anything else is read but profile= (sections.c). */
void xnm_loader_open_pending(struct xnm_loader *loader);

/* Whether profile= is a key of the section being read, and what it says (profiles.c). */
bool xnm_loader_has_profile_key(const struct xnm_loader *loader);
void xnm_loader_profile_key(struct xnm_loader *loader, unsigned int line, const char *value);

/* Finds the profile in force and takes out what does not exist under it (profiles.c). */
void xnm_loader_select_profile(struct xnm_loader *loader);

/* Reads the noted profile into loader->choice (files.c). Returns 0 or -errno, reported. */
int xnm_loader_read_choice(struct xnm_loader *loader, const char *run_dir);

/*
 * Reads path, the files of policy.d beside it and those of run_dir/override.d
 * (files.c). Returns 0 or -errno, reported.
 */
int xnm_loader_read_all(struct xnm_loader *loader, const char *path, const char *run_dir);

/* Reports that path cannot be opened, read or the like. Returns rc. */
int xnm_loader_cannot(struct xnm_loader *loader, const char *path, const char *what, int rc);

/* Whether nothing has the name path (absent.c). Returns 0, or -errno, reported. */
int xnm_loader_absent(struct xnm_loader *loader, const char *path);

#endif
