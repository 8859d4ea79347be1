/*
 * Can anybody write through the collection? Tried, on a folder of the doctor's own in IMAGES_ROOT,
 * so that no image is at stake; what came of it is read from the disk, whatever Globus said.
 */
#include "check.h"

#include "base/secret.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "transload-doctor-"

enum {
    PATIENCE_MAX_MS = 30000, /* for the two tasks together */
    LOOK_EVERY_MS = 500,
    LEFT_OVER_S = 3600, /* longer than any run takes */
};

enum way { MAKE, RENAME, WRITE, DELETE, WAY_COUNT };
static const char *const way_names[WAY_COUNT] = {
    "making a folder",
    "renaming a file",
    "writing a file",
    "deleting a file",
};

enum outcome { UNKNOWN, REFUSED, WORKED };

struct probe {
    struct doctor *d;
    struct str collection, name;
    const char *local;  /* the folder on this host */
    struct str remote;  /* and in the collection, ends with / */
    bool has_right;     /* a rule lets the registry write, so only the collection can refuse */
    bool is_right_left; /* and it could not be taken back */
    enum outcome outcomes[WAY_COUNT];
    struct str tasks[WAY_COUNT]; /* absent: none that is open */
    struct failure why;          /* of the first outcome that is not known */
};

/* ---- the folder ------------------------------------------------------------------------------ */

static struct str remote_path(const struct probe *p, const char *name)
{
    return str_printf(p->d->c->arena, STR_FMT "%s", STR_ARG(p->remote), name);
}

static bool is_there(const struct probe *p, const char *name)
{
    struct stat st;

    return lstat(str_printf(p->d->c->arena, "%s/%s", p->local, name).ptr, &st) == 0;
}

static bool make_file(const struct probe *p, const char *name)
{
    const char *path = str_printf(p->d->c->arena, "%s/%s", p->local, name).ptr;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool made = fd >= 0 && write(fd, "doctor\n", 7) == 7;

    if (fd >= 0)
        close(fd);
    return made;
}

/* The folder and what was made in it; directories there are empty. */
static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);

    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    }
    if (dir)
        closedir(dir);
    (void)rmdir(path);
}

/* Of runs that died. */
static void remove_left_over(struct doctor *d)
{
    DIR *dir = opendir(d->s->images_root);
    struct stat st;

    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (str_has_prefix(str_of(entry->d_name), STR(PREFIX)) &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(st.st_mode) && st.st_mtime + LEFT_OVER_S < clock_now_s(d->c->clock))
            remove_folder(str_printf(d->c->arena, "%s/%s", d->s->images_root, entry->d_name).ptr);
    }
    if (dir)
        closedir(dir);
}

static bool make_probe(struct doctor *d, struct probe *p)
{
    struct arena *a = d->c->arena;

    *p = (struct probe){.d = d, .collection = str_of(d->s->globus_source)};
    p->name = str_printf(a, PREFIX STR_FMT, STR_ARG(str_take(secret_token(a), 12)));
    p->local = str_printf(a, "%s/" STR_FMT, d->s->images_root, STR_ARG(p->name)).ptr;
    p->remote = str_printf(a, "%s" STR_FMT "/", d->s->globus_source_path, STR_ARG(p->name));
    remove_left_over(d);
    return mkdir(p->local, 0755) == 0 && make_file(p, "kept") && make_file(p, "spare");
}

/* ---- the right ------------------------------------------------------------------------------- */

static bool is_our_right(const struct doctor *d, const struct globus_rule *r)
{
    return r->id.len && str_eq_nocase(r->principal, str_of(d->s->globus_client_id)) &&
           str_eq(r->permissions, STR("rw"));
}

/*
 * The right to write that the test gives to the registry itself, so that only the collection's own
 * bounds are left to refuse.
 */
static void give_right(struct probe *p)
{
    struct doctor *d = p->d;
    enum globus_rule_outcome outcome;
    struct str id;

    if (!d->has_rules)
        return;
    if (globus_rule_create(d->c, &d->own, p->collection, str_of(d->s->globus_client_id), STR("/"),
                           STR("rw"), &outcome, &id) == ERR_OK)
        p->has_right = outcome == GLOBUS_RULE_CREATED;
    ctx_forgive(d->c);
}

