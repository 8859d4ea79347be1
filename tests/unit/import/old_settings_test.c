#include "import/old_settings.h"
#include "support/unit.h"

#include "base/secret.h"
#include "base/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err move(void **state, int which, const char *text, struct moved_settings *out)
{
    struct old_texts texts = {
        .names = {"config.py", "settings.yaml", "secrets.py"}
    };

    secret_init();
    ctx_forgive(unit_ctx(state));
    texts.texts[which] = str_of(text);
    return old_settings_move(unit_ctx(state), &texts, out);
}

static bool holds(struct str text, const char *line)
{
    struct str one;

    while (text.len) {
        (void)str_cut(text, '\n', &one, &text);
        if (str_eq(one, str_of(line)))
            return true;
    }
    return false;
}

static void a_line_becomes_a_line(void **state)
{
    // clang-format off
    static const struct {
        int file;
        const char *text, *line;
    } rows[] = {
        {OLD_CONFIG,  "DOMAIN_NAME = \"https://a.example/\"\n",      "DOMAIN_NAME=https://a.example"},
        {OLD_CONFIG,  "REGISTRY_NAME='Ann\\'s \"x\"'  # c\n",        "REGISTRY_NAME=\"Ann's \"x\"\""},
        {OLD_CONFIG,  "REGISTRY_NAME = ('a' \"b\"\n  r'\\c')\n",      "REGISTRY_NAME=\"ab\\c\""},
        {OLD_CONFIG,  "REGISTRY_NAME = '''a # b'''\n",               "REGISTRY_NAME=\"a # b\""},
        {OLD_CONFIG,  "REGISTRY_NAME = \\\n  'x\\x41'; PRIVATE_ONLY = True\n", "REGISTRY_NAME=xA"},
        {OLD_CONFIG,  "DEBUG = False; PRIVATE_ONLY = True",          "PRIVATE_ONLY=true"},
        {OLD_CONFIG,  "USER_COLLECTION_LIMIT = None\n",              "USER_COLLECTION_LIMIT=0"},
        {OLD_CONFIG,  "USER_COLLECTION_LIMIT = 1_000\n",             "USER_COLLECTION_LIMIT=1000"},
        {OLD_CONFIG,  "MINIO_SIGNED_URL_EXPIRE_MINUTES = 5\n",       "DOWNLOAD_URL_LIFETIME=300"},
        {OLD_CONFIG,  "STRING_DEFAULTS = {\"REGISTRY_URI\": \"uni\", \"X\": None}\n", "REGISTRY_URI=uni"},
        {OLD_CONFIG,  "REGISTRY_URI = 'a'\nREGISTRY_URI = 'b'\n",    "REGISTRY_URI=b"},
        {OLD_SECRETS, "SOCIAL_AUTH_GLOBUS_SECRET=\"s=1\"\n",         "SOCIAL_AUTH_GLOBUS_SECRET=s=1"},
        {OLD_CONFIG,  "PLUGINS_ENABLED = [\n# 'pgp',\n]\nPLUGINS_ENABLED+=[\"globus\"]\n", "#ENABLE_GLOBUS=true"},
        {OLD_CONFIG,  "PLUGIN_GLOBUS_ENDPOINT=\"ba5b80c2-4798-11e8-8ee0-0a6d4e044368\"\n", "#PLUGIN_GLOBUS_ENDPOINT=ba5b80c2-4798-11e8-8ee0-0a6d4e044368"},
        {OLD_YAML,    "USER_COLLECTIONS: no\n",                      "USER_COLLECTIONS=false"},
        {OLD_YAML,    "HELP_CONTACT_EMAIL: 'it''s@x' # c\n",         "HELP_CONTACT_EMAIL=\"it's@x\""},
        {OLD_YAML,    "PLUGINS_ENABLED:\n  - globus\n",              "#ENABLE_GLOBUS=true"},
        {OLD_CONFIG,  "DATABASES = {'default': {'HOST': 'h', 'PASSWORD': 'a&b c', 'PORT': 5432}}\n",
                      "DATABASE_URL=postgresql:///transload?host=h&port=5432&password=a%26b%20c"},
        {OLD_YAML,    "DATABASE_HOST: h\nDATABASE_PORT: \"5432\"\n", "DATABASE_URL=postgresql:///transload?host=h&port=5432"},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct moved_settings made;

        assert_ok(unit_ctx(state), move(state, rows[i].file, rows[i].text, &made));
        if (!holds(made.text, rows[i].line))
            fail_msg("no line \"%s\" in:\n" STR_FMT, rows[i].line, STR_ARG(made.text));
    }
}

