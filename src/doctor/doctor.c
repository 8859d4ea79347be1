#include "check.h"

// clang-format off
const struct doctor_check doctor_checks[] = {
    {"settings",      "The settings are complete and valid, and nobody else may read them",                       check_settings},
    {"database",      "PostgreSQL answers, and its schema is this program's",                                    check_database},
    {"store",         "IMAGES_ROOT takes new images and locks",                                                   check_store},
    {"space",         "There is room for the largest image",                                                      check_space},
    {"processes",     "Both pools and an agent have said within three minutes that they live",                    check_processes},
    {"public_url",    "DOMAIN_NAME leads to this registry, by a certificate that is trusted",                              check_public_url},
    {"certificate",   "The certificate of DOMAIN_NAME is good for two weeks at least",                            check_certificate},
    {"routing",       "nginx sends pages, assets and API to the right place, and keeps the images to itself",     check_routing},
    {"uploads",       "nginx takes bodies of up to MAX_IMAGE_SIZE for the upload pool, and hands them on",           check_uploads},
#ifdef TRANSLOAD_GLOBUS
    {"clock",         "This host's clock agrees with that of Globus",                                             check_clock},
    {"client",        "Globus accepts client id and secret",                                                      check_client},
    {"redirect_uris", "The six redirect URIs are registered, as far as Globus tells without a sign-in",           check_redirect_uris},
    {"source",        "The source collection is there, and of a kind that others than its owner can use",         check_source},
    {"access",        "GLOBUS_SOURCE_ACCESS is what the collection's rules are",                                  check_access},
    {"readable",      "A stored image can be read through the collection",                                        check_readable},
    {"read_only",     "Nobody can write through the collection: making a folder, renaming, writing and deleting are tried, and must fail", check_read_only},
#endif
};
// clang-format on
const size_t doctor_check_count = COUNT_OF(doctor_checks);

const char *doctor_result_name(enum doctor_result r)
{
    static const char *const names[DOCTOR_RESULT_COUNT] = {
        [DOCTOR_OK] = "ok",
        [DOCTOR_WARNING] = "warning",
        [DOCTOR_PROBLEM] = "problem",
        [DOCTOR_SKIPPED] = "skipped",
    };

    return names[r];
}

struct doctor_finding check_skip(const char *why)
{
    return (struct doctor_finding){DOCTOR_SKIPPED, str_of(why), STR_NONE};
}

struct doctor_finding check_failure(struct doctor *d, const char *remedy)
{
    const struct failure *f = &d->c->failure;
    struct buf text = {.arena = d->c->arena};

    buf_add(&text, f->detail);
    if (f->cause.len)
        buf_printf(&text, " (" STR_FMT ")", STR_ARG(f->cause));
    ctx_forgive(d->c);
    return (struct doctor_finding){DOCTOR_PROBLEM, buf_str(&text), str_of(remedy)};
}

struct doctor_finding *doctor_run(struct ctx *c, const char *path)
{
    struct doctor d = {.c = c, .s = c->settings, .settings_path = path};
    struct doctor_finding *found = arena_alloc_array(c->arena, doctor_check_count, sizeof *found);

    for (size_t i = 0; i < doctor_check_count; i++)
        found[i] = i == 0 || d.s ? doctor_checks[i].run(&d)
                                 : check_skip("Without settings there is nothing to look at.");
    return found;
}
