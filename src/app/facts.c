/* What an image says of itself. */
#include "registry/facts.h"

#include "handlers.h"
#include "viewer.h"

#include "registry/collection.h"

struct facts_view {
    struct str format, remark, architecture, definition;
    int64_t built_at;
    struct json_list labels, objects;
};
// clang-format off
static const struct json_field facts_fields[] = {
    {"format",       JSON_STR,  offsetof(struct facts_view, format),       0,                  0, NULL             },
    {"remark",       JSON_STR,  offsetof(struct facts_view, remark),       JSON_NULL_IF_EMPTY, 0, NULL             },
    {"architecture", JSON_STR,  offsetof(struct facts_view, architecture), JSON_NULL_IF_EMPTY, 0, NULL             },
    {"built_at",     JSON_TIME, offsetof(struct facts_view, built_at),     0,                  0, NULL             },
    {"definition",   JSON_STR,  offsetof(struct facts_view, definition),   JSON_NULL_IF_EMPTY, 0, NULL             },
    {"labels",       JSON_LIST, offsetof(struct facts_view, labels),       0,                  0, &sif_label_shape },
    {"objects",      JSON_LIST, offsetof(struct facts_view, objects),      0,                  0, &sif_object_shape},
};
// clang-format on
static const struct json_shape facts_shape = JSON_SHAPE(struct facts_view, facts_fields);

struct facts_answer {
    const struct facts_view *facts;
};
static const struct json_field facts_answer_fields[] = {
    {"facts", JSON_OBJECT, offsetof(struct facts_answer, facts), 0, 0, &facts_shape},
};
static const struct json_shape facts_answer_shape =
    JSON_SHAPE(struct facts_answer, facts_answer_fields);

static enum err find(struct req *r, bool *found, struct sif_facts *out)
{
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(container_get(r->ctx, app_viewer(r), id, &k));
    return facts_get(r->ctx, k.image_id, found, out);
}

/* GET /api/portal/containers/{id}/facts; null until the agent has read an image that no push
   brought. */
enum err handle_facts(struct req *r)
{
    struct facts_view view;
    struct sif_facts f;
    bool found;

    TRY(find(r, &found, &f));
    if (!found)
        return reply_json(r, 200, &facts_answer_shape, &(struct facts_answer){NULL});
    view = (struct facts_view){
        .format = str_of(image_format_name(f.format)),
        .remark = f.remark,
        .architecture = f.architecture,
        .definition = f.definition,
        .built_at = f.built_at,
        .labels = {f.labels,  f.label_count },
        .objects = {f.objects, f.object_count},
    };
    return reply_json(r, 200, &facts_answer_shape, &(struct facts_answer){&view});
}

/* GET /containers/{id}/download/recipe, where the predecessor had it */
enum err handle_recipe(struct req *r)
{
    struct sif_facts f;
    bool found;

    TRY(find(r, &found, &f));
    if (!found || f.definition.len == 0)
        return FAIL(r->ctx, ERR_NOT_FOUND, "This image carries no definition file.");
    return reply_bytes(r, 200, "text/plain; charset=utf-8", f.definition);
}
