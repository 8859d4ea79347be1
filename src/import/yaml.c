/*
 * settings.yaml of sregistry 2.1: one mapping of names to plain values and lists. What YAML could
 * say besides is reported as not read.
 */
#include "assignment.h"

enum { YAML_LINE_MAX = 8192 };

struct yaml {
    struct ctx *c;
    const char *file;
    int line;
    struct assignment row; /* of the last name: a list's items follow below it */
    bool takes_items;
    struct assignments *out;
};

static const struct str unread = STR_INIT("it is written in a way that is not read here");

static bool is_one_of(struct str s, const char *const *list)
{
    for (; *list; list++) {
        if (str_eq_nocase(s, str_of(*list)))
            return true;
    }
    return false;
}

/* "…" with escapes and '…' with doubled quotes; false: more than that. */
static bool unquote(struct arena *a, struct str *s)
{
    struct buf text = {.arena = a};
    char quote = s->ptr[0];
    struct str rest = str_skip(*s, 1);

    while (rest.len) {
        char b = rest.ptr[0];

        rest = str_skip(rest, 1);
        if (quote == '"' && b == '\\') {
            if (rest.len == 0 || !str_contains(STR("\"\\/"), rest.ptr[0]))
                return false;
            b = rest.ptr[0];
            rest = str_skip(rest, 1);
        } else if (b == quote && quote == '\'' && str_has_prefix(rest, STR("'"))) {
            rest = str_skip(rest, 1);
        } else if (b == quote) {
            rest = str_trim(rest);
            *s = buf_str(&text);
            return rest.len == 0 || rest.ptr[0] == '#';
        }
        buf_add_byte(&text, b);
    }
    return false;
}

/* A plain value ends at " #". */
static struct str without_comment(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '#' && (i == 0 || s.ptr[i - 1] == ' ' || s.ptr[i - 1] == '\t'))
            return str_trim(str_take(s, i));
    }
    return s;
}

static enum value_kind kind_of_plain(struct str s)
{
    static const char *const yes[] = {"true", "yes", "on", NULL};
    static const char *const no[] = {"false", "no", "off", NULL};
    static const char *const none[] = {"null", "~", "", NULL};
    int64_t ignored;

    if (is_one_of(s, none))
        return VALUE_NONE;
    if (is_one_of(s, yes) || is_one_of(s, no))
        return VALUE_BOOL;
    return str_to_int(s, INT64_MIN, INT64_MAX, &ignored) ? VALUE_NUMBER : VALUE_TEXT;
}

static enum err add_scalar(struct yaml *y, struct str s, bool is_item)
{
    struct assignment row = y->row;

    row.line = y->line;
    row.kind = VALUE_TEXT;
    row.text = s;
    if (s.len && (s.ptr[0] == '"' || s.ptr[0] == '\'')) {
        if (!unquote(y->c->arena, &row.text))
            row.kind = VALUE_COMPUTED;
    } else if (s.len && str_contains(STR("[{|>&*!%@`"), s.ptr[0])) {
        row.kind = VALUE_COMPUTED;
    } else {
        static const char *const yes[] = {"true", "yes", "on", NULL};

        row.text = without_comment(s);
        row.kind = kind_of_plain(row.text);
        if (row.kind == VALUE_BOOL)
            row.text = is_one_of(row.text, yes) ? STR("true") : STR("false");
    }
    if (row.kind == VALUE_COMPUTED)
        row.text = unread;
    if (row.kind == VALUE_NONE)
        return ERR_OK; /* as if it were not there, which is how the old server takes it */
    if (is_item && row.kind != VALUE_COMPUTED)
        row.kind = VALUE_ITEM;
    return assignments_add(y->c, y->out, row);
}

static bool is_name(struct str s)
{
    return s.len && s.len <= 100 &&
           str_is_made_of(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ");
}

static enum err read_pair(struct yaml *y, struct str line)
{
    struct str name, value;

    if (!str_cut(line, ':', &name, &value) || !is_name(str_trim(name)) ||
        (value.len && value.ptr[0] != ' ' && value.ptr[0] != '\t'))
        return FAIL(y->c, ERR_INPUT, "%s:%d: expected NAME: value", y->file, y->line);
    name = str_trim(name);
    value = str_trim(value);
    y->row = (struct assignment){
        .name = name, .target = name, .file = y->file, .statement = ++y->out->statements};
    y->takes_items = without_comment(value).len == 0;
    return y->takes_items ? ERR_OK : add_scalar(y, value, false);
}

/* A line further in: an item of a list, or something that belongs to the name above. */
static enum err read_below(struct yaml *y, struct str line)
{
    if (y->row.name.len == 0)
        return FAIL(y->c, ERR_INPUT, "%s:%d: expected NAME: value", y->file, y->line);
    if (!y->takes_items)
        return ERR_OK;
    if (str_has_prefix(line, STR("- "))) {
        TRY(add_scalar(y, str_trim(str_skip(line, 2)), true));
        y->row.adds = true;
        return ERR_OK;
    }
    y->takes_items = false;
    return add_scalar(y, STR("{"), false);
}

static enum err read_line(struct yaml *y, struct str line)
{
    bool is_below = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '-');
    struct str inside = str_trim(line);

    if (inside.len == 0 || inside.ptr[0] == '#')
        return ERR_OK;
    if (line.ptr[0] == '\t')
        return FAIL(y->c, ERR_INPUT, "%s:%d: YAML is not indented by tabs", y->file, y->line);
    if (line.len > YAML_LINE_MAX)
        return FAIL(y->c, ERR_INPUT, "%s:%d: longer than %d bytes", y->file, y->line,
                    YAML_LINE_MAX);
    if (str_eq(inside, STR("---")) || str_eq(inside, STR("...")) || line.ptr[0] == '%')
        return ERR_OK;
    return is_below ? read_below(y, inside) : read_pair(y, inside);
}

enum err yaml_read(struct ctx *c, const char *file, struct str text, struct assignments *out)
{
    struct yaml y = {.c = c, .file = file, .out = out};

    while (text.len) {
        struct str line;

        (void)str_cut(text, '\n', &line, &text);
        if (++y.line > OLD_LINES_MAX)
            return FAIL(c, ERR_INPUT, "%s: longer than %d lines", file, OLD_LINES_MAX);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        TRY(read_line(&y, line));
    }
    return ERR_OK;
}
