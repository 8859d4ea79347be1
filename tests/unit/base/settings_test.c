#include "support/unit.h"

#include "base/log.h"
#include "base/settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY      "SECRET_KEY=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define HEX      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define REQUIRED "DATABASE_URL=dbname=transload\n" KEY

#ifdef TRANSLOAD_GLOBUS
#define GLOBUS_ALONE \
    "file:3: ENABLE_GLOBUS is true, so SOCIAL_AUTH_GLOBUS_KEY is needed; add it, or set " \
    "ENABLE_GLOBUS=false"
#else
#define GLOBUS_ALONE \
    "file:3: ENABLE_GLOBUS is true, but this program was built without Globus; set it to false, " \
    "or install one that was built with it"
#endif

static enum err parse(void **state, const char *text, struct settings *s)
{
    ctx_forgive(unit_ctx(state));
    *s = (struct settings){.api_workers = -1};
    return settings_parse(unit_ctx(state), "file", str_of(text), NULL, s);
}

static void what_is_not_set_has_its_default(void **state)
{
    struct settings s;

    assert_ok(unit_ctx(state), parse(state, REQUIRED, &s));
    for (size_t i = 0; i < setting_count; i++) {
        if (!(setting_infos[i].flags & (SETTING_REQUIRED | SETTING_SECRET)))
            assert_str(settings_value(unit_ctx(state)->arena, &s, i), setting_infos[i].standard);
    }
    assert_string_equal(s.database_url, "dbname=transload"); /* cut at the first = only */
}

static void lines_are_read_as_systemd_and_python_write_them(void **state)
{
    struct settings s;

    assert_ok(unit_ctx(state),
              parse(state,
                    "# a comment\r\n\n; another\n  API_WORKERS = \"3\" \r\n"
                    "REGISTRY_NAME='Ann\"s \xc3\xa9'\nPRIVATE_ONLY=True\nUSER_COLLECTIONS=off\n"
                    "HELP_CONTACT_EMAIL=\"\nLOG_LEVEL=debug\nGLOBUS_SOURCE_ACCESS=per-user\n"
                    "DOMAIN_NAME=https://[::1]:8443\nSECRET_KEY_OTHERS=" HEX ", " HEX "," HEX
                    "\n" REQUIRED,
                    &s));
    assert_int_equal(s.api_workers, 3);
    assert_string_equal(s.registry_name, "Ann\"s \xc3\xa9");
    assert_true(s.private_only);
    assert_false(s.user_collections);
    assert_string_equal(s.help_email, "\"");
    assert_int_equal(s.log_level, LOG_DEBUG);
    assert_int_equal(s.globus_source_access, SOURCE_PER_USER);
    assert_true(settings_is_https(&s));
}

