#include "transfer/preflight.h"

#include "handlers.h"
#include "viewer.h"
#include "way.h"

enum { PATH_MAX_BYTES = 2048 };

struct check_view {
    struct str name, result, text;
};
// clang-format off
static const struct json_field check_fields[] = {
    {"check",  JSON_STR, offsetof(struct check_view, name),   0, 0, NULL},
    {"result", JSON_STR, offsetof(struct check_view, result), 0, 0, NULL},
    {"text",   JSON_STR, offsetof(struct check_view, text),   0, 0, NULL},
};
// clang-format on
static const struct json_shape check_shape = JSON_SHAPE(struct check_view, check_fields);

struct preflight_view {
    struct str path, transfer_id;
    bool is_there;
    struct json_list checks;
};
// clang-format off
static const struct json_field preflight_fields[] = {
    {"path",          JSON_STR,  offsetof(struct preflight_view, path),        0,                  0, NULL        },
    {"already_there", JSON_BOOL, offsetof(struct preflight_view, is_there),    0,                  0, NULL        },
    {"transfer_id",   JSON_STR,  offsetof(struct preflight_view, transfer_id), JSON_NULL_IF_EMPTY, 0, NULL        },
    {"checks",        JSON_LIST, offsetof(struct preflight_view, checks),      0,                  0, &check_shape},
};
// clang-format on
static const struct json_shape preflight_shape =
    JSON_SHAPE(struct preflight_view, preflight_fields);

static enum err read_wish(struct req *r, struct transfer_wish *out)
{
    *out = (struct transfer_wish){.user_id = app_session(r)->user.id,
                                  .viewer = app_viewer(r),
                                  .endpoint_id = req_path(r, "id")};
    TRY(req_query(r, "path", PATH_MAX_BYTES, &out->path));
    TRY(req_query_id(r, "container_id", &out->container_id));
    if (out->container_id == 0)
        return FAIL_FIELD(r->ctx, "container_id", "container_id: must be the number of an image");
    return ERR_OK;
}

/* GET /api/globus/endpoints/{id}/preflight?container_id=&path= */
enum err handle_endpoint_preflight(struct req *r)
{
    struct check_view checks[PREFLIGHT_CHECKS];
    struct preflight found;
    struct preflight_view view;
    struct transfer_wish wish;

    TRY(read_wish(r, &wish));
    TRY(transfer_preflight(r->ctx, &wish, &found));
    for (size_t i = 0; i < PREFLIGHT_CHECKS; i++) {
        const struct preflight_check *k = &found.checks[i];

        checks[i] =
            (struct check_view){str_of(k->name), str_of(preflight_result_name(k->result)), k->text};
    }
    view = (struct preflight_view){
        .path = found.path,
        .transfer_id = found.transfer_id,
        .is_there = found.transfer_id.len > 0,
        .checks = {checks, PREFLIGHT_CHECKS}
    };
    return reply_json(r, 200, &preflight_shape, &view);
}
