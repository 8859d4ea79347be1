#include "globus_me.h"
#include "handlers.h"
#include "viewer.h"

#include "account/audit.h"
#include "base/settings.h"

/* ---- shapes ---------------------------------------------------------------------------------- */

struct user_view {
    struct str username;
    bool admin;
    int64_t created_at;
};
static const struct json_field user_fields[] = {
    {"username",   JSON_STR,  offsetof(struct user_view, username),   0, 0, NULL},
    {"admin",      JSON_BOOL, offsetof(struct user_view, admin),      0, 0, NULL},
    {"created_at", JSON_TIME, offsetof(struct user_view, created_at), 0, 0, NULL},
};
static const struct json_shape user_shape = JSON_SHAPE(struct user_view, user_fields);

// clang-format off
static const struct json_field globus_fields[] = {
    {"identity_id",  JSON_STR,  offsetof(struct globus_view, identity_id),  0,                  0, NULL},
    {"username",     JSON_STR,  offsetof(struct globus_view, username),     0,                  0, NULL},
    {"email",        JSON_STR,  offsetof(struct globus_view, email),        JSON_NULL_IF_EMPTY, 0, NULL},
    {"reconnect",    JSON_BOOL, offsetof(struct globus_view, reconnect),    0,                  0, NULL},
    {"mail",         JSON_BOOL, offsetof(struct globus_view, mail),         0,                  0, NULL},
    {"linked_at",    JSON_TIME, offsetof(struct globus_view, linked_at),    0,                  0, NULL},
    {"last_used_at", JSON_TIME, offsetof(struct globus_view, last_used_at), JSON_NULL_IF_EMPTY, 0, NULL},
    {"expires_at",   JSON_TIME, offsetof(struct globus_view, expires_at),   JSON_NULL_IF_EMPTY, 0, NULL},
    {"scopes",       JSON_STRS, offsetof(struct globus_view, scopes),       0,                  0, NULL},
};
// clang-format on
static const struct json_shape globus_shape = JSON_SHAPE(struct globus_view, globus_fields);

struct site_view {
    struct str registry_name, help_email;
    bool globus_enabled, password_login, globus_login, user_collections, default_private,
        private_only;
    int64_t share_link_days, keep_versions;
};
// clang-format off
static const struct json_field site_fields[] = {
    {"registry_name",  JSON_STR,  offsetof(struct site_view, registry_name),  0,                  0, NULL},
    {"help_email",     JSON_STR,  offsetof(struct site_view, help_email),     JSON_NULL_IF_EMPTY, 0, NULL},
    {"globus_enabled", JSON_BOOL, offsetof(struct site_view, globus_enabled), 0,                  0, NULL},
    {"password_login", JSON_BOOL, offsetof(struct site_view, password_login), 0,                  0, NULL},
    {"globus_login",   JSON_BOOL, offsetof(struct site_view, globus_login),   0,                  0, NULL},
    {"user_collections", JSON_BOOL, offsetof(struct site_view, user_collections), 0, 0, NULL},
    {"default_private", JSON_BOOL, offsetof(struct site_view, default_private), 0, 0, NULL},
    {"private_only",   JSON_BOOL, offsetof(struct site_view, private_only),   0,                  0, NULL},
    {"share_link_days", JSON_INT, offsetof(struct site_view, share_link_days), 0, 0, NULL},
    {"keep_versions",  JSON_INT,  offsetof(struct site_view, keep_versions),  0,                  0, NULL},
};
// clang-format on
static const struct json_shape site_shape = JSON_SHAPE(struct site_view, site_fields);

struct me_view {
    const struct user_view *user;
    struct str csrf_token;
    const struct globus_view *globus;
    const struct site_view *site;
    bool has_password; /* of a user; false when signed out */
    bool is_any_open;  /* of their transfers */
    int64_t news;
};
// clang-format off
static const struct json_field me_fields[] = {
    {"user",         JSON_OBJECT, offsetof(struct me_view, user),         0,               0, &user_shape  },
    {"csrf_token",   JSON_STR,    offsetof(struct me_view, csrf_token),   JSON_OMIT_EMPTY, 0, NULL         },
    {"has_password", JSON_BOOL,   offsetof(struct me_view, has_password), 0,               0, NULL         },
    {"globus",       JSON_OBJECT, offsetof(struct me_view, globus),       0,               0, &globus_shape},
    {"site",         JSON_OBJECT, offsetof(struct me_view, site),         JSON_OMIT_EMPTY, 0, &site_shape  },
    {"news",         JSON_INT,    offsetof(struct me_view, news),         0,               0, NULL         },
    {"under_way",    JSON_BOOL,   offsetof(struct me_view, is_any_open),  0,               0, NULL         },
};
// clang-format on
static const struct json_shape me_shape = JSON_SHAPE(struct me_view, me_fields);

