#include "globus_unit.h"

#include <string.h>

#define TRANSFER "urn%3Aglobus%3Aauth%3Ascope%3Atransfer.api.globus.org%3Aall"

static void globus_pkce_challenge_is_that_of_rfc_7636_appendix_b(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_str(globus_pkce_challenge(c->arena, STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
               "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void globus_authorize_url_asks_for_four_scopes_and_nothing_more(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct globus_authorize a = {
        .redirect_uri = STR("https://registry.example.org/complete/globus/"),
        .state = STR("the-state"),
        .nonce = STR("the-nonce"),
        .challenge = STR("the-challenge"),
    };

    assert_str(globus_authorize_url(c, &a),
               "https://auth.globus.org/v2/oauth2/authorize?client_id=" CLIENT_ID
               "&redirect_uri=https%3A%2F%2Fregistry.example.org%2Fcomplete%2Fglobus%2F"
               "&scope=openid%20profile%20email%20" TRANSFER
               "&state=the-state&response_type=code&access_type=offline"
               "&code_challenge=the-challenge&code_challenge_method=S256&nonce=the-nonce");
}

static void globus_authorize_url_adds_what_is_demanded(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct globus_authorize a = {
        .redirect_uri = STR("r"),
        .state = STR("s"),
        .nonce = STR("n"),
        .challenge = STR("c"),
        .demands = {.scopes = STR(GLOBUS_TRANSFER_SCOPE "[*https://auth.globus.org/scopes/" ID_A
                                                        "/data_access]"),
                    .identities = STR(ID_A "," ID_B),
                    .single_domain = STR("uni.edu"),
                    .policies = STR(ID_C),
                    .mfa = true,
                    .prompt = STR("login"),
                    .message = STR("Sign in & go on")},
    };

    assert_str(globus_authorize_url(c, &a),
               "https://auth.globus.org/v2/oauth2/authorize?client_id=" CLIENT_ID
               "&redirect_uri=r&scope=openid%20profile%20email%20" TRANSFER
               "%5B%2Ahttps%3A%2F%2Fauth.globus.org%2Fscopes%2F" ID_A "%2Fdata_access%5D"
               "&state=s&response_type=code&access_type=offline&code_challenge=c&code_challenge_"
               "method=S256&nonce=n"
               "&session_required_identities=" ID_A "%2C" ID_B
               "&session_required_single_domain=uni.edu"
               "&session_required_policies=" ID_C
               "&session_required_mfa=true&prompt=login&session_message=Sign%20in%20%26%20go%20on");
}

static void globus_logout_url_has_a_way_back(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_str(globus_logout_url(c, STR("https://registry.example.org/settings/integrations")),
               "https://auth.globus.org/v2/web/logout?client_id=" CLIENT_ID
               "&redirect_uri=https%3A%2F%2Fregistry.example.org%2Fsettings%2Fintegrations&"
               "redirect_name=Singularity%20Registry");
}

static void globus_links_lead_into_the_web_app(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_str(globus_task_url(c, STR(ID_A)), "https://app.globus.org/activity/" ID_A "/overview");
    assert_str(globus_endpoint_url(c, STR(ID_B)),
               "https://app.globus.org/file-manager/collections/" ID_B "/overview");
    assert_str(globus_task_url(c, STR("../x?y")),
               "https://app.globus.org/activity/..%2Fx%3Fy/overview");
}

UNIT_MAIN(GLOBUS(globus_pkce_challenge_is_that_of_rfc_7636_appendix_b),
          GLOBUS(globus_authorize_url_asks_for_four_scopes_and_nothing_more),
          GLOBUS(globus_authorize_url_adds_what_is_demanded),
          GLOBUS(globus_logout_url_has_a_way_back), GLOBUS(globus_links_lead_into_the_web_app))
