#include "registry/part.h"

#include "digest.h"
#include "disk.h"
#include "sif/sif.h"
#include "upload.h"

#include "base/codec.h"
#include "base/fault.h"
#include "db/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PRIVATE_DIR = 0700, /* nginx and Globus, which may read images, have no business here */
    PRIVATE_FILE = 0600,
    SWEEP_AFTER_S = PARTS_LIFE_S + 3600, /* no part can still be under way */
};

static const char DIRECTORY[] = ".parts";

static const char *path_of(struct ctx *c, struct str file)
{
    return str_printf(c->arena, "%s/" STR_FMT, DIRECTORY, STR_ARG(file)).ptr;
}

static enum err no_ticket(struct ctx *c)
{
    return FAIL(c, ERR_FORBIDDEN,
                "X-Upload-Ticket: not an open ticket of yours for an upload of this size: push "
                "again.");
}

enum err part_look(struct ctx *c, int64_t user_id, struct str ticket, int64_t *received)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_PART_LOOK, DB_ARGS(db_bytes(ticket_hash(c, ticket)), db_int(c, user_id)),
                 &rows));
    if (rows.count == 0)
        return no_ticket(c);
    *received = db_get_int(&rows, 0, "received_bytes");
    return ERR_OK;
}

/* ---- beginning a part ------------------------------------------------------------------------ */

static void close_part(void *arg)
{
    const struct part *p = arg;

    disk_close(p->fd);
}

/* The lock goes with the file, also when this process is killed. */
static enum err open_locked(struct ctx *c, int root, struct part *p)
{
    const char *path = path_of(c, hex_encode(c->arena, p->hash));

    if (mkdirat(root, DIRECTORY, PRIVATE_DIR) != 0 && errno != EEXIST)
        return disk_failed(c, "create directory", errno);
    p->fd = openat(root, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, PRIVATE_FILE);
    if (p->fd < 0)
        return disk_failed(c, "open part", errno);
    if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return FAIL(c, ERR_CONFLICT,
                    "Another part of this upload is being received; ask again in a moment.");
    return ERR_OK;
}

/* Under the lock: what the row says holds until the part ends. */
static enum err take_row(struct ctx *c, int64_t user_id, struct part *p)
{
    struct db_rows rows;

    TRY(db_maybe(
        c, SQL_PART_BEGIN,
        DB_ARGS(db_bytes(p->hash), db_int(c, user_id), db_int(c, p->size), db_int(c, PARTS_LIFE_S)),
        &rows));
    if (rows.count == 0)
        return no_ticket(c);
    p->name = (struct image_name){.collection = db_get_text(&rows, 0, "collection"),
                                  .name = db_get_text(&rows, 0, "name"),
                                  .tag = db_get_text(&rows, 0, "tag")};
    p->received = db_get_int(&rows, 0, "received_bytes");
    return ERR_OK;
}

/* What is longer than the row says was never known to be durable. What is shorter was lost. */
static enum err go_on(struct ctx *c, const struct part *p, int64_t offset)
{
    struct stat s;

    if (offset != p->received)
        return FAIL(c, ERR_CONFLICT, "offset: %lld bytes have arrived; go on from there.",
                    (long long)p->received);
    if (fstat(p->fd, &s) != 0 || s.st_size < p->received)
        return FAIL(c, ERR_FORBIDDEN, "What had arrived of this upload is lost: push again.");
    if (ftruncate(p->fd, p->received) != 0 || lseek(p->fd, p->received, SEEK_SET) < 0)
        return disk_failed(c, "open part", errno);
    return ERR_OK;
}

static enum err end_the_oldest(struct ctx *c, int root, int64_t user_id)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_PART_CROWD, DB_ARGS(db_int(c, user_id), db_int(c, PARTS_PER_USER)), &rows));
    for (size_t i = 0; i < rows.count; i++)
        (void)unlinkat(root, path_of(c, db_get_text(&rows, i, "file")), 0); /* else the sweep's */
    return ERR_OK;
}

static enum err begin(struct ctx *c, int root, int64_t user_id, struct part *p, int64_t offset)
{
    TRY(open_locked(c, root, p));
    TRY(take_row(c, user_id, p));
    TRY(go_on(c, p, offset));
    return offset == 0 ? end_the_oldest(c, root, user_id) : ERR_OK;
}

