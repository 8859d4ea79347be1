#include "demands.h"
#include "error.h"
#include "globus_unit.h"

#define SCOPE_A GLOBUS_TRANSFER_SCOPE "[*https://auth.globus.org/scopes/" ID_A "/data_access]"

/* The GridFTP reply of a refused login; result is the JSON in it, with its quotes escaped once. */
#define LOGIN_FAILED(result) \
    "{\"code\":\"ExternalError.DirListingFailed.LoginFailed\",\"request_id\":\"rvWu7tCfa\"," \
    "\"resource\":\"/operation/endpoint/x/ls\"," \
    "\"message\":\"Command Failed: Error (login)\\nEndpoint: NAME (UUID)\\nServer: " \
    "35.89.91.21:443\\nMessage: Login Failed\\n---\\n" \
    "Details: 530-Login incorrect. : GlobusError: v=1 " \
    "c=LOGIN_DENIED\\\\r\\\\n530-GridFTP-Message: None of your identities are from " \
    "domains allowed by resource policies\\\\r\\\\n530-GridFTP-JSON-Result: " result \
    "\\\\r\\\\n530 End.\\\\r\\\\n\\n\""

#define NOT_FROM_DOMAIN \
    "{\\\"DATA_TYPE\\\": \\\"result#1.1.0\\\", \\\"code\\\": \\\"permission_denied\\\", " \
    "\\\"detail\\\": {\\\"DATA_TYPE\\\": " \
    "\\\"not_from_allowed_domain#1.0.0\\\", \\\"allowed_domains\\\": [\\\"uni.edu\\\", " \
    "\\\"hpc.edu\\\"]}, " \
    "\\\"http_response_code\\\": 403, \\\"message\\\": \\\"braces } { and \\\\\\\" quotes\\\"}"

#define WITH_PARAMETERS \
    "{\\\"DATA_TYPE\\\": \\\"result#1.1.0\\\", \\\"authorization_parameters\\\": " \
    "{\\\"session_required_single_domain\\\": " \
    "[\\\"uni.edu\\\"]}, \\\"code\\\": \\\"permission_denied\\\"}"

#define INVALID_CREDENTIAL \
    "{\\\"DATA_TYPE\\\": \\\"result#1.1.0\\\", \\\"authorization_parameters\\\": {}, " \
    "\\\"detail\\\": {\\\"DATA_TYPE\\\": " \
    "\\\"invalid_credential#1.0.0\\\"}}"

#define TIMED_OUT \
    "{\\\"DATA_TYPE\\\": \\\"result#1.1.0\\\", \\\"detail\\\": {\\\"DATA_TYPE\\\": " \
    "\\\"authentication_timeout#1.0.0\\\"}}"

static enum err judge(struct ctx *c, int status, const char *body, struct globus_demands *demands)
{
    const struct net_response r = {.fault = NET_OK, .status = status, .body = str_of(body)};

    *demands = (struct globus_demands){0};
    ctx_forgive(c);
    return answer_judge(c, &r, demands);
}

static void demands_sample_a_asks_for_a_consent(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    assert_err(c,
               judge(c, 403,
                     "{\"code\":\"ConsentRequired\",\"message\":\"Missing required data_access "
                     "consent\",\"request_id\":"
                     "\"m8RfX3cES\",\"resource\":\"/operation/endpoint/x/"
                     "ls\",\"required_scopes\":[\"" SCOPE_A "\"],"
                     "\"authorization_parameters\":{\"session_message\":\"Missing required "
                     "data_access consent\","
                     "\"required_scopes\":[\"" SCOPE_A "\"]}}",
                     &d),
               ERR_GLOBUS_STEP_UP);
    assert_str(d.scopes, SCOPE_A);
    assert_str(d.message, "Missing required data_access consent");
    assert_int_equal(d.policies.len + d.identities.len + d.single_domain.len + d.prompt.len, 0);
    assert_false(d.mfa);
    assert_str(c->failure.detail, "Missing required data_access consent");
}

static void demands_sample_b_asks_for_policies_as_one_string(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    assert_err(
        c,
        judge(c, 403,
              "{\"code\":\"AuthPolicyFailed\",\"message\":\"Failing collection authentication "
              "policy\",\"request_id\":"
              "\"MSbPbMR9n\",\"resource\":\"/operation/endpoint/x/"
              "ls\",\"authorization_parameters\":{\"session_message\":"
              "\"Failing collection authentication policy\",\"session_required_policies\":\"" ID_A
              ", " ID_B "\"}}",
              &d),
        ERR_GLOBUS_STEP_UP);
    assert_str(d.policies, ID_A "," ID_B);
}

static void demands_sample_c_asks_for_a_login_inside_a_502(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    assert_err(
        c,
        judge(c, 502,
              LOGIN_FAILED(
                  WITH_PARAMETERS) ",\"authorization_parameters\":{\"session_message\":\"Session "
                                   "reauthentication required (Globus "
                                   "Transfer)\",\"session_required_identities\":[],"
                                   "\"session_required_mfa\":false,\"session_required_single_"
                                   "domain\":[\"uni.edu\"]}}",
              &d),
        ERR_GLOBUS_STEP_UP);
    assert_str(d.single_domain, "uni.edu");
    assert_str(d.message, "Session reauthentication required (Globus Transfer)");
    assert_int_equal(d.identities.len, 0);
}