static void a_mistake_is_told_with_line_and_key(void **state)
{
    // clang-format off
    static const struct {
        const char *text, *says;
    } rows[] = {
        {REQUIRED "DOMAIN\n",                          "file:3: expected KEY=value"},
        {REQUIRED "\nDOMAINNAME=x\n",                  "file:4: unknown setting DOMAINNAME; did you mean DOMAIN_NAME?"},
        {REQUIRED "=x\n",                              "file:3: unknown setting ; docs/settings.md lists them all"},
        {REQUIRED "domain_name=http://a\n",            "file:3: unknown setting domain_name; did you mean DOMAIN_NAME?"},
        {REQUIRED REQUIRED,                            "file:3: DATABASE_URL is set twice, first in line 1; keep one of them"},
        {REQUIRED "API_WORKERS=0\n",                   "file:3: API_WORKERS: must be a whole number from 1 to 512"},
        {REQUIRED "API_WORKERS=513\n",                 "file:3: API_WORKERS: must be a whole number from 1 to 512"},
        {REQUIRED "API_WORKERS=\n",                    "file:3: API_WORKERS: must be a whole number from 1 to 512"},
        {REQUIRED "API_WORKERS=1 2\n",                 "file:3: API_WORKERS: must be a whole number from 1 to 512"},
        {REQUIRED "API_WORKERS=18446744073709551617\n", "file:3: API_WORKERS: must be a whole number from 1 to 512"},
        {REQUIRED "PRIVATE_ONLY=TRUE\n",               "file:3: PRIVATE_ONLY: must be true or false"},
        {REQUIRED "LOG_LEVEL=loud\n",                  "file:3: LOG_LEVEL: must be error, warn, notice, info or debug"},
        {REQUIRED "GLOBUS_SOURCE_ACCESS=all\n",        "file:3: GLOBUS_SOURCE_ACCESS: must be public or per-user"},
        {REQUIRED "PLUGIN_GLOBUS_ENDPOINT=x\n",        "file:3: PLUGIN_GLOBUS_ENDPOINT: must be a UUID"},
        {REQUIRED "DOMAIN_NAME=ftp://a\n",             "file:3: DOMAIN_NAME: must be http://host or https://host, without a path or a slash at the end"},
        {REQUIRED "DOMAIN_NAME=http://a/\n",           "file:3: DOMAIN_NAME: must be http://host or https://host, without a path or a slash at the end"},
        {REQUIRED "DOMAIN_NAME=http://\n",             "file:3: DOMAIN_NAME: must be http://host or https://host, without a path or a slash at the end"},
        {REQUIRED "REGISTRY_URI=abcdefghijklm\n",      "file:3: REGISTRY_URI: 13 characters, but 1 to 12 are allowed"},
        {REQUIRED "REGISTRY_NAME=\xff\n",              "file:3: REGISTRY_NAME: must be UTF-8 text"},
        {REQUIRED "IMAGES_ROOT=images\n",              "file:3: IMAGES_ROOT must be an absolute path"},
        {REQUIRED "GLOBUS_SOURCE_PATH=/a\n",           "file:3: GLOBUS_SOURCE_PATH must begin and end with /"},
        {REQUIRED "ENABLE_GLOBUS=true\n",              GLOBUS_ALONE},
        {"DATABASE_URL=a\nSECRET_KEY=12\n",            "file:2: SECRET_KEY: 2 characters, but it must be 64: 64 hex digits; seals tokens and signs download URLs. Make one with: openssl rand -hex 32"},
        {"DATABASE_URL=a\nSECRET_KEY=g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", "file:2: SECRET_KEY must be 64 hex digits; make one with: openssl rand -hex 32"},
        {"DATABASE_URL=a\nSECRET_KEY=\n",              "file:2: SECRET_KEY: is empty, but must be set: 64 hex digits; seals tokens and signs download URLs. Make one with: openssl rand -hex 32"},
        {REQUIRED "DATABSE_URL=a\n",                    "file:3: unknown setting DATABSE_URL; did you mean DATABASE_URL?"},
        {REQUIRED "MINIO_SSL=true\n",                   "file:3: unknown setting MINIO_SSL; docs/settings.md lists them all"},
        {REQUIRED "SECRET_KEY_OTHERS=12\n",             "file:3: SECRET_KEY_OTHERS must be at most three keys of 64 hex digits, with commas between them"},
        {REQUIRED "SECRET_KEY_OTHERS=" HEX "," HEX "," HEX "x\n", "file:3: SECRET_KEY_OTHERS must be at most three keys of 64 hex digits, with commas between them"},
        {REQUIRED "LOGIN_METHODS=ldap\n",               "file:3: LOGIN_METHODS: must be local, globus or both"},
        {REQUIRED "LOGIN_METHODS=globus\n",             "file:3: LOGIN_METHODS is globus, so ENABLE_GLOBUS must be true"},
        {REQUIRED "\nGLOBUS_SIGNUP=uni\n",              "file:4: GLOBUS_SIGNUP must be nobody, everybody, or domains in lower case such as uni.example, lab.example"},
        {KEY,                                          "file: DATABASE_URL is missing; add a line DATABASE_URL=...: PostgreSQL connection string or URL (libpq)"},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct settings s;

        assert_err(c, parse(state, rows[i].text, &s), ERR_INPUT);
        assert_str(c->failure.detail, rows[i].says);
        assert_int_equal(s.api_workers, -1); /* untouched */
    }
}

