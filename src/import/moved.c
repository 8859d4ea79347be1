#include "moved.h"

#define SIGN_IN \
    "people sign in with a password of this registry or with Globus (LOGIN_METHODS, " \
    "GLOBUS_SIGNUP)"
#define NO_BUILDING "images are pushed here, not built"
#define NO_QUEUE    "the agent does this work, and PostgreSQL holds its queue"
#define NO_VIEWS \
    "views are not counted here; LOGIN_FAILURES limits wrong passwords, DOWNLOAD_LIMIT downloads"
#define NO_MINIO "images are files below IMAGES_ROOT; there is no object store"
#define LIMITS \
    "DOWNLOAD_LIMIT and VISITOR_DOWNLOAD_LIMIT count what one account or address downloads, not " \
    "how often an image is downloaded"
#define DATABASE \
    "DATABASE_URL is the same server and role with a database of its own, transload; the old " \
    "database stays as it is, for transload import sregistry to read"

struct row {
    struct moved_info info;
    enum moved_act act;
};

// clang-format off
#define SAME(name, text)          {{name, name, MOVED_SAME, text}, ACT_COPY}
#define DROP(name, text)          {{name, NULL, MOVED_NOT, text}, ACT_DROP}
#define MADE(name, now, act, text) {{name, now, MOVED_RENAMED, text}, act}

static const struct row rows[] = {
    {{"DOMAIN_NAME", "DOMAIN_NAME", MOVED_SAME, "Without a slash at the end"}, ACT_URL},
    SAME("REGISTRY_NAME", ""),
    SAME("REGISTRY_URI", ""),
    SAME("HELP_CONTACT_EMAIL", ""),
    SAME("USER_COLLECTIONS", ""),
    {{"USER_COLLECTION_LIMIT", "USER_COLLECTION_LIMIT", MOVED_SAME, "None becomes 0; here it holds for pushes, too"}, ACT_LIMIT},
    SAME("DEFAULT_PRIVATE", ""),
    SAME("PRIVATE_ONLY", ""),
    SAME("DISABLE_BUILDING", "True refuses every push here, too: set it to false after the move"),
    SAME("SOCIAL_AUTH_GLOBUS_KEY", ""),
    SAME("SOCIAL_AUTH_GLOBUS_USERNAME", ""),
    SAME("SOCIAL_AUTH_GLOBUS_SECRET", ""),
    {{"SECRET_KEY", "SECRET_KEY", MOVED_RENAMED, "A new one is made: here it is 64 hex digits that seal stored tokens; Django's is any text, and what it signed, sessions and password links, does not move"}, ACT_DROP},
    MADE("DATABASES.default.*", "DATABASE_URL", ACT_DATABASE, DATABASE),
    MADE("DATABASE_*", "DATABASE_URL", ACT_DATABASE, DATABASE),
    MADE("PLUGINS_ENABLED", "ENABLE_GLOBUS", ACT_PLUGINS, "The plugin globus is ENABLE_GLOBUS=true, written as a comment until there is a source collection; the others have no counterpart"),
    {{"ENABLE_GLOBUS", "ENABLE_GLOBUS", MOVED_ASIDE, "A comment until there is a source collection: run transload globus setup, then set it to true"}, ACT_ASIDE},
    {{"PLUGIN_GLOBUS_ENDPOINT", "PLUGIN_GLOBUS_ENDPOINT", MOVED_ASIDE, "A comment, since it serves the old registry's directory: transload globus setup makes a collection over IMAGES_ROOT and writes its id here"}, ACT_ASIDE},
    {{"GLOBUS_ENDPOINT_ID", "PLUGIN_GLOBUS_ENDPOINT", MOVED_ASIDE, "As PLUGIN_GLOBUS_ENDPOINT"}, ACT_ASIDE},
    MADE("MINIO_SIGNED_URL_EXPIRE_MINUTES", "DOWNLOAD_URL_LIFETIME", ACT_MINUTES, "In seconds"),
    DROP("MINIO_*", NO_MINIO),
    DROP("DISABLE_MINIO_CLEANUP", NO_MINIO),
    DROP("ROBOTNAME", "it is the name of the old Globus endpoint; transload globus setup names its own"),
    DROP("DOMAIN_NAME_HTTP", "DOMAIN_NAME is the one address; nginx redirects http to https"),
    DROP("DOMAIN_NAKED", "DOMAIN_NAME is the one address"),
    DROP("ALLOWED_HOSTS", "which names are answered is said by server_name in nginx"),
    DROP("ADMINS", "administrators are users: transload user add NAME --admin, or those that transload import sregistry brings"),
    DROP("MANAGERS", "as ADMINS"),
    DROP("HELP_INSTITUTION_SITE", "the portal shows HELP_CONTACT_EMAIL alone"),
    DROP("GOOGLE_ANALYTICS", "the portal follows nobody"),
    DROP("GRAVATAR_DEFAULT_IMAGE", "the portal fetches nothing from other servers"),
    DROP("MEDIA_ROOT", "IMAGES_ROOT must be a directory of its own; hand the old one to transload import sregistry --images"),
    DROP("UPLOAD_PATH", "an upload grows below IMAGES_ROOT without a name"),
    DROP("DATA_UPLOAD_MAX_MEMORY_SIZE", "an upload takes no memory here; MAX_IMAGE_SIZE limits images"),
    DROP("CONTAINER_WEEKLY_GET_LIMIT", LIMITS),
    DROP("COLLECTION_WEEKLY_GET_LIMIT", LIMITS),
    DROP("CONTAINER_SIGNED_URL_EXPIRE_SECONDS", "it concerned Google's storage; DOWNLOAD_URL_LIFETIME is that of images here"),
    DROP("COLLECTIONS_VIEW_PAGE_COUNT", "lists are shown page by page, however long they are"),
    DROP("VIEW_RATE_LIMIT*", NO_VIEWS),
    DROP("API_ANON_THROTTLE_RATE", NO_VIEWS),
    DROP("API_USER_THROTTLE_RATE", NO_VIEWS),
    DROP("API_REQUIRE_AUTH", "what is private needs a signature here, and what is public none; PRIVATE_ONLY makes new collections private"),
    DROP("API_*", "the interface is fixed (docs/openapi.yaml)"),
    DROP("REST_FRAMEWORK.*", "the interface is fixed (docs/openapi.yaml)"),
    DROP("LOGGING_SAVE_RESPONSES", "downloads are counted, answers are not kept"),
    DROP("DJANGO_LOG_LEVEL", "its levels are Django's; LOG_LEVEL decides here about the line of each request, too"),
    DROP("LOGGING*", "one line for each event goes to the journal; LOG_LEVEL says from which level on"),
    DROP("DEBUG", "there is no mode that shows insides; LOG_LEVEL=debug says more in the log"),
    DROP("ENABLE_*_AUTH", SIGN_IN),
    DROP("SOCIAL_AUTH_LOGIN_REDIRECT_URL", "after signing in people come back to where they were"),
    DROP("LOGIN_REDIRECT_URL", "after signing in people come back to where they were"),
    DROP("SOCIAL_AUTH_*", SIGN_IN),
    DROP("AUTH_LDAP_*", SIGN_IN),
    DROP("AUTH_SAML_*", SIGN_IN),
    DROP("GOOGLE_*", NO_BUILDING),
    DROP("SREGISTRY_GOOGLE_*", NO_BUILDING),
    DROP("DISABLE_GITHUB", NO_BUILDING),
    DROP("DISABLE_BUILD_RECEIVE", NO_BUILDING),
    DROP("REDIS_*", NO_QUEUE),
    DROP("RQ*", NO_QUEUE),
    DROP("BROKER_URL", NO_QUEUE),
    DROP("CELERY_*", NO_QUEUE),
    DROP("CACHES.*", "there is no cache to configure"),
    DROP("TIME_ZONE", "times are UTC inside, and those of the reader in the portal"),
    DROP("LANGUAGE_CODE", "the portal speaks English"),
};
// clang-format on

