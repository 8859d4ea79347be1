#include "support/unit.h"

#include "base/settings.h"
#include "transfer/endpoint_status.h"

#define SOURCE   "11111111-1111-1111-1111-111111111111"
#define HERE     "22222222-2222-2222-2222-222222222222"
#define ME       "33333333-3333-3333-3333-333333333333"
#define STRANGER "44444444-4444-4444-4444-444444444444"
#define CONSENT  GLOBUS_TRANSFER_SCOPE "[*https://auth.globus.org/scopes/" HERE "/data_access]"

static const struct settings settings = {.globus_source = SOURCE,
                                         .globus_app_url = "https://app.globus.org"};

static struct globus_endpoint endpoint(const char *type)
{
    return (struct globus_endpoint){
        .id = STR(HERE), .entity_type = str_of(type), .owner_id = STR(ME), .gcp_connected = true};
}

static struct endpoint_status status_of(void **state, const struct globus_endpoint *e,
                                        const char *consents)
{
    struct ctx *c = unit_ctx(state);
    const struct link l = {.identity_id = STR(ME), .consents = str_of(consents)};

    c->settings = &settings;
    return endpoint_status_of(c, e, &l);
}

static void servers_legacy_endpoints_and_the_source_are_never_offered(void **state)
{
    static const char *const types[] = {"GCSv5_endpoint", "GCSv4_host", "GCSv4_share"};
    struct globus_endpoint e;

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        e = endpoint(types[i]);
        assert_false(status_of(state, &e, "").is_offered);
        assert_false(status_of(state, &e, "").is_ready);
    }
    e = endpoint("GCSv5_guest_collection");
    e.id = STR(SOURCE);
    assert_false(status_of(state, &e, "").is_offered);
}

static void a_collection_that_could_take_a_file_now_is_ready(void **state)
{
    static const char *const types[] = {"GCP_mapped_collection", "GCP_guest_collection",
                                        "GCSv5_guest_collection"};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct globus_endpoint e = endpoint(types[i]);
        struct endpoint_status s = status_of(state, &e, "");

        assert_true(s.is_offered);
        assert_true(s.is_ready);
        assert_true(s.is_sendable);
        assert_int_equal(s.action_url.len, 0);
    }
}

static void where_only_globus_knows_a_wish_is_taken_and_that_is_said(void **state)
{
    static const char *const restricted[] = {"inbound", "all"};
    struct globus_endpoint e = endpoint("a_type_of_tomorrow");
    struct endpoint_status s = status_of(state, &e, "");

    assert_true(s.is_offered && s.is_sendable && !s.is_ready);
    assert_true(s.reason.len && s.action_url.len);
    for (size_t i = 0; i < COUNT_OF(restricted); i++) {
        e = endpoint("GCSv5_guest_collection");
        e.high_assurance = true;
        e.high_assurance_only = str_of(restricted[i]);
        s = status_of(state, &e, "");
        assert_true(s.is_sendable && !s.is_ready && s.reason.len);
    }
    e.high_assurance_only = STR("outbound"); /* we send there */
    assert_true(status_of(state, &e, "").is_ready);
}

static void what_may_still_come_is_said_of_what_is_ready(void **state)
{
    struct globus_endpoint e = endpoint("GCP_mapped_collection");

    assert_int_equal(status_of(state, &e, "").reason.len, 0);
    e = endpoint("GCP_guest_collection");
    assert_true(status_of(state, &e, "").reason.len > 0);
    e = endpoint("GCSv5_mapped_collection");
    e.high_assurance = true;
    assert_true(status_of(state, &e, "").is_ready);
    assert_true(status_of(state, &e, "").reason.len > 0);
}

static void what_cannot_take_a_file_takes_no_wish(void **state)
{
    struct globus_endpoint e = endpoint("GCSv5_guest_collection");

    e.non_functional = true;
    assert_false(status_of(state, &e, "").is_sendable);
    assert_true(status_of(state, &e, "").reason.len > 0);
    e = endpoint("GCP_mapped_collection");
    e.owner_id = STR(STRANGER);
    assert_false(status_of(state, &e, "").is_sendable);
    e = endpoint("GCSv5_mapped_collection");
    assert_false(status_of(state, &e, "").is_sendable);
}

static void a_personal_collection_serves_its_owner_or_administrator(void **state)
{
    struct globus_endpoint e = endpoint("GCP_mapped_collection");

    e.owner_id = STR(STRANGER);
    assert_false(status_of(state, &e, "").is_ready);
    e.i_administer = true;
    assert_true(status_of(state, &e, "").is_ready);
}

static void an_offline_or_paused_personal_collection_says_so(void **state)
{
    struct globus_endpoint e = endpoint("GCP_mapped_collection");
    struct endpoint_status s;

    e.gcp_connected = false;
    s = status_of(state, &e, "");
    assert_false(s.is_ready);
    assert_true(s.is_sendable); /* it waits there */
    assert_true(s.reason.len > 0);
    assert_true(s.action_url.len > 0);

    e.gcp_connected = e.gcp_paused = true;
    s = status_of(state, &e, "");
    assert_false(s.is_ready);
    assert_true(s.reason.len > 0);
}

static void a_mapped_collection_needs_its_consent_once(void **state)
{
    struct globus_endpoint e = endpoint("GCSv5_mapped_collection");
    struct endpoint_status s = status_of(state, &e, "");

    assert_false(s.is_ready);
    assert_true(s.needs_consent);
    assert_str(s.action_url, "/globus/activate/" HERE);

    assert_true(status_of(state, &e, CONSENT).is_ready);
    e.id = STR(STRANGER); /* the consent is for another collection */
    assert_false(status_of(state, &e, CONSENT).is_ready);
}

static void high_assurance_has_no_data_access_to_ask_for(void **state)
{
    struct globus_endpoint e = endpoint("GCSv5_mapped_collection");

    e.high_assurance = true;
    assert_false(status_of(state, &e, "").needs_consent);
}

static void the_consent_is_asked_for_as_a_dependent_scope(void **state)
{
    struct globus_endpoint e = endpoint("GCSv5_mapped_collection");

    assert_str(endpoint_consent(unit_ctx(state), &e).scopes, CONSENT);
}

static void badges_tell_look_alikes_apart(void **state)
{
    struct globus_endpoint e = endpoint("GCSv5_mapped_collection");
    struct endpoint_status s;

    e.is_public = e.high_assurance = true;
    s = status_of(state, &e, "");
    assert_int_equal(s.badge_count, 3);
    assert_str(s.badges[0], "mapped collection");
    assert_str(s.badges[1], "public");
    assert_str(s.badges[2], "high assurance");
}

UNIT_MAIN(UNIT(servers_legacy_endpoints_and_the_source_are_never_offered),
          UNIT(a_collection_that_could_take_a_file_now_is_ready),
          UNIT(where_only_globus_knows_a_wish_is_taken_and_that_is_said),
          UNIT(what_may_still_come_is_said_of_what_is_ready),
          UNIT(what_cannot_take_a_file_takes_no_wish),
          UNIT(a_personal_collection_serves_its_owner_or_administrator),
          UNIT(an_offline_or_paused_personal_collection_says_so),
          UNIT(a_mapped_collection_needs_its_consent_once),
          UNIT(high_assurance_has_no_data_access_to_ask_for),
          UNIT(the_consent_is_asked_for_as_a_dependent_scope), UNIT(badges_tell_look_alikes_apart))
