#include "line.h"
#include "support/unit.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/transload-line-XXXXXX";

static const char *make(struct ctx *c, const char *text)
{
    const char *path = str_printf(c->arena, "%s/file", directory).ptr;
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0640), 0);
    return path;
}

static void one_line_is_put_and_all_others_stay(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {
        {"",                       "KEY=1\n"                      },
        {"a\n",                    "a\nKEY=1\n"                   },
        {"a",                      "a\nKEY=1\n"                   },
        {"a\n#KEY=\nb\n",          "a\nKEY=1\nb\n"                },
        {"a\nKEY=0\nb",            "a\nKEY=1\nb"                  },
        {"#KEY=x\nKEY=0\n",        "#KEY=x\nKEY=1\n"              },
        {"KEY=0\nKEY=2\nb\n",      "KEY=1\nb\n"                   },
        {"KEY=0",                  "KEY=1\n"                      },
        {"KEYS=0\n KEY=0\n",       "KEYS=0\n KEY=0\nKEY=1\n"      },
        {"\n\nKEY=1\n\n",          "\n\nKEY=1\n\n"                },
        {"# KEY=9 is spoken of\n", "# KEY=9 is spoken of\nKEY=1\n"},
    };
    struct ctx *c = unit_ctx(state);

    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *path = make(c, rows[i].before);
        struct str text;
        struct stat st;
        bool changed, found;

        assert_ok(c, line_put(c, path, STR("KEY="), STR("KEY=1"), &changed));
        assert_ok(c, file_read(c, path, 1000, &text, &found));
        assert_str(text, rows[i].after);
        assert_int_equal(changed, !str_eq(str_of(rows[i].before), str_of(rows[i].after)));
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0640);
        assert_ok(c, line_put(c, path, STR("KEY="), STR("KEY=1"), &changed));
        assert_false(changed);
        assert_int_equal(unlink(path), 0);
    }
}

static void what_cannot_be_written_is_said(void **state)
{
    struct ctx *c = unit_ctx(state);
    bool changed;

    assert_err(c, line_put(c, "/nonexistent/file", STR("KEY="), STR("KEY=1"), &changed),
               ERR_UNAVAILABLE);
    (void)rmdir(directory);
}

UNIT_MAIN(UNIT(one_line_is_put_and_all_others_stay), UNIT(what_cannot_be_written_is_said))
