#include "setup/setup.h"

#include "line.h"

#include "base/codec.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/settings.h"
#include "globus/auth.h"
#include "globus/collection.h"
#include "globus/rule.h"

enum { CLIENT_ID_FILE_MAX = 100, PAGES_MAX = 20 };

#define REDIRECT_PATH "/globus/login"

/* One run. */
struct run {
    struct ctx *c;
    const struct setup_options *o;
    struct setup_report *report;
    struct globus_session own;   /* of the registry */
    struct globus_session admin; /* of whoever signed in; no token: nobody was asked yet */
    struct globus_grant grant;   /* to be revoked */
    struct globus_endpoint source;
};

#define NOTE(run, how, ...) \
    ((run)->report->steps[(run)->report->count++] = \
         (struct setup_step){(how), str_printf((run)->c->arena, __VA_ARGS__)})

/* ---- who asks -------------------------------------------------------------------------------- */

static enum err sign_in_registry(struct run *r)
{
    struct globus_token token;

    TRY(globus_client_token(r->c, &token));
    r->own = (struct globus_session){.access_token = token.access_token};
    return ERR_OK;
}

/* What was pasted: the code itself, or the address of the page that showed it. */
static struct str code_in(struct arena *a, struct str pasted, struct str state)
{
    struct str code = str_trim(pasted), given = STR_NONE, query, key;

    if (!str_cut(code, '?', &key, &query))
        return code;
    code = STR_NONE;
    while (query.len) {
        struct str pair, value;

        (void)str_cut(query, '&', &pair, &query);
        (void)str_cut(pair, '=', &key, &value);
        if (str_eq(key, STR("code")))
            (void)!url_decode(a, value, true, &code);
        if (str_eq(key, STR("state")))
            (void)!url_decode(a, value, true, &given);
    }
    return str_eq(given, state) ? code : STR_NONE;
}

static enum err sign_in_admin(struct run *r)
{
    struct ctx *c = r->c;
    struct str verifier = secret_token(c->arena), nonce = secret_token(c->arena), pasted, code;
    const struct globus_token *token;
    const struct globus_authorize a = {
        .redirect_uri = str_printf(c->arena, "%s" REDIRECT_PATH, c->settings->domain_name),
        .state = str_printf(c->arena, GLOBUS_SETUP_STATE STR_FMT, STR_ARG(secret_token(c->arena))),
        .nonce = nonce,
        .challenge = globus_pkce_challenge(c->arena, verifier),
    };

    if (r->admin.access_token.len)
        return ERR_OK;
    TRY(r->o->ask_code(c, r->o->arg, globus_authorize_url(c, &a), &pasted));
    code = code_in(c->arena, pasted, a.state);
    if (code.len == 0)
        return FAIL(c, ERR_INPUT, "this is no code, and no address of this sign-in; begin again");
    TRY(globus_code_exchange(c, code, a.redirect_uri, verifier, nonce, &r->grant));
    token = globus_grant_token(&r->grant, STR(GLOBUS_TRANSFER_SERVER));
    r->admin = (struct globus_session){.access_token = token->access_token};
    return ERR_OK;
}

/* Nothing of the sign-in is left, whatever came of the run. */
static void sign_out_admin(struct run *r)
{
    struct str tokens[2 * GLOBUS_TOKENS_MAX];
    bool done[2 * GLOBUS_TOKENS_MAX];
    struct failure kept = r->c->failure;
    size_t count = 0;

    for (size_t i = 0; i < r->grant.token_count; i++) {
        const struct globus_token *t = &r->grant.tokens[i];

        tokens[count++] = t->access_token;
        if (t->refresh_token.len)
            tokens[count++] = t->refresh_token;
    }
    if (count)
        globus_token_revoke(r->c, tokens, done, count);
    r->c->failure = kept;
}

/* ---- the collection -------------------------------------------------------------------------- */

static bool is_personal(const struct globus_endpoint *e)
{
    return str_eq(e->entity_type, STR("GCP_mapped_collection"));
}

static bool is_guest(const struct globus_endpoint *e)
{
    return str_has_suffix(e->entity_type, STR("_guest_collection"));
}

/* Ask as the registry; what it may not see, as the administrator. */
static enum err look_at(struct run *r, struct str id, struct globus_endpoint *out)
{
    enum err e = globus_endpoint_get(r->c, &r->own, id, out);

    if (e != ERR_NOT_FOUND && e != ERR_FORBIDDEN)
        return e;
    ctx_forgive(r->c);
    TRY(sign_in_admin(r));
    return globus_endpoint_get(r->c, &r->admin, id, out);
}

static enum err find_host(struct run *r, struct str *id)
{
    const char *path = str_printf(r->c->arena, "%s/client-id.txt", r->o->gcp_dir).ptr;
    struct str text, rest;
    bool found;

