#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 }; /* one write(2), so that lines of several workers never mix (PIPE_BUF) */

// clang-format off
static const char *const names[] = {
    [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_NOTICE] = "notice", [LOG_INFO] = "info", [LOG_DEBUG] = "debug",
};
// clang-format on
_Static_assert(COUNT_OF(names) == LOG_LEVEL_COUNT, "a name for each level");

/* Process-wide by nature: there is one standard error. */
static enum log_level max_level = LOG_INFO;
static struct str current_request;

void log_set_level(enum log_level level)
{
    max_level = level;
}

bool log_level_parse(struct str name, enum log_level *out)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(name, str_of(names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

const char *log_level_name(enum log_level level)
{
    return names[level];
}

void log_set_request(struct str request_id)
{
    current_request = request_id;
}

struct line {
    char text[LINE_SIZE];
    size_t len;
};

static void put(struct line *l, const char *bytes, size_t n)
{
    size_t end = sizeof l->text - 2; /* closing quote and newline */
    size_t room = l->len < end ? end - l->len : 0;

    if (n > room)
        n = room;
    memcpy(l->text + l->len, bytes, n);
    l->len += n;
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f)
            return false;
    }
    return s.len > 0;
}

static void put_quoted(struct line *l, struct str s)
{
    put(l, "\"", 1);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        char escaped[8];
        int n = 0;

        if (c < ' ' || c == 0x7f)
            n = snprintf(escaped, sizeof escaped, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            n = snprintf(escaped, sizeof escaped, "\\%c", c);
        if (n > 0)
            put(l, escaped, (size_t)n);
        else
            put(l, &s.ptr[i], 1);
    }
    l->text[l->len++] = '"';
}

static void put_pair(struct line *l, const char *key, struct str value)
{
    if (l->len)
        put(l, " ", 1);
    put(l, key, strlen(key));
    put(l, "=", 1);
    if (is_plain(value))
        put(l, value.ptr, value.len);
    else if (l->len < sizeof l->text - 8)
        put_quoted(l, value);
}

void log_event(enum log_level level, const char *event, const struct log_pair *pairs, size_t count)
{
    struct line l = {.len = 0};
    ssize_t ignored UNUSED;

    if (level > max_level)
        return;
    put_pair(&l, "level", str_of(names[level]));
    put_pair(&l, "event", str_of(event));
    if (current_request.len)
        put_pair(&l, "request", current_request);
    for (size_t i = 0; i < count; i++)
        put_pair(&l, pairs[i].key, pairs[i].value);
    l.text[l.len++] = '\n';
    ignored = write(STDERR_FILENO, l.text, l.len); /* nowhere to report that reporting failed */
}
