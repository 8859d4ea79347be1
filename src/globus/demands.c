#include "demands.h"

#include "base/json.h"

#include <cjson/cJSON.h>

enum {
    LIST_MAX = 4096,      /* bytes of one joined list: it becomes part of a URL */
    TEXT_MAX = 64 * 1024, /* of a message that is searched for JSON */
    OBJECTS_MAX = 8,      /* tried in one message */
};

#define IDENTITY_URN "urn:globus:auth:identity:"

static struct str string_of(const cJSON *value)
{
    return cJSON_IsString(value) ? str_of(value->valuestring) : STR_NONE;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void join_item(struct buf *list, char separator, struct str item)
{
    if (str_has_prefix(item, STR(IDENTITY_URN)))
        item = str_skip(item, sizeof IDENTITY_URN - 1);
    if (item.len == 0 || list->len + item.len >= LIST_MAX)
        return;
    if (list->len)
        buf_add_byte(list, separator);
    buf_add(list, item);
}

/*
 * Lists come as arrays and as strings joined by commas; both become one string. Scopes are never
 * cut apart.
 */
static struct str join(struct arena *a, const cJSON *value, char separator)
{
    struct buf list = {.arena = a};
    struct str text = string_of(value), item;
    const cJSON *child;

    if (separator == ' ')
        join_item(&list, separator, text);
    while (separator != ' ' && text.len) {
        str_cut(text, ',', &item, &text);
        join_item(&list, separator, str_trim(item));
    }
    if (cJSON_IsArray(value)) {
        cJSON_ArrayForEach (child, value)
            join_item(&list, separator, string_of(child));
    }
    return buf_str(&list);
}

static bool is_empty(const struct globus_demands *d)
{
    return !d->scopes.len && !d->identities.len && !d->single_domain.len && !d->policies.len &&
           !d->prompt.len && !d->mfa;
}

static void read_parameters(struct arena *a, const cJSON *p, struct globus_demands *out)
{
    *out = (struct globus_demands){
        .scopes = join(a, member(p, "required_scopes"), ' '),
        .identities = join(a, member(p, "session_required_identities"), ','),
        .single_domain = join(a, member(p, "session_required_single_domain"), ','),
        .policies = join(a, member(p, "session_required_policies"), ','),
        .mfa = cJSON_IsTrue(member(p, "session_required_mfa")),
        .prompt = string_of(member(p, "prompt")),
        .message = string_of(member(p, "session_message")),
    };
}

/* What older servers said instead of authorization_parameters. */
static void read_detail(struct arena *a, const cJSON *detail, struct globus_demands *out)
{
    struct str type = string_of(member(detail, "DATA_TYPE"));

    if (str_has_prefix(type, STR("not_from_allowed_domain")))
        out->single_domain = join(a, member(detail, "allowed_domains"), ',');
    else if (str_has_prefix(type, STR("authentication_timeout")))
        out->prompt = STR("login");
}

/*
 * One object that may carry a demand: a document, a member of errors[], or JSON quoted in a
 * message.
 */
static bool read_object(struct arena *a, const cJSON *object, struct globus_demands *out)
{
    struct str code = string_of(member(object, "code"));

    read_parameters(a, member(object, "authorization_parameters"), out);
    if (out->scopes.len == 0)
        out->scopes = join(a, member(object, "required_scopes"), ' ');
    if (out->scopes.len == 0)
        out->scopes = join(a, member(object, "required_scope"), ' ');
    if (is_empty(out))
        read_detail(a, member(object, "detail"), out);
    return !is_empty(out) || str_eq(code, STR("ConsentRequired")) ||
           str_eq(code, STR("AuthorizationRequired"));
}

/*
 * The JSON object that begins at text[0], by counting braces outside of strings; absent when it
 * does not end.
 */
static struct str object_text(struct str text)
{
    bool quoted = false;
    int depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];

        if (quoted && byte == '\\')
            i++;
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && byte == '{')
            depth++;
        else if (!quoted && byte == '}' && --depth == 0)
            return str_take(text, i + 1);
    }
    return STR_NONE;
}

/*
 * Servers before the top-level member existed put their JSON into the GridFTP reply, and that into
 * the message.
 */
static bool search_message(struct ctx *c, struct str message, struct globus_demands *out)
{
    struct str before, rest = str_take(message, TEXT_MAX);

    for (int i = 0; i < OBJECTS_MAX && str_cut(rest, '{', &before, &rest); i++) {
        struct str text = object_text(str_view(rest.ptr - 1, rest.len + 1));
        cJSON *tree;

        if (text.len && json_parse(c, text, &tree) == ERR_OK && read_object(c->arena, tree, out))
            return true;
    }
    return false;
}

bool demands_find(struct ctx *c, const struct cJSON *document, struct globus_demands *out)
{
    struct globus_demands demands;
    const cJSON *item;
    bool found = read_object(c->arena, document, &demands);

    cJSON_ArrayForEach (item, member(document, "errors"))
        found = found || read_object(c->arena, item, &demands);
    found = found || search_message(c, string_of(member(document, "message")), &demands);
    ctx_forgive(c);
    if (found)
        *out = demands;
    return found;
}
