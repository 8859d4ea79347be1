/*
 * Every call we make to Globus against every kind of fault. The outcome of each is stated in the
 * table of docs/globus-faults.md, which this test reads: a row for each kind, a column for each
 * sort of call.
 */
#include "globus_unit.h"
#include "token_maker.h"

#include "globus/rule.h"

/* ---- the calls ------------------------------------------------------------------------------- */

static EVP_PKEY *key;

static enum err do_submission_id(struct ctx *c)
{
    struct str id;

    return globus_submission_id(c, &globus_session, &id);
}

static enum err do_search(struct ctx *c)
{
    struct globus_endpoints e;

    return globus_endpoint_search(c, &globus_session, STR("all"), STR("stanford"), 0, &e);
}

static enum err do_endpoint(struct ctx *c)
{
    struct globus_endpoint e;

    return globus_endpoint_get(c, &globus_session, STR(ID_A), &e);
}

static enum err do_ls(struct ctx *c)
{
    struct globus_listing l;

    return globus_ls(c, &globus_session, STR(ID_A), STR_NONE, 0, 10, &l);
}

static enum err do_task(struct ctx *c)
{
    struct globus_task t;

    return globus_task_get(c, &globus_session, STR(ID_A), &t);
}

static enum err do_task_list(struct ctx *c)
{
    static const struct str id = STR_INIT(ID_A);
    struct globus_tasks t;

    return globus_task_list(c, &globus_session, &id, 1, &t);
}

static enum err do_submit(struct ctx *c)
{
    const struct globus_submit t = {.submission_id = STR(ID_A)};
    struct globus_accepted a;

    return globus_submit(c, &globus_session, &t, &a);
}

static enum err do_cancel(struct ctx *c)
{
    return globus_task_cancel(c, &globus_session, STR(ID_A));
}

static enum err do_refresh(struct ctx *c)
{
    struct globus_token t;

    return globus_token_refresh(c, STR("refresh"), &t);
}

static enum err do_exchange(struct ctx *c)
{
    struct globus_grant g;

    return globus_code_exchange(c, STR("code"), STR("https://r.example/globus/login/"),
                                STR("verifier"), STR("nonce"), &g);
}

static enum err do_stat(struct ctx *c)
{
    const struct globus_place place = {STR(ID_A), STR("/file")};
    struct globus_stat found;

    TRY(globus_stat_all(c, &globus_session, &place, &found, 1));
    return found.err == ERR_OK ? ERR_OK : FAIL(c, found.err, STR_FMT, STR_ARG(found.detail));
}

static enum err do_mkdir(struct ctx *c)
{
    return globus_mkdir(c, &globus_session, STR(ID_A), STR("/new/"));
}

static enum err do_rule_list(struct ctx *c)
{
    struct globus_rules r;

    return globus_rule_list(c, &globus_session, STR(ID_A), &r);
}

static enum err do_rule_create(struct ctx *c)
{
    enum globus_rule_outcome outcome;
    struct str id;

    return globus_rule_create(c, &globus_session, STR(ID_A), STR(ID_B), STR("/1/"), STR("r"),
                              &outcome, &id);
}

static enum err do_rule_delete(struct ctx *c)
{
    return globus_rule_delete(c, &globus_session, STR(ID_A), STR(ID_B));
}

static enum err do_client_token(struct ctx *c)
{
    struct globus_token t;

    return globus_client_token(c, &t);
}

/* ERR_OK: forgotten. Anything else here means that the token stays on the list. */
static enum err do_revoke(struct ctx *c)
{
    const struct str token = STR("token");
    bool done;

    globus_token_revoke(c, &token, &done, 1);
    return done ? ERR_OK : FAIL(c, ERR_GLOBUS_UNAVAILABLE, "kept");
}

/* What one call stands for in the table, and what comes before the fault so that it is reached. */
enum column {
    READ,
    SUBMIT,
    CANCEL,
    REFRESH,
    EXCHANGE,
    REVOKE,
    INTROSPECT,
    DISCOVERY,
    KEYS,
    OWN_TOKEN,
    GRANT,
    WITHDRAW,
    COLUMNS
};
static const struct {
    const char *name;
    enum column column;
    enum err (*run)(struct ctx *c);
} calls[] = {
    {"submission_id",             READ,       do_submission_id},
    {"endpoint_search",           READ,       do_search       },
    {"get endpoint",              READ,       do_endpoint     },
    {"ls",                        READ,       do_ls           },
    {"stat",                      READ,       do_stat         },
    {"mkdir",                     CANCEL,     do_mkdir        },
    {"task get",                  READ,       do_task         },
    {"task_list",                 READ,       do_task_list    },
    {"submit",                    SUBMIT,     do_submit       },
    {"cancel",                    CANCEL,     do_cancel       },
    {"token: refresh_token",      REFRESH,    do_refresh      },
    {"token: authorization_code", EXCHANGE,   do_exchange     },
    {"revoke",                    REVOKE,     do_revoke       },
    {"introspect",                INTROSPECT, do_revoke       },
    {"openid-configuration",      DISCOVERY,  do_exchange     },
    {"jwk.json",                  KEYS,       do_exchange     },
    {"access list",               READ,       do_rule_list    },
    {"token: client_credentials", OWN_TOKEN,  do_client_token },
    {"access create",             GRANT,      do_rule_create  },
    {"access delete",             WITHDRAW,   do_rule_delete  },
};