    *id = r->o->host;
    if (id->len)
        return ERR_OK;
    TRY(file_read(r->c, path, CLIENT_ID_FILE_MAX, &text, &found));
    (void)str_cut(text, '\n', id, &rest);
    *id = str_trim(*id);
    if (!found || !str_is_uuid(*id))
        return FAIL(r->c, ERR_INPUT,
                    "there is no Globus Connect Personal here (%s): run this as the user it runs "
                    "as, or name its collection with --host, or a collection that is there with "
                    "--collection",
                    path);
    return ERR_OK;
}

static struct str images_folder(struct ctx *c)
{
    return str_printf(c->arena, "%s/", c->settings->images_root);
}

/* One that an earlier run made, and died before it was recorded. */
static enum err find_guest(struct run *r, struct str host, struct str *id)
{
    int64_t offset = 0;

    *id = STR_NONE;
    for (int page = 0; page < PAGES_MAX && offset >= 0; page++) {
        struct globus_endpoints found;

        TRY(globus_endpoint_search(r->c, &r->admin, STR("my-endpoints"), STR_NONE, offset, &found));
        for (size_t i = 0; i < found.count; i++) {
            const struct globus_endpoint *e = &found.list[i];

            if (is_guest(e) && str_eq_nocase(e->mapped_id, host) &&
                str_eq(e->host_path, images_folder(r->c)))
                *id = e->id;
        }
        offset = found.next_offset;
    }
    return ERR_OK;
}

static enum err make_guest(struct run *r, struct str host, struct str *id)
{
    struct ctx *c = r->c;
    struct str name = str_printf(c->arena, "%s images", c->settings->registry_name);
    enum err e;

    TRY(sign_in_admin(r));
    TRY(find_guest(r, host, id));
    if (id->len)
        return ERR_OK;
    fault_point("setup:before_create");
    e = globus_guest_create(c, &r->admin, host, images_folder(c), name, id);
    if (e == ERR_FORBIDDEN)
        return FAIL(c, e,
                    "Globus makes no guest collection there: it must be yours, and have a "
                    "subscription (globus gcp update mapped --subscription-id DEFAULT, by a member "
                    "of your institution's subscription group)");
    TRY(e);
    fault_point("setup:after_create");
    NOTE(r, SETUP_DONE, "made the guest collection \"" STR_FMT "\"", STR_ARG(name));
    return ERR_OK;
}

/* What was named, or stands in the settings; absent: a new one is to be made. */
static struct str wanted_collection(const struct run *r)
{
    if (r->o->host.len)
        return STR_NONE;
    return r->o->collection.len ? r->o->collection : str_of(r->c->settings->globus_source);
}

/* The collection of this registry; a personal one is only what a guest collection lies on. */
static enum err find_source(struct run *r, struct str *id)
{
    struct str host = STR_NONE;

    *id = wanted_collection(r);
    if (id->len == 0)
        TRY(find_host(r, &host));
    else
        TRY(look_at(r, *id, &r->source));
    if (id->len && !is_personal(&r->source)) {
        NOTE(r, SETUP_WAS_SO, "the collection \"" STR_FMT "\" is there",
             STR_ARG(r->source.display_name));
        return ERR_OK;
    }
    TRY(make_guest(r, id->len ? *id : host, id));
    return globus_endpoint_get(r->c, &r->admin, *id, &r->source);
}

static enum err record(struct run *r, struct str id)
{
    struct str line = str_printf(r->c->arena, "PLUGIN_GLOBUS_ENDPOINT=" STR_FMT, STR_ARG(id));
    bool changed;

    if (line_put(r->c, r->o->settings_path, STR("PLUGIN_GLOBUS_ENDPOINT="), line, &changed) !=
        ERR_OK) {
        NOTE(r, SETUP_TO_DO, "put this line into %s yourself, for " STR_FMT ": " STR_FMT,
             r->o->settings_path, STR_ARG(r->c->failure.detail), STR_ARG(line));
        ctx_forgive(r->c);
        return ERR_OK;
    }
    fault_point("setup:after_record");
    NOTE(r, changed ? SETUP_DONE : SETUP_WAS_SO, "%s says " STR_FMT, r->o->settings_path,
         STR_ARG(line));
    return ERR_OK;
}

/* ---- who may read ---------------------------------------------------------------------------- */

static bool is_open(const struct globus_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct str type = rules->list[i].principal_type;

        if (str_eq(type, STR("all_authenticated_users")) || str_eq(type, STR("anonymous")))
            return true;
    }
    return false;
}

/* *may false: the registry has no role there that lets it. */
static enum err list_rules(struct run *r, struct globus_rules *rules, bool *may)
{
    enum err e = globus_rule_list(r->c, &r->own, r->source.id, rules);

    *may = e == ERR_OK;
    if (e != ERR_FORBIDDEN && e != ERR_NOT_FOUND)
        return e;
    ctx_forgive(r->c);
    return ERR_OK;
}

static enum err give_role(struct run *r)
{
    enum err e;