static void what_is_not_taken_says_why(void **state)
{
    // clang-format off
    static const struct {
        const char *text, *way, *says;
    } rows[] = {
        {"DISABLE_BUILDING = os.environ.get('DB_OFF', False)\n", "unread", "it comes from DB_OFF in the environment of the old server"},
        {"DISABLE_BUILDING = os.environ['X']\n",   "unread",   "it comes from X in the environment of the old server"},
        {"DISABLE_BUILDING = not True\n",          "unread",   "it is computed when the old server starts"},
        {"REGISTRY_NAME = 'a' + b\n",              "unread",   "it is computed when the old server starts"},
        {"REGISTRY_NAME = f'{x}'\n",               "unread",   "it is computed when the old server starts"},
        {"REGISTRY_NAME = 'a\\nb'\n",              "unread",   "there is a line end or another control character in it"},
        {"REGISTRY_NAME = ['a']\n",                "unread",   "it is a list, and one value is needed"},
        {"if True:\n  REGISTRY_NAME = 'a'\n",      "unread",   "it is set in a part that is not always run"},
        {"REGISTRY_URI = 'abcdefghijklm'\n",       "unread",   "13 characters, but 1 to 12 are allowed"},
        {"MINIO_SIGNED_URL_EXPIRE_MINUTES = 0\n",  "unread",   "it is no number of minutes up to a day"},
        {"MINIO_BUCKET = 'x'\n",                   "dropped",  "images are files below IMAGES_ROOT; there is no object store"},
        {"ADMINS = (('a', 'b'),)\n",               "dropped",  "administrators are users: transload user add NAME --admin, or those that transload import sregistry brings"},
        {"PLUGINS_ENABLED = ['pgp']\n",            "dropped",  "who signed an image is shown; keys are served by others"},
        {"PLUGINS_ENABLED = ['mine']\n",           "unknown",  ""},
        {"INSTALLED_APPS = ['a', 'b']\n",          "unknown",  ""},
        {"GLOBUS_ENDPOINT_ID = 'x'\n",             "unread",   "PLUGIN_GLOBUS_ENDPOINT: must be a UUID"},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct moved_settings made;

        assert_ok(unit_ctx(state), move(state, OLD_CONFIG, rows[i].text, &made));
        assert_int_equal(made.count, 1);
        assert_string_equal(moved_way_name(made.items[0].way), rows[i].way);
        if (rows[i].says[0])
            assert_str(made.items[0].text, rows[i].says);
    }
}

static void a_file_that_is_none_is_refused_with_its_line(void **state)
{
    // clang-format off
    static const struct {
        int file;
        const char *text, *says;
    } rows[] = {
        {OLD_CONFIG, "\nA_B = 'x\n",               "config.py:2: a string begins here and does not end"},
        {OLD_CONFIG, "A_B = '''x\n\n",             "config.py:1: a string begins here and does not end"},
        {OLD_CONFIG, "\n\nA_B = [1,\n2\n",         "config.py:3: a bracket opens here and does not close"},
        {OLD_CONFIG, "A_B = [1,\n2)\n",            "config.py:2: this ) closes nothing"},
        {OLD_CONFIG, "x = 1\nDOMAIN_NAME 'x'\n",   "config.py:2: expected DOMAIN_NAME = value"},
        {OLD_CONFIG, "A = ((((((((((((((((((((((((((((((((((\n", "config.py:1: more than 32 brackets inside each other"},
        {OLD_CONFIG, "A_B = 1\nC_D = '\xff'\n",    "config.py:2: this line is not UTF-8 text"},
        {OLD_YAML,   "A: b\nnonsense\n",           "settings.yaml:2: expected NAME: value"},
        {OLD_YAML,   "A: b\n\tC: d\n",             "settings.yaml:2: YAML is not indented by tabs"},
        {OLD_YAML,   "- a\n",                      "settings.yaml:1: expected NAME: value"},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct moved_settings made;

        assert_err(c, move(state, rows[i].file, rows[i].text, &made), ERR_INPUT);
        assert_str(c->failure.detail, rows[i].says);
    }
}

