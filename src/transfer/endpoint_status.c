#include "transfer/endpoint_status.h"

#include "base/settings.h"

#include <string.h>

/* What a look at an endpoint needs. */
struct look {
    struct ctx *c;
    const struct globus_endpoint *e;
    const struct link *l;
};

static bool is_type(const struct look *k, const char *type)
{
    return str_eq(k->e->entity_type, str_of(type));
}

static bool is_own_source(const struct look *k)
{
    return str_eq_nocase(k->e->id, str_of(k->c->settings->globus_source));
}

static bool is_bare_server(const struct look *k)
{
    return is_type(k, "GCSv5_endpoint");
}

static bool is_legacy(const struct look *k)
{
    return str_has_prefix(k->e->entity_type, STR("GCSv4_"));
}

static bool is_broken(const struct look *k)
{
    return k->e->non_functional;
}

/* A personal collection serves its owner only (globus-api.md §0 fact 3). */
static bool is_anothers_personal(const struct look *k)
{
    return is_type(k, "GCP_mapped_collection") &&
           !str_eq_nocase(k->e->owner_id, k->l->identity_id) && !k->e->i_administer;
}

static bool is_unrecognised(const struct look *k)
{
    static const char *const known[] = {"GCP_mapped_collection", "GCP_guest_collection",
                                        "GCSv5_mapped_collection", "GCSv5_guest_collection"};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (is_type(k, known[i]))
            return false;
    }
    return true;
}

static bool is_offline(const struct look *k)
{
    return str_has_prefix(k->e->entity_type, STR("GCP_")) && !k->e->gcp_connected;
}

static bool is_paused(const struct look *k)
{
    return str_has_prefix(k->e->entity_type, STR("GCP_")) && k->e->gcp_paused;
}

static bool contains(struct str s, struct str part)
{
    for (size_t i = 0; part.len <= s.len && i <= s.len - part.len; i++) {
        if (memcmp(s.ptr + i, part.ptr, part.len) == 0)
            return true;
    }
    return false;
}

/*
 * Only a mapped GCSv5 collection that is not high assurance has data_access (globus-api.md §1.3).
 */
static bool lacks_consent(const struct look *k)
{
    struct arena *a = k->c->arena;
    struct str wanted = str_printf(a, "/scopes/" STR_FMT "/data_access", STR_ARG(k->e->id));

    return is_type(k, "GCSv5_mapped_collection") && !k->e->high_assurance &&
           (k->l->consents.len == 0 ||
            !contains(str_lower(a, k->l->consents), str_lower(a, wanted)));
}

/* Whether this registry's own collection is high assurance is Globus's to know. */
static bool takes_high_assurance_only(const struct look *k)
{
    return k->e->high_assurance && (str_eq(k->e->high_assurance_only, STR("inbound")) ||
                                    str_eq(k->e->high_assurance_only, STR("all")));
}

static bool is_high_assurance(const struct look *k)
{
    return k->e->high_assurance;
}

static bool is_guest(const struct look *k)
{
    return is_type(k, "GCP_guest_collection") || is_type(k, "GCSv5_guest_collection");
}

/* ---- the table ------------------------------------------------------------------------------- */

enum action { HIDE, LOOK_AT_GLOBUS, GIVE_CONSENT };

/* Is a wish for such an endpoint taken all the same? */
enum wish { REFUSED, TAKEN };

/*
 * In the order of globus-api.md §2.3; the first that holds decides, and an endpoint of which none
 * holds is ready. A wish that Globus can keep until the endpoint is back is taken, and so is one
 * about which only Globus knows.
 */
