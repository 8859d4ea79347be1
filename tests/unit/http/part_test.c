#include "part.h"

#define TEN           "0123456789"
#define SEVENTY       TEN TEN TEN TEN TEN TEN TEN
#define LONG_NAME     ("Content-Disposition: form-data; name=\"" SEVENTY "\"")
#define LONG_BOUNDARY ("multipart/form-data; boundary=" SEVENTY "0")
#include "support/unit.h"

#include "http/body.h"

static void a_part_has_its_name_and_may_be_a_file(void **state)
{
    // clang-format off
    static const struct {
        const char *lines, *name;
        bool is_file;
    } rows[] = {
        {"Content-Disposition: form-data; name=\"tag\"",                                     "tag",   false},
        {"content-disposition:form-data;name=tag",                                           "tag",   false},
        {"Content-Disposition: FORM-DATA ; NAME=\"tag\"",                                    "tag",   false},
        {"Content-Disposition: form-data; name=\"file1\"; filename=\"x.sif\"",               "file1", true },
        {"Content-Disposition: form-data; filename=\"a;name=b\"; name=\"file1\"",            "file1", true },
        {"Content-Disposition: form-data; filename=\"a\\\"; name=\\\"b\"; name=\"file1\"",   "file1",
         true                                                                                              },
        {"Content-Disposition: form-data; filename*=UTF-8''x; name=\"file1\"",               "file1", true },
        {"Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"a\"\r\nX-Y: z", "a",
         false                                                                                             },
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct part part;

        assert_ok(c, part_parse(c, str_of(rows[i].lines), &part));
        assert_str(part.name, rows[i].name);
        assert_int_equal(part.has_filename, rows[i].is_file);
    }
}

static void a_part_without_one_plain_name_is_refused(void **state)
{
    // clang-format off
    static const char *const lines[] = {
        "",
        "Content-Type: text/plain",
        "Content-Disposition: form-data",
        "Content-Disposition: form-data; name=",
        "Content-Disposition: form-data; name=\"\"",
        "Content-Disposition: form-data; name=\"a",
        "Content-Disposition: form-data; name=\"a\\\"",
        "Content-Disposition: form-data; name=\"a\" b",
        "Content-Disposition: form-data; name=\"a\"; name=\"b\"",
        "Content-Disposition: form-data; name=\"a b\"",
        "Content-Disposition: form-data; name=\"a\\b\"",
        "Content-Disposition: form-data; name=\"caf\xc3\xa9\"",
        "Content-Disposition: form-data, name=\"a\"",
        "Content-Disposition: form-data; ; name=\"a\"",
        "Content-Disposition: attachment; name=\"a\"",
        "Content-Disposition: form-datax; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"a\"",
        "Content-Disposition : form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\n folded",
        "Content-Disposition: form-data; name=\"a\"\r\n\r\nmore",
        "no colon",
        ": empty",
        LONG_NAME,
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct part part = {.name = STR("untouched")};

        if (part_parse(c, str_of(lines[i]), &part) != ERR_INPUT)
            fail_msg("%s is accepted", lines[i]);
        assert_str(part.name, "untouched");
    }
}

static void a_boundary_is_taken_from_the_type(void **state)
{
    static const struct {
        const char *type, *boundary;
    } rows[] = {
        {"multipart/form-data; boundary=abc",                      "abc"                     },
        {"Multipart/Form-Data;boundary=\"a b:c\"",                 "a b:c"                   },
        {"multipart/form-data; charset=utf-8; Boundary=x",         "x"                       },
        {"multipart/form-data; boundary=----WebKitFormBoundaryA0", "----WebKitFormBoundaryA0"},
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str boundary;

        assert_ok(c, multipart_boundary(c, str_of(rows[i].type), &boundary));
        assert_str(boundary, rows[i].boundary);
    }
}

static void a_type_without_one_good_boundary_is_refused(void **state)
{
    static const char *const types[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a\\\"b\"",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=\"a\xc3\xa9\"",
        "multipart/mixed; boundary=a",
        "text/plain; boundary=a",
        LONG_BOUNDARY,
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct str boundary = STR("untouched");

        if (multipart_boundary(c, str_of(types[i]), &boundary) != ERR_INPUT)
            fail_msg("%s is accepted", types[i]);
        assert_str(boundary, "untouched");
    }
}

UNIT_MAIN(UNIT(a_part_has_its_name_and_may_be_a_file),
          UNIT(a_part_without_one_plain_name_is_refused), UNIT(a_boundary_is_taken_from_the_type),
          UNIT(a_type_without_one_good_boundary_is_refused))
