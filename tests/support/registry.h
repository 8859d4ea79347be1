/*
 * What a test of the registry begins with: UNIT_REGISTRY(test), with a database, an IMAGES_ROOT of
 * its own, and users and images made in one line. Needs: database.
 */
#ifndef SUPPORT_REGISTRY_H
#define SUPPORT_REGISTRY_H

#include "support/database.h"
#include "support/images.h"

#include "registry/push.h"

static inline int registry_begin(void **state)
{
    if (database_begin(state) != 0)
        return -1;
    images_begin(unit_ctx(state));
    return 0;
}

static inline int registry_end(void **state)
{
    int status = database_end(state);

    images_end();
    /* Rows of a test would look like images whose files are gone to the next. */
    database_run("set client_min_messages = warning; truncate users, collections, images, audit "
                 "restart identity cascade",
                 NULL, 0);
    return status;
}

#define UNIT_REGISTRY(test) cmocka_unit_test_setup_teardown(test, registry_begin, registry_end)

static inline struct viewer registry_user(struct ctx *c, const char *name)
{
    struct str sql =
        str_printf(c->arena, "insert into users (username) values ('%s') returning id", name);

    return (struct viewer){.user_id = database_count(sql.ptr)};
}

static inline void registry_member(struct ctx *c, struct viewer v, const char *collection,
                                   const char *role)
{
    database_run(str_printf(c->arena,
                            "insert into collection_members (collection_id, user_id, role) "
                            "select id, %lld, '%s' from collections where name = '%s'",
                            (long long)v.user_id, role, collection)
                     .ptr,
                 NULL, 0);
}

/* "collection/name:tag" */
static inline struct image_name registry_name(struct ctx *c, const char *uri)
{
    struct image_name n = {0};

    assert_ok(c, image_name_parse(c, str_of(uri), &n));
    return n;
}

static inline enum err registry_try_push(struct ctx *c, struct viewer v, const char *uri,
                                         struct str bytes, struct container *out)
{
    struct image_name n = registry_name(c, uri);
    struct upload *u;

    TRY(images_upload(c, bytes, 65536, &u));
    return push_commit(c, v, &n, u, out);
}

static inline struct container registry_push(struct ctx *c, struct viewer v, const char *uri,
                                             struct str bytes)
{
    struct container k = {0};

    assert_ok(c, registry_try_push(c, v, uri, bytes, &k));
    return k;
}

/* Every row has its file, of its size; true when there are as many files as rows, too. */
static inline bool registry_is_whole(struct ctx *c)
{
    struct buf b = {.arena = c->arena};
    char text[16384];
    struct str rest, line;
    int rows = 0;

    database_run("select coalesce(string_agg(collection_id || ' ' || encode(sha256, 'hex') || ' ' "
                 "|| size_bytes || ';', ''), '') from images",
                 text, sizeof text);
    buf_add(&b, str_of(text));
    rest = buf_str(&b);
    while (str_cut(rest, ';', &line, &rest)) {
        struct str id, digest, size, tail;
        int64_t collection_id, size_bytes;
        struct stat s;

        (void)str_cut(line, ' ', &id, &tail);
        (void)str_cut(tail, ' ', &digest, &size);
        assert_true(str_to_int(id, 1, INT64_MAX, &collection_id) &&
                    str_to_int(size, 1, INT64_MAX, &size_bytes));
        if (!images_stat(store_path(c->arena, collection_id, digest), &s) ||
            s.st_size != size_bytes)
            fail_msg("row without its file: " STR_FMT, STR_ARG(line));
        rows++;
    }
    return rows == images_count();
}

#endif