enum err part_begin(struct ctx *c, int64_t user_id, struct str ticket, int64_t size, int64_t offset,
                    struct part **out)
{
    struct part *p = arena_alloc(c->arena, sizeof *p);
    int64_t received;
    int root;
    enum err e;

    *p = (struct part){.hash = ticket_hash(c, ticket), .size = size, .fd = -1};
    arena_defer(c->arena, close_part, p);
    TRY(part_look(c, user_id, ticket, &received)); /* nobody makes files without a ticket */
    TRY(disk_open_root(c, &root));
    e = begin(c, root, user_id, p, offset);
    disk_close(root);
    *out = p;
    return e;
}

/* ---- its bytes ------------------------------------------------------------------------------- */

enum err part_write(struct ctx *c, struct part *p, struct str piece)
{
    if ((int64_t)piece.len > p->size - p->received)
        return FAIL_FIELD(c, "size", "size: the parts are longer than the whole was said to be.");
    while (piece.len > 0) {
        ssize_t n = write(p->fd, piece.ptr, piece.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_failed(c, "write", errno);
        p->received += n;
        piece = str_skip(piece, (size_t)n);
    }
    return ERR_OK;
}

enum err part_keep(struct ctx *c, const struct part *p)
{
    if (fsync(p->fd) != 0)
        return disk_failed(c, "fsync", errno);
    fault_point("part:before_note");
    return db_exec(c, SQL_PART_KEEP,
                   DB_ARGS(db_bytes(p->hash), db_int(c, p->received), db_int(c, PARTS_LIFE_S)),
                   NULL);
}

enum err part_head(struct ctx *c, const struct part *p, struct str *out)
{
    size_t len = p->received < SIF_HEAD_BYTES ? (size_t)p->received : SIF_HEAD_BYTES;
    char *head = arena_alloc(c->arena, SIF_HEAD_BYTES);

    TRY(disk_read_at(c, p->fd, 0, head, len));
    *out = str_view(head, len);
    return ERR_OK;
}

enum err part_whole(struct ctx *c, const struct part *p, struct upload **out)
{
    return upload_of_file(c, p->fd, out);
}

/* ---- its end --------------------------------------------------------------------------------- */

enum err part_end(struct ctx *c, int64_t user_id, struct str ticket)
{
    struct str hash = ticket_hash(c, ticket);
    size_t changed;
    int root;

    TRY(db_exec(c, SQL_PART_END, DB_ARGS(db_bytes(hash), db_int(c, user_id)), &changed));
    if (changed == 0)
        return no_ticket(c);
    TRY(disk_open_root(c, &root));
    (void)unlinkat(root, path_of(c, hex_encode(c->arena, hash)), 0); /* else the sweep's */
    disk_close(root);
    return ERR_OK;
}

static bool is_old(int directory, const char *name, time_t before)
{
    struct stat s;

    return digest_is_hex(str_of(name)) && fstatat(directory, name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
           s.st_mtime < before;
}

/* The database has the last word: the clock of this host may have jumped by days. */
static enum err sweep_file(struct ctx *c, int directory, const char *name, int64_t *removed)
{
    struct db_rows rows;
    struct str hash;

    if (!hex_decode(c->arena, str_of(name), &hash))
        return ERR_OK;
    TRY(db_one(c, SQL_PART_IS_OPEN, DB_ARGS(db_bytes(hash)), "part_is_open", &rows));
    *removed += !db_get_bool(&rows, 0, "found") && unlinkat(directory, name, 0) == 0;
    return ERR_OK;
}

static enum err sweep_files(struct ctx *c, DIR *directory, int64_t *removed)
{
    time_t before = (time_t)(clock_now_s(c->clock) - SWEEP_AFTER_S);
    const struct dirent *entry;

    while ((entry = readdir(directory))) {
        if (is_old(dirfd(directory), entry->d_name, before))
            TRY(sweep_file(c, dirfd(directory), entry->d_name, removed));
    }
    return ERR_OK;
}

enum err part_sweep(struct ctx *c, int64_t *removed)
{
    DIR *directory;
    int root, fd;
    enum err e;

    *removed = 0;
    TRY(disk_open_root(c, &root));
    fd = openat(root, DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    disk_close(root);
    directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) { /* nobody ever sent a part */
        disk_close(fd);
        return ERR_OK;
    }
    e = sweep_files(c, directory, removed);
    closedir(directory);
    return e;
}