    TRY(sign_in_admin(r));
    e = globus_role_create(r->c, &r->admin, r->source.id, str_of(r->c->settings->globus_client_id),
                           "access_manager");
    fault_point("setup:after_role");
    if (e == ERR_OK)
        NOTE(r, SETUP_DONE, "gave the registry's app the role access manager there");
    if (e != ERR_FORBIDDEN && e != ERR_CONFLICT && e != ERR_GLOBUS)
        return e;
    NOTE(r, SETUP_TO_DO,
         "give %s@clients.auth.globus.org the role \"Access manager\" on the collection in the "
         "Globus web app, for Globus refused it here (roles need a subscription, and those of a "
         "Globus Connect Server are given there), then run this again",
         r->c->settings->globus_client_id);
    ctx_forgive(r->c);
    return ERR_OK;
}

static enum err settle_access(struct run *r, const struct globus_rules *rules)
{
    enum globus_rule_outcome outcome;
    bool open = is_open(rules);

    if (r->c->settings->globus_source_access == SOURCE_PER_USER) {
        if (open)
            NOTE(r, SETUP_TO_DO,
                 "remove the rule that lets everybody read the collection (Globus web app, "
                 "Permissions), for GLOBUS_SOURCE_ACCESS is per-user");
        else
            NOTE(r, SETUP_WAS_SO, "nobody may read it but by a rule of their own");
        return ERR_OK;
    }
    if (!open)
        TRY(globus_rule_create_open(r->c, &r->own, r->source.id, STR("/"), &outcome));
    NOTE(r, open ? SETUP_WAS_SO : SETUP_DONE,
         "everybody may read it, as GLOBUS_SOURCE_ACCESS says");
    return ERR_OK;
}

static enum err settle_rules(struct run *r)
{
    struct globus_rules rules;
    bool may;

    if (!is_guest(&r->source)) {
        NOTE(r, SETUP_TO_DO,
             "\"" STR_FMT "\" is no guest collection, so it has no rules: only people with an "
             "account there can transfer from it",
             STR_ARG(r->source.display_name));
        return ERR_OK;
    }
    TRY(list_rules(r, &rules, &may));
    if (!may) {
        TRY(give_role(r));
        TRY(list_rules(r, &rules, &may));
    } else {
        NOTE(r, SETUP_WAS_SO, "the registry's app may manage its rules");
    }
    return may ? settle_access(r, &rules) : ERR_OK;
}

/* ---- this host ------------------------------------------------------------------------------- */

/* Readable, shareable, and not writable, whatever rules say (S61). */
static enum err restrict_paths(struct run *r)
{
    const char *path = str_printf(r->c->arena, "%s/config-paths", r->o->gcp_dir).ptr;
    struct str folder = images_folder(r->c);
    struct str line = str_printf(r->c->arena, STR_FMT ",1,0", STR_ARG(folder)), text;
    bool found, changed;

    if (!str_has_prefix(r->source.entity_type, STR("GCP_")))
        return ERR_OK;
    if (file_read(r->c, path, 1 << 20, &text, &found) != ERR_OK || !found ||
        line_put(r->c, path, str_printf(r->c->arena, STR_FMT ",", STR_ARG(folder)), line,
                 &changed) != ERR_OK) {
        ctx_forgive(r->c);
        NOTE(r, SETUP_TO_DO,
             "where Globus Connect Personal runs, its file config-paths needs the "
             "line " STR_FMT " and a restart",
             STR_ARG(line));
        return ERR_OK;
    }
    if (changed)
        NOTE(r, SETUP_DONE, "%s has the line " STR_FMT ": restart Globus Connect Personal", path,
             STR_ARG(line));
    else
        NOTE(r, SETUP_WAS_SO, "%s has the line " STR_FMT, path, STR_ARG(line));
    return ERR_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum err run(struct run *r)
{
    struct str id;

    TRY(sign_in_registry(r));
    TRY(find_source(r, &id));
    r->report->collection = id;
    TRY(record(r, id));
    TRY(settle_rules(r));
    return restrict_paths(r);
}

enum err setup_run(struct ctx *c, const struct setup_options *o, struct setup_report *out)
{
    struct run r = {.c = c, .o = o, .report = out};
    enum err e;

    *out = (struct setup_report){.count = 0};
    e = run(&r);
    sign_out_admin(&r);
    return e;
}

enum err setup_find_status(struct ctx *c, struct setup_status *out)
{
    struct run r = {.c = c};
    struct globus_rules rules = {0};

    *out = (struct setup_status){.may_manage_rules = false};
    if (!c->settings->globus_source[0])
        return FAIL(c, ERR_NOT_FOUND,
                    "PLUGIN_GLOBUS_ENDPOINT is not set: run transload globus setup");
    TRY(sign_in_registry(&r));
    TRY(globus_endpoint_get(c, &r.own, str_of(c->settings->globus_source), &r.source));
    if (is_guest(&r.source))
        TRY(list_rules(&r, &rules, &out->may_manage_rules));
    out->id = r.source.id;
    out->name = r.source.display_name;
    out->owner = r.source.owner;
    out->kind = r.source.entity_type;
    out->is_open = is_open(&rules);
    return ERR_OK;
}
