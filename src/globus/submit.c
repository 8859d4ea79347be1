#include "call.h"

#include "globus/transfer.h"

enum { LABEL_MAX_CHARS = 128 };

/* ---- what goes out --------------------------------------------------------------------------- */

struct item_document {
    struct str data_type, source_path, destination_path, external_checksum, checksum_algorithm;
    bool recursive;
};

// clang-format off
static const struct json_field item_fields[] = {
    {"DATA_TYPE",          JSON_STR,  offsetof(struct item_document, data_type),          0,               0, NULL},
    {"source_path",        JSON_STR,  offsetof(struct item_document, source_path),        0,               0, NULL},
    {"destination_path",   JSON_STR,  offsetof(struct item_document, destination_path),   0,               0, NULL},
    {"recursive",          JSON_BOOL, offsetof(struct item_document, recursive),          0,               0, NULL},
    {"external_checksum",  JSON_STR,  offsetof(struct item_document, external_checksum),  JSON_OMIT_EMPTY, 0, NULL},
    {"checksum_algorithm", JSON_STR,  offsetof(struct item_document, checksum_algorithm), JSON_OMIT_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape item_shape = JSON_SHAPE(struct item_document, item_fields);

struct submit_document {
    struct str data_type, submission_id, source_endpoint, destination_endpoint, label;
    bool verify_checksum, encrypt_data, fail_on_quota_errors, skip_source_errors;
    bool mails_end, mails_failure, mails_trouble;
    int64_t sync_level;
    struct json_list data;
};

// clang-format off
static const struct json_field submit_fields[] = {
    {"DATA_TYPE",            JSON_STR,  offsetof(struct submit_document, data_type),            0,               0, NULL},
    {"submission_id",        JSON_STR,  offsetof(struct submit_document, submission_id),        0,               0, NULL},
    {"source_endpoint",      JSON_STR,  offsetof(struct submit_document, source_endpoint),      0,               0, NULL},
    {"destination_endpoint", JSON_STR,  offsetof(struct submit_document, destination_endpoint), 0,               0, NULL},
    {"label",                JSON_STR,  offsetof(struct submit_document, label),                JSON_OMIT_EMPTY, 0, NULL},
    {"sync_level",           JSON_INT,  offsetof(struct submit_document, sync_level),           0,               0, NULL},
    {"verify_checksum",      JSON_BOOL, offsetof(struct submit_document, verify_checksum),      0,               0, NULL},
    {"encrypt_data",         JSON_BOOL, offsetof(struct submit_document, encrypt_data),         0,               0, NULL},
    {"fail_on_quota_errors", JSON_BOOL, offsetof(struct submit_document, fail_on_quota_errors), 0,               0, NULL},
    {"skip_source_errors",   JSON_BOOL, offsetof(struct submit_document, skip_source_errors),   0,               0, NULL},
    {"notify_on_succeeded",  JSON_BOOL, offsetof(struct submit_document, mails_end),            0,               0, NULL},
    {"notify_on_failed",     JSON_BOOL, offsetof(struct submit_document, mails_failure),        0,               0, NULL},
    {"notify_on_inactive",   JSON_BOOL, offsetof(struct submit_document, mails_trouble),        0,               0, NULL},
    {"DATA",                 JSON_LIST, offsetof(struct submit_document, data),                 0,               0, &item_shape},
};
// clang-format on
static const struct json_shape submit_shape = JSON_SHAPE(struct submit_document, submit_fields);

/* One file; recursive is false, so a directory there is an error. */
struct delete_item {
    struct str data_type, path;
};
static const struct json_field delete_item_fields[] = {
    {"DATA_TYPE", JSON_STR, offsetof(struct delete_item, data_type), 0, 0, NULL},
    {"path",      JSON_STR, offsetof(struct delete_item, path),      0, 0, NULL},
};
static const struct json_shape delete_item_shape =
    JSON_SHAPE(struct delete_item, delete_item_fields);

struct delete_document {
    struct str data_type, submission_id, endpoint, label;
    bool recursive, ignore_missing, interpret_globs, mails_end, mails_failure, mails_trouble;
    struct json_list data;
};
// clang-format off
static const struct json_field delete_fields[] = {
    {"DATA_TYPE",           JSON_STR,  offsetof(struct delete_document, data_type),       0, 0, NULL},
    {"submission_id",       JSON_STR,  offsetof(struct delete_document, submission_id),   0, 0, NULL},
    {"endpoint",            JSON_STR,  offsetof(struct delete_document, endpoint),        0, 0, NULL},
    {"label",               JSON_STR,  offsetof(struct delete_document, label),           JSON_OMIT_EMPTY, 0, NULL},
    {"recursive",           JSON_BOOL, offsetof(struct delete_document, recursive),       0, 0, NULL},
    {"ignore_missing",      JSON_BOOL, offsetof(struct delete_document, ignore_missing),  0, 0, NULL},
    {"interpret_globs",     JSON_BOOL, offsetof(struct delete_document, interpret_globs), 0, 0, NULL},
    {"notify_on_succeeded", JSON_BOOL, offsetof(struct delete_document, mails_end),       0, 0, NULL},
    {"notify_on_failed",    JSON_BOOL, offsetof(struct delete_document, mails_failure),   0, 0, NULL},
    {"notify_on_inactive",  JSON_BOOL, offsetof(struct delete_document, mails_trouble),   0, 0, NULL},
    {"DATA",                JSON_LIST, offsetof(struct delete_document, data),            0, 0, &delete_item_shape},
};
// clang-format on
static const struct json_shape delete_shape = JSON_SHAPE(struct delete_document, delete_fields);

/* ---- what comes back ------------------------------------------------------------------------- */

struct result_text {
    struct str code, message, task_id;
};

static const struct json_field result_fields[] = {
    {"code",    JSON_STR, offsetof(struct result_text, code),    JSON_LENIENT,  0, NULL},
    {"message", JSON_STR, offsetof(struct result_text, message), JSON_LENIENT,  0, NULL},
    {"task_id", JSON_STR, offsetof(struct result_text, task_id), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape result_shape = JSON_SHAPE(struct result_text, result_fields);

struct id_text {
    struct str value;
};
static const struct json_field id_fields[] = {
    {"value", JSON_STR, offsetof(struct id_text, value), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape id_shape = JSON_SHAPE(struct id_text, id_fields);

enum err globus_submission_id(struct ctx *c, struct globus_session *s, struct str *out)
{
    struct id_text t = {0};

    TRY(call_get(c, s, STR("/submission_id"), &id_shape, &t));
    if (!str_is_uuid(t.value))
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave no submission id; try again in a moment");
    *out = t.value;
    return ERR_OK;
}

/* At most 128 characters on one line, without blanks at the ends (§2.5). */
static struct str clean_label(struct arena *a, struct str label)
{
    struct buf out = {.arena = a};
    bool valid = str_is_utf8(label);
    size_t chars = 0;

    for (size_t i = 0; i < label.len; i++) {
        unsigned char byte = (unsigned char)label.ptr[i];
        bool begins_char = !valid || (byte & 0xc0) != 0x80;

        if (begins_char && ++chars > LABEL_MAX_CHARS)
            break;
        buf_add_byte(&out, (char)(byte < 0x20 || byte == 0x7f ? ' ' : byte));
    }
    return str_trim(buf_str(&out));
}

static struct json_list item_documents(struct arena *a, const struct globus_submit *t)
{
    struct item_document *documents = arena_alloc_array(a, t->item_count, sizeof *documents);

    for (size_t i = 0; i < t->item_count; i++) {
        const struct globus_item *item = &t->items[i];

        documents[i] = (struct item_document){
            .data_type = STR("transfer_item"),
            .source_path = item->source_path,
            .destination_path = item->destination_path,
            .recursive = false, /* a directory there is an error */
            .external_checksum = item->sha256_hex,
            .checksum_algorithm = item->sha256_hex.len ? STR("sha256") : STR_NONE,
        };
    }
    return (struct json_list){documents, t->item_count};
}

static struct str document(struct arena *a, const struct globus_submit *t)
{
    const struct submit_document d = {
        .data_type = STR("transfer"),
        .submission_id = t->submission_id,
        .source_endpoint = t->source_endpoint,
        .destination_endpoint = t->destination_endpoint,
        .label = clean_label(a, t->label),
        .sync_level = 3, /* by checksum: the only safe level to resume a failed transfer */
        .verify_checksum = t->verify_checksum,
        .encrypt_data = true,
        .fail_on_quota_errors = true, /* otherwise it retries until the deadline */
        .skip_source_errors = false,  /* otherwise a missing image would succeed */
        .mails_end = t->mails,
        .mails_failure = t->mails,
        .mails_trouble = t->mails,
        .data = item_documents(a, t),
    };
    struct buf out = {.arena = a};

    json_write(&out, &submit_shape, &d);
    return buf_str(&out);
}

/*
 * A 2xx that cannot be read is an answer lost: the task may exist, and the same document finds it.
 */
static enum err read_result(struct ctx *c, const struct call *call, struct globus_accepted *out)
{
    struct result_text t = {0};

    TRY(call_read(c, call, &result_shape, &t));
    if (!str_is_uuid(t.task_id))
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus named no task; the transfer will be submitted again");
    *out = (struct globus_accepted){
        .task_id = t.task_id,
        .message = t.message,
        .is_duplicate = str_eq(t.code, STR("Duplicate")),
    };
    return ERR_OK;
}

static enum err send_wish(struct ctx *c, struct globus_session *s, const char *path,
                          struct str document, struct globus_accepted *out)
{
    struct call call = call_transfer(c, s, "POST", str_of(path));
    enum err e;

    call.request.content_type = "application/json";
    call.request.body = document;
    e = call_send(c, &call, 1);
    if (e == ERR_OK)
        return read_result(c, &call, out);
    if (call.response.fault == NET_TOO_BIG)
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave an answer that is too long; the transfer will be submitted again");
    return e;
}

enum err globus_submit(struct ctx *c, struct globus_session *s, const struct globus_submit *t,
                       struct globus_accepted *out)
{
    return send_wish(c, s, "/transfer", document(c->arena, t), out);
}

enum err globus_delete(struct ctx *c, struct globus_session *s, struct str submission_id,
                       struct str endpoint, struct str path, struct str label,
                       struct globus_accepted *out)
{
    const struct delete_item item = {STR("delete_item"), path};
    const struct delete_document d = {
        .data_type = STR("delete"),
        .submission_id = submission_id,
        .endpoint = endpoint,
        .label = clean_label(c->arena, label),
        .data = {&item, 1},
    };
    struct buf text = {.arena = c->arena};

    json_write(&text, &delete_shape, &d);
    return send_wish(c, s, "/delete", buf_str(&text), out);
}