static void secrets_are_never_shown(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct settings s;

    assert_ok(unit_ctx(state), parse(state, REQUIRED, &s));
    for (size_t i = 0; i < setting_count; i++) {
        bool is_required = setting_infos[i].flags & SETTING_REQUIRED;

        if (setting_infos[i].flags & SETTING_SECRET)
            assert_str(settings_value(a, &s, i), is_required ? "(set)" : "(not set)");
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
}

/* systemd credentials: a file each, for secrets only, and stronger than the settings file. */
static void credentials_win_over_the_file(void **state)
{
    struct ctx *c = unit_ctx(state);
    char directory[] = "/tmp/transload-credentials-XXXXXX";
    struct settings s;
    const char *secret, *plain;

    assert_non_null(mkdtemp(directory));
    secret = str_printf(c->arena, "%s/database_url", directory).ptr;
    plain = str_printf(c->arena, "%s/registry_name", directory).ptr;
    write_file(secret, "dbname=other\r\n");
    write_file(plain, "ignored\n");
    assert_ok(c, settings_parse(c, "file", STR(REQUIRED), directory, &s));
    assert_string_equal(s.database_url, "dbname=other");
    assert_string_equal(s.registry_name, "Transload");
    assert_ok(c, settings_parse(c, "file", STR(KEY), directory, &s));
    assert_string_equal(s.database_url, "dbname=other");
    unlink(secret);
    unlink(plain);
    rmdir(directory);
}

/* A mistake in a credential is told with the file it stands in, and without what stands there. */
static void a_wrong_credential_is_told_with_its_path(void **state)
{
    struct ctx *c = unit_ctx(state);
    char directory[] = "/tmp/transload-credentials-XXXXXX";
    struct settings s;
    const char *key;

    assert_non_null(mkdtemp(directory));
    key = str_printf(c->arena, "%s/secret_key", directory).ptr;
    write_file(key, "12");
    assert_err(c, settings_parse(c, "file", STR(REQUIRED), directory, &s), ERR_INPUT);
    assert_true(str_has_prefix(
        c->failure.detail, str_printf(c->arena, "%s: SECRET_KEY: 2 characters, but it must", key)));
    write_file(key, "it has as many letters as a key has, and they are not hex digits");
    assert_err(c, settings_parse(c, "file", STR(REQUIRED), directory, &s), ERR_INPUT);
    assert_str(c->failure.detail, str_printf(c->arena,
                                             "%s: SECRET_KEY must be 64 hex digits; make "
                                             "one with: openssl rand -hex 32",
                                             key)
                                      .ptr);
    unlink(key);
    rmdir(directory);
}

static void one_value_alone_is_judged(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, settings_accepts(c, STR("ENABLE_GLOBUS"), STR("true")));
    assert_err(c, settings_accepts(c, STR("REGISTRY_URI"), STR("abcdefghijklm")), ERR_INPUT);
    assert_str(c->failure.detail, "REGISTRY_URI: 13 characters, but 1 to 12 are allowed");
    assert_err(c, settings_accepts(c, STR("MINIO_SSL"), STR("true")), ERR_INPUT);
}

static void a_missing_file_is_named(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct settings s;

    assert_err(c, settings_read(c, "/nowhere/transload.conf", &s), ERR_INPUT);
    assert_str(c->failure.detail,
               "/nowhere/transload.conf: no such file; copy transload.conf.example there, from "
               "/usr/share/transload or deploy/ of the sources");
    assert_err(c, settings_read(c, "/tmp", &s), ERR_INPUT);
    assert_str(c->failure.detail,
               "/tmp: Is a directory; it must be a file that the service's account may read: owner "
               "root, group transload, mode 0640");
}

UNIT_MAIN(UNIT(what_is_not_set_has_its_default),
          UNIT(lines_are_read_as_systemd_and_python_write_them),
          UNIT(a_mistake_is_told_with_line_and_key), UNIT(secrets_are_never_shown),
          UNIT(credentials_win_over_the_file), UNIT(a_wrong_credential_is_told_with_its_path),
          UNIT(one_value_alone_is_judged), UNIT(a_missing_file_is_named))
