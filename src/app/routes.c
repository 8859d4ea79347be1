#include "fail.h"
#include "handlers.h"
#include "program.h"
#include "viewer.h"

#include "app/app.h"
#include "base/metrics.h"

/*
 * The six callback paths are registered at Globus byte for byte, with and without a slash at the
 * end (S14–S19); the router takes one slash off, so three rows answer all six and none redirects.
 */
// clang-format off
const struct route app_routes[] = {
    /* methods    path                                  who        pool         feature audience body         handler                    what it does */
    {GET,         "/healthz",                           ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_healthz,            "The process is alive"},
    {GET,         "/readyz",                            ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_readyz,             "Database, schema and image store are usable"},
    {GET,         "/metrics",                           ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_metrics,            "Figures for Prometheus, to the addresses that nginx lists; others get 404"},
    {GET,         "/metrics/upload",                    ANYONE,    POOL_UPLOAD, ALWAYS, JSON,    NO_BODY,     handle_metrics_upload,     "The same of the pool that takes images"},

    {POST,        "/api/login",                         ANYONE,    POOL_API,    ALWAYS, JSON,    KIB(4),      handle_login,              "Sign in with user name and password; sets the session cookie"},
    {POST,        "/api/logout",                        USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_logout,             "End the session"},
    {GET,         "/api/me",                            ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_me,                 "Who is signed in, the CSRF token, what the site offers"},
    {GET,         "/api/me/usage",                      USER,      POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_me_usage,           "What the user stores and downloads, and may"},
    {GET,         "/api/me/sessions",                   USER,      POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_session_list,       "Where the user is signed in"},
    {DELETE,      "/api/me/sessions",                   USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_session_end_all,    "Sign out everywhere, here too"},
    {DELETE,      "/api/me/sessions/{id}",              USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_session_end,        "Sign out one of the user's sessions"},
    {POST,        "/api/me/token",                      USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_me_token,           "Make a new client token; shown once"},
    {POST,        "/api/me/password",                   USER,      POOL_API,    ALWAYS, JSON,    KIB(8),      handle_me_password,        "Change the password"},

    {POST,        "/api/upload/chunked_upload",         SIGNED,    POOL_API,    ALWAYS, JSON,    KIB(4),      handle_push_ticket,        "Push, step 1: may this image be pushed? Answers a one-time ticket"},
    {POST,        "/upload/chunked_upload",             SIGNED,    POOL_API,    ALWAYS, JSON,    KIB(4),      handle_push_ticket,        "The same, for a client that was given the registry in the image's name"},
    {POST,        "/upload",                            SIGNED,    POOL_UPLOAD, ALWAYS, JSON,    BODY_STREAM, handle_push_upload,        "Push, step 2: the image"},
    {GET,         "/upload/part",                       USER,      POOL_UPLOAD, ALWAYS, JSON,    NO_BODY,     handle_part_look,          "How much of an upload in parts has arrived"},
    {PUT,         "/upload/part",                       USER,      POOL_UPLOAD, ALWAYS, JSON,    BODY_STREAM, handle_part_take,          "One part of an image; the last one pushes it"},
    {DELETE,      "/upload/part",                       USER,      POOL_UPLOAD, ALWAYS, JSON,    KIB(4),      handle_part_end,           "Give up an upload in parts"},
    {GET,         "/api/container/search/{query...}",   ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_search_by_name,     "Containers of exactly a name: collection/<c>/name/<n>/tag/<t>, collection and tag at will"},
    {GET,         "/api/container/{image...}",          SIGNED,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_manifest_get,       "One image by collection/name[:tag][@version], with its download URL"},
    {GET,         "/container/{image...}",              SIGNED,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_manifest_get,       "The same without /api"},
    {DELETE,      "/api/container/{image...}",          SIGNED,    POOL_API,    ALWAYS, JSON,    KIB(4),      handle_manifest_delete,    "Delete one tag"},
    {DELETE,      "/container/{image...}",              SIGNED,    POOL_API,    ALWAYS, JSON,    KIB(4),      handle_manifest_delete,    "The same without /api"},
    {GET,         "/api/collections",                   ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_collections_all,    "All collections the caller may read, with their containers"},
    {GET,         "/api/collections/{id}",              ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_collection_by_id,   "One collection by number, with its containers"},
    {GET,         "/api/containers",                    ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_containers_all,     "All containers the caller may read, ten at a time unless it is said otherwise"},
    {GET,         "/api/containers/{id}",               ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_container_by_id,    "One container by number, as a manifest without a download URL"},
    {GET,         "/api/collection/search/{q...}",      ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_search_by_words,    "Containers in whose names, description or labels all words occur, the first hundred"},
    {GET,         "/api/labels/search",                 ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_labels_all,         "All labels, with the containers that carry them"},
    {GET,         "/api/labels/search/{query...}",      ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_labels,             "Labels by <key>/key, <value>/value or <key>/key/<value>/value"},
    {GET,         "/api/collection/{name...}",          ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_collection_by_name, "One collection by name; {} when there is none"},
    {GET,         "/api/registry/identity",             ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_identity,           "Name, id and URL of this registry"},
    {GET,         "/containers/{id}/download/recipe",   ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_recipe,             "The definition file of an image, as text"},
    {GET,         "/containers/{id}/download/{capability}", ANYONE, POOL_API,   ALWAYS, JSON,    NO_BODY,     handle_download,           "The bytes of an image, for whoever holds the URL while it is valid"},

    {GET,         "/containers/{id}/download/share/{secret}", ANYONE, POOL_API,   ALWAYS, JSON,    NO_BODY,     handle_download_shared,    "The bytes of an image, for whoever holds a share link"},

    {GET,         "/api/portal/collections",            ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_portal_collections, "Collections the viewer may read, a page at a time"},
    {GET,         "/api/portal/recent",                 ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_portal_recent,      "The collections pushed to last, for the home page"},
    {GET,         "/api/portal/search",                 ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_search,             "Containers in whose names, description or labels all words occur, a page at a time"},
    {GET,         "/api/portal/collections/{id}",       ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_portal_collection,  "One collection and its containers"},
    {GET,         "/api/portal/containers/{id}",        ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_portal_container,   "One container, with a download URL"},
    {POST,        "/api/portal/collections",            USER,      POOL_API,    ALWAYS, JSON,    KIB(16),     handle_collection_create,  "Create a collection"},
    {PATCH,       "/api/portal/collections/{id}",       USER,      POOL_API,    ALWAYS, JSON,    KIB(16),     handle_collection_edit,    "Change name, description, visibility; what is not sent stays"},
    {DELETE,      "/api/portal/collections/{id}",       USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_collection_delete,  "Delete a collection with everything in it; ?name= repeats its name"},
    {GET,         "/api/portal/collections/{id}/activity", USER,   POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_collection_activity, "What was done in a collection, and how full it is; for its owners"},
    {PUT,         "/api/portal/collections/{id}/star",  USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_collection_star,    "Keep a collection among the favorites"},
    {DELETE,      "/api/portal/collections/{id}/star",  USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_collection_unstar,  "Take it out of the favorites"},
    {PUT,         "/api/portal/collections/{id}/members/{user}", USER, POOL_API, ALWAYS, JSON,   KIB(4),      handle_member_set,         "Make a user owner or contributor"},
    {DELETE,      "/api/portal/collections/{id}/members/{user}", USER, POOL_API, ALWAYS, JSON,   KIB(4),      handle_member_remove,      "Take a member out"},
    {DELETE,      "/api/portal/containers/{id}",        USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_container_delete,   "Delete one tag, with its earlier versions"},
    {PUT,         "/api/portal/containers/{id}/frozen", USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_container_freeze,   "Freeze a tag, or let it go"},
    {POST,        "/api/portal/containers/{id}/tags",   USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_container_tag,      "Give the image another tag; with move also one that is there"},
    {GET,         "/api/portal/containers/{id}/versions", ANYONE,  POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_version_list,       "What the tag held before, with download URLs"},
    {GET,         "/api/portal/containers/{id}/facts",  ANYONE,    POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_facts,              "What the image says of itself: format, architecture, labels, definition file, objects, signatures"},
    {DELETE,      "/api/portal/containers/{id}/versions/{version}", USER, POOL_API, ALWAYS, JSON, KIB(4),     handle_version_delete,     "Forget one earlier version"},
    {GET,         "/api/portal/containers/{id}/shares", USER,      POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_share_list,         "Share links of the image that are valid"},
    {POST,        "/api/portal/containers/{id}/shares", USER,      POOL_API,    ALWAYS, JSON,    KIB(4),      handle_share_create,       "Make a share link; its address is shown once"},
    {DELETE,      "/api/portal/containers/{id}/shares/{share}", USER, POOL_API, ALWAYS, JSON,    KIB(4),      handle_share_revoke,       "Revoke a share link"},

    {GET,         "/api/admin/overview",                ADMIN,     POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_admin_overview,     "How much there is: users, storage, open transfers"},
    {GET,         "/api/admin/users",                   ADMIN,     POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_admin_users,        "All users, with what they store and own, a page at a time"},
    {PATCH,       "/api/admin/users/{user}",            ADMIN,     POOL_API,    ALWAYS, JSON,    KIB(4),      handle_admin_user_edit,    "Switch another user on or off; off ends their sessions"},
    {GET,         "/api/admin/audit",                   ADMIN,     POOL_API,    ALWAYS, JSON,    NO_BODY,     handle_admin_audit,        "Who did what, newest first, a page at a time"},

    {GET,         "/settings",                          USER,      POOL_API,    ALWAYS, PAGE,    NO_BODY,     handle_page_settings_home, "Page: to the first tab of the settings"},
    {GET,         "/settings/{tab}",                    USER,      POOL_API,    ALWAYS, PAGE,    NO_BODY,     handle_page_settings,      "Page: profile, collections, favorites, integrations, sessions, notifications"},
    {GET,         "/admin",                             ADMIN,     POOL_API,    ALWAYS, PAGE,    NO_BODY,     handle_page_admin,         "Page: what an administrator looks after"},

#ifdef TRANSLOAD_GLOBUS
    {POST,        "/globus/login",                      USER,      POOL_API,    GLOBUS, PAGE,    KIB(4),      handle_globus_login,       "Connect Globus: store a state and go to Globus"},
    {POST,        "/globus/signin",                     ANYONE,    POOL_API,    GLOBUS, PAGE,    KIB(4),      handle_globus_signin,      "Sign in with Globus: store a state and go to Globus"},
    {GET,         "/globus/login",                      ANYONE,    POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_globus_callback,    "Return from Globus"},
    {GET,         "/complete/globus",                   ANYONE,    POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_globus_callback,    "Return from Globus"},
    {GET,         "/globus_auth/login",                 ANYONE,    POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_globus_callback,    "Return from Globus"},
    {POST,        "/globus/logout",                     USER,      POOL_API,    GLOBUS, PAGE,    KIB(4),      handle_globus_logout,      "Disconnect Globus and go to its logout page"},
    {GET,         "/globus/activate/{endpoint}",        CONNECTED, POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_globus_activate,    "Go to Globus for what this endpoint still needs, and come back"},
    {PUT,         "/api/globus/mail",                   USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_globus_mail,        "Choose whether Globus writes e-mails about the user's tasks"},
    {GET,         "/api/globus/endpoints",              CONNECTED, POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_endpoints,          "Endpoints of a scope, or found by a search"},
    {GET,         "/api/globus/endpoints/{id}/ls",      CONNECTED, POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_endpoint_ls,        "One directory of an endpoint"},
    {POST,        "/api/globus/endpoints/{id}/mkdir",   CONNECTED, POOL_API,    GLOBUS, JSON,    KIB(16),     handle_endpoint_mkdir,     "Make a folder at an endpoint"},
    {GET,         "/api/globus/endpoints/{id}/preflight", CONNECTED, POOL_API,  GLOBUS, JSON,    NO_BODY,     handle_endpoint_preflight, "Look before a transfer: what is in its way, and is the image there already?"},
    {GET,         "/api/destinations",                  USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_destination_list,   "Where the user sends images: starred places, then those sent to last"},
    {POST,        "/api/destinations",                  CONNECTED, POOL_API,    GLOBUS, JSON,    KIB(16),     handle_destination_star,   "Star a place: an endpoint and a folder"},
    {PUT,         "/api/file-pattern",                USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_pattern_set,        "Set how files are named that go to the usual place"},
    {PATCH,       "/api/destinations/{id}",             USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_destination_usual,  "Make a starred place the usual one, or no longer"},
    {DELETE,      "/api/destinations/{id}",             USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_destination_unstar, "Take the star off a place"},
    {POST,        "/api/transfers",                     CONNECTED, POOL_API,    GLOBUS, JSON,    KIB(16),     handle_transfer_create,    "Send an image to an endpoint"},
    {POST,        "/api/transfers/usual",               CONNECTED, POOL_API,    GLOBUS, JSON,    KIB(4),      handle_transfer_usual,     "Send an image to the user's usual place, named by their pattern"},
    {GET,         "/api/transfers",                     USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_transfer_list,      "The user's transfers, newest first"},
    {GET,         "/api/transfers/days",                USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_transfer_days,      "What became of the user's transfers, day by day"},
    {POST,        "/api/transfers/several",             CONNECTED, POOL_API,    GLOBUS, JSON,    KIB(64),     handle_transfer_several,   "Send several images of a collection, or all, as one task"},
    {GET,         "/api/news",                          USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_news,               "The user's transfers that need them, or ended unseen"},
    {GET,         "/api/transfers.csv",                 USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_history_csv,        "The user's whole history as a file for spreadsheets"},
    {GET,         "/api/transfers.json",                USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_history_json,       "The same for programs"},
    {GET,         "/api/transfers/{id}/files",          USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_transfer_files,     "The images of a transfer, with their paths at both ends"},
    {GET,         "/api/transfers/{id}",                USER,      POOL_API,    GLOBUS, JSON,    NO_BODY,     handle_transfer_get,       "One transfer"},
    {POST,        "/api/transfers/notice",              USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_transfer_notice,    "The user has seen what became of all transfers"},
    {POST,        "/api/transfers/{id}/notice",         USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_transfer_notice,    "The user has seen what became of this transfer"},
    {POST,        "/api/transfers/{id}/cancel",         USER,      POOL_API,    GLOBUS, JSON,    KIB(4),      handle_transfer_cancel,    "Cancel a transfer"},
    {POST,        "/globus/transfer/{endpoint}/container/{id}", CONNECTED, POOL_API, GLOBUS, JSON, KIB(4),    handle_transfer_classic,   "Send an image to an endpoint's default directory, as the predecessor's page did"},

    {GET,         "/globus/transfer",                   USER,      POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_page_endpoints,     "Page: endpoints"},
    {GET,         "/globus/transfer/{id}",              USER,      POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_page_endpoints,     "Page: endpoints, with an image chosen"},
    {GET,         "/transfers",                         USER,      POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_page_transfers,     "Page: transfers"},
    {GET,         "/transfers/{id}",                    USER,      POOL_API,    GLOBUS, PAGE,    NO_BODY,     handle_page_transfer,      "Page: one transfer"},
#endif
};
// clang-format on
const size_t app_route_count = COUNT_OF(app_routes);
_Static_assert(COUNT_OF(app_routes) < BY_ROUTE_MAX, "each row is counted, and what fits none");

/*
 * Both pools know the whole table, so that a request sent to the wrong one is told apart from a
 * path that does not exist.
 */
#define PROGRAM(which, id, tell) \
    { \
        .name = (which), .pool = (id), .routes = app_routes, .route_count = COUNT_OF(app_routes), \
        .start = app_start_worker, .has = app_has_feature, .admit = app_admit, .fail = app_fail, \
        .pulse = (tell), \
    }

const struct server_program app_program_api = PROGRAM("api", POOL_API, app_pulse_api);
const struct server_program app_program_upload = PROGRAM("upload", POOL_UPLOAD, app_pulse_upload);
