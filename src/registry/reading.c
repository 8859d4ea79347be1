#include "reading.h"

#include "digest.h"
#include "disk.h"

#include "base/codec.h"

#include <sodium.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024 };

/* ---- the running hash ------------------------------------------------------------------------ */

/*
 * libsodium's, because its state is plain memory that may lie in a row; OpenSSL, which hashes
 * faster, keeps its own to itself. Here the disk is not to be used faster anyway.
 */
static void load_state(const struct reading *r, crypto_hash_sha256_state *hash, int64_t *offset)
{
    if (r->offset > 0 && r->state.len == sizeof *hash) {
        memcpy(hash, r->state.ptr, sizeof *hash);
        *offset = r->offset;
        return;
    }
    crypto_hash_sha256_init(hash);
    *offset = 0;
}

static void store_state(struct ctx *c, struct reading *r, crypto_hash_sha256_state *hash)
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    r->is_at_end = r->offset == r->size_bytes;
    if (r->is_at_end) {
        crypto_hash_sha256_final(hash, digest);
        r->sha256 = hex_encode(c->arena, str_view(digest, sizeof digest));
    } else {
        r->state = str_dup(c->arena, str_view(hash, sizeof *hash));
    }
}

/* ---- the file -------------------------------------------------------------------------------- */

/* A root without a single directory is more likely not mounted than robbed of everything. */
static enum err check_root(struct ctx *c, int root)
{
    DIR *dir = fdopendir(dup(root));
    const struct dirent *entry;
    bool any = false;

    while (dir && !any && (entry = readdir(dir)))
        any = entry->d_name[0] != '.' && entry->d_name[0] != 'l'; /* lost+found is no collection */
    if (dir)
        closedir(dir);
    if (any)
        return ERR_OK;
    return FAIL(c, ERR_UNAVAILABLE, "IMAGES_ROOT is empty: is its file system mounted?");
}

static enum err open_file(struct ctx *c, struct reading *r, int *fd)
{
    int root, error;
    enum err e = ERR_OK;

    TRY(disk_open_root(c, &root));
    *fd = openat(root, r->path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    error = errno;
    if (*fd < 0 && (error == ENOENT || error == ENOTDIR))
        e = check_root(c, root);
    else if (*fd < 0 && error != ELOOP)
        e = disk_failed(c, "open", error);
    disk_close(root);
    if (e == ERR_OK && *fd < 0)
        r->problem = STR("its file is missing");
    return e;
}

/* Is it a file of the right size? */
static enum err look_at_file(struct ctx *c, struct reading *r, int fd)
{
    struct stat s;

    if (fstat(fd, &s) != 0)
        return disk_failed(c, "stat", errno);
    if (!S_ISREG(s.st_mode) || s.st_size != r->size_bytes)
        r->problem = STR("its file has another size");
    r->device = s.st_dev;
    r->inode = s.st_ino;
    return ERR_OK;
}

/* The next bytes; none when there is a problem. */
static enum err read_piece(struct ctx *c, struct reading *r, int fd, void *buffer, struct str *out)
{
    ssize_t n;

    do
        n = pread(fd, buffer, BUFFER_BYTES, (off_t)r->offset);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EIO)
        return disk_failed(c, "read", errno);
    if (n <= 0)
        r->problem = n < 0 ? STR("it cannot be read: input/output error") : STR("it is cut off");
    *out = str_view(buffer, n > 0 ? (size_t)n : 0);
    r->offset += (int64_t)out->len;
    r->bytes_read += (int64_t)out->len;
    return ERR_OK;
}

static enum err read_pieces(struct ctx *c, struct reading *r, int fd, int64_t max_bytes,
                            int64_t until_ms, crypto_hash_sha256_state *hash)
{
    void *buffer = arena_alloc(c->arena, BUFFER_BYTES);

    while (r->problem.len == 0 && r->offset < r->size_bytes && r->bytes_read < max_bytes &&
           (r->bytes_read == 0 || clock_mono_ms(c->clock) < until_ms)) {
        struct str piece;

        TRY(read_piece(c, r, fd, buffer, &piece));
        crypto_hash_sha256_update(hash, (const unsigned char *)piece.ptr, piece.len);
    }
    return ERR_OK;
}

static enum err read_file(struct ctx *c, struct reading *r, int fd, int64_t max_bytes,
                          int64_t until_ms)
{
    crypto_hash_sha256_state hash;

    TRY(look_at_file(c, r, fd));
    if (r->problem.len)
        return ERR_OK;
    load_state(r, &hash, &r->offset);
    if (max_bytes > 0) /* a length of 0 would mean the whole file */
        (void)posix_fadvise(fd, (off_t)r->offset, (off_t)max_bytes, POSIX_FADV_DONTNEED);
    TRY(read_pieces(c, r, fd, max_bytes, until_ms, &hash));
    if (r->problem.len == 0)
        store_state(c, r, &hash);
    return ERR_OK;
}

/* OpenSSL's hash: there is no state to keep. */
static enum err hash_file(struct ctx *c, struct reading *r, int fd)
{
    void *buffer = arena_alloc(c->arena, BUFFER_BYTES);
    struct digest *hash;

    TRY(look_at_file(c, r, fd));
    TRY(digest_begin(c, &hash));
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    while (r->problem.len == 0 && r->offset < r->size_bytes) {
        struct str piece = STR_NONE; /* stays so where there is a problem */

        TRY(read_piece(c, r, fd, buffer, &piece));
        TRY(digest_add(c, hash, piece));
    }
    return digest_end(c, hash, &r->sha256);
}

enum err reading_continue(struct ctx *c, struct reading *r, int64_t max_bytes, int64_t until_ms)
{
    int fd = -1;
    enum err e;

    r->bytes_read = 0;
    e = open_file(c, r, &fd);
    if (e == ERR_OK && fd >= 0)
        e = read_file(c, r, fd, max_bytes, until_ms);
    disk_close(fd);
    return e;
}

enum err reading_whole(struct ctx *c, struct reading *r)
{
    int fd = -1;
    enum err e;

    r->bytes_read = r->offset = 0;
    e = open_file(c, r, &fd);
    if (e == ERR_OK && fd >= 0)
        e = hash_file(c, r, fd);
    disk_close(fd);
    return e;
}