/* ---- the faults ------------------------------------------------------------------------------ */

// clang-format off
#define JSON(status, body) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body
#define TYPE(status, type, body) "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nContent-Length: %zu\r\n\r\n", body
#define RAW(text) text, NULL
static const struct fault {
    const char *name;
    const char *head, *body; /* the head has a place for the body's length */
    struct script how;       /* what else happens */
} faults[] = {
    {"429",                         JSON("429 Slow", "{}"), {.flood = 0}},
    {"429, Retry-After: 60",        RAW("HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"), {.flood = 0}},
    {"500, HTML",                   TYPE("500 Error", "text/html", "<h1>Internal Server Error</h1>"), {.flood = 0}},
    {"502, text",                   TYPE("502 Bad", "text/plain", "Uh-oh!"), {.flood = 0}},
    {"502, the endpoint's fault",   JSON("502 Bad", "{\"code\":\"ExternalError.XFailed.GCDisconnected\"}"), {.flood = 0}},
    {"503, maintenance",            JSON("503 Later", "{\"code\":\"ServiceUnavailable\"}"), {.flood = 0}},
    {"503, a date of 1970",         RAW("HTTP/1.1 503 Later\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 1970 00:01:00 GMT\r\nContent-Length: 0\r\n\r\n"), {.flood = 0}},
    {"504, empty",                  TYPE("504 Late", "text/plain", ""), {.flood = 0}},
    {"no answer in time",           NULL, NULL, {.flood = 0}},
    {"reset",                       NULL, NULL, {.reset = true}},
    {"closed without an answer",    NULL, NULL, {.close = true}},
    {"no HTTP",                     RAW("220 smtp.example ESMTP\r\n"), {.close = true}},
    {"cut short",                   RAW("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"DATA\":["), {.close = true}},
    {"truncated JSON",              JSON("200 OK", "{\"DATA\":"), {.flood = 0}},
    {"HTML with 200",               TYPE("200 OK", "text/html", "<html>"), {.flood = 0}},
    {"empty with 200",              JSON("200 OK", ""), {.flood = 0}},
    {"a list",                      JSON("200 OK", "[]"), {.flood = 0}},
    {"an empty object",             JSON("200 OK", "{}"), {.flood = 0}},
    {"members of wrong types",      JSON("200 OK", "{\"value\":[],\"task_id\":{},\"id\":false,\"status\":0,\"DATA\":\"x\",\"access_token\":1,\"active\":0,\"issuer\":[],\"keys\":{}}"), {.flood = 0}},
    {"a member twice",              JSON("200 OK", "{\"id\":1,\"id\":2}"), {.flood = 0}},
    {"not UTF-8",                   JSON("200 OK", "\xff\xfe"), {.flood = 0}},
    {"10 MiB",                      RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), {.flood = 10 * 1024, .close = true}},
    {"302 elsewhere",               RAW("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"), {.flood = 0}},
    {"400",                         JSON("400 Bad", "{\"code\":\"ClientError.BadRequest\",\"message\":\"no\"}"), {.flood = 0}},
    {"401",                         JSON("401 Who", "{\"code\":\"ClientError.AuthenticationFailed\"}"), {.flood = 0}},
    {"401 invalid_grant",           JSON("401 Who", "{\"error\":\"invalid_grant\"}"), {.flood = 0}},
    {"401 invalid_client",          JSON("401 Who", "{\"error\":\"invalid_client\"}"), {.flood = 0}},
    {"403 PermissionDenied",        JSON("403 No", "{\"code\":\"PermissionDenied\",\"message\":\"no\"}"), {.flood = 0}},
    {"403 ConsentRequired",         JSON("403 No", "{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\"]}"), {.flood = 0}},
    {"404",                         JSON("404 Not Found", "{\"code\":\"ClientError.NotFound\",\"message\":\"no\"}"), {.flood = 0}},
};
// clang-format on

static struct script script_of(struct ctx *c, const struct fault *f)
{
    struct script s = f->how;

    if (f->head && f->body) {
        struct buf b = {.arena = c->arena};
        const char *place = strstr(f->head, "%zu");

        buf_add(&b, str_view(f->head, (size_t)(place - f->head)));
        buf_printf(&b, "%zu%s%s", strlen(f->body), place + 3, f->body);
        s.answer = buf_str(&b);
    } else if (f->head) {
        s.answer = str_of(f->head);
    }
    return s;
}

