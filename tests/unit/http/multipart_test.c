#include "support/unit.h"

#include "http/body.h"

#include <string.h>

#define FIELD(name, value) \
    "--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(bytes) \
    "--B\r\nContent-Disposition: form-data; name=\"file1\"; filename=\"x.sif\"\r\n" \
    "Content-Type: application/octet-stream\r\n\r\n" bytes "\r\n"
#define END "--B--\r\n"

/* What the caller of multipart_read() saw. */
struct seen {
    struct buf file;
    size_t fields_at_begin;
    int begins;
    enum err refuse;      /* returned by begin */
    enum err refuse_data; /* returned by data */
};

static enum err begin(struct ctx *c, void *arg, const struct multipart_fields *fields)
{
    struct seen *seen = arg;

    seen->begins++;
    seen->fields_at_begin = fields->count;
    return seen->refuse ? FAIL(c, seen->refuse, "refused") : ERR_OK;
}

static enum err data(struct ctx *c, void *arg, struct str piece)
{
    struct seen *seen = arg;

    assert_true(piece.len > 0);
    buf_add(&seen->file, piece);
    return seen->refuse_data ? FAIL(c, seen->refuse_data, "refused") : ERR_OK;
}

static enum err read_steps(void **state, struct str body, size_t step, struct seen *seen,
                           struct multipart_fields *fields)
{
    struct ctx *c = unit_ctx(state);
    const struct multipart_file file = {"file1", begin, data, seen};

    ctx_forgive(c);
    seen->file = (struct buf){.arena = c->arena};
    return multipart_read(c, body_from_memory(c->arena, body, step), STR("B"), &file, fields);
}

/* However the bytes arrive, the same is read. */
static void a_form_is_read_whatever_the_pieces(void **state)
{
    static const char content[] = "\r\n--\r\n--A\r\n-B--B\r\n\r--B-";
    struct str body = STR(FIELD("collection", "demo") FIELD("tag", "")
                              FILE_PART("\r\n--\r\n--A\r\n-B--B\r\n\r--B-") END);

    for (size_t step = 0; step < body.len; step++) {
        struct seen seen = {.begins = 0};
        struct multipart_fields fields;

        assert_ok(unit_ctx(state), read_steps(state, body, step, &seen, &fields));
        assert_int_equal(fields.count, 2);
        assert_str(fields.list[0].name, "collection");
        assert_str(fields.list[0].value, "demo");
        assert_str(fields.list[1].name, "tag");
        assert_str(fields.list[1].value, "");
        assert_str(buf_str(&seen.file), content);
        assert_int_equal(seen.begins, 1);
        assert_int_equal(seen.fields_at_begin, 2);
    }
}

static void forms_that_are_whole_are_accepted(void **state)
{
    // clang-format off
    static const struct {
        const char *body, *file;
    } rows[] = {
        {FILE_PART("") END,                     ""          },
        {FILE_PART("x") "--B--",                "x"         },
        {FILE_PART("\r\n") END,                 "\r\n"      },
        {FILE_PART("--B") END,                  "--B"       },
        {FILE_PART("\r\n\r\n--C\r\n") END,      "\r\n\r\n--C\r\n"},
        {FIELD("a", "--B") FILE_PART("x") END,  "x"         },
        {FIELD("a", "line\r\nline") FILE_PART("x") END, "x" },
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t step = 0; step < 4; step++) {
            struct seen seen = {.begins = 0};
            struct multipart_fields fields;

            assert_ok(unit_ctx(state),
                      read_steps(state, str_of(rows[i].body), step, &seen, &fields));
            assert_str(buf_str(&seen.file), rows[i].file);
        }
    }
}

