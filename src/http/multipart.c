#include "part.h"

#include "http/body.h"

#include <string.h>

enum {
    BOUNDARY_MAX = 70,        /* RFC 2046 §5.1.1 */
    BUFFER_SIZE = 256 * 1024, /* pieces of this size hash and write at full speed */
    HEAD_STEP =
        4096, /* before the file is accepted little is read, so that a refusal comes early */
};

/* The body seen through a window that moves over it. */
struct reader {
    struct ctx *ctx;
    struct body_source *source;
    struct str delimiter; /* CR LF "--" boundary */
    char *buffer;
    size_t start, end; /* what was read and not yet taken */
    size_t step;       /* how much to read at once */
    bool is_at_end;
};

static struct str window(const struct reader *m)
{
    return str_view(m->buffer + m->start, m->end - m->start);
}

static enum err fill(struct reader *m)
{
    size_t n, room;

    if (m->start) {
        memmove(m->buffer, m->buffer + m->start, m->end - m->start);
        m->end -= m->start;
        m->start = 0;
    }
    room = BUFFER_SIZE - m->end;
    TRY(body_read(m->ctx, m->source, m->buffer + m->end, room < m->step ? room : m->step, &n));
    m->end += n;
    m->is_at_end = n == 0;
    return ERR_OK;
}

static enum err cut_short(struct reader *m)
{
    return FAIL(m->ctx, ERR_INPUT, "The body ends before its closing boundary.");
}

/* Make at least n bytes visible. n is small against the buffer. */
static enum err need(struct reader *m, size_t n)
{
    while (m->end - m->start < n) {
        TRY(fill(m));
        if (m->is_at_end)
            return cut_short(m);
    }
    return ERR_OK;
}

/* Take these bytes, which must come next. */
static enum err expect(struct reader *m, struct str bytes)
{
    TRY(need(m, bytes.len));
    if (!str_has_prefix(window(m), bytes))
        return FAIL(m->ctx, ERR_INPUT,
                    "The body does not follow its boundary (multipart/form-data).");
    m->start += bytes.len;
    return ERR_OK;
}

/* Where needle begins in s; s.len when it does not. */
static size_t find(struct str s, struct str needle)
{
    size_t at = 0;

    while (s.len - at >= needle.len) {
        const char *candidate = memchr(s.ptr + at, needle.ptr[0], s.len - at - needle.len + 1);

        if (!candidate)
            break;
        at = (size_t)(candidate - s.ptr);
        if (memcmp(candidate, needle.ptr, needle.len) == 0)
            return at;
        at++;
    }
    return s.len;
}

/*
 * The next piece of the current part's content; *is_last when the delimiter followed, which is
 * taken too. The piece is valid until the next call. What could be the beginning of a delimiter
 * stays in the window until more is seen.
 */
static enum err next_piece(struct reader *m, struct str *piece, bool *is_last)
{
    for (;;) {
        struct str seen = window(m);
        size_t at = find(seen, m->delimiter);

        *is_last = at < seen.len;
        if (*is_last) {
            *piece = str_take(seen, at);
            m->start += at + m->delimiter.len;
            return ERR_OK;
        }
        if (seen.len >= m->delimiter.len) {
            *piece = str_take(seen, seen.len - (m->delimiter.len - 1));
            m->start += piece->len;
            return ERR_OK;
        }
        TRY(fill(m));
        if (m->is_at_end)
            return cut_short(m);
    }
}

/* The header lines of a part, into the arena; the window is behind the empty line then. */
static enum err read_head(struct reader *m, struct part *part)
{
    static const struct str blank_line = {"\r\n\r\n", 4};
    struct str seen = window(m);
    size_t at;

    while ((at = find(seen, blank_line)) == seen.len) {
        if (seen.len >= MULTIPART_HEADER_MAX + blank_line.len)
            break;
        TRY(fill(m));
        if (m->is_at_end)
            return cut_short(m);
        seen = window(m);
    }
    if (at > MULTIPART_HEADER_MAX)
        return FAIL(m->ctx, ERR_INPUT,
                    "The header lines of a part of the body are longer than %d bytes.",
                    MULTIPART_HEADER_MAX);
    m->start += at + blank_line.len;
    return part_parse(m->ctx, str_dup(m->ctx->arena, str_take(seen, at)), part);
}

/* ---- fields and the file --------------------------------------------------------------------- */

static enum err check_new(struct ctx *c, const struct multipart_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (str_eq(fields->list[i].name, str_of(name)))
            return FAIL_FIELD(c, name, "%s: is given twice", name);
    }
    if (fields->count == MULTIPART_FIELDS_MAX)
        return FAIL_FIELD(c, name, "%s: is one field too many; %d are allowed", name,
                          MULTIPART_FIELDS_MAX);
    return ERR_OK;
}

static enum err read_field(struct reader *m, struct str name, struct multipart_fields *fields)
{
    struct buf value = {.arena = m->ctx->arena};
    const char *z = str_z(m->ctx->arena, name);
    bool is_last = false;

