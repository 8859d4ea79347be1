#include "layout.h"

#include "base/json.h"

#include <cjson/cJSON.h>

static bool is_there(const struct sif_label *labels, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(labels[i].name, name))
            return true;
    }
    return false;
}

static void add(struct ctx *c, struct str name, struct str value, struct sif_label *labels,
                size_t *count)
{
    if (name.len == 0 || name.len > SIF_LABEL_NAME_MAX || value.len > SIF_LABEL_VALUE_MAX ||
        *count == SIF_LABELS_MAX || is_there(labels, *count, name))
        return;
    labels[(*count)++] = (struct sif_label){str_dup(c->arena, name), str_dup(c->arena, value)};
}

static void add_members(struct ctx *c, const cJSON *object, struct sif_label *labels, size_t *count)
{
    const cJSON *member;

    cJSON_ArrayForEach (member, object) {
        if (cJSON_IsString(member))
            add(c, str_of(member->string), str_of(member->valuestring), labels, count);
    }
}

/*
 * What there is to inspect, as Singularity 3.5 and later, and Apptainer, keep it:
 * {"data": {"attributes": {"labels": {...}}}}. Earlier ones grouped labels by partition:
 * {"system-partition": {...}}; `siftool add --datatype 3` is given plain ones.
 */
void labels_add(struct ctx *c, struct str json, struct sif_label *labels, size_t *count)
{
    const cJSON *inspected, *group;
    cJSON *root = NULL;

    if (json_parse(c, json, &root) != ERR_OK) {
        ctx_forgive(c);
        return;
    }
    inspected = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "data"),
                                         "attributes"),
        "labels");
    if (inspected) {
        add_members(c, inspected, labels, count);
        return;
    }
    add_members(c, root, labels, count);
    cJSON_ArrayForEach (group, root) {
        if (cJSON_IsObject(group))
            add_members(c, group, labels, count);
    }
}
