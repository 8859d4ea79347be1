/* The predecessor's settings files, Python and YAML, up to the settings made of them. */
// modules: import base
#include "import/old_settings.h"

#include "base/secret.h"
#include "base/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* Whatever the old files said: with the lines that it asks for, the result is a settings file. */
static void check_made(struct ctx *c, const struct moved_settings *made)
{
    struct buf text = {.arena = c->arena};
    struct settings s;

    buf_add(&text, made->text);
    if (settings_parse(c, "made", buf_str(&text), NULL, &s) != ERR_OK)
        buf_add(&text, STR("DATABASE_URL=dbname=transload\n"));
    demand(settings_parse(c, "made", buf_str(&text), NULL, &s) == ERR_OK);
    demand(!s.enable_globus && !s.globus_source[0]); /* for the operator to decide */
    for (size_t i = 0; i < made->count; i++) {
        const struct moved *m = &made->items[i];

        demand(m->line >= 1 && m->old.len && !str_contains(m->old, '\n'));
        demand(!str_contains(m->text, '\n') && moved_way_name(m->way));
    }
}

/* The first byte says what the file is: odd numbers are YAML. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct old_texts texts = {
        .names = {"config.py", "settings.yaml", "secrets.py"}
    };
    struct moved_settings made;

    secret_init();
    if (size) {
        bool is_yaml = data[0] & 1;

        texts.texts[is_yaml ? OLD_YAML : OLD_CONFIG] = str_view(data + 1, size - 1);
    }
    if (old_settings_move(&c, &texts, &made) == ERR_OK) {
        check_made(&c, &made);
    } else {
        demand(c.failure.err == ERR_INPUT && !str_contains(c.failure.detail, '\n'));
        demand(str_has_prefix(c.failure.detail, STR("config.py:")) ||
               str_has_prefix(c.failure.detail, STR("settings.yaml:")));
    }
    arena_destroy(c.arena);
    return 0;
}
