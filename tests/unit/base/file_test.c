#include "support/unit.h"

#include "base/file.h"

#include <string.h>
#include <unistd.h>

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
    struct ctx *c = unit_ctx(state);
    char path[] = "/tmp/transload-file-XXXXXX";
    int fd = mkstemp(path);
    struct str text;
    bool found;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a\0bc", 4), 4);
    close(fd);
    assert_ok(c, file_read(c, path, 4, &text, &found));
    assert_true(found);
    assert_true(str_eq(text, STR("a\0bc")));
    assert_err(c, file_read(c, path, 3, &text, &found), ERR_INPUT);
    unlink(path);
    assert_ok(c, file_read(c, path, 4, &text, &found));
    assert_false(found);
}

static void what_is_no_file_is_an_error(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str text;
    bool found;

    assert_err(c, file_read(c, "/tmp", 4, &text, &found), ERR_INPUT);
    assert_err(c, file_read(c, "/etc/passwd/x", 4, &text, &found), ERR_INPUT);
}

UNIT_MAIN(UNIT(a_file_is_read_whole_up_to_its_limit), UNIT(what_is_no_file_is_an_error))
