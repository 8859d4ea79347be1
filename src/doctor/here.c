#include "check.h"

#include "account/alive.h"
#include "db/db.h"
#include "registry/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct doctor_finding check_settings(struct doctor *d)
{
    struct str warnings[SETTINGS_WARNINGS_MAX];
    struct buf text = {.arena = d->c->arena};
    size_t count;

    if (!d->s)
        return check_failure(d, "Correct it; transload settings list says what each setting takes, "
                                "and transload settings check looks again.");
    count = settings_warnings(d->c, d->settings_path, d->s, warnings);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s" STR_FMT, i ? "; " : "", STR_ARG(warnings[i]));
    if (count)
        return CHECK_FOUND(d, DOCTOR_WARNING, "Change it as it says.", STR_FMT ".",
                           STR_ARG(buf_str(&text)));
    return CHECK_FINE(d, "%s is complete and valid.", d->settings_path);
}

struct doctor_finding check_database(struct doctor *d)
{
    if (db_ready(d->c) != ERR_OK)
        return check_failure(d, "Bring PostgreSQL up, and see DATABASE_URL; after an update of "
                                "the program: transload migrate.");
    d->has_database = true;
    return CHECK_FINE(d, "PostgreSQL answers, and its schema is this program's.");
}

/* Images are kept from sweeps that run at the same time by flock (docs/adr/0006). */
static bool can_lock(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool can = fd >= 0 && (flock(fd, LOCK_SH | LOCK_NB) == 0 || errno == EWOULDBLOCK);

    if (fd >= 0)
        close(fd);
    return can;
}

struct doctor_finding check_store(struct doctor *d)
{
    if (store_check(d->c) != ERR_OK)
        return check_failure(d, "Run this as the user that the service runs as; that user must "
                                "own IMAGES_ROOT, on a file system that has O_TMPFILE.");
    d->has_store = true;
    if (!can_lock(d->s->images_root))
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "Mount it with locks (NFS: v4, or v3 with lockd), or let only one "
                           "host sweep.",
                           "The file system of IMAGES_ROOT takes no locks.");
    return CHECK_FINE(d, "%s takes new images and locks.", d->s->images_root);
}

struct doctor_finding check_space(struct doctor *d)
{
    struct statvfs fs;
    int64_t free_bytes;

    if (statvfs(d->s->images_root, &fs) != 0)
        return check_skip("IMAGES_ROOT cannot be looked at.");
    free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    if (free_bytes < d->s->max_image_size)
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "Make space, or lower MAX_IMAGE_SIZE and set quotas (USER_QUOTA).",
                           "%lld GiB are free, less than the largest image of %lld GiB.",
                           (long long)(free_bytes >> 30), (long long)(d->s->max_image_size >> 30));
    return CHECK_FINE(d, "%lld GiB are free.", (long long)(free_bytes >> 30));
}

static bool lives(const struct alive_list *all, const char *role)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].is_alive && str_eq(all->list[i].role, str_of(role)))
            return true;
    }
    return false;
}

/* On any host: that each of several hosts has what it should have is for those who set it up. */
struct doctor_finding check_processes(struct doctor *d)
{
    static const char *const roles[] = {"api", "upload", "agent"};
    struct buf missing = {.arena = d->c->arena};
    struct alive_list all;

    if (!d->has_database)
        return check_skip("The database knows what runs, and it does not answer.");
    if (alive_find(d->c, &all) != ERR_OK)
        return check_failure(d, "Try again.");
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (!lives(&all, roles[i]))
            buf_printf(&missing, "%s%s", missing.len ? ", " : "", roles[i]);
    }
    if (missing.len)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Start what is missing, and see its log; one that was just started says "
                           "so within a minute.",
                           "Not seen for three minutes: " STR_FMT ".", STR_ARG(buf_str(&missing)));
    return CHECK_FINE(d, "Both pools and an agent live.");
}