static struct str good_token(struct ctx *c)
{
    struct str claims = str_printf(
        c->arena,
        "{\"iss\":\"%s\",\"aud\":\"" CLIENT_ID "\",\"exp\":%d,\"iat\":%d,\"nonce\":\"nonce\","
        "\"sub\":\"" ID_A "\",\"preferred_username\":\"alice@uni.example\"}",
        GLOBUS_URL, UNIT_NOW_S + 172800, UNIT_NOW_S);
    struct str token = make_token(c, key, "{\"typ\":\"JWT\",\"alg\":\"RS512\"}", claims);

    return json_answer(c, 200,
                       str_printf(c->arena,
                                  "{\"access_token\":\"a\",\"resource_server\":"
                                  "\"transfer.api.globus.org\",\"id_token\":\"" STR_FMT
                                  "\",\"other_tokens\":[]}",
                                  STR_ARG(token))
                           .ptr);
}

static struct str good_discovery(struct ctx *c)
{
    return json_answer(c, 200, str_printf(c->arena, "{\"issuer\":\"%s\"}", GLOBUS_URL).ptr);
}

/* The good answers that lead to the call, then the fault for ever. */
static void serve(struct ctx *c, enum column column, struct script fault)
{
    struct script s[3] = {fault, fault, fault};

    globus_serve(c, s, COUNT_OF(s));
    if (column == INTROSPECT)
        globus_script[0] = (struct script){.answer = json_answer(c, 200, "{\"active\":false}")};
    if (column == DISCOVERY || column == KEYS)
        globus_script[0] = (struct script){.answer = good_token(c)};
    if (column == KEYS)
        globus_script[1] = (struct script){.answer = good_discovery(c)};
}

static void note_pause(const struct clock *self UNUSED, int64_t ms)
{
    unit_mono_ms += ms;
}

/* ---- the stated outcomes --------------------------------------------------------------------- */

/* docs/globus-faults.md, of the tree this file stands in. */
static struct str read_statements(struct ctx *c)
{
    static const char here[] = "tests/unit/globus/faults_test.c";
    size_t root = strlen(__FILE__) - strlen(here);
    char path[1024], bytes[64 * 1024];
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, "%.*sdocs/globus-faults.md", (int)root, __FILE__);
    f = fopen(path, "r");
    assert_non_null(f);
    n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return str_dup(c->arena, str_view(bytes, n));
}

/* The row of this kind, as it should stand there. */
static struct str row_of(struct ctx *c, const char *name, const enum err *outcomes)
{
    struct buf b = {.arena = c->arena};

    buf_printf(&b, "\n| %s |", name);
    for (size_t i = 0; i < COLUMNS; i++)
        buf_printf(&b, " %s |", err_code(outcomes[i]));
    buf_printf(&b, "\n");
    return buf_str(&b);
}

/* One call of each sort; that all of a sort end alike is checked on the way. */
static void meet(struct ctx *c, const struct fault *f, enum err *outcomes)
{
    bool hangs = !f->head && !f->how.reset && !f->how.close;
    bool known[COLUMNS] = {false};

    globus_settings.globus_timeout_s = hangs ? 1 : 20;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        enum column column = calls[i].column;
        enum err e;

        if (hangs && known[column])
            continue; /* each takes a second */
        serve(c, column, script_of(c, f));
        ctx_forgive(c);
        e = calls[i].run(c);
        if (e != ERR_OK)
            assert_true(c->failure.err == e && c->failure.detail.len > 0);
        if (known[column] && outcomes[column] != e)
            fail_msg("%s meets \"%s\": %s", calls[i].name, f->name, err_code(e));
        outcomes[column] = e;
        known[column] = true;
        assert_true(globus->count <= 6); /* at most three attempts, after what leads there */
    }
}

static void each_call_meets_each_fault_with_its_stated_outcome(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct unit *u = *state;
    struct str stated = read_statements(c);
    size_t wrong = 0;

    u->clock.pause_ms = note_pause;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        enum err outcomes[COLUMNS];
        struct str row;

        meet(c, &faults[i], outcomes);
        row = row_of(c, faults[i].name, outcomes);
        if (strstr(stated.ptr, row.ptr))
            continue;
        wrong++;
        print_error("not stated so:" STR_FMT, STR_ARG(row));
    }
    assert_int_equal(wrong, 0);
    assert_true(COUNT_OF(faults) >= 20);
}

static int make_key(void **state UNUSED)
{
    key = make_rsa(2048);
    return 0;
}

static int free_key(void **state UNUSED)
{
    EVP_PKEY_free(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GLOBUS(each_call_meets_each_fault_with_its_stated_outcome),
    };

    return cmocka_run_group_tests(tests, make_key, free_key);
}
