#include "transfer/several.h"

#include "ask.h"
#include "path.h"
#include "row.h"
#include "submit.h"
#include "wish.h"

#include "base/codec.h"
#include "base/secret.h"
#include "base/settings.h"
#include "registry/store.h"
#include "transfer/destination.h"

enum {
    DIGEST_SHOWN = 12,
    APART_BYTES_MAX = sizeof ".-1000.sif" + DIGEST_SHOWN, /* behind a name that is taken */
};

/* What goes, and what stays behind. */
struct choice {
    const struct container *first; /* image, of which the first file is */
    struct row_file *files;
    size_t count;
    struct left_out *left_out;
    size_t left_out_count;
    int64_t bytes;
};

static struct str source_folder(struct ctx *c, int64_t collection_id)
{
    return str_printf(c->arena, "%s%lld/", c->settings->globus_source_path,
                      (long long)collection_id);
}

/* "a_b" with tag "c" and "a" with tag "b_c" are both a_b_c.sif. */
static bool is_taken(const struct choice *k, struct str name)
{
    for (size_t i = 0; i < k->count; i++) {
        if (str_eq(k->files[i].name, name))
            return true;
    }
    return false;
}

/* By the digest; the same bytes, which are pushed under several names, by a number, too. */
static struct str told_apart(struct arena *a, struct str name, struct str sha256, int nth)
{
    struct str stem = str_take(name, name.len - (sizeof ".sif" - 1));
    struct str digest = str_take(sha256, DIGEST_SHOWN);

    stem = str_take(stem, FILE_NAME_BYTES_MAX - APART_BYTES_MAX);
    if (nth == 1)
        return str_printf(a, STR_FMT "." STR_FMT ".sif", STR_ARG(stem), STR_ARG(digest));
    return str_printf(a, STR_FMT "." STR_FMT "-%d.sif", STR_ARG(stem), STR_ARG(digest), nth);
}

static struct str name_of(struct ctx *c, const struct choice *k, const struct container *image)
{
    struct str plain = path_file_name(c->arena, &image->name), name = plain;

    for (int nth = 1; is_taken(k, name); nth++)
        name = told_apart(c->arena, plain, image->sha256, nth);
    return name;
}

static void leave_out(struct choice *k, struct str image, struct str reason)
{
    k->left_out[k->left_out_count++] = (struct left_out){image, reason};
}

static void take(struct ctx *c, struct choice *k, const struct container *image)
{
    struct str uri = image_name_uri(c->arena, &image->name);

    if (image->is_damaged) {
        leave_out(k, uri, STR("It is damaged: the stored bytes are not what was pushed."));
        return;
    }
    if (k->count == 0)
        k->first = image;
    k->files[k->count] = (struct row_file){
        .ordinal = (int64_t)k->count + 1,
        .image_id = image->image_id,
        .uri = uri,
        .sha256 = image->sha256,
        .size_bytes = image->size_bytes,
        .name = name_of(c, k, image),
    };
    k->count++;
    k->bytes += image->size_bytes;
}

static bool holds(const struct container_page *page, int64_t id)
{
    for (size_t i = 0; i < page->count; i++) {
        if (page->list[i].id == id)
            return true;
    }
    return false;
}

static enum err choose(struct ctx *c, const struct several_wish *w, const struct collection *of,
                       struct choice *out)
{
    struct container_page page;

    if (w->container_count > SEVERAL_MAX)
        return FAIL_FIELD(c, "containers", "containers: at most %d images at once", SEVERAL_MAX);
    TRY(container_several(c, of, w->container_ids, w->container_count, SEVERAL_MAX + 1, &page));
    if (page.count > SEVERAL_MAX)
        return FAIL_FIELD(c, "containers",
                          "containers: this collection has more than %d images; choose some",
                          SEVERAL_MAX);
    *out = (struct choice){
        .files = arena_alloc_array(c->arena, page.count, sizeof *out->files),
        .left_out =
            arena_alloc_array(c->arena, page.count + w->container_count, sizeof *out->left_out),
    };
    for (size_t i = 0; i < page.count; i++)
        take(c, out, &page.list[i]);
    for (size_t i = 0; i < w->container_count; i++) {
        if (!holds(&page, w->container_ids[i]))
            leave_out(out, str_printf(c->arena, "image %lld", (long long)w->container_ids[i]),
                      STR("It is not in this collection, or was deleted."));
    }
    if (out->count == 0)
        return FAIL_FIELD(c, "containers", "containers: none of these images can be sent");
    return ERR_OK;
}

/* One wish is one list of images to one place. */
static struct str digest_of(struct arena *a, const struct choice *k)
{
    struct buf list = {.arena = a};

