#include "python.h"

enum { DICTS_MAX = 4 };

struct value {
    enum value_kind kind;
    struct str text;
};

static const struct str unknown = STR_INIT("it is computed when the old server starts");

static bool opens(char b)
{
    return b == '(' || b == '[' || b == '{';
}

static bool closes(char b)
{
    return b == ')' || b == ']' || b == '}';
}

/* Over an expression: to a comma, a closing bracket or the end. */
static enum err skip_expression(struct python *p, bool to_colon)
{
    size_t depth = 0;

    for (python_skip_blank(p); p->at < p->end; python_skip_blank(p)) {
        char b = *p->at;

        if (depth == 0 && (b == ',' || (to_colon && b == ':')))
            return ERR_OK;
        if (closes(b) && depth-- == 0)
            return ERR_OK;
        depth += opens(b) ? 1 : 0;
        if (python_quotes(p))
            TRY(python_skip_string(p));
        else
            python_skip(p, 1);
    }
    return ERR_OK;
}

/* ---- plain values ---------------------------------------------------------------------------- */

static enum err read_strings(struct python *p, struct value *out)
{
    bool is_known;

    TRY(python_strings(p, &out->text, &is_known));
    out->kind = VALUE_TEXT;
    if (!is_known)
        *out = (struct value){VALUE_COMPUTED, unknown};
    return ERR_OK;
}

static bool take(struct python *p, struct str word)
{
    if (!str_has_prefix(str_view(p->at, (size_t)(p->end - p->at)), word))
        return false;
    python_skip(p, word.len);
    return true;
}

/* os.environ.get("X", …), os.environ["X"], os.getenv("X"): the name, which is no secret. */
static enum err read_environment(struct python ahead, struct value *out)
{
    struct python *p = &ahead;
    struct value name;

