/*
 * An IMAGES_ROOT of a test's own: images_begin(c) after the context is there, images_end() before
 * it goes.
 */
#ifndef SUPPORT_IMAGES_H
#define SUPPORT_IMAGES_H

#include "support/unit.h"

#include "base/settings.h"
#include "registry/store.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char images_root[64] UNUSED;
static struct settings images_settings UNUSED;

static inline void images_begin(struct ctx *c)
{
    snprintf(images_root, sizeof images_root, "/tmp/transload-images.XXXXXX");
    assert_non_null(mkdtemp(images_root));
    images_settings = c->settings
                          ? *c->settings
                          : (struct settings){.user_collections = true, .upload_ticket_s = 900};
    images_settings.images_root = images_root;
    images_settings.max_image_size = (int64_t)1 << 30;
    c->settings = &images_settings;
}

/*
 * Remove a directory and what is in it, or count its files (remove false), subdirectories included.
 */
static inline int images_each(const char *directory, bool remove)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    char path[512];
    int files = 0;

    while (dir && (entry = readdir(dir))) {
        struct stat s;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_true(snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) <
                    (int)sizeof path);
        if (lstat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
            files += images_each(path, remove);
            if (remove)
                rmdir(path);
        } else {
            files++;
            if (remove)
                unlink(path);
        }
    }
    if (dir)
        closedir(dir);
    return files;
}

static inline int images_count(void)
{
    return images_each(images_root, false);
}

static inline void images_end(void)
{
    images_each(images_root, true);
    rmdir(images_root);
}

/* size bytes that depend on seed and place. */
static inline struct str images_bytes(struct ctx *c, size_t size, unsigned seed)
{
    char *bytes = arena_alloc(c->arena, size);
    uint32_t x = seed * 2654435761u + 1;

    for (size_t i = 0; i < size; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (char)(x >> 24);
    }
    return str_view(bytes, size);
}

/* Upload bytes in pieces of that size, to the end of upload_finish(). */
static inline enum err images_upload(struct ctx *c, struct str bytes, size_t piece,
                                     struct upload **out)
{
    TRY(upload_begin(c, out));
    for (; bytes.len > 0; bytes = str_skip(bytes, piece))
        TRY(upload_write(c, *out, str_take(bytes, piece)));
    return upload_finish(c, *out);
}

/* stat() of a path below the root; false when there is none. */
static inline bool images_stat(struct str path, struct stat *out)
{
    char full[512];

    snprintf(full, sizeof full, "%s/" STR_FMT, images_root, STR_ARG(path));
    return lstat(full, out) == 0;
}

/* Put a file of our own there, with its directory. */
static inline void images_put(const char *directory, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", images_root, directory);
    mkdir(path, 0750);
    snprintf(path, sizeof path, "%s/%s/%s", images_root, directory, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

#endif
