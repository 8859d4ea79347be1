/* needs: database */
#include "download.h"
#include "handlers.h"
#include "support/registry.h"

/* Ask for a download as a router would hand it over. */
static enum err ask(struct ctx *c, const char *id, struct str capability, struct req *r)
{
    *r = (struct req){
        .ctx = c,
        .method = GET,
        .began_at = unit_now_s,
        .params = {{STR("id"), str_of(id)}, {STR("capability"), capability}},
        .param_count = 2
    };
    ctx_forgive(c);
    return handle_download(r);
}

/* The last segment of a download URL. */
static struct str capability_for(struct ctx *c, struct viewer v, const struct container *k)
{
    struct str before, capability;

    images_settings.download_url_s = 900;
    (void)str_cut_last(download_url(c, v, k), '/', &before, &capability);
    return capability;
}

static struct str header_of(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->reply.header_count; i++) {
        if (strcmp(r->reply.headers[i].name, name) == 0)
            return r->reply.headers[i].value;
    }
    return STR_NONE;
}

static void a_download_url_hands_out_the_file(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "a/b/tacos:v1", STR("image"));
    struct req r;

    assert_ok(c, ask(c, "1", capability_for(c, alice, &k), &r));
    assert_int_equal(r.reply.status, 200);
    assert_str(header_of(&r, "X-Accel-Redirect"),
               str_printf(c->arena, "/_images/1/sha256." STR_FMT ".sif", STR_ARG(k.sha256)).ptr);
    assert_str(header_of(&r, "Content-Disposition"), "attachment; filename=\"a-b-tacos:v1.sif\"");
    assert_str(header_of(&r, "Digest"), "sha-256=YQXWzHavQAMl6U1YjOURvlv9u3O0N9xR7KQ5F9ekPj0=");
}

static void a_forged_capability_is_refused(void **state)
{
    static const char *const forged[] = {
        "",
        "-",
        "--",
        "0",
        "9999999999-0",
        "9999999999-0-",
        "-0-",
        "9999999999-0-0000",
        "9999999999-1-0000000000000000000000000000000000000000000000000000000000000000"};
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    struct str good = capability_for(c, alice, &k), mac, promised;
    struct req r;

    registry_push(c, alice, "tacos/avocados:v2", STR("image"));
    for (size_t i = 0; i < COUNT_OF(forged); i++)
        assert_err(c, ask(c, "1", str_of(forged[i]), &r), ERR_FORBIDDEN);
    assert_err(c, ask(c, "2", good, &r), ERR_FORBIDDEN); /* of another image */
    assert_err(c, ask(c, "1", str_take(good, good.len - 1), &r), ERR_FORBIDDEN);
    assert_err(c, ask(c, "1", str_printf(c->arena, STR_FMT "0", STR_ARG(good)), &r), ERR_FORBIDDEN);
    (void)str_cut_last(good, '-', &promised, &mac);
    assert_err(c,
               ask(c, "1",
                   str_printf(c->arena, "1" STR_FMT "-" STR_FMT, STR_ARG(promised), STR_ARG(mac)),
                   &r),
               ERR_FORBIDDEN);
    assert_err(c,
               ask(c, "1",
                   str_printf(c->arena, STR_FMT "0-" STR_FMT, STR_ARG(promised), STR_ARG(mac)), &r),
               ERR_FORBIDDEN);
    assert_err(c, ask(c, "0", good, &r), ERR_NOT_FOUND);
    assert_err(c, ask(c, "x", good, &r), ERR_NOT_FOUND);
    assert_ok(c, ask(c, "1", good, &r));
}

static void a_capability_ends_at_its_time(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    struct str capability = capability_for(c, alice, &k);
    struct req r;

    unit_now_s += 899;
    assert_ok(c, ask(c, "1", capability, &r));
    unit_now_s += 1;
    assert_err(c, ask(c, "1", capability, &r), ERR_FORBIDDEN);
    assert_non_null(strstr(c->failure.detail.ptr, "expired"));
}

static void a_capability_is_worth_the_rights_its_user_has_now(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob");
    struct container k;
    struct req r;

    images_settings.default_private = true;
    k = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    registry_member(c, bob, "tacos", "contributor");
    assert_ok(c, ask(c, "1", capability_for(c, bob, &k), &r));
    assert_err(c, ask(c, "1", capability_for(c, (struct viewer){0}, &k), &r), ERR_NOT_FOUND);
    database_run("delete from collection_members where role = 'contributor'", NULL, 0);
    assert_err(c, ask(c, "1", capability_for(c, bob, &k), &r), ERR_NOT_FOUND);
    assert_ok(c, container_delete(c, alice, &k));
    assert_err(c, ask(c, "1", capability_for(c, alice, &k), &r), ERR_NOT_FOUND);
}

UNIT_MAIN(UNIT_REGISTRY(a_download_url_hands_out_the_file),
          UNIT_REGISTRY(a_forged_capability_is_refused),
          UNIT_REGISTRY(a_capability_ends_at_its_time),
          UNIT_REGISTRY(a_capability_is_worth_the_rights_its_user_has_now))