static void forms_that_are_not_are_refused(void **state)
{
    // clang-format off
    static const struct {
        const char *body, *field; /* the field that the refusal names, or NULL */
    } rows[] = {
        {"",                                                              NULL   },
        {"--B",                                                           NULL   },
        {"--B--",                                                         "file1"},
        {"--B--\r\n",                                                     "file1"},
        {"\r\n" FILE_PART("x") END,                                       NULL   },
        {"preamble\r\n" FILE_PART("x") END,                               NULL   },
        {"--C\r\n",                                                       NULL   },
        {FILE_PART("x"),                                                  NULL   },
        {FILE_PART("x") "--B",                                            NULL   },
        {FILE_PART("x") "--B-",                                           NULL   },
        {FILE_PART("x") "--BB--",                                         NULL   },
        {FILE_PART("x") "--B \r\n",                                       NULL   },
        {FILE_PART("x") "--B--x",                                         NULL   },
        {FILE_PART("x") "--B--\r\nx",                                     NULL   },
        {FILE_PART("x") "--B--\n",                                        NULL   },
        {FILE_PART("\r\n--Bx") END,                                       NULL   },
        {"--B\r\n",                                                       NULL   },
        {"--B\r\n\r\nx\r\n" END,                                          NULL   },
        {"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n",         NULL   },
        {"--B\nContent-Disposition: form-data; name=\"a\"\n\nx\n--B--",   NULL   },
        {FIELD("a", "x") END,                                             "file1"},
        {FIELD("a", "x") FIELD("a", "x") FILE_PART("x") END,              "a"    },
        {FILE_PART("x") FILE_PART("y") END,                               "file1"},
        {FILE_PART("x") FIELD("a", "x") END,                              "a"    },
        {FIELD("a\"; filename=\"b", "x") FILE_PART("x") END,              "a"    },
        {FIELD("a", "\xff") FILE_PART("x") END,                           "a"    },
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t step = 0; step < 4; step++) {
            struct ctx *c = unit_ctx(state);
            struct seen seen = {.begins = 0};
            struct multipart_fields fields;

            if (read_steps(state, str_of(rows[i].body), step, &seen, &fields) != ERR_INPUT)
                fail_msg("row %zu is accepted", i);
            if (rows[i].field)
                assert_string_equal(c->failure.field, rows[i].field);
        }
    }
}

/* A body that is cut anywhere is never taken for a whole one. */
static void a_cut_body_is_refused_wherever_it_is_cut(void **state)
{
    struct str body = STR(FIELD("tag", "latest") FILE_PART("0123456789") "--B--");

    for (size_t len = 0; len < body.len; len++) {
        struct seen seen = {.begins = 0};
        struct multipart_fields fields;

        assert_err(unit_ctx(state), read_steps(state, str_take(body, len), 7, &seen, &fields),
                   ERR_INPUT);
    }
}

static struct str repeated(struct arena *a, const char *before, char c, size_t n, const char *after)
{
    struct buf text = {.arena = a};

    buf_add(&text, str_of(before));
    for (size_t i = 0; i < n; i++)
        buf_add_byte(&text, c);
    buf_add(&text, str_of(after));
    return buf_str(&text);
}

static void limits_hold_to_the_byte(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    static const char field_begin[] = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    static const char header_begin[] = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nX: ";
    size_t header_used = sizeof header_begin - 1 - sizeof "--B\r\n" + 1;
    struct seen seen = {.begins = 0};
    struct multipart_fields fields;

    assert_ok(unit_ctx(state), read_steps(state,
                                          repeated(a, field_begin, 'x', MULTIPART_VALUE_MAX,
                                                   "\r\n" FILE_PART("x") END),
                                          0, &seen, &fields));
    assert_err(unit_ctx(state),
               read_steps(state,
                          repeated(a, field_begin, 'x', MULTIPART_VALUE_MAX + 1,
                                   "\r\n" FILE_PART("x") END),
                          0, &seen, &fields),
               ERR_INPUT);
    assert_ok(unit_ctx(state),
              read_steps(state,
                         repeated(a, header_begin, 'x', MULTIPART_HEADER_MAX - header_used,
                                  "\r\n\r\nv\r\n" FILE_PART("x") END),
                         1, &seen, &fields));
    assert_err(unit_ctx(state),
               read_steps(state,
                          repeated(a, header_begin, 'x', MULTIPART_HEADER_MAX - header_used + 1,
                                   "\r\n\r\nv\r\n" FILE_PART("x") END),
                          1, &seen, &fields),
               ERR_INPUT);
    /* A header without end stops long before the body does. */
    assert_err(unit_ctx(state),
               read_steps(state, repeated(a, header_begin, 'x', 1 << 20, ""), 0, &seen, &fields),
               ERR_INPUT);
}

