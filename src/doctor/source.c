#include "check.h"

#include "db/db.h"

static bool is_type(const struct doctor *d, const char *type)
{
    return str_eq(d->source.entity_type, str_of(type));
}

static bool is_guest(const struct doctor *d)
{
    return str_has_suffix(d->source.entity_type, STR("_guest_collection"));
}

static struct str source_id(const struct doctor *d)
{
    return str_of(d->s->globus_source);
}

/* ---- what it is ------------------------------------------------------------------------------ */

static struct doctor_finding judge_kind(struct doctor *d)
{
    if (is_type(d, "GCP_mapped_collection"))
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Make a guest collection of it, and put that one's id into "
                           "PLUGIN_GLOBUS_ENDPOINT.",
                           "The source is a personal (mapped) collection, which serves only its "
                           "owner: nobody else can transfer from it.");
    if (is_guest(d) && str_has_prefix(d->source.entity_type, STR("GCP_")) &&
        !d->source.gcp_connected)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Start Globus Connect Personal on the host that has the images.",
                           "The source collection is not connected to Globus now.");
    if (is_guest(d) && d->source.gcp_paused)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "End the pause in Globus Connect Personal on the host that has the "
                           "images.",
                           "The source collection is paused: transfers wait.");
    if (is_type(d, "GCSv5_endpoint") || str_has_prefix(d->source.entity_type, STR("GCSv4_")))
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Put the id of a guest collection over IMAGES_ROOT into "
                           "PLUGIN_GLOBUS_ENDPOINT.",
                           "The source is no collection: its kind is " STR_FMT ".",
                           STR_ARG(d->source.entity_type));
    if (!is_guest(d))
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "A guest collection over IMAGES_ROOT serves everybody.",
                           "The source is a mapped collection: only people with an account there "
                           "can transfer from it.");
    return CHECK_FINE(d, "The source is the guest collection \"" STR_FMT "\" of " STR_FMT ".",
                      STR_ARG(d->source.display_name), STR_ARG(d->source.owner));
}

struct doctor_finding check_source(struct doctor *d)
{
    enum err e;

    if (!d->has_token)
        return check_skip("Without a token of the registry nothing can be asked.");
    e = globus_endpoint_get(d->c, &d->own, source_id(d), &d->source);
    if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
        return check_failure(d, "PLUGIN_GLOBUS_ENDPOINT must be the id of the collection that "
                                "serves IMAGES_ROOT, and the app must be allowed to see it.");
    if (e != ERR_OK)
        return check_failure(d, "Try again in a moment.");
    d->has_source = true;
    return judge_kind(d);
}

/* ---- who may read ---------------------------------------------------------------------------- */

static bool is_for_everybody(const struct globus_rule *r)
{
    return str_eq(r->principal_type, STR("all_authenticated_users")) ||
           str_eq(r->principal_type, STR("anonymous"));
}

static bool covers_images(const struct doctor *d, const struct globus_rule *r)
{
    return str_has_prefix(str_of(d->s->globus_source_path), r->path);
}

/* One collection's images, or more of them. */
static bool reaches_images(const struct doctor *d, const struct globus_rule *r)
{
    return covers_images(d, r) || str_has_prefix(r->path, str_of(d->s->globus_source_path));
}

typedef bool rule_test(const struct doctor *d, const struct globus_rule *r);

/* The first rule for everybody that passes the test; NULL when there is none. */
static const struct globus_rule *find_open(const struct doctor *d, rule_test *test)
{
    for (size_t i = 0; i < d->rules.count; i++) {
        if (is_for_everybody(&d->rules.list[i]) && test(d, &d->rules.list[i]))
            return &d->rules.list[i];
    }
    return NULL;
}

/* Rules that the registry makes are for one identity. Those that a role implies have no id. */
static const struct globus_rule *find_group(const struct doctor *d)
{
    for (size_t i = 0; i < d->rules.count; i++) {
        const struct globus_rule *r = &d->rules.list[i];

        if (str_eq(r->principal_type, STR("group")) && r->id.len && reaches_images(d, r))
            return r;
    }
    return NULL;
}

static struct doctor_finding judge_unseen(struct doctor *d, enum err e)
{
    if (e != ERR_FORBIDDEN)
        return check_failure(d, "Try again in a moment.");
    ctx_forgive(d->c);
    if (d->s->globus_source_access == SOURCE_PER_USER)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Give the app (CLIENT_ID@clients.auth.globus.org) the role Access "
                           "manager on the source collection.",
                           "GLOBUS_SOURCE_ACCESS is per-user, but this registry may not manage "
                           "the rules of its source: no image can be sent.");
    return CHECK_FOUND(d, DOCTOR_WARNING,
                       "Give the app the role Access manager on the source collection, and the "
                       "doctor can look.",
                       "Who may read the source is not shown to this registry.");
}

