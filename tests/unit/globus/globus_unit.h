/*
 * What the tests of calls to Globus begin with: a context with settings and net, and a scripted
 * Globus on loopback.
 *
 *     SERVE(c, {.answer = json_answer(c, 200, "{}")});      the script; GLOBUS_URL is its base
 *     assert_true(loopback_saw(globus, 0, "GET /v0.10/submission_id "));
 */
#ifndef GLOBUS_UNIT_H
#define GLOBUS_UNIT_H

#include "support/loopback.h"

#include "base/secret.h"
#include "base/settings.h"
#include "globus/transfer.h"
#include "net/net.h"

#define ID_A          "e0000000-0000-4000-8000-000000000001"
#define ID_B          "e0000000-0000-4000-8000-000000000002"
#define ID_C          "e0000000-0000-4000-8000-000000000003"

#define CLIENT_ID     "c11e0000-0000-4000-8000-00000000000a"
#define CLIENT_SECRET "the-client-secret"

static struct settings globus_settings;
static struct loopback *globus; /* the scripted server of this test, NULL until SERVE */
/* its script: an answer that names the server's URL is put in after the start */
static struct script *globus_script;
static struct globus_session globus_session UNUSED;

static int globus_begin(void **state)
{
    int r = unit_begin(state);

    secret_init();
    globus_settings = (struct settings){
        .globus_auth_url = "https://auth.globus.org",
        .globus_transfer_url = "https://transfer.api.globus.org",
        .globus_app_url = "https://app.globus.org",
        .globus_client_id = CLIENT_ID,
        .globus_client_secret = CLIENT_SECRET,
        .globus_timeout_s = 20,
        .registry_name = "Singularity Registry",
        .domain_name = "https://registry.example.org",
    };
    globus_session = (struct globus_session){.access_token = STR("transfer-token")};
    unit_ctx(state)->settings = &globus_settings;
    unit_ctx(state)->net = net_open();
    return r;
}

static int globus_end(void **state)
{
    if (globus)
        loopback_stop(globus);
    globus = NULL;
    net_close(unit_ctx(state)->net);
    return unit_end(state);
}

static UNUSED void globus_serve(struct ctx *c, const struct script *script, size_t count)
{
    const char *url;

    if (globus)
        loopback_stop(globus);
    globus_script = arena_alloc_array(c->arena, count, sizeof *globus_script);
    memcpy(globus_script, script, count * sizeof *globus_script);
    globus = loopback_start(globus_script, count);
    url = str_printf(c->arena, "http://127.0.0.1:%d", loopback_port(globus)).ptr;
    globus_settings.globus_auth_url = url;
    globus_settings.globus_transfer_url = url;
}

#define GLOBUS_URL (globus_settings.globus_auth_url)

#define SERVE(c, ...) \
    globus_serve((c), (const struct script[]){__VA_ARGS__}, \
                 sizeof((const struct script[]){__VA_ARGS__}) / sizeof(struct script))

#define GLOBUS(test) cmocka_unit_test_setup_teardown(test, globus_begin, globus_end)

#endif