    for (size_t i = 0; i < k->count; i++)
        buf_printf(&list, STR_FMT " " STR_FMT "\n", STR_ARG(k->files[i].sha256),
                   STR_ARG(k->files[i].name));
    return hex_encode(a, secret_sha256(a, buf_str(&list)));
}

static enum err check_folder(struct ctx *c, const struct several_wish *w, struct choice *k,
                             struct str *out)
{
    struct str longest = STR_NONE, ignored;

    if (w->folder.len == 0)
        return FAIL_FIELD(c, "path", "path: name the folder; it begins with / or ~/");
    TRY(path_folder(c, w->folder, out));
    for (size_t i = 0; i < k->count; i++) {
        if (k->files[i].name.len > longest.len)
            longest = k->files[i].name;
    }
    return path_resolve(c, *out, longest, &ignored);
}

/* One image that is left is the wish that its own page makes. */
static void be_single(struct ctx *c, const struct choice *k, struct row_wish *row)
{
    row->container_id = k->first->id;
    row->image_id = k->first->image_id;
    row->uri = k->files[0].uri;
    row->sha256 = k->files[0].sha256;
    row->source_path = wish_source_path(c, k->first);
    row->path =
        str_printf(c->arena, STR_FMT STR_FMT, STR_ARG(row->path), STR_ARG(k->files[0].name));
}

static enum err store_rows(struct ctx *c, const struct row_wish *row, const struct choice *k,
                           struct transfer *out)
{
    bool is_new;

    if (k->count == 1)
        TRY(row_store(c, row, out, &is_new));
    else
        TRY(row_store_several(c, row, k->files, k->count, out, &is_new));
    if (!is_new || k->left_out_count == 0)
        return ERR_OK;
    return row_leave_out(c, out, k->left_out, k->left_out_count);
}

static enum err store(struct ctx *c, const struct several_wish *w, const struct collection *of,
                      const struct choice *k, struct str endpoint_name, struct str folder,
                      struct transfer *out)
{
    struct row_wish row = {
        .user_id = w->user_id,
        .size_bytes = k->bytes,
        .uri = str_printf(c->arena, STR_FMT " (%zu images)", STR_ARG(of->name), k->count),
        .sha256 = digest_of(c->arena, k),
        .source_path = source_folder(c, of->id),
        .endpoint_id = str_lower(c->arena, w->endpoint_id),
        .endpoint_name = endpoint_name,
        .path = folder,
    };
    enum err e;

    if (k->count == 1)
        be_single(c, k, &row);
    TRY(db_begin(c));
    e = store_rows(c, &row, k, out);
    if (e == ERR_OK)
        return db_commit(c);
    db_rollback(c);
    return e;
}

/* Globus does not tell about the endpoint now. */
static enum err keep_for_later(struct ctx *c, const struct several_wish *w,
                               const struct collection *of, const struct choice *k,
                               struct str folder, struct transfer_result *out)
{
    struct failure why = c->failure;

    if (!submit_may_keep(why.err))
        return why.err;
    TRY(store(c, w, of, k, w->endpoint_id, folder, &out->transfer));
    return wish_keep(c, &why, out);
}

/* Everything that can be known without Globus. */
static enum err check(struct ctx *c, const struct several_wish *w, struct collection *of,
                      struct choice *k, struct str *folder)
{
    TRY(wish_check_endpoint_id(c, w->endpoint_id));
    TRY(collection_get(c, w->viewer, w->collection_id, of));
    TRY(submit_check_source(c, of->is_private));
    TRY(choose(c, w, of, k));
    return check_folder(c, w, k, folder);
}

enum err transfer_create_several(struct ctx *c, const struct several_wish *w,
                                 struct several_result *out)
{
    struct transfer_result *result = &out->result;
    struct globus_endpoint endpoint;
    struct collection of;
    struct choice k;
    struct str folder;
    enum err e;

    *out = (struct several_result){.left_out = NULL};
    TRY(check(c, w, &of, &k, &folder));
    out->left_out = k.left_out;
    out->left_out_count = k.left_out_count;
    e = ask_endpoint(c, w->user_id, w->endpoint_id, &endpoint, &result->demands);
    if (e != ERR_OK)
        return keep_for_later(c, w, &of, &k, folder, result);
    TRY(wish_check_destination(c, w->user_id, &endpoint));
    TRY(store(c, w, &of, &k, endpoint.display_name, folder, &result->transfer));
    e = wish_go_on(c, &endpoint, result);
    if (e == ERR_OK || submit_may_keep(e))
        destination_note(c, w->user_id, &endpoint, folder);
    return e;
}
