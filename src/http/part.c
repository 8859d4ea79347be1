#include "part.h"

#include "http/body.h"

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && str_contains(STR("!#$%&'*+-.^_`|~"), c));
}

static struct str take_token(struct str *s)
{
    size_t len = 0;
    struct str token;

    while (len < s->len && is_token_byte(s->ptr[len]))
        len++;
    token = str_take(*s, len);
    *s = str_skip(*s, len);
    return token;
}

static void skip_blanks(struct str *s)
{
    while (s->len && (s->ptr[0] == ' ' || s->ptr[0] == '\t'))
        *s = str_skip(*s, 1);
}

static bool take_byte(struct str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = str_skip(*s, 1);
    return true;
}

/* s is behind the opening quote. A backslash takes the next byte with it, so an escaped quote does
 * not end the value. */
static bool take_quoted(struct str *s, struct str *value)
{
    size_t len = 0;

    while (len < s->len && s->ptr[len] != '"')
        len += s->ptr[len] == '\\' ? 2 : 1;
    if (len >= s->len)
        return false;
    *value = str_take(*s, len);
    *s = str_skip(*s, len + 1);
    return true;
}

bool param_next(struct str *rest, struct str *name, struct str *value)
{
    if (!take_byte(rest, ';'))
        return false;
    skip_blanks(rest);
    *name = take_token(rest);
    if (name->len == 0 || !take_byte(rest, '='))
        return false;
    if (take_byte(rest, '"')) {
        if (!take_quoted(rest, value))
            return false;
    } else {
        *value = take_token(rest);
        if (value->len == 0)
            return false;
    }
    skip_blanks(rest);
    return true;
}

static enum err check_name(struct ctx *c, struct str name)
{
    if (name.len == 0 || name.len > MULTIPART_NAME_MAX)
        return FAIL(c, ERR_INPUT,
                    "A part of the body has a name of %zu bytes; 1 to %d are allowed.", name.len,
                    MULTIPART_NAME_MAX);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] > '~' || name.ptr[i] == '\\')
            return FAIL(c, ERR_INPUT, "The name of a part of the body must be plain ASCII.");
    }
    return ERR_OK;
}

static enum err parse_disposition(struct ctx *c, struct str value, struct part *out)
{
    struct str type = take_token(&value), name, text;

    skip_blanks(&value);
    if (!str_eq_nocase(type, STR("form-data")))
        return FAIL(c, ERR_INPUT, "A part of the body is not form-data.");
    while (value.len) {
        if (!param_next(&value, &name, &text))
            return FAIL(c, ERR_INPUT,
                        "The Content-Disposition of a part of the body is malformed.");
        if (str_eq_nocase(name, STR("name"))) {
            if (out->name.len)
                return FAIL(c, ERR_INPUT, "A part of the body has two names.");
            TRY(check_name(c, text));
            out->name = text;
        } else if (str_eq_nocase(name, STR("filename")) || str_eq_nocase(name, STR("filename*"))) {
            out->has_filename = true;
        }
    }
    if (out->name.len == 0)
        return FAIL(c, ERR_INPUT, "A part of the body has no name.");
    return ERR_OK;
}

static bool take_line(struct str *lines, struct str *line)
{
    if (lines->len == 0)
        return false;
    str_cut(*lines, '\n', line, lines);
    if (str_has_suffix(*line, STR("\r")))
        line->len--;
    return true;
}

enum err part_parse(struct ctx *c, struct str lines, struct part *out)
{
    struct part part = {.has_filename = false};
    struct str line;

    while (take_line(&lines, &line)) {
        struct str name = take_token(&line);

        if (name.len == 0 || !take_byte(&line, ':'))
            return FAIL(c, ERR_INPUT, "A part of the body has a malformed header line.");
        if (!str_eq_nocase(name, STR("Content-Disposition")))
            continue;
        if (part.name.len)
            return FAIL(c, ERR_INPUT, "A part of the body has two Content-Disposition lines.");
        TRY(parse_disposition(c, str_trim(line), &part));
    }
    if (part.name.len == 0)
        return FAIL(c, ERR_INPUT, "A part of the body has no name.");
    *out = part;
    return ERR_OK;
}