struct login_view {
    const struct user_view *user;
    struct str csrf_token;
};
static const struct json_field login_fields[] = {
    {"user",       JSON_OBJECT, offsetof(struct login_view, user),       0, 0, &user_shape},
    {"csrf_token", JSON_STR,    offsetof(struct login_view, csrf_token), 0, 0, NULL       },
};
static const struct json_shape login_shape = JSON_SHAPE(struct login_view, login_fields);

struct credentials {
    struct str username, password;
};
// clang-format off
static const struct json_field credentials_fields[] = {
    {"username", JSON_STR, offsetof(struct credentials, username), JSON_REQUIRED, USERNAME_MAX, NULL},
    {"password", JSON_STR, offsetof(struct credentials, password), JSON_REQUIRED, PASSWORD_MAX, NULL},
};
// clang-format on
static const struct json_shape credentials_shape =
    JSON_SHAPE(struct credentials, credentials_fields);

struct password_change {
    struct str current, new_password;
};
// clang-format off
static const struct json_field password_change_fields[] = {
    {"current", JSON_STR, offsetof(struct password_change, current),      0,             PASSWORD_MAX, NULL},
    {"new",     JSON_STR, offsetof(struct password_change, new_password), JSON_REQUIRED, PASSWORD_MAX, NULL},
};
// clang-format on
static const struct json_shape password_change_shape =
    JSON_SHAPE(struct password_change, password_change_fields);

/* The object that ~/.sregistry holds (reference/sregistry-api.md part 1). */
struct secrets_registry {
    struct str base, username, token;
};
static const struct json_field secrets_registry_fields[] = {
    {"base",     JSON_STR, offsetof(struct secrets_registry, base),     0, 0, NULL},
    {"username", JSON_STR, offsetof(struct secrets_registry, username), 0, 0, NULL},
    {"token",    JSON_STR, offsetof(struct secrets_registry, token),    0, 0, NULL},
};
static const struct json_shape secrets_registry_shape =
    JSON_SHAPE(struct secrets_registry, secrets_registry_fields);

struct client_secrets {
    const struct secrets_registry *registry;
};
// clang-format off
static const struct json_field client_secrets_fields[] = {
    {"registry", JSON_OBJECT, offsetof(struct client_secrets, registry), 0, 0, &secrets_registry_shape},
};
// clang-format on
static const struct json_shape client_secrets_shape =
    JSON_SHAPE(struct client_secrets, client_secrets_fields);

struct token_view {
    struct str token;
    const struct client_secrets *client_secrets;
};
// clang-format off
static const struct json_field token_fields[] = {
    {"token",          JSON_STR,    offsetof(struct token_view, token),          0, 0, NULL                 },
    {"client_secrets", JSON_OBJECT, offsetof(struct token_view, client_secrets), 0, 0, &client_secrets_shape},
};
// clang-format on
static const struct json_shape token_shape = JSON_SHAPE(struct token_view, token_fields);

/* ---- handlers -------------------------------------------------------------------------------- */

static struct user_view user_view(const struct user *u)
{
    return (struct user_view){
        .username = u->username, .admin = u->is_admin, .created_at = u->created_at};
}

static enum err check_passwords_taken(struct ctx *c)
{
    if (!settings_takes_passwords(c->settings))
        return FAIL(c, ERR_FORBIDDEN,
                    "This registry takes no passwords: use \"Sign in with Globus\" on the sign-in "
                    "page.");
    return ERR_OK;
}

/* POST /api/login */
enum err handle_login(struct req *r)
{
    struct ctx *c = r->ctx;
    struct credentials given = {0};
    struct str token;
    struct user user;
    struct session session;
    struct user_view view;