/*
 * The list is read again: the answer that named the rule may have been lost, and a run that ended
 * between giving and taking may have left one.
 */
static void take_right(struct probe *p)
{
    struct doctor *d = p->d;
    struct globus_rules rules;

    if (!d->has_rules)
        return;
    p->is_right_left = globus_rule_list(d->c, &d->own, p->collection, &rules) != ERR_OK;
    for (size_t i = 0; !p->is_right_left && i < rules.count; i++)
        p->is_right_left =
            is_our_right(d, &rules.list[i]) &&
            globus_rule_delete(d->c, &d->own, p->collection, rules.list[i].id) != ERR_OK;
    ctx_forgive(d->c);
}

/* ---- trying ---------------------------------------------------------------------------------- */

static void note(struct probe *p, enum way way, enum err e)
{
    struct ctx *c = p->d->c;

    p->outcomes[way] = e == ERR_OK ? WORKED : e == ERR_FORBIDDEN ? REFUSED : UNKNOWN;
    if (p->outcomes[way] == UNKNOWN && p->why.err == ERR_OK)
        p->why = c->failure;
    ctx_forgive(c);
}

static enum err submit_write(struct probe *p, struct str submission, struct globus_accepted *out)
{
    const struct globus_item item = {.source_path = remote_path(p, "kept"),
                                     .destination_path = remote_path(p, "written")};
    const struct globus_submit t = {
        .submission_id = submission,
        .source_endpoint = p->collection,
        .destination_endpoint = p->collection,
        .label = STR("transload doctor: must be refused"),
        .items = &item,
        .item_count = 1,
    };

    return globus_submit(p->d->c, &p->d->own, &t, out);
}

static enum err submit_delete(struct probe *p, struct str submission, struct globus_accepted *out)
{
    return globus_delete(p->d->c, &p->d->own, submission, p->collection, remote_path(p, "spare"),
                         STR("transload doctor: must be refused"), out);
}

typedef enum err submit_fn(struct probe *p, struct str submission, struct globus_accepted *out);

/* Refused at once, or a task that is followed. */
static void submit(struct probe *p, enum way way, submit_fn *fn)
{
    struct globus_accepted accepted = {.is_duplicate = false};
    struct str id;
    enum err e = globus_submission_id(p->d->c, &p->d->own, &id);

    if (e == ERR_OK)
        e = fn(p, id, &accepted);
    if (e == ERR_OK)
        p->tasks[way] = accepted.task_id;
    else
        note(p, way, e);
}

/* A task that lacks the right is tried again by Globus until its deadline, and says why. */
static void judge_task(struct probe *p, enum way way, const struct globus_task *t)
{
    bool is_over = str_eq(t->status, STR("SUCCEEDED")) || str_eq(t->status, STR("FAILED"));

    if (str_eq(t->nice_status, STR("PERMISSION_DENIED")) ||
        str_eq(t->fatal_code, STR("PERMISSION_DENIED")))
        p->outcomes[way] = REFUSED;
    else if (str_eq(t->status, STR("SUCCEEDED")))
        p->outcomes[way] = WORKED;
    if (is_over)
        p->tasks[way] = STR_NONE;
}

static bool is_open(const struct probe *p, enum way way)
{
    return p->tasks[way].len && p->outcomes[way] == UNKNOWN;
}

static void look(struct probe *p, enum way way)
{
    struct globus_task t;

    if (is_open(p, way) && globus_task_get(p->d->c, &p->d->own, p->tasks[way], &t) == ERR_OK)
        judge_task(p, way, &t);
    ctx_forgive(p->d->c);
}

static void stop(struct probe *p, enum way way)
{
    if (p->tasks[way].len && globus_task_cancel(p->d->c, &p->d->own, p->tasks[way]) != ERR_OK)
        ctx_forgive(p->d->c);
}

