#include "globus_unit.h"

static enum err ls(struct ctx *c, const char *path, struct globus_listing *out)
{
    return globus_ls(c, &globus_session, STR(ID_A), path ? str_of(path) : STR_NONE, 0, 100, out);
}

static void globus_ls_reads_names_of_every_kind(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_listing l;

    SERVE(c,
          {.answer = json_answer(
               c, 200,
               "{\"DATA_TYPE\":\"file_list\",\"path\":\"/~/x\",\"length\":9,\"total\":9,\"DATA\":["
               "{\"name\":\"a b\",\"type\":\"dir\",\"size\":4096,\"last_modified\":\"2018-04-04 "
               "18:30:26+00:00\"},"
               "{\"name\":\"<script>\\\"'&%\",\"type\":\"file\",\"size\":9007199254740991,\"last_"
               "modified\":null},"
               "{\"name\":\"-rf\",\"type\":null,\"size\":\"big\",\"last_modified\":\"2018-04-04T18:"
               "30:26+00:00\"},"
               "{\"name\":\"na\\u00efve\",\"type\":\"file\",\"size\":-1},"
               "{\"name\":\"..\"},{\"name\":\"a/b\"},{\"name\":\"\"},{\"name\":7},null]}")});
    assert_ok(c, ls(c, "/~/x/", &l));
    assert_str(l.path, "/~/x/");
    assert_int_equal(l.next_offset, -1);
    assert_int_equal(l.count, 4);
    assert_str(l.list[0].name, "a b");
    assert_str(l.list[0].type, "dir");
    assert_str(l.list[0].last_modified, "2018-04-04T18:30:26Z");
    assert_str(l.list[1].name, "<script>\"'&%");
    assert_int_equal(l.list[1].size, INT64_C(9007199254740991));
    assert_int_equal(l.list[1].last_modified.len, 0);
    assert_str(l.list[2].name, "-rf");
    assert_int_equal(l.list[2].size, 0);
    assert_str(l.list[2].last_modified, "2018-04-04T18:30:26+00:00");
    assert_int_equal(l.list[3].size, 0);
}

static void globus_ls_asks_for_the_default_directory_without_a_path(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_listing l;

    SERVE(c, {.answer = json_answer(c, 200, "{\"path\":\"/home/alice/\",\"DATA\":[]}")},
          {.answer = json_answer(c, 200, "{\"DATA\":[]}")});
    assert_ok(c, ls(c, NULL, &l));
    assert_true(loopback_saw(globus, 0,
                             "GET /v0.10/operation/endpoint/" ID_A
                             "/ls?show_hidden=0&limit=100&offset=0&orderby=type%2Cname HTTP"));
    assert_str(l.path, "/home/alice/");
    assert_int_equal(l.count, 0);
    assert_ok(c, ls(c, NULL, &l));
    assert_str(l.path, "/~/");
}

static void globus_ls_encodes_the_path_and_pages(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_listing l;

    SERVE(c, {.answer = json_answer(
                  c, 200,
                  "{\"path\":\"/a/"
                  "\",\"length\":2,\"total\":5,\"DATA\":[{\"name\":\"x\"},{\"name\":\"y\"}]}")});
    assert_ok(c, globus_ls(c, &globus_session, STR(ID_A), STR("/ä b&c=#?/"), 2, 2, &l));
    assert_true(loopback_saw(globus, 0, "&limit=2&offset=2&"));
    assert_true(loopback_saw(globus, 0, "&path=%2F%C3%A4%20b%26c%3D%23%3F%2F HTTP"));
    assert_int_equal(l.next_offset, 4);
    assert_ok(c, globus_ls(c, &globus_session, STR(ID_A), STR("/a/"), 3, 2, &l));
    assert_int_equal(l.next_offset, -1);
    assert_ok(c, globus_ls(c, &globus_session, STR(ID_A), STR("/a/"), 0, 1000000, &l));
    assert_true(loopback_saw(globus, 2, "&limit=10000&"));
}

static void globus_ls_says_what_the_endpoint_says(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct {
        int status;
        const char *body;
        enum err want;
    } rows[] = {
        {403, "{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\"]}", ERR_GLOBUS_STEP_UP},
        {403, "{\"code\":\"EndpointPermissionDenied\",\"message\":\"Path not allowed\"}", ERR_FORBIDDEN},
        {404, "{\"code\":\"ClientError.NotFound\"}", ERR_NOT_FOUND},
        {502, "{\"code\":\"ExternalError.DirListingFailed.GCDisconnected\"}", ERR_GLOBUS},
        {200, "{\"DATA\":null}", ERR_GLOBUS_UNAVAILABLE},
        {200, "{\"path\":\"/\"}", ERR_GLOBUS_UNAVAILABLE},
    };
    // clang-format on
    struct globus_listing l;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SERVE(c, {.answer = json_answer(c, rows[i].status, rows[i].body)});
        assert_err(c, ls(c, "/", &l), rows[i].want);
    }
    assert_err(c, globus_ls(c, &globus_session, STR("x/y"), STR_NONE, 0, 10, &l), ERR_NOT_FOUND);
}