static void demands_of_older_servers_are_found_in_the_message(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    assert_err(c, judge(c, 502, LOGIN_FAILED(NOT_FROM_DOMAIN) "}", &d), ERR_GLOBUS_STEP_UP);
    assert_str(d.single_domain, "uni.edu,hpc.edu");
    assert_err(c, judge(c, 502, LOGIN_FAILED(WITH_PARAMETERS) "}", &d), ERR_GLOBUS_STEP_UP);
    assert_str(d.single_domain, "uni.edu");
    assert_err(c, judge(c, 502, LOGIN_FAILED(TIMED_OUT) "}", &d), ERR_GLOBUS_STEP_UP);
    assert_str(d.prompt, "login");
    assert_err(c, judge(c, 502, LOGIN_FAILED(INVALID_CREDENTIAL) "}", &d), ERR_FORBIDDEN);
    assert_err(c, judge(c, 502, LOGIN_FAILED("{ not JSON }") "}", &d), ERR_FORBIDDEN);
    assert_err(c, judge(c, 502, LOGIN_FAILED("{ never closed") "}", &d), ERR_FORBIDDEN);
    assert_err(c, judge(c, 502, LOGIN_FAILED("{}{}{}{}{}{}{}{}{}{}") "}", &d), ERR_FORBIDDEN);
}

static void demands_are_found_in_every_published_form(void **state)
{
    // clang-format off
    static const struct {
        const char *body;
        enum err want;
        const char *scopes, *identities, *domains, *policies;
        bool mfa;
    } rows[] = {
        /* no code at all */
        {"{\"authorization_parameters\":{\"session_required_identities\":[\"" ID_A "\",\"urn:globus:auth:identity:" ID_B "\"]}}",
         ERR_GLOBUS_STEP_UP, "", ID_A "," ID_B, "", "", false},
        /* lists as strings */
        {"{\"code\":\"x\",\"authorization_parameters\":{\"session_required_single_domain\":\"a.edu,b.edu\"}}", ERR_GLOBUS_STEP_UP, "",
         "", "a.edu,b.edu", "", false},
        /* Transfer's consent without authorization_parameters, and the singular of action providers */
        {"{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\",\"b[c d]\"]}", ERR_GLOBUS_STEP_UP, "a b[c d]", "", "", "", false},
        {"{\"code\":\"ConsentRequired\",\"required_scope\":\"a[b c]\"}", ERR_GLOBUS_STEP_UP, "a[b c]", "", "", "", false},
        {"{\"code\":\"ConsentRequired\"}", ERR_GLOBUS_STEP_UP, "", "", "", "", false},
        {"{\"code\":\"AuthorizationRequired\"}", ERR_GLOBUS_STEP_UP, "", "", "", "", false},
        /* members of errors[] */
        {"{\"errors\":[7,null,{\"code\":\"y\"},{\"authorization_parameters\":{\"session_required_mfa\":true}}]}", ERR_GLOBUS_STEP_UP, "",
         "", "", "", true},
        {"{\"errors\":[{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\"]}]}", ERR_GLOBUS_STEP_UP, "a", "", "", "", false},
        /* consent and session together */
        {"{\"authorization_parameters\":{\"required_scopes\":[\"a\"],\"session_required_policies\":[\"p\",\"q\"]}}", ERR_GLOBUS_STEP_UP,
         "a", "", "", "p,q", false},
        /* odd members beside a real demand */
        {"{\"authorization_parameters\":{\"required_scopes\":7,\"session_required_policies\":[\"p\",3,null,\"\"],"
         "\"session_required_mfa\":\"x\",\"prompt\":[]}}", ERR_GLOBUS_STEP_UP, "", "", "", "p", false},
        /* empty lists and false are no demand */
        {"{\"authorization_parameters\":{\"session_message\":\"m\",\"session_required_identities\":[],\"session_required_mfa\":false,"
         "\"session_required_policies\":\"\"}}", ERR_FORBIDDEN, "", "", "", "", false},
        {"{\"code\":\"PermissionDenied\",\"message\":\"{\\\"a\\\": {}} no demand\"}", ERR_FORBIDDEN, "", "", "", "", false},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_err(c, judge(c, 403, rows[i].body, &d), rows[i].want);
        assert_str(d.scopes, rows[i].scopes);
        assert_str(d.identities, rows[i].identities);
        assert_str(d.single_domain, rows[i].domains);
        assert_str(d.policies, rows[i].policies);
        assert_int_equal(d.mfa, rows[i].mfa);
    }
}

static void demands_of_globus_auth_are_not_expected(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct net_response r = {
        .fault = NET_OK,
        .status = 403,
        .body = STR("{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\"]}")};

    assert_err(c, answer_judge(c, &r, NULL), ERR_FORBIDDEN);
}

static void demands_stay_short_enough_for_a_url(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf body = {.arena = c->arena};
    struct globus_demands d;

    buf_add(&body,
            STR("{\"authorization_parameters\":{\"session_required_identities\":[\"" ID_A "\""));
    for (int i = 0; i < 10000; i++)
        buf_add(&body, STR(",\"" ID_B "\""));
    buf_add(&body, STR("]}}"));
    assert_err(c, judge(c, 403, str_z(c->arena, buf_str(&body)), &d), ERR_GLOBUS_STEP_UP);
    assert_true(d.identities.len <= 4096);
}

UNIT_MAIN(GLOBUS(demands_sample_a_asks_for_a_consent),
          GLOBUS(demands_sample_b_asks_for_policies_as_one_string),
          GLOBUS(demands_sample_c_asks_for_a_login_inside_a_502),
          GLOBUS(demands_of_older_servers_are_found_in_the_message),
          GLOBUS(demands_are_found_in_every_published_form),
          GLOBUS(demands_of_globus_auth_are_not_expected),
          GLOBUS(demands_stay_short_enough_for_a_url))
