/* The settings file. */
// modules: base
#include "base/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* The values in force as a file; secrets are not shown, so they are added by hand. */
static struct str as_file(struct ctx *c, const struct settings *s)
{
    struct buf b = {.arena = c->arena};

    for (size_t i = 0; i < setting_count; i++) {
        if (!(setting_infos[i].flags & SETTING_SECRET))
            buf_printf(&b, "%s=\"" STR_FMT "\"\n", setting_infos[i].key,
                       STR_ARG(settings_value(c->arena, s, i)));
    }
    buf_printf(&b, "DATABASE_URL=\"%s\"\nSECRET_KEY=\"%s\"\nSOCIAL_AUTH_GLOBUS_SECRET=\"%s\"\n",
               s->database_url, s->secret_key, s->globus_client_secret);
    return buf_str(&b);
}

static void check_accepted(struct ctx *c, const struct settings *s)
{
    struct settings again;

    demand(str_of(s->secret_key).len == 64 && s->images_root[0] == '/' && s->api_workers >= 1);
    demand(str_has_prefix(str_of(s->domain_name), STR("http")));
    demand(settings_parse(c, "again", as_file(c, s), NULL, &again) == ERR_OK);
    for (size_t i = 0; i < setting_count; i++) {
        struct str value = settings_value(c->arena, s, i);

        demand(str_is_utf8(value) && str_eq(value, settings_value(c->arena, &again, i)));
        if (setting_infos[i].flags & SETTING_SECRET)
            demand(str_eq(value, STR("(set)")) || str_eq(value, STR("(not set)")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct settings s = {.api_workers = -1};

    if (settings_parse(&c, "file", str_view(data, size), NULL, &s) == ERR_OK) {
        check_accepted(&c, &s);
    } else {
        demand(s.api_workers == -1 && c.failure.err == ERR_INPUT);
        demand(c.failure.detail.len > 0 && !str_contains(c.failure.detail, '\n'));
    }
    arena_destroy(c.arena);
    return 0;
}