    TRY(check_new(m->ctx, fields, z));
    while (!is_last) {
        struct str piece;

        TRY(next_piece(m, &piece, &is_last));
        if (value.len + piece.len > MULTIPART_VALUE_MAX)
            return FAIL_FIELD(m->ctx, z, "%s: longer than %d bytes", z, MULTIPART_VALUE_MAX);
        buf_add(&value, piece);
    }
    if (!str_is_utf8(buf_str(&value)))
        return FAIL_FIELD(m->ctx, z, "%s: is not valid UTF-8", z);
    fields->list[fields->count++] = (struct multipart_field){name, buf_str(&value)};
    return ERR_OK;
}

static enum err read_file(struct reader *m, const struct multipart_file *file,
                          const struct multipart_fields *fields)
{
    bool is_last = false;

    TRY(file->begin(m->ctx, file->arg, fields));
    m->step = BUFFER_SIZE;
    while (!is_last) {
        struct str piece;

        TRY(next_piece(m, &piece, &is_last));
        if (piece.len)
            TRY(file->data(m->ctx, file->arg, piece));
    }
    m->step = HEAD_STEP;
    return ERR_OK;
}

static enum err read_part(struct reader *m, const struct multipart_file *file,
                          struct multipart_fields *fields, bool *has_file)
{
    struct part part;
    const char *z;

    TRY(read_head(m, &part));
    z = str_z(m->ctx->arena, part.name);
    if (str_eq(part.name, str_of(file->name))) {
        if (*has_file)
            return FAIL_FIELD(m->ctx, file->name, "%s: is given twice", file->name);
        *has_file = true;
        return read_file(m, file, fields);
    }
    if (part.has_filename)
        return FAIL_FIELD(m->ctx, z, "%s: only %s may be a file", z, file->name);
    if (*has_file)
        return FAIL_FIELD(m->ctx, z, "%s: must stand before %s", z, file->name);
    return read_field(m, part.name, fields);
}

/* Behind a delimiter: CR LF when another part follows, "--" when that was the last. */
static enum err read_delimiter_end(struct reader *m, bool *is_closing)
{
    TRY(need(m, 2));
    *is_closing = str_has_prefix(window(m), STR("--"));
    return expect(m, *is_closing ? STR("--") : STR("\r\n"));
}

/* Behind the closing boundary: at most one line end, and then the clean end of the body. */
static enum err read_epilogue(struct reader *m)
{
    while (!m->is_at_end && m->end - m->start <= 2)
        TRY(fill(m));
    if (m->end != m->start && !str_eq(window(m), STR("\r\n")))
        return FAIL(m->ctx, ERR_INPUT, "There is more in the body behind its closing boundary.");
    return ERR_OK;
}

static enum err read_parts(struct reader *m, const struct multipart_file *file,
                           struct multipart_fields *fields, bool *has_file)
{
    bool is_closing;

    TRY(expect(m, str_skip(m->delimiter, 2))); /* the first has no line end before it */
    TRY(read_delimiter_end(m, &is_closing));
    while (!is_closing) {
        TRY(read_part(m, file, fields, has_file));
        TRY(read_delimiter_end(m, &is_closing));
    }
    return read_epilogue(m);
}

enum err multipart_read(struct ctx *c, struct body_source *s, struct str boundary,
                        const struct multipart_file *file, struct multipart_fields *fields)
{
    struct reader m = {
        .ctx = c,
        .source = s,
        .delimiter = str_printf(c->arena, "\r\n--" STR_FMT, STR_ARG(boundary)),
        .buffer = arena_alloc(c->arena, BUFFER_SIZE),
        .step = HEAD_STEP,
    };
    bool has_file = false;

    *fields = (struct multipart_fields){.count = 0};
    TRY(read_parts(&m, file, fields, &has_file));
    if (!has_file)
        return FAIL_FIELD(c, file->name, "%s: is missing", file->name);
    return ERR_OK;
}

enum err multipart_boundary(struct ctx *c, struct str content_type, struct str *boundary)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=? ";
    struct str type, rest, name, value, found = STR_NONE;

    str_cut(content_type, ';', &type, &rest);
    if (!str_eq_nocase(str_trim(type), STR("multipart/form-data")))
        return FAIL(c, ERR_INPUT, "Send the body as multipart/form-data.");
    rest = str_skip(content_type, type.len);
    while (rest.len) {
        if (!param_next(&rest, &name, &value))
            return FAIL(c, ERR_INPUT, "The Content-Type is malformed.");
        if (!str_eq_nocase(name, STR("boundary")))
            continue;
        if (found.ptr)
            return FAIL(c, ERR_INPUT, "The Content-Type has two boundaries.");
        found = value;
    }
    if (found.len == 0 || found.len > BOUNDARY_MAX || !str_is_made_of(found, allowed) ||
        str_has_suffix(found, STR(" ")))
        return FAIL(c, ERR_INPUT, "The Content-Type has no boundary of 1 to %d allowed characters.",
                    BOUNDARY_MAX);
    *boundary = found;
    return ERR_OK;
}
