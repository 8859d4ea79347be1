#include "globus_unit.h"

#define LIST(items, more) \
    "{\"DATA_TYPE\":\"endpoint_list\",\"limit\":100,\"offset\":0,\"has_next_page\":" more \
    ",\"DATA\":[" items "]}"

/* As today's Globus has it, and as its older fixtures do. */
#define MODERN \
    "{\"DATA_TYPE\":\"endpoint\",\"id\":\"" ID_A \
    "\",\"display_name\":\"Lab scratch\",\"canonical_name\":\"u_abc#x\"," \
    "\"entity_type\":\"GCSv5_guest_collection\",\"organization\":\"Uni\",\"contact_email\":\"hpc@" \
    "uni.edu\",\"description\":\"d\"," \
    "\"owner_id\":\"" ID_B "\",\"owner_string\":\"hpc@uni.edu\",\"public\":true,\"default_" \
    "directory\":null,\"high_assurance\":false," \
    "\"gcp_connected\":null,\"gcp_paused\":null,\"non_functional\":false,\"my_effective_roles\":[" \
    "],\"disable_verify\":true}"
#define OFFLINE \
    "{\"id\":\"" ID_B "\",\"display_name\":null,\"canonical_name\":\"alice#laptop\",\"entity_" \
    "type\":\"GCP_mapped_collection\"," \
    "\"gcp_connected\":false,\"gcp_paused\":true,\"my_effective_roles\":[\"access_manager\"," \
    "\"administrator\"],\"default_directory\":\"/~/\"}"
#define ODD \
    "{\"id\":\"" ID_C "\",\"display_name\":7,\"entity_type\":[],\"public\":\"yes\",\"my_" \
    "effective_roles\":\"administrator\"," \
    "\"gcp_connected\":\"x\",\"high_assurance\":1}"

static void globus_endpoint_search_reads_new_old_and_odd_documents(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e;

    SERVE(c, {.answer = json_answer(c, 200, LIST(MODERN "," OFFLINE "," ODD, "false"))});
    assert_ok(c, globus_endpoint_search(c, &globus_session, STR("my-endpoints"), STR_NONE, 0, &e));
    assert_true(loopback_saw(
        globus, 0,
        "GET "
        "/v0.10/"
        "endpoint_search?filter_scope=my-endpoints&filter_non_functional=0&limit=100&offset=0 "));
    assert_int_equal(e.count, 3);
    assert_int_equal(e.next_offset, -1);

    assert_str(e.list[0].id, ID_A);
    assert_str(e.list[0].display_name, "Lab scratch");
    assert_str(e.list[0].owner, "hpc@uni.edu");
    assert_str(e.list[0].owner_id, ID_B);
    assert_true(e.list[0].is_public && e.list[0].disable_verify && e.list[0].gcp_connected);
    assert_false(e.list[0].i_administer);
    assert_int_equal(e.list[0].default_directory.len, 0);

    assert_str(e.list[1].display_name, "alice#laptop");
    assert_str(e.list[1].default_directory, "/~/");
    assert_true(e.list[1].gcp_paused && e.list[1].i_administer);
    assert_false(e.list[1].gcp_connected);

    assert_str(e.list[2].display_name, ID_C);
    assert_false(e.list[2].is_public || e.list[2].i_administer || e.list[2].high_assurance);
    assert_true(e.list[2].gcp_connected);
}

static void globus_endpoint_search_encodes_the_text_and_pages(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e;

    SERVE(c, {.answer = json_answer(c, 200, LIST(MODERN ",null,{\"id\":\"no uuid\"}", "true"))});
    assert_ok(
        c, globus_endpoint_search(c, &globus_session, STR("all"), STR("Zürich & <lab>"), 200, &e));
    assert_true(
        loopback_saw(globus, 0, "filter_scope=all&filter_fulltext=Z%C3%BCrich%20%26%20%3Clab%3E&"));
    assert_true(loopback_saw(globus, 0, "&limit=100&offset=200 "));
    assert_int_equal(e.count, 1);
    assert_int_equal(e.next_offset, 203); /* those that were left out were on the page too */

    assert_ok(c, globus_endpoint_search(c, &globus_session, STR("all"), STR("x"), 950, &e));
    assert_true(loopback_saw(globus, 1, "&limit=50&offset=950 "));
    SERVE(c, {.answer = json_answer(c, 200, LIST("", "true"))});
    assert_ok(c, globus_endpoint_search(c, &globus_session, STR("all"), STR("x"), 0, &e));
    assert_int_equal(e.next_offset, -1); /* a page of nothing leads nowhere */
}

