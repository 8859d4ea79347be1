#include "python.h"

enum { DEPTH_MAX = 32 };

char python_peek(const struct python *p, size_t k)
{
    if ((size_t)(p->end - p->at) <= k)
        return '\0';
    return p->at[k];
}

void python_skip(struct python *p, size_t n)
{
    for (; n && p->at < p->end; n--) {
        if (*p->at++ == '\n')
            p->line++;
    }
}

static bool is_word(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_';
}

struct str python_identifier(struct python *p)
{
    const char *start = p->at;

    if (python_peek(p, 0) >= '0' && python_peek(p, 0) <= '9')
        return STR_NONE;
    while (is_word(python_peek(p, 0)))
        python_skip(p, 1);
    return p->at > start ? str_view(start, (size_t)(p->at - start)) : STR_NONE;
}

static void skip_comment(struct python *p)
{
    while (p->at < p->end && *p->at != '\n')
        p->at++;
}

static bool is_blank(char b)
{
    return b == ' ' || b == '\t' || b == '\r' || b == '\f';
}

void python_skip_blank(struct python *p)
{
    for (;;) {
        char b = python_peek(p, 0);

        if (b == '#')
            skip_comment(p);
        else if (b == '\\' && (python_peek(p, 1) == '\n' || python_peek(p, 1) == '\r'))
            python_skip(p, 2);
        else if (is_blank(b) || b == '\n')
            python_skip(p, 1);
        else
            return;
    }
}

/* ---- strings --------------------------------------------------------------------------------- */

size_t python_quotes(const struct python *p)
{
    char b = python_peek(p, 0);

    if (b != '"' && b != '\'')
        return 0;
    return python_peek(p, 1) == b && python_peek(p, 2) == b ? 3 : 1;
}

enum err python_skip_string(struct python *p)
{
    size_t quotes = python_quotes(p);
    char quote = python_peek(p, 0);
    int line = p->line;

    python_skip(p, quotes);
    while (p->at < p->end) {
        bool closes = quotes == 1 ? *p->at == quote : python_quotes(p) == 3 && *p->at == quote;

        if (*p->at == '\n' && quotes == 1)
            break;
        python_skip(p, closes ? quotes : *p->at == '\\' ? 2 : 1);
        if (closes)
            return ERR_OK;
    }
    return FAIL(p->c, ERR_INPUT, "%s:%d: a string begins here and does not end", p->file, line);
}

/* ---- statements ------------------------------------------------------------------------------ */

/* Which brackets are open, and where. */
struct brackets {
    char closing[DEPTH_MAX];
    int lines[DEPTH_MAX];
    size_t depth;
};

static char closing_of(char b)
{
    switch (b) {
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    default:
        return '\0';
    }
}

static enum err take_bracket(struct python *p, struct brackets *open)
{
    char b = *p->at, closing = closing_of(b);

    if (closing && open->depth == DEPTH_MAX)
        return FAIL(p->c, ERR_INPUT, "%s:%d: more than %d brackets inside each other", p->file,
                    p->line, DEPTH_MAX);
    if (closing) {
        open->closing[open->depth] = closing;
        open->lines[open->depth++] = p->line;
    } else if (b == ')' || b == ']' || b == '}') {
        if (open->depth == 0 || open->closing[open->depth - 1] != b)
            return FAIL(p->c, ERR_INPUT, "%s:%d: this %c closes nothing", p->file, p->line, b);
        open->depth--;
    }
    python_skip(p, 1);
    return ERR_OK;
}

/* To the end of the statement, which is the end of its line, a semicolon or the end of the file. */
static enum err skip_statement(struct python *p)
{
    struct brackets open = {.depth = 0};

    while (p->at < p->end) {
        char b = *p->at;

        if (open.depth == 0 && (b == '\n' || b == ';'))
            return ERR_OK;
        if (b == '#')
            skip_comment(p);
        else if (python_quotes(p))
            TRY(python_skip_string(p));
        else if (b == '\\')
            python_skip(p, python_peek(p, 1) == '\r' ? 3 : 2);
        else
            TRY(take_bracket(p, &open));
    }
    if (open.depth)
        return FAIL(p->c, ERR_INPUT, "%s:%d: a bracket opens here and does not close", p->file,
                    open.lines[open.depth - 1]);
    return ERR_OK;
}

/* A name in capitals is a setting there; the others are the file's own affairs. */
static bool is_setting(struct str name)
{
    return name.len >= 2 && str_is_made_of(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

static enum err read_statement(struct python *p, bool is_inside, struct assignments *out)
{
    struct assignment a = {.file = p->file, .line = p->line, .statement = ++out->statements};

    a.name = python_identifier(p);
    a.target = a.name;
    python_skip_blank(p);
    if (!is_setting(a.name))
        return ERR_OK;
    if (python_quotes(p) || is_word(python_peek(p, 0)))
        return FAIL(p->c, ERR_INPUT, "%s:%d: expected " STR_FMT " = value", p->file, a.line,
                    STR_ARG(str_take(a.name, 60)));
    a.adds = python_peek(p, 0) == '+' && python_peek(p, 1) == '=';
    if (!a.adds && (python_peek(p, 0) != '=' || python_peek(p, 1) == '='))
        return ERR_OK;
    python_skip(p, a.adds ? 2 : 1);
    if (!is_inside)
        return python_value(p, a, out);
    a.kind = VALUE_COMPUTED;
    a.text = STR("it is set in a part that is not always run");
    return assignments_add(p->c, out, a);
}

enum err python_read(struct ctx *c, const char *file, struct str text, struct assignments *out)
{
    struct python p = {c, file, text.ptr, text.ptr + text.len, 1};
    bool is_inside = false;

    while (p.at < p.end) {
        const char *margin = p.at;
        struct python statement;

        while (is_blank(python_peek(&p, 0)))
            python_skip(&p, 1);
        if (margin == text.ptr || margin[-1] == '\n')
            is_inside = p.at > margin;
        statement = p;
        TRY(skip_statement(&p));
        statement.end = p.at;
        if (statement.at < statement.end)
            TRY(read_statement(&statement, is_inside, out));
        python_skip(&p, 1);
        if (p.line > OLD_LINES_MAX)
            return FAIL(c, ERR_INPUT, "%s: longer than %d lines", file, OLD_LINES_MAX);
    }
    return ERR_OK;
}