const size_t moved_count = COUNT_OF(rows);

const struct moved_info *moved_info_at(size_t i)
{
    return &rows[i].info;
}

/* One * stands for any letters. */
static bool fits(struct str pattern, struct str name)
{
    struct str head, tail;

    if (!str_cut(pattern, '*', &head, &tail))
        return str_eq(pattern, name);
    return name.len >= head.len + tail.len && str_has_prefix(name, head) &&
           str_has_suffix(name, tail);
}

const struct moved_info *moved_find(struct str old)
{
    for (size_t i = 0; i < moved_count; i++) {
        if (fits(str_of(rows[i].info.old), old))
            return &rows[i].info;
    }
    return NULL;
}

enum moved_act moved_act(const struct moved_info *info)
{
    for (size_t i = 0; i < moved_count; i++) {
        if (&rows[i].info == info)
            return rows[i].act;
    }
    return ACT_DROP;
}

const char *moved_way_name(enum moved_way way)
{
    static const char *const names[] = {
        [MOVED_SAME] = "taken",      [MOVED_RENAMED] = "renamed", [MOVED_ASIDE] = "aside",
        [MOVED_NOT] = "dropped",     [MOVED_UNREAD] = "unread",   [MOVED_REPLACED] = "replaced",
        [MOVED_UNKNOWN] = "unknown",
    };

    return names[way];
}