static void globus_endpoint_search_refuses_to_search_for_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e;

    SERVE(c, {.answer = json_answer(c, 200, LIST("", "false"))});
    assert_err(c, globus_endpoint_search(c, &globus_session, STR("all"), STR("  "), 0, &e),
               ERR_INPUT);
    assert_err(c, globus_endpoint_search(c, &globus_session, STR("all"), STR("x"), 1000, &e),
               ERR_INPUT);
    assert_err(c, globus_endpoint_search(c, &globus_session, STR("all"), STR("x"), -1, &e),
               ERR_INPUT);
    assert_int_equal(globus->count, 0);
}

static void globus_endpoint_search_finds_an_id_by_asking_for_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e;

    SERVE(c, {.answer = json_answer(c, 200, MODERN)},
          {.answer = json_answer(c, 404, "{\"code\":\"EndpointNotFound\"}")});
    assert_ok(c, globus_endpoint_search(c, &globus_session, STR("all"), STR(" " ID_A " "), 0, &e));
    assert_true(loopback_saw(globus, 0, "GET /v0.10/endpoint/" ID_A " "));
    assert_int_equal(e.count, 1);
    assert_int_equal(e.next_offset, -1);
    assert_ok(c, globus_endpoint_search(c, &globus_session, STR("all"), STR(ID_A), 0, &e));
    assert_int_equal(e.count, 0);
}

static void globus_endpoint_search_all_asks_in_parallel(void **state)
{
    static const struct globus_search searches[] = {{.scope = STR_INIT("my-endpoints")},
                                                    {.scope = STR_INIT("shared-with-me")}};
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e[2];

    SERVE(c, {.answer = json_answer(c, 200, LIST(MODERN, "false")), .hold_for = 2});
    assert_ok(c, globus_endpoint_search_all(c, &globus_session, searches, e, 2));
    assert_int_equal(e[0].count, 1);
    assert_int_equal(e[1].count, 1);
    assert_int_equal(globus->count, 2);
}

static void globus_endpoint_search_says_when_the_answer_is_no_list(void **state)
{
    static const char *const bodies[] = {
        "{}", "[]", "{\"DATA\":7}", "{\"DATA\":{\"id\":\"" ID_A "\"}}", "<html>", "", "null"};
    struct ctx *c = unit_ctx(state);
    struct globus_endpoints e;

    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        SERVE(c, {.answer = json_answer(c, 200, bodies[i])});
        assert_err(c,
                   globus_endpoint_search(c, &globus_session, STR("my-endpoints"), STR_NONE, 0, &e),
                   ERR_GLOBUS_UNAVAILABLE);
    }
}

static void globus_endpoint_get_reads_one_and_asks_for_ids_only(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_endpoint e;

    SERVE(c, {.answer = json_answer(c, 200, OFFLINE)},
          {.answer = json_answer(c, 200, "{\"id\":null}")});
    assert_ok(c, globus_endpoint_get(c, &globus_session, STR(ID_B), &e));
    assert_str(e.id, ID_B);
    assert_err(c, globus_endpoint_get(c, &globus_session, STR(ID_B), &e), ERR_GLOBUS_UNAVAILABLE);
    assert_err(c, globus_endpoint_get(c, &globus_session, STR("../task_list"), &e), ERR_NOT_FOUND);
    assert_err(c, globus_endpoint_get(c, &globus_session, STR_NONE, &e), ERR_NOT_FOUND);
    assert_int_equal(globus->count, 2);
}

UNIT_MAIN(GLOBUS(globus_endpoint_search_reads_new_old_and_odd_documents),
          GLOBUS(globus_endpoint_search_encodes_the_text_and_pages),
          GLOBUS(globus_endpoint_search_refuses_to_search_for_nothing),
          GLOBUS(globus_endpoint_search_finds_an_id_by_asking_for_it),
          GLOBUS(globus_endpoint_search_all_asks_in_parallel),
          GLOBUS(globus_endpoint_search_says_when_the_answer_is_no_list),
          GLOBUS(globus_endpoint_get_reads_one_and_asks_for_ids_only))