static struct doctor_finding judge_public(struct doctor *d)
{
    if (find_open(d, covers_images))
        return CHECK_FINE(d, "Everybody may read the source, as GLOBUS_SOURCE_ACCESS says.");
    return CHECK_FOUND(d, DOCTOR_PROBLEM,
                       "Let \"all users\" read it in the Globus web app, or set "
                       "GLOBUS_SOURCE_ACCESS=per-user.",
                       "GLOBUS_SOURCE_ACCESS is public, but no rule lets everybody read the "
                       "source: transfers would be refused.");
}

static struct doctor_finding judge_per_user(struct doctor *d)
{
    const struct globus_rule *open = find_open(d, reaches_images), *group = find_group(d);

    if (open)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Remove the rule for \"all users\" in the Globus web app, or set "
                           "GLOBUS_SOURCE_ACCESS=public and keep private images elsewhere.",
                           "GLOBUS_SOURCE_ACCESS is per-user, but a rule lets everybody at Globus "
                           "read " STR_FMT " of the source, private images too.",
                           STR_ARG(open->path));
    if (group)
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "Remove it in the Globus web app, unless all of them may read every "
                           "image there.",
                           "A rule that is not the registry's lets a group (" STR_FMT
                           ") read " STR_FMT " of the source, private images too.",
                           STR_ARG(group->principal), STR_ARG(group->path));
    return CHECK_FINE(d, "Nobody may read the source but by a rule of their own.");
}

/* A collection without rules is no fence between people. */
static struct doctor_finding judge_ruleless(struct doctor *d)
{
    if (d->s->globus_source_access == SOURCE_PUBLIC)
        return check_skip("Only a guest collection has rules.");
    return CHECK_FOUND(d, DOCTOR_PROBLEM,
                       "Put the id of a guest collection over IMAGES_ROOT into "
                       "PLUGIN_GLOBUS_ENDPOINT.",
                       "GLOBUS_SOURCE_ACCESS is per-user, but only a guest collection has rules: "
                       "no image can be sent.");
}

struct doctor_finding check_access(struct doctor *d)
{
    enum err e;

    if (!d->has_source)
        return check_skip("The source collection is not known.");
    if (!is_guest(d))
        return judge_ruleless(d);
    e = globus_rule_list(d->c, &d->own, source_id(d), &d->rules);
    if (e != ERR_OK)
        return judge_unseen(d, e);
    d->has_rules = true;
    return d->s->globus_source_access == SOURCE_PUBLIC ? judge_public(d) : judge_per_user(d);
}

/* ---- can it be read -------------------------------------------------------------------------- */

#define SERVES_REMEDY \
    "The collection must serve IMAGES_ROOT, and GLOBUS_SOURCE_PATH must be where it lies inside."

static bool find_image(struct doctor *d, struct globus_place *place, int64_t *size)
{
    struct db_rows rows;

    if (db_maybe(d->c, SQL_DOCTOR_IMAGE, DB_NO_ARGS, &rows) != ERR_OK || rows.count == 0)
        return false;
    *size = db_get_int(&rows, 0, "size_bytes");
    *place = (struct globus_place){source_id(d),
                                   str_printf(d->c->arena, "%s%lld/sha256." STR_FMT ".sif",
                                              d->s->globus_source_path,
                                              (long long)db_get_int(&rows, 0, "collection_id"),
                                              STR_ARG(db_get_text(&rows, 0, "sha256")))};
    return true;
}

/* An empty registry: that the folder is there is all that can be told. */
static struct doctor_finding judge_folder(struct doctor *d)
{
    struct globus_listing listing;
    enum err e =
        globus_ls(d->c, &d->own, source_id(d), str_of(d->s->globus_source_path), 0, 1, &listing);

    if (e == ERR_OK)
        return CHECK_FINE(d, "%s of the collection can be listed; there is no image yet.",
                          d->s->globus_source_path);
    return check_failure(d, SERVES_REMEDY);
}

static struct doctor_finding judge_image(struct doctor *d, const struct globus_place *place,
                                         int64_t size)
{
    struct globus_stat found;

    if (globus_stat_all(d->c, &d->own, place, &found, 1) != ERR_OK)
        return check_failure(d, "Try again in a moment.");
    if (found.err == ERR_OK && found.file.size == size)
        return CHECK_FINE(d, "The newest image can be read through the collection.");
    if (found.err == ERR_FORBIDDEN && d->s->globus_source_access == SOURCE_PER_USER)
        return check_skip("Only people with a rule of their own can read it, while they transfer.");
    return CHECK_FOUND(d, DOCTOR_PROBLEM, SERVES_REMEDY,
                       "The newest image is not found there as " STR_FMT "%s" STR_FMT ".",
                       STR_ARG(place->path), found.detail.len ? ": " : "", STR_ARG(found.detail));
}

struct doctor_finding check_readable(struct doctor *d)
{
    struct globus_place place;
    int64_t size;

    if (!d->has_source)
        return check_skip("The source collection is not known.");
    if (!d->has_database)
        return check_skip("Without the database no image is known.");
    if (find_image(d, &place, &size))
        return judge_image(d, &place, size);
    ctx_forgive(d->c);
    if (d->s->globus_source_access == SOURCE_PER_USER)
        return check_skip("There is no image yet.");
    return judge_folder(d);
}