// clang-format off
static const struct obstacle {
    bool (*holds)(const struct look *k);
    enum action action;
    enum wish wish;
    const char *reason;
} obstacles[] = {
    {is_own_source,             HIDE,           REFUSED, "This is where the registry keeps its images."},
    {is_bare_server,            HIDE,           REFUSED, "This is a server; choose one of its collections."},
    {is_legacy,                 HIDE,           REFUSED, "A legacy endpoint, which Globus no longer supports."},
    {is_broken,                 LOOK_AT_GLOBUS, REFUSED, "This collection cannot move data now. Its administrator can repair it."},
    {is_anothers_personal,      LOOK_AT_GLOBUS, REFUSED, "A personal collection of somebody else; only its owner can use it."},
    {is_offline,                LOOK_AT_GLOBUS, TAKEN,   "Globus Connect Personal is not running there. Start it, then load this page again; what you send now waits for it."},
    {is_paused,                 LOOK_AT_GLOBUS, TAKEN,   "Globus Connect Personal is paused there by its owner. Resume it, then load this page again; what you send now waits for it."},
    {lacks_consent,             GIVE_CONSENT,   REFUSED, "Globus needs your consent for this collection, once."},
    {takes_high_assurance_only, LOOK_AT_GLOBUS, TAKEN,   "It takes data from high assurance collections only. Globus refuses the transfer unless this registry's is one."},
    {is_unrecognised,           LOOK_AT_GLOBUS, TAKEN,   "A kind of endpoint that this registry does not know. You can try; Globus has the last word."},
};

/* What may still come where nothing stands in the way now. */
static const struct {
    bool (*holds)(const struct look *k);
    const char *text;
} remarks[] = {
    {is_high_assurance, "Globus may ask you to sign in again before you send."},
    {is_guest,          "Whether you may write there shows when you open a folder or send."},
};
// clang-format on

/* Words that tell look-alikes apart. */
static const struct {
    const char *entity_type, *badge;
} type_badges[] = {
    {"GCP_mapped_collection",   "globus connect"   },
    {"GCP_guest_collection",    "guest collection" },
    {"GCSv5_mapped_collection", "mapped collection"},
    {"GCSv5_guest_collection",  "guest collection" },
};

static void add_badge(struct endpoint_status *s, const char *badge)
{
    s->badges[s->badge_count++] = str_of(badge);
}

static void add_badges(const struct look *k, struct endpoint_status *s)
{
    for (size_t i = 0; i < COUNT_OF(type_badges); i++) {
        if (is_type(k, type_badges[i].entity_type))
            add_badge(s, type_badges[i].badge);
    }
    if (k->e->is_public)
        add_badge(s, "public");
    if (k->e->high_assurance)
        add_badge(s, "high assurance");
}

static struct str action_url(const struct look *k, enum action action)
{
    if (action == GIVE_CONSENT)
        return str_printf(k->c->arena, "/globus/activate/" STR_FMT, STR_ARG(k->e->id));
    return globus_endpoint_url(k->c, k->e->id);
}

static const struct obstacle *find_obstacle(const struct look *k)
{
    for (size_t i = 0; i < COUNT_OF(obstacles); i++) {
        if (obstacles[i].holds(k))
            return &obstacles[i];
    }
    return NULL;
}

static struct str remark(const struct look *k)
{
    for (size_t i = 0; i < COUNT_OF(remarks); i++) {
        if (remarks[i].holds(k))
            return str_of(remarks[i].text);
    }
    return STR_NONE;
}

struct endpoint_status endpoint_status_of(struct ctx *c, const struct globus_endpoint *e,
                                          const struct link *l)
{
    const struct look k = {c, e, l};
    struct endpoint_status s = {.is_offered = true, .is_ready = true, .is_sendable = true};
    const struct obstacle *o = find_obstacle(&k);

    add_badges(&k, &s);
    if (!o) {
        s.reason = remark(&k);
        return s;
    }
    s.is_offered = o->action != HIDE;
    s.is_ready = false;
    s.is_sendable = o->wish == TAKEN;
    s.needs_consent = o->action == GIVE_CONSENT;
    s.reason = str_of(o->reason);
    if (s.is_offered)
        s.action_url = action_url(&k, o->action);
    return s;
}

struct globus_demands endpoint_consent(struct ctx *c, const struct globus_endpoint *e)
{
    return (struct globus_demands){
        .scopes = str_printf(c->arena,
                             GLOBUS_TRANSFER_SCOPE "[*https://auth.globus.org/scopes/" STR_FMT
                                                   "/data_access]",
                             STR_ARG(e->id)),
    };
}
