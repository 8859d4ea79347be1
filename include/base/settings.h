/**
 * The settings: one table, one file.
 *
 * Parsing, ranges, defaults, `transload settings print`, docs/settings.md and
 * deploy/transload.conf.example all derive from or are checked against this table. The file is
 * KEY=value (systemd EnvironmentFile syntax; quotes as in Python are taken off). Unknown keys are
 * errors, so that a typing mistake is found at once. Secrets may instead be files in
 * $CREDENTIALS_DIRECTORY, named like the key in lower case (systemd credentials).
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/ctx.h"

/* Kinds: TEXT any text · URL http(s)://host[:port], no slash at the end · UUID · INT min..max with
   the unit in the help · BOOL · ACCESS public or per-user · LOGIN local, globus or both · LEVEL of
   the log.  REQUIRED has no default; SECRET is never printed. */
enum setting_flag { SETTING_PLAIN = 0, SETTING_REQUIRED = 1, SETTING_SECRET = 2 };

/* kind, member, KEY, default, min, max, flags, help */
#define SETTINGS_TABLE(X) \
    X(URL, domain_name, "DOMAIN_NAME", "http://127.0.0.1", 1, 200, SETTING_PLAIN, \
      "Base URL of the registry, as people type it; every absolute link and the six Globus " \
      "redirect URIs begin with it") \
    X(TEXT, registry_name, "REGISTRY_NAME", "Transload", 1, 100, SETTING_PLAIN, \
      "Name shown in the portal") \
    X(TEXT, registry_uri, "REGISTRY_URI", "transload", 1, 12, SETTING_PLAIN, \
      "Short name, lower case, at most 12 characters") \
    X(TEXT, help_email, "HELP_CONTACT_EMAIL", "", 0, 200, SETTING_PLAIN, \
      "Address shown where people need a person") \
    X(TEXT, database_url, "DATABASE_URL", "", 1, 1000, SETTING_REQUIRED | SETTING_SECRET, \
      "PostgreSQL connection string or URL (libpq)") \
    X(INT, database_timeout_s, "DATABASE_TIMEOUT", "15", 1, 600, SETTING_PLAIN, \
      "Seconds one statement may take; a server that is silent for five more is given up") \
    X(BOOL, database_pooled, "DATABASE_POOLED", "false", 0, 1, SETTING_PLAIN, \
      "DATABASE_URL leads to a pooler that hands out sessions for one transaction each " \
      "(pgbouncer, pool_mode=transaction; docs/several-hosts.md)") \
    X(BOOL, database_trace, "DATABASE_TRACE", "false", 0, 1, SETTING_PLAIN, \
      "PostgreSQL's sessions say in application_name for which request they work " \
      "(docs/monitoring.md); the smallest reads cost a tenth more") \
    X(TEXT, images_root, "IMAGES_ROOT", "/var/lib/transload/images", 1, 200, SETTING_PLAIN, \
      "Directory of the images, the root of the Globus source collection; its file system must " \
      "support O_TMPFILE") \
    X(TEXT, secret_key, "SECRET_KEY", "", 64, 64, SETTING_REQUIRED | SETTING_SECRET, \
      "64 hex digits; seals tokens and signs download URLs. Make one with: openssl rand -hex 32") \
    X(TEXT, secret_key_others, "SECRET_KEY_OTHERS", "", 0, 200, SETTING_SECRET, \
      "Up to three further keys, separated by commas, that open what they sealed and sign " \
      "nothing new: for a change of SECRET_KEY (transload keys rotate)") \
    X(BOOL, user_collections, "USER_COLLECTIONS", "true", 0, 1, SETTING_PLAIN, \
      "Users may create collections, by pushing or in the portal") \
    X(INT, user_collection_limit, "USER_COLLECTION_LIMIT", "0", 0, 1000000, SETTING_PLAIN, \
      "Collections a user may own before he can create no more; 0: any number; admins may always") \
    X(BOOL, default_private, "DEFAULT_PRIVATE", "false", 0, 1, SETTING_PLAIN, \
      "New collections are private") \
    X(BOOL, private_only, "PRIVATE_ONLY", "false", 0, 1, SETTING_PLAIN, \
      "New collections are private, and none can be made public; what is public stays so") \
    X(INT, keep_versions, "KEEP_VERSIONS", "5", 0, 1000, SETTING_PLAIN, \
      "Earlier contents of a tag that are kept and can be pulled by digest; applied when it " \
      "moves") \
    X(INT, share_link_days, "SHARE_LINK_DAYS", "30", 0, 3650, SETTING_PLAIN, \
      "Days a share link may live at most; 0 switches share links off") \
    X(BOOL, disable_building, "DISABLE_BUILDING", "false", 0, 1, SETTING_PLAIN, \
      "Refuse every push") \
    X(BOOL, require_sif, "REQUIRE_SIF", "false", 0, 1, SETTING_PLAIN, \
      "Refuse a push of anything but a SIF image") \
    X(TEXT, api_socket, "API_SOCKET", "/run/transload/api.sock", 1, 107, SETTING_PLAIN, \
      "Where nginx reaches the api pool: path of a unix socket, or host:port") \
    X(TEXT, upload_socket, "UPLOAD_SOCKET", "/run/transload/upload.sock", 1, 107, SETTING_PLAIN, \
      "Where nginx reaches the upload pool") \
    X(INT, api_workers, "API_WORKERS", "8", 1, 512, SETTING_PLAIN, \
      "Processes of the api pool: requests answered at once") \
    X(INT, upload_workers, "UPLOAD_WORKERS", "32", 1, 512, SETTING_PLAIN, \
      "Processes of the upload pool: pushes at once; the next ones wait their turn") \
    X(INT, drain_timeout_s, "DRAIN_TIMEOUT", "300", 1, 86400, SETTING_PLAIN, \
      "Seconds a stopping pool waits for requests in flight") \
    X(INT, io_timeout_s, "IO_TIMEOUT", "120", 1, 3600, SETTING_PLAIN, \
      "Seconds between two reads from or writes to nginx before a request is given up") \
    X(INT, max_image_size, "MAX_IMAGE_SIZE", "107374182400", 1, 1125899906842624, SETTING_PLAIN, \
      "Largest image, bytes") \
    X(INT, user_quota, "USER_QUOTA", "0", 0, 1125899906842624, SETTING_PLAIN, \
      "Bytes that the tags pushed by one user may show, unless the user has a limit of his own; " \
      "0: no limit") \
    X(INT, collection_quota, "COLLECTION_QUOTA", "0", 0, 1125899906842624, SETTING_PLAIN, \
      "Bytes that the tags of one collection may show, unless it has a limit of its own; 0: no " \
      "limit") \
    X(INT, upload_ticket_s, "UPLOAD_TICKET_LIFETIME", "900", 10, 86400, SETTING_PLAIN, \
      "Seconds between the two requests of a push") \
    X(INT, download_url_s, "DOWNLOAD_URL_LIFETIME", "900", 10, 86400, SETTING_PLAIN, \
      "Seconds a download URL stays valid") \
    X(INT, download_limit, "DOWNLOAD_LIMIT", "0", 0, 1000000000, SETTING_PLAIN, \
      "Downloads of one account within DOWNLOAD_WINDOW; 0: no limit") \
    X(INT, visitor_download_limit, "VISITOR_DOWNLOAD_LIMIT", "0", 0, 1000000000, SETTING_PLAIN, \
      "Downloads of all visitors at one address together; who signs in is counted by account; 0: " \
      "no limit") \
    X(INT, download_window_s, "DOWNLOAD_WINDOW", "604800", 60, 31536000, SETTING_PLAIN, \
      "Seconds of a period, from its first download") \
    X(BOOL, download_limit_forbids, "DOWNLOAD_LIMIT_FORBIDS", "false", 0, 1, SETTING_PLAIN, \
      "Answer 403 when a limit is reached, to which the sregistry client signs or prints the " \
      "refusal; else 429") \
    X(INT, verify_interval_s, "VERIFY_INTERVAL", "2592000", 0, 315360000, SETTING_PLAIN, \
      "Seconds after which the agent compares a stored image with its digest again; 0: never") \
    X(INT, verify_rate, "VERIFY_RATE", "20971520", 1048576, 1099511627776, SETTING_PLAIN, \
      "Bytes a second that comparing may read") \
    X(INT, session_idle_s, "SESSION_IDLE", "43200", 60, 2592000, SETTING_PLAIN, \
      "Seconds without a request that end a session") \
    X(INT, session_lifetime_s, "SESSION_LIFETIME", "604800", 60, 31536000, SETTING_PLAIN, \
      "Seconds after which a session ends whatever happens") \
    X(INT, login_failures, "LOGIN_FAILURES", "10", 1, 1000, SETTING_PLAIN, \
      "Wrong passwords for one account within LOGIN_WINDOW before it must wait; an address may " \
      "fail ten times as often") \
    X(INT, login_window_s, "LOGIN_WINDOW", "900", 1, 86400, SETTING_PLAIN, \
      "Seconds over which wrong passwords are counted") \
    X(LOGIN, login_methods, "LOGIN_METHODS", "local", 0, 0, SETTING_PLAIN, \
      "How people sign in: local (with a password of this registry), globus, or both") \
    X(TEXT, globus_signup, "GLOBUS_SIGNUP", "nobody", 1, 1000, SETTING_PLAIN, \
      "Who gets an account at the first sign-in with Globus: nobody, everybody, or the domains " \
      "of the user names at Globus, separated by commas") \
    X(BOOL, enable_globus, "ENABLE_GLOBUS", "false", 0, 1, SETTING_PLAIN, \
      "Transfers with Globus; off means no route, icon or word of it") \
    X(TEXT, globus_client_id, "SOCIAL_AUTH_GLOBUS_KEY", "", 0, 100, SETTING_PLAIN, \
      "Client id of the app registered at Globus") \
    X(TEXT, globus_client_username, "SOCIAL_AUTH_GLOBUS_USERNAME", "", 0, 200, SETTING_PLAIN, \
      "<client id>@clients.auth.globus.org: the identity of the app") \
    X(TEXT, globus_client_secret, "SOCIAL_AUTH_GLOBUS_SECRET", "", 0, 200, SETTING_SECRET, \
      "Client secret of the app") \
    X(UUID, globus_source, "PLUGIN_GLOBUS_ENDPOINT", "", 0, 36, SETTING_PLAIN, \
      "Id of the collection that serves IMAGES_ROOT") \
    X(TEXT, globus_source_path, "GLOBUS_SOURCE_PATH", "/", 1, 200, SETTING_PLAIN, \
      "Where IMAGES_ROOT lies inside that collection; begins and ends with /") \
    X(ACCESS, globus_source_access, "GLOBUS_SOURCE_ACCESS", "public", 0, 0, SETTING_PLAIN, \
      "public: everybody may read the collection, so only images of public collections are " \
      "transferred; per-user: read rules") \
    X(BOOL, globus_external_checksum, "GLOBUS_EXTERNAL_CHECKSUM", "true", 0, 1, SETTING_PLAIN, \
      "Hand the registry's sha256 to Globus, which compares it at both ends; off for storage " \
      "that cannot") \
    X(URL, globus_auth_url, "GLOBUS_AUTH_URL", "https://auth.globus.org", 1, 200, SETTING_PLAIN, \
      "Globus Auth") \
    X(URL, globus_transfer_url, "GLOBUS_TRANSFER_URL", "https://transfer.api.globus.org", 1, 200, \
      SETTING_PLAIN, "Globus Transfer") \
    X(URL, globus_app_url, "GLOBUS_APP_URL", "https://app.globus.org", 1, 200, SETTING_PLAIN, \
      "Globus web app, for links") \
    X(TEXT, ca_file, "CA_FILE", "", 0, 200, SETTING_PLAIN, \
      "Certificates (PEM) that outgoing https trusts in place of the system's, as behind a proxy " \
      "that opens TLS; empty: the system's") \
    X(INT, globus_timeout_s, "GLOBUS_TIMEOUT", "60", 1, 600, SETTING_PLAIN, \
      "Seconds one call to Globus may take") \
    X(INT, agent_interval_s, "AGENT_INTERVAL", "10", 1, 3600, SETTING_PLAIN, \
      "Seconds between two looks at a running task") \
    X(LEVEL, log_level, "LOG_LEVEL", "info", 0, 0, SETTING_PLAIN, \
      "error, warn, notice, info or debug")