    *out = (struct value){VALUE_COMPUTED, unknown};
    if (!take(p, STR("os.environ.get(")) && !take(p, STR("os.environ[")) &&
        !take(p, STR("os.getenv(")))
        return ERR_OK;
    if (!python_is_string(p))
        return ERR_OK;
    TRY(read_strings(p, &name));
    if (name.kind == VALUE_TEXT && name.text.len && name.text.len <= 60 &&
        str_is_made_of(name.text,
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"))
        out->text = str_printf(p->c->arena,
                               "it comes from " STR_FMT " in the environment of the old server",
                               STR_ARG(name.text));
    return ERR_OK;
}

static enum err read_word(struct python *p, struct value *out)
{
    struct python ahead = *p;
    struct str word = python_identifier(&ahead);

    if (str_eq(word, STR("os")))
        return read_environment(*p, out);
    *p = ahead;
    *out = (struct value){VALUE_COMPUTED, unknown};
    if (str_eq(word, STR("True")) || str_eq(word, STR("False")))
        *out = (struct value){VALUE_BOOL, str_lower(p->c->arena, word)};
    if (str_eq(word, STR("None")))
        *out = (struct value){VALUE_NONE, STR_NONE};
    return ERR_OK;
}

static struct value read_number(struct python *p)
{
    struct buf digits = {.arena = p->c->arena};

    while (str_contains(STR("0123456789_+-"), python_peek(p, 0)) && p->at < p->end) {
        if (*p->at != '_')
            buf_add_byte(&digits, *p->at);
        python_skip(p, 1);
    }
    return (struct value){VALUE_NUMBER, buf_str(&digits)};
}

static enum err read_plain(struct python *p, struct value *out)
{
    char b = python_peek(p, 0);

    if (python_is_string(p))
        TRY(read_strings(p, out));
    else if (str_contains(STR("0123456789-"), b) && b)
        *out = read_number(p);
    else
        TRY(read_word(p, out));
    python_skip_blank(p);
    b = python_peek(p, 0);
    if (b == '\0' || b == ',' || closes(b))
        return ERR_OK;
    if (out->kind != VALUE_COMPUTED)
        *out = (struct value){VALUE_COMPUTED, unknown}; /* "a" + b, 60 * 60, x if y else z */
    return skip_expression(p, false);
}

/* ---- what holds others ----------------------------------------------------------------------- */

static enum err read_any(struct python *p, struct assignment row, size_t dicts,
                         struct assignments *out);

static enum err add(struct python *p, struct assignment row, struct value v,
                    struct assignments *out)
{
    row.kind = v.kind;
    row.text = v.text;
    return assignments_add(p->c, out, row);
}

static enum err read_item(struct python *p, struct value *v)
{
    char b = python_peek(p, 0);

    if (!opens(b))
        return read_plain(p, v);
    *v = (struct value){VALUE_COMPUTED, unknown};
    return skip_expression(p, false);
}

static enum err add_item(struct python *p, struct assignment row, struct assignments *out)
{
    struct value v;

    row.line = p->line;
    TRY(read_item(p, &v));
    TRY(skip_expression(p, false));
    if (v.kind != VALUE_COMPUTED)
        v.kind = VALUE_ITEM;
    return add(p, row, v, out);
}

/* The items up to the closing bracket, which is left for the caller. */
static enum err read_items(struct python *p, struct assignment row, struct assignments *out)
{
    for (python_skip_blank(p); p->at < p->end && !closes(*p->at); python_skip_blank(p)) {
        TRY(add_item(p, row, out));
        if (python_peek(p, 0) == ',')
            python_skip(p, 1);
        row.adds = true;
    }
    return ERR_OK;
}

/* Brackets around one value that has no comma are only brackets: true, and the value is read. */
static enum err read_bracketed(struct python *p, struct value *v, bool *is_one)
{
    struct python ahead = *p;

    *is_one = false;
    if (python_peek(p, 0) != '(')
        return ERR_OK;
    python_skip(&ahead, 1);
    python_skip_blank(&ahead);
    if (closes(python_peek(&ahead, 0)))
        return ERR_OK;
    TRY(read_item(&ahead, v));
    python_skip_blank(&ahead);
    *is_one = python_peek(&ahead, 0) == ')';
    if (*is_one) {
        python_skip(&ahead, 1);
        *p = ahead;
    }
    return ERR_OK;
}

static enum err read_list(struct python *p, struct assignment row, struct assignments *out)
{
    size_t before = out->count;
    struct value v;
    bool is_one;

    TRY(read_bracketed(p, &v, &is_one));
    if (is_one)
        return add(p, row, v, out);
    python_skip(p, 1);
    TRY(read_items(p, row, out));
    python_skip(p, 1);
    if (out->count > before)
        return ERR_OK;
    return add(p, row, (struct value){VALUE_NONE, STR_NONE}, out);
}

/*
 * The key of a dict's entry as a name: of the value below the dict, but of a setting itself in the
 * dicts of defaults of sregistry 2.1.
 */
static struct str name_of_entry(struct python *p, const struct assignment *row, struct str key)
{
    if (str_has_suffix(row->target, STR("_DEFAULTS")) && str_eq(row->target, row->name))
        return key;
    return str_printf(p->c->arena, STR_FMT "." STR_FMT, STR_ARG(row->name), STR_ARG(key));
}

static bool is_key(struct str s)
{
    return s.len && s.len <= 60 &&
           str_is_made_of(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}

static enum err read_entry(struct python *p, struct assignment row, size_t dicts,
                           struct assignments *out)
{
    struct value key = {VALUE_COMPUTED, STR_NONE};

    row.line = p->line;
    if (python_is_string(p))
        TRY(read_strings(p, &key));
    TRY(skip_expression(p, true));
    if (python_peek(p, 0) != ':')
        return ERR_OK;
    python_skip(p, 1);
    python_skip_blank(p);
    if (key.kind != VALUE_TEXT || !is_key(key.text))
        return skip_expression(p, false);
    row.name = name_of_entry(p, &row, key.text);
    if (str_eq(row.name, key.text))
        row.target = key.text;
    return read_any(p, row, dicts, out);
}

static enum err read_dict(struct python *p, struct assignment row, size_t dicts,
                          struct assignments *out)
{
    if (dicts == DICTS_MAX)
        return skip_expression(p, false);
    python_skip(p, 1);
    for (python_skip_blank(p); p->at < p->end && *p->at != '}'; python_skip_blank(p)) {
        TRY(read_entry(p, row, dicts + 1, out));
        TRY(skip_expression(p, false));
        if (python_peek(p, 0) == ',')
            python_skip(p, 1);
        else if (python_peek(p, 0) != '}')
            break;
    }
    python_skip(p, 1);
    return ERR_OK;
}

/* In settings.py of 2.1: what its own defaults say, and a list made of itself. */
static bool says_nothing(struct python *p, const struct assignment *row)
{
    struct str same = str_printf(p->c->arena, "list(set(" STR_FMT "))", STR_ARG(row->name));

    return take(p, STR("cfg.")) || take(p, same);
}

static enum err read_any(struct python *p, struct assignment row, size_t dicts,
                         struct assignments *out)
{
    struct value v;

    python_skip_blank(p);
    if (python_peek(p, 0) == '{')
        return read_dict(p, row, dicts, out);
    if (python_peek(p, 0) == '(' || python_peek(p, 0) == '[')
        return read_list(p, row, out);
    if (says_nothing(p, &row))
        return skip_expression(p, false);
    TRY(read_plain(p, &v));
    if (row.adds && v.kind != VALUE_COMPUTED)
        v = (struct value){VALUE_COMPUTED, unknown};
    row.adds = row.adds && str_eq(row.target, STR("PLUGINS_ENABLED"));
    return add(p, row, v, out);
}

enum err python_value(struct python *p, struct assignment row, struct assignments *out)
{
    size_t first = out->count;

    TRY(read_any(p, row, 0, out));
    python_skip_blank(p);
    if (p->at == p->end)
        return ERR_OK;
    out->count = first; /* (a) + (b), [x for x in y], a, b = c: not what it seemed to be */
    return add(p, row, (struct value){VALUE_COMPUTED, unknown}, out);
}