/* No task outlives the run, nor the right it had. */
static void follow(struct probe *p)
{
    struct ctx *c = p->d->c;
    int64_t patience_ms = p->d->s->globus_timeout_s * 1000;
    int64_t end_ms =
        clock_mono_ms(c->clock) + (patience_ms < PATIENCE_MAX_MS ? patience_ms : PATIENCE_MAX_MS);

    while ((is_open(p, WRITE) || is_open(p, DELETE)) && clock_mono_ms(c->clock) < end_ms) {
        clock_pause_ms(c->clock, LOOK_EVERY_MS);
        look(p, WRITE);
        look(p, DELETE);
    }

    stop(p, WRITE);
    stop(p, DELETE);
}

/* An answer may be lost, or be wrong; the disk is not. */
static void read_disk(struct probe *p)
{
    if (is_there(p, "made"))
        p->outcomes[MAKE] = WORKED;
    if (is_there(p, "renamed"))
        p->outcomes[RENAME] = WORKED;
    if (is_there(p, "written"))
        p->outcomes[WRITE] = WORKED;
    if (!is_there(p, "spare"))
        p->outcomes[DELETE] = WORKED;
}

static void try_all(struct probe *p)
{
    struct doctor *d = p->d;

    note(p, MAKE, globus_mkdir(d->c, &d->own, p->collection, remote_path(p, "made/")));
    if (p->outcomes[MAKE] !=
        UNKNOWN) { /* else nothing works there now, and waiting tells no more */
        submit(p, WRITE, submit_write);
        submit(p, DELETE, submit_delete);
        follow(p);
        note(p, RENAME,
             globus_rename(d->c, &d->own, p->collection, remote_path(p, "kept"),
                           remote_path(p, "renamed")));
    }
    read_disk(p);
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct str list_ways(const struct probe *p, enum outcome outcome)
{
    struct buf list = {.arena = p->d->c->arena};

    for (size_t i = 0; i < WAY_COUNT; i++) {
        if (p->outcomes[i] == outcome)
            buf_printf(&list, "%s%s", list.len ? ", " : "", way_names[i]);
    }
    return buf_str(&list);
}

static struct doctor_finding judge(struct probe *p)
{
    struct doctor *d = p->d;
    struct str worked = list_ways(p, WORKED), unknown = list_ways(p, UNKNOWN);

    if (worked.len)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Make it read-only: for Globus Connect Personal the line of "
                           "IMAGES_ROOT in ~/.globusonline/lta/config-paths ends with ,0; then "
                           "restart it.",
                           "Through the source collection images can be written: " STR_FMT
                           " was tried, and worked.",
                           STR_ARG(worked));
    if (p->is_right_left)
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "Run the doctor again, or remove the rule of this app in the Globus web "
                           "app.",
                           "The right to write that the test gave to this registry may still be "
                           "there: taking it back failed.");
    if (unknown.len)
        return CHECK_FOUND(d, DOCTOR_WARNING, "Run the doctor again in a moment.",
                           "Neither refused nor done: " STR_FMT "%s" STR_FMT ".", STR_ARG(unknown),
                           p->why.detail.len ? "; " : "", STR_ARG(p->why.detail));
    return CHECK_FINE(d, "Making a folder, renaming, writing and deleting are refused there%s.",
                      p->has_right ? ", even with a rule for it" : " to this registry");
}

/* Whether the folder is seen there; where reading is not allowed, what follows is refused too. */
static bool is_served(const struct probe *p)
{
    const struct globus_place place = {p->collection, remote_path(p, "kept")};
    struct globus_stat found = {.err = ERR_OK};
    bool is_asked = globus_stat_all(p->d->c, &p->d->own, &place, &found, 1) == ERR_OK;

    ctx_forgive(p->d->c);
    return !is_asked || found.err != ERR_NOT_FOUND;
}

struct doctor_finding check_read_only(struct doctor *d)
{
    struct probe p;

    if (!d->has_source)
        return check_skip("The source collection is not known.");
    if (!d->has_store)
        return check_skip("IMAGES_ROOT cannot be written here, so there is nothing to try on.");
    if (!make_probe(d, &p)) {
        remove_folder(p.local);
        return check_skip("A folder to try on could not be made in IMAGES_ROOT.");
    }
    give_right(&p);
    if (is_served(&p))
        try_all(&p);
    else
        p.why.detail = STR("the collection does not show what lies in IMAGES_ROOT");
    take_right(&p);
    remove_folder(p.local);
    return judge(&p);
}