/* C type and struct member of each kind. */
#define SETTING_TYPE_TEXT   const char *
#define SETTING_TYPE_URL    const char *
#define SETTING_TYPE_UUID   const char *
#define SETTING_TYPE_INT    int64_t
#define SETTING_TYPE_BOOL   bool
#define SETTING_TYPE_ACCESS enum source_access
#define SETTING_TYPE_LEVEL  int
#define SETTING_TYPE_LOGIN  enum login_methods

enum source_access { SOURCE_PUBLIC, SOURCE_PER_USER };

enum login_methods { LOGIN_LOCAL = 1, LOGIN_GLOBUS = 2, LOGIN_BOTH = LOGIN_LOCAL | LOGIN_GLOBUS };

struct settings {
#define SETTING_MEMBER(kind, member, key, standard, min, max, flags, help) \
    SETTING_TYPE_##kind member;
    SETTINGS_TABLE(SETTING_MEMBER)
#undef SETTING_MEMBER
};

/* One row of the table as data, for printing and documentation. */
struct setting_info {
    const char *key, *kind, *standard, *help;
    int64_t min, max;
    unsigned flags;
};
extern const struct setting_info setting_infos[];
extern const size_t setting_count;

/**
 * Read and check the settings.
 *
 * @param c      arena and failure; what is read lives in its arena
 * @param path   file; a missing or unreadable one is an error
 * @param[out] out  untouched unless ERR_OK
 * @return ERR_OK; ERR_INPUT with path, line, key and what would be right
 */
MUST_USE enum err settings_read(struct ctx *c, const char *path, struct settings *out);

/** The same for text in memory; name is used in messages, credentials a directory or NULL. */
MUST_USE enum err settings_parse(struct ctx *c, const char *name, struct str text,
                                 const char *credentials, struct settings *out);

/** Is that a value for this key? ERR_INPUT with the key and what would be right. */
MUST_USE enum err settings_accepts(struct ctx *c, struct str key, struct str value);

enum { SETTINGS_WARNINGS_MAX = 2 };
/** What is valid, but not as it should be: a sentence each, how many. */
size_t settings_warnings(struct ctx *c, const char *path, const struct settings *s,
                         struct str list[SETTINGS_WARNINGS_MAX]);

/** The value of row i as text; a secret is "(set)" or "(not set)". */
struct str settings_value(struct arena *a, const struct settings *s, size_t i);

/** Do people sign in with passwords of this registry; do they with Globus? One at least is true. */
bool settings_takes_passwords(const struct settings *s);
bool settings_takes_globus(const struct settings *s);

/** True when DOMAIN_NAME is https, so that cookies are Secure and carry __Host-. */
bool settings_is_https(const struct settings *s);

#endif
