#include "wish.h"

#include "ask.h"
#include "path.h"
#include "row.h"
#include "submit.h"

#include "base/settings.h"
#include "registry/store.h"
#include "registry/verify.h"
#include "transfer/destination.h"
#include "transfer/endpoint_status.h"
#include "transfer/transfer.h"

enum err wish_check_destination(struct ctx *c, int64_t user_id, const struct globus_endpoint *e)
{
    struct endpoint_status status;
    struct link link = {0};
    bool found;

    TRY(link_find(c, user_id, &found, &link));
    status = endpoint_status_of(c, e, &link);
    if (!status.is_offered)
        return FAIL_FIELD(c, "endpoint_id", "endpoint_id: " STR_FMT, STR_ARG(status.reason));
    return ERR_OK;
}

enum err wish_check_endpoint_id(struct ctx *c, struct str id)
{
    if (!str_is_uuid(id))
        return FAIL_FIELD(c, "endpoint_id", "endpoint_id: must be the id of an endpoint, a UUID");
    if (str_eq_nocase(id, str_of(c->settings->globus_source)))
        return FAIL_FIELD(
            c, "endpoint_id",
            "endpoint_id: this is where the registry keeps its images. Choose another endpoint.");
    return ERR_OK;
}

struct str wish_source_path(struct ctx *c, const struct container *image)
{
    struct str file = store_path(c->arena, image->collection_id, image->sha256);

    return str_printf(c->arena, "%s" STR_FMT, c->settings->globus_source_path, STR_ARG(file));
}

static enum err store(struct ctx *c, const struct transfer_wish *w, const struct container *image,
                      struct str endpoint_name, struct str path, struct transfer *out)
{
    const struct row_wish row = {
        .user_id = w->user_id,
        .container_id = image->id,
        .image_id = image->image_id,
        .size_bytes = image->size_bytes,
        .uri = image_name_uri(c->arena, &image->name),
        .sha256 = image->sha256,
        .source_path = wish_source_path(c, image),
        .endpoint_id = str_lower(c->arena, w->endpoint_id),
        .endpoint_name = endpoint_name,
        .path = path,
    };
    bool is_new;

    return row_store(c, &row, out, &is_new);
}

enum err wish_go_on(struct ctx *c, const struct globus_endpoint *known, struct transfer_result *out)
{
    const struct transfer *t = &out->transfer;

    if (t->state == TRANSFER_CANCELLED && !t->finished_at)
        return FAIL(c, ERR_CONFLICT,
                    "This very transfer is being cancelled at Globus; try again in a moment.");
    if (t->finished_at || t->task_id.len) {
        out->message =
            t->finished_at ? t->state_text : STR("This image is on its way there already.");
        return ERR_OK;
    }
    return submit_wish(c, known, out);
}

enum err wish_keep(struct ctx *c, const struct failure *why, struct transfer_result *out)
{
    if (out->transfer.task_id.len || out->transfer.state == TRANSFER_CANCELLED)
        return wish_go_on(c, NULL, out);
    c->failure = *why;
    return submit_settle(c, why->err, out);
}

/* Globus cannot tell about the endpoint now: the wish is kept all the same. */
static enum err keep_for_later(struct ctx *c, const struct transfer_wish *w,
                               const struct container *image, struct str path, enum err e,
                               struct transfer_result *out)
{
    struct failure why = c->failure;

    if (!submit_may_keep(e))
        return e;
    TRY(store(c, w, image, w->endpoint_id, path, &out->transfer));
    return wish_keep(c, &why, out);
}

enum err wish_check(struct ctx *c, const struct transfer_wish *w, struct container *image,
                    struct str *path)
{
    TRY(wish_check_endpoint_id(c, w->endpoint_id));
    TRY(container_get(c, w->viewer, w->container_id, image));
    TRY(container_check_sound(c, image));
    TRY(submit_check_source(c, image->is_private));
    return path_resolve(c, w->path, w->file.len ? w->file : path_file_name(c->arena, &image->name),
                        path);
}

/* The folder that the user chose: what the file's own name, which may have parts, was put into. */
static struct str folder_of(const struct transfer_wish *w, struct str path)
{
    struct str folder, name;

    if (w->file.len)
        return str_take(path, path.len - w->file.len);
    (void)str_cut_last(path, '/', &folder, &name);
    return str_take(path, path.len - name.len);
}

enum err transfer_create(struct ctx *c, const struct transfer_wish *w, struct transfer_result *out)
{
    struct globus_endpoint endpoint;
    struct container image;
    struct str path;
    enum err e;

    *out = (struct transfer_result){0};
    TRY(wish_check(c, w, &image, &path));
    e = ask_endpoint(c, w->user_id, w->endpoint_id, &endpoint, &out->demands);
    if (e != ERR_OK)
        return keep_for_later(c, w, &image, path, e, out);
    TRY(wish_check_destination(c, w->user_id, &endpoint));
    if (path_is_bare(path))
        TRY(path_in_directory(c, endpoint.default_directory, path, &path));
    TRY(store(c, w, &image, endpoint.display_name, path, &out->transfer));
    e = wish_go_on(c, &endpoint, out);
    if (e == ERR_OK || submit_may_keep(e))
        destination_note(c, w->user_id, &endpoint, folder_of(w, path));
    return e;
}

enum err transfer_create_usual(struct ctx *c, const struct transfer_wish *w,
                               struct transfer_wish *made, struct transfer_result *out)
{
    struct destination usual;
    struct container image;
    struct str pattern;
    bool found;

    *out = (struct transfer_result){0};
    *made = *w;
    TRY(container_get(c, w->viewer, w->container_id, &image));
    TRY(destination_usual(c, w->user_id, &found, &usual));
    if (!found)
        return FAIL(c, ERR_NOT_FOUND,
                    "You have no usual place yet: send an image somewhere once, or star a place.");
    TRY(pattern_of(c, w->user_id, &pattern));
    TRY(pattern_expand(c, pattern, &image, &made->file));
    made->endpoint_id = usual.endpoint_id;
    made->path = usual.folder;
    return transfer_create(c, made, out);
}

enum err transfer_resume(struct ctx *c, int64_t user_id, struct str id, struct transfer_result *out)
{
    *out = (struct transfer_result){0};
    TRY(transfer_get(c, user_id, id, &out->transfer));
    return wish_go_on(c, NULL, out);
}
