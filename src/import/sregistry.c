#include "import/sregistry.h"

#include "move.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int compare_pairs(const void *key, const void *element)
{
    int64_t old = *(const int64_t *)key, other = ((const struct id_pair *)element)->old;

    return (old > other) - (old < other);
}

const struct id_pair *move_find(const struct id_map *map, int64_t old)
{
    return bsearch(&old, map->list, map->count, sizeof *map->list, compare_pairs);
}

/* ---- problems -------------------------------------------------------------------------------- */

static void add_problem(struct move *m, struct import_problem problem)
{
    struct import_report *r = m->report;

    if (r->problem_count == r->problem_capacity) {
        size_t capacity = r->problem_capacity ? 2 * r->problem_capacity : 16;
        struct import_problem *more = arena_alloc_array(m->arena, capacity, sizeof *more);

        if (r->problem_count > 0)
            memcpy(more, r->problems, r->problem_count * sizeof *more);
        r->problems = more;
        r->problem_capacity = capacity;
    }
    r->problems[r->problem_count++] = problem;
}

/* Of these another item knows nothing; any other failure would be that of the next item too. */
static bool concerns_one_item(enum err e)
{
    return e == ERR_INPUT || e == ERR_NOT_FOUND || e == ERR_CONFLICT;
}

enum err move_judge(struct ctx *c, struct move *m, enum err e, struct import_count *count,
                    const char *kind, struct str name)
{
    count->found++;
    if (e == ERR_OK || !concerns_one_item(e))
        return e;
    count->failed++;
    add_problem(m, (struct import_problem){str_of(kind), str_dup(m->arena, name),
                                           str_dup(m->arena, c->failure.detail)});
    ctx_forgive(c);
    return ERR_OK;
}

enum err move_is_ours(struct ctx *c, const char *own_action, const char *bring_action,
                      struct str subject, bool *is_ours, bool *brought)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_IMPORT_IS_OURS,
               DB_ARGS(db_text(c, str_of(own_action)), db_text(c, str_of(bring_action)),
                       db_text(c, subject)),
               "import_is_ours", &rows));
    *is_ours = db_get_bool(&rows, 0, "is_ours");
    *brought = db_get_bool(&rows, 0, "is_brought");
    return ERR_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum err count_extras(struct ctx *c, struct move *m)
{
    struct import_report *r = m->report;
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_EXTRAS, &rows));
    r->shares = db_get_int(&rows, 0, "shares");
    r->stars = db_get_int(&rows, 0, "stars");
    r->teams = db_get_int(&rows, 0, "teams");
    return ERR_OK;
}

static enum err check_directory(struct ctx *c, const char *path)
{
    struct stat s;

    if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode))
        return FAIL(c, ERR_INPUT, "--images: %s is not a directory", path);
    return ERR_OK;
}

/* Each step needs what those before it brought. */
static enum err move_all(struct ctx *c, struct move *m)
{
    static enum err (*const steps[])(struct ctx * c, struct move * m) = {
        count_extras, /* first: another database is noticed before anything is changed */
        move_users,   move_collections, move_members, move_containers, move_labels,
    };

    for (size_t i = 0; i < COUNT_OF(steps); i++)
        TRY(steps[i](c, m));
    return ERR_OK;
}

enum err import_sregistry(struct ctx *c, const struct import_options *options,
                          struct import_report *report)
{
    struct move m = {.options = options, .report = report, .arena = c->arena};
    struct old *old = NULL;

    *report = (struct import_report){.problems = NULL};
    TRY(check_directory(c, options->images));
    TRY(old_open(c, options->database, &old));
    m.old = old;
    return move_all(c, &m);
}