    TRY(check_passwords_taken(c));
    TRY(req_json(r, &credentials_shape, &given));
    TRY(user_authenticate(c, str_lower(c->arena, given.username), given.password, r->remote_address,
                          &user));
    if (app_session(r)) /* a new id at each login; the old session would only linger */
        TRY(session_end(c, app_session(r)->id_hash));
    TRY(session_create(c, &user, app_session_origin(r), &token, &session));
    TRY(audit_note(c, user.id, "user.login", r->remote_address));

    reply_header(r, "Set-Cookie", session_cookie(c, token));
    view = user_view(&user);
    return reply_json(r, 200, &login_shape, &(struct login_view){&view, session.csrf_token});
}

/* POST /api/logout */
enum err handle_logout(struct req *r)
{
    TRY(session_end(r->ctx, app_session(r)->id_hash));
    TRY(audit_note(r->ctx, app_session(r)->user.id, "user.logout", r->remote_address));
    reply_header(r, "Set-Cookie", session_cookie(r->ctx, STR_NONE));
    return reply_empty(r, 204);
}

/* GET /api/me */
enum err handle_me(struct req *r)
{
    const struct settings *s = r->ctx->settings;
    struct site_view site = {.registry_name = str_of(s->registry_name),
                             .help_email = str_of(s->help_email),
                             .globus_enabled = s->enable_globus,
                             .password_login = settings_takes_passwords(s),
                             .globus_login = settings_takes_globus(s),
                             .user_collections = s->user_collections,
                             .default_private = s->private_only || s->default_private,
                             .private_only = s->private_only,
                             .share_link_days = s->share_link_days,
                             .keep_versions = s->keep_versions};
    struct me_view me = {.site = &site};
    struct user_view user;
    struct globus_me globus = {0};

    if (app_session(r)) {
        user = user_view(&app_session(r)->user);
        me.user = &user;
        me.csrf_token = app_session(r)->csrf_token;
        me.has_password = app_session(r)->has_password;
        TRY(globus_me(r, &globus));
        me.globus = globus.link;
        me.news = globus.news;
        me.is_any_open = globus.is_any_open;
    }
    return reply_json(r, 200, &me_shape, &me);
}

/* POST /api/me/token */
enum err handle_me_token(struct req *r)
{
    struct ctx *c = r->ctx;
    const struct user *u = &app_session(r)->user;
    struct secrets_registry registry = {.base = str_of(c->settings->domain_name),
                                        .username = u->username};
    struct client_secrets secrets = {&registry};
    struct token_view view = {.client_secrets = &secrets};

    TRY(user_new_client_token(c, u->id, &view.token));
    TRY(audit_note(c, u->id, "user.token", u->username));
    registry.token = view.token;
    return reply_json(r, 200, &token_shape, &view);
}

/*
 * Who signed in with Globus may have no password yet. The first one is set by who has just signed
 * in: a session that somebody left open must not become a way in for ever.
 */
static enum err check_may_change(struct req *r, struct str current)
{
    const struct session *s = app_session(r);

    TRY(check_passwords_taken(r->ctx));
    if (s->has_password && !current.ptr)
        return FAIL_FIELD(r->ctx, "current", "current: is missing");
    if (s->has_password)
        return user_check_password(r->ctx, &s->user, current, r->remote_address);
    if (!s->is_new)
        return FAIL(r->ctx, ERR_FORBIDDEN,
                    "To set a first password, sign out, sign in with Globus again, and set it "
                    "within ten minutes.");
    return ERR_OK;
}

/* POST /api/me/password: the other sessions end; this one goes on under a new id. */
enum err handle_me_password(struct req *r)
{
    struct ctx *c = r->ctx;
    const struct user *u = &app_session(r)->user;
    struct password_change change = {0};
    struct session session;
    struct str token;

    TRY(req_json(r, &password_change_shape, &change));
    TRY(check_may_change(r, change.current));
    TRY(user_set_password(c, u->id, change.new_password));
    TRY(session_create(c, u, app_session_origin(r), &token, &session));
    TRY(audit_note(c, u->id, "user.password", u->username));
    reply_header(r, "Set-Cookie", session_cookie(c, token));
    return reply_json(
        r, 200, &login_shape,
        &(struct login_view){
            &(struct user_view){u->username, u->is_admin, u->created_at},
             session.csrf_token
    });
}