static void the_number_of_fields_is_limited(void **state)
{
    struct buf body = {.arena = unit_ctx(state)->arena};
    struct seen seen = {.begins = 0};
    struct multipart_fields fields;

    for (int i = 0; i < MULTIPART_FIELDS_MAX + 1; i++)
        buf_printf(&body, "--B\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nx\r\n", i);
    buf_add(&body, STR(FILE_PART("x") END));
    assert_err(unit_ctx(state), read_steps(state, buf_str(&body), 0, &seen, &fields), ERR_INPUT);
    assert_string_equal(unit_ctx(state)->failure.field, "f16");
}

static void a_refusal_comes_before_the_file_is_read(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct seen seen = {.refuse = ERR_FORBIDDEN};
    struct multipart_fields fields;
    struct str body = repeated(
        c->arena, FIELD("tag", "x") "--B\r\nContent-Disposition: form-data; name=\"file1\"\r\n\r\n",
        'x', 1 << 20, "");
    struct body_source *source = body_from_memory(c->arena, body, 0);
    const struct multipart_file file = {"file1", begin, data, &seen};
    char rest[64];
    size_t n;

    assert_err(c, multipart_read(c, source, STR("B"), &file, &fields), ERR_FORBIDDEN);
    assert_int_equal(seen.file.len, 0);
    assert_ok(c, body_read(c, source, rest, sizeof rest, &n));
    assert_int_equal(n, sizeof rest);
}

static void a_failure_to_store_ends_the_reading(void **state)
{
    struct seen seen = {.refuse_data = ERR_NO_SPACE};
    struct multipart_fields fields;

    assert_err(unit_ctx(state),
               read_steps(state, STR(FILE_PART("0123456789") END), 0, &seen, &fields),
               ERR_NO_SPACE);
}

/* Larger than the window, with delimiters' beginnings all over it. */
static void a_large_file_passes_unchanged(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct buf body = {.arena = a}, file = {.arena = a};
    struct seen seen = {.begins = 0};
    struct multipart_fields fields;
    uint32_t noise = 1;

    for (int i = 0; i < 700 * 1024; i++) {
        noise = noise * 1664525 + 1013904223;
        buf_add_byte(&file, "\r\n-B"[noise >> 30]);
        if (file.len >= 5 && memcmp(file.ptr + file.len - 5, "\r\n--B", 5) == 0)
            file.ptr[file.len - 1] = 'x';
    }
    buf_add(&body, STR("--B\r\nContent-Disposition: form-data; name=\"file1\"\r\n\r\n"));
    buf_add(&body, buf_str(&file));
    buf_add(&body, STR("\r\n--B--\r\n"));
    assert_ok(unit_ctx(state), read_steps(state, buf_str(&body), 0, &seen, &fields));
    assert_true(str_eq(buf_str(&seen.file), buf_str(&file)));
}

UNIT_MAIN(UNIT(a_form_is_read_whatever_the_pieces), UNIT(forms_that_are_whole_are_accepted),
          UNIT(forms_that_are_not_are_refused), UNIT(a_cut_body_is_refused_wherever_it_is_cut),
          UNIT(limits_hold_to_the_byte), UNIT(the_number_of_fields_is_limited),
          UNIT(a_refusal_comes_before_the_file_is_read), UNIT(a_failure_to_store_ends_the_reading),
          UNIT(a_large_file_passes_unchanged))