static void globus_stat_all_tells_each_place_apart(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct globus_place places[] = {
        {STR(ID_A), STR("/a b/x.sif")},
        {STR(ID_B), STR("/~/")       }
    };
    struct globus_stat found[2];

    const struct globus_stat *there, *gone;

    SERVE(c,
          {.hold_for = 2, /* asked together; which comes first is not said */
           .answer = json_answer(c, 200,
                                 "{\"DATA_TYPE\":\"file\",\"name\":null,\"type\":\"file\","
                                 "\"size\":7,\"last_modified\":\"2018-04-04 18:30:26+00:00\"}")},
          {.answer = json_answer(c, 404, "{\"code\":\"NotFound\",\"message\":\"gone\"}")});
    assert_ok(c, globus_stat_all(c, &globus_session, places, found, 2));
    assert_int_equal(c->failure.err, ERR_OK);
    there = found[0].err == ERR_OK ? &found[0] : &found[1];
    gone = there == &found[0] ? &found[1] : &found[0];
    assert_str(there->file.type, "file");
    assert_int_equal(there->file.size, 7);
    assert_str(there->file.last_modified, "2018-04-04T18:30:26Z");
    assert_int_equal(gone->err, ERR_NOT_FOUND);
    assert_true(gone->detail.len > 0);
}

static void a_token_that_ended_is_told_for_all_places(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct globus_place place = {STR(ID_A), STR("/x")};
    struct globus_stat found;

    SERVE(c, {.answer = json_answer(c, 401, "{\"code\":\"AuthenticationFailed\"}")});
    assert_err(c, globus_stat_all(c, &globus_session, &place, &found, 1), ERR_NOT_SIGNED_IN);
    assert_err(c,
               globus_stat_all(c, &globus_session, &(struct globus_place){STR("../x"), STR("/")},
                               &found, 1),
               ERR_NOT_FOUND);
}

static void globus_mkdir_makes_it_or_finds_it_there(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct {
        int status;
        const char *body;
        enum err want;
    } rows[] = {
        {202, "{\"DATA_TYPE\":\"mkdir_result\",\"code\":\"DirectoryCreated\"}", ERR_OK},
        {502, "{\"code\":\"ExternalError.MkdirFailed.Exists\"}", ERR_OK},
        {403, "{\"code\":\"ExternalError.MkdirFailed.PermissionDenied\"}", ERR_FORBIDDEN},
        {404, "{\"code\":\"ClientError.NotFound\"}", ERR_NOT_FOUND},
        {502, "{\"code\":\"ExternalError.MkdirFailed\"}", ERR_GLOBUS},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SERVE(c, {.answer = json_answer(c, rows[i].status, rows[i].body)});
        assert_err(c, globus_mkdir(c, &globus_session, STR(ID_A), STR("/a \"b\"/")), rows[i].want);
        assert_true(loopback_saw(globus, 0, "POST /v0.10/operation/endpoint/" ID_A "/mkdir "));
        assert_true(
            loopback_saw(globus, 0, "{\"DATA_TYPE\":\"mkdir\",\"path\":\"/a \\\"b\\\"/\"}"));
    }
}

static void globus_rename_names_both_paths(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 200, "{\"code\":\"FileRenamed\"}")},
          {.answer = json_answer(c, 403, "{\"code\":\"EndpointPermissionDenied\"}")},
          {.answer = json_answer(c, 502, "{\"code\":\"ExternalError.RenameFailed.Exists\"}")});
    assert_ok(c, globus_rename(c, &globus_session, STR(ID_A), STR("/a"), STR("/b")));
    assert_true(loopback_saw(globus, 0, "POST /v0.10/operation/endpoint/" ID_A "/rename "));
    assert_true(loopback_saw(globus, 0,
                             "{\"DATA_TYPE\":\"rename\",\"old_path\":\"/a\",\"new_path\":\"/b\"}"));
    assert_err(c, globus_rename(c, &globus_session, STR(ID_A), STR("/a"), STR("/b")),
               ERR_FORBIDDEN);
    assert_err(c, globus_rename(c, &globus_session, STR(ID_A), STR("/a"), STR("/b")), ERR_GLOBUS);
    assert_err(c, globus_rename(c, &globus_session, STR("x"), STR("/a"), STR("/b")), ERR_NOT_FOUND);
}

UNIT_MAIN(GLOBUS(globus_rename_names_both_paths), GLOBUS(globus_ls_reads_names_of_every_kind),
          GLOBUS(globus_ls_asks_for_the_default_directory_without_a_path),
          GLOBUS(globus_ls_encodes_the_path_and_pages),
          GLOBUS(globus_ls_says_what_the_endpoint_says),
          GLOBUS(globus_stat_all_tells_each_place_apart),
          GLOBUS(a_token_that_ended_is_told_for_all_places),
          GLOBUS(globus_mkdir_makes_it_or_finds_it_there))