static void there_is_an_end_to_what_is_read(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf lines = {.arena = c->arena}, values = {.arena = c->arena};
    struct moved_settings made;

    for (int i = 0; i < 20001; i++)
        buf_add_byte(&lines, '\n');
    for (int i = 0; i < 2001; i++)
        buf_add(&values, STR("AB=1\n"));
    assert_err(c, move(state, OLD_CONFIG, str_z(c->arena, buf_str(&lines)), &made), ERR_INPUT);
    assert_str(c->failure.detail, "config.py: longer than 20000 lines");
    assert_err(c, move(state, OLD_YAML, str_z(c->arena, buf_str(&lines)), &made), ERR_INPUT);
    assert_err(c, move(state, OLD_CONFIG, str_z(c->arena, buf_str(&values)), &made), ERR_INPUT);
    assert_str(c->failure.detail, "config.py:2001: more than 2000 values; is this the right file?");
}

/* secrets.py wins over settings.yaml, and that over config.py. */
static void later_files_win(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct old_texts texts = {
        .names = {"config.py",                                                      "settings.yaml", "secrets.py"},
        .texts = {STR("REGISTRY_URI = 'config'\nREGISTRY_NAME = 'config'\nDATABASES = {'default': "
                      "{'HOST': 'config', 'USER': 'config'}}\n"),
                  STR("REGISTRY_URI: yaml\nHELP_CONTACT_EMAIL: yaml\nUSER_COLLECTIONS: null\n"),
                  STR("HELP_CONTACT_EMAIL = 'secrets'\nDATABASES = {'default': {'HOST': "
                      "'secrets'}}\n")                                                                           },
    };
    struct moved_settings made;

    secret_init();
    assert_ok(c, old_settings_move(c, &texts, &made));
    assert_true(holds(made.text, "REGISTRY_NAME=config"));
    assert_true(holds(made.text, "REGISTRY_URI=yaml"));
    assert_true(holds(made.text, "HELP_CONTACT_EMAIL=secrets"));
    assert_true(holds(made.text, "DATABASE_URL=postgresql:///transload?host=secrets"));
    assert_true(holds(made.text, "# REGISTRY_URI, config.py:1: a later line says otherwise."));
}

/* A part of DATABASES that is not known leaves it to the operator; Django's key is never taken. */
static void a_key_is_made_and_a_database_asked_for(void **state)
{
    struct moved_settings first, second;
    struct ctx *c = unit_ctx(state);
    const char *text = "SECRET_KEY = 'django-insecure-x'\nDATABASES = {'default': {'PASSWORD': "
                       "os.environ['PW'], 'ENGINE': 'django.db.backends.postgresql'}}\n";

    assert_ok(c, move(state, OLD_SECRETS, text, &first));
    assert_ok(c, move(state, OLD_SECRETS, text, &second));
    assert_false(str_eq(first.text, second.text));
    assert_null(strstr(str_z(c->arena, first.text), "django-insecure-x"));
    assert_null(strstr(str_z(c->arena, first.text), "\nDATABASE_URL="));
    assert_non_null(strstr(str_z(c->arena, first.text),
                           "# - DATABASE_URL: secrets.py:2 leaves a part of it open: it comes from "
                           "PW in the environment of the old server."));
}

/* What the table promises exists here, and no row hides behind an earlier one. */
static void the_table_names_settings_that_exist(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < moved_count; i++) {
        const struct moved_info *info = moved_info_at(i);

        assert_true(info->way != MOVED_NOT || (!info->now && info->text[0]));
        if (!info->now)
            continue;
        ctx_forgive(c);
        if (settings_accepts(c, str_of(info->now), STR("\xff")) != ERR_OK)
            assert_false(str_has_prefix(c->failure.detail, STR("there is no setting")));
    }
}

static void the_name_of_a_file_cannot_end_a_comment(void **state)
{
    struct ctx *c = unit_ctx(state);
    const char *path = "/tmp/transload-old\nENABLE_GLOBUS=true.py";
    struct old_files files = {.paths = {[OLD_CONFIG] = path}};
    struct moved_settings made;
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs("REGISTRY_URI = 'a'\n", f) >= 0);
    fclose(f);
    secret_init();
    assert_ok(c, old_settings_read(c, &files, &made));
    unlink(path);
    assert_true(holds(made.text, "# REGISTRY_URI, transload-old?ENABLE_GLOBUS=true.py:1"));
    assert_err(c, old_settings_read(c, &files, &made), ERR_INPUT);
}

UNIT_MAIN(UNIT(a_line_becomes_a_line), UNIT(what_is_not_taken_says_why),
          UNIT(a_file_that_is_none_is_refused_with_its_line), UNIT(there_is_an_end_to_what_is_read),
          UNIT(later_files_win), UNIT(a_key_is_made_and_a_database_asked_for),
          UNIT(the_table_names_settings_that_exist), UNIT(the_name_of_a_file_cannot_end_a_comment))
