#include "support/images.h"

#include "base/codec.h"
#include "base/secret.h"

#include <sys/mount.h>
#include <sys/wait.h>

enum { MIB = 1024 * 1024 };

static int begin(void **state)
{
    if (unit_begin(state) != 0)
        return -1;
    secret_init();
    images_begin(unit_ctx(state));
    umask(022);
    return 0;
}

static int end(void **state)
{
    int status = unit_end(state);

    (void)umount(images_root); /* of a test that failed with its small disk */
    images_end();
    return status;
}

static struct str sha256_of(struct ctx *c, struct str bytes)
{
    return hex_encode(c->arena, secret_sha256(c->arena, bytes));
}

static struct str read_stored(struct ctx *c, struct str path, size_t size)
{
    char full[512], *bytes = arena_alloc(c->arena, size + 1);
    FILE *f;
    size_t n;

    snprintf(full, sizeof full, "%s/" STR_FMT, images_root, STR_ARG(path));
    f = fopen(full, "r");
    assert_non_null(f);
    n = fread(bytes, 1, size + 1, f);
    fclose(f);
    return str_view(bytes, n);
}

static int open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void a_published_image_lies_under_its_digest(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str bytes = images_bytes(c, 100000, 1);
    struct upload *u;
    struct stat s;

    assert_ok(c, images_upload(c, bytes, 4096, &u));
    assert_true(str_eq(upload_sha256(u), sha256_of(c, bytes)));
    assert_int_equal(upload_size(u), bytes.len);
    assert_int_equal(images_count(), 0);
    assert_ok(c, upload_publish(c, u, 7, 0));
    assert_int_equal(images_count(), 1);
    assert_true(
        str_eq(read_stored(c, store_path(c->arena, 7, sha256_of(c, bytes)), bytes.len), bytes));
    assert_true(images_stat(store_path(c->arena, 7, sha256_of(c, bytes)), &s));
    assert_int_equal(s.st_mode & 07777, 0640);
    assert_true(images_stat(STR("7"), &s));
    assert_int_equal(s.st_mode & 0777, 0750);
}

static void directories_and_files_take_the_group_of_the_root(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;
    struct stat s;

    if (geteuid() != 0) {
        print_message("not root: cannot give the images' directory to another group\n");
        skip();
    }
    assert_int_equal(chown(images_root, 0, 33), 0);
    assert_int_equal(chmod(images_root, 02750), 0);
    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    assert_ok(c, upload_publish(c, u, 7, 0));
    assert_true(images_stat(store_path(c->arena, 7, upload_sha256(u)), &s));
    assert_int_equal(s.st_gid, 33);
    assert_true(images_stat(STR("7"), &s));
    assert_int_equal(s.st_gid, 33);
    assert_true(s.st_mode & S_ISGID);
}

static void the_digest_does_not_depend_on_the_pieces(void **state)
{
    static const size_t pieces[] = {1000,       8191,           65536,   256 * 1024 - 1,
                                    256 * 1024, 256 * 1024 + 1, 3 * MIB, 32 * MIB};
    struct ctx *c = unit_ctx(state);
    struct str bytes = images_bytes(c, 20 * MIB + 17, 2);
    struct str sha256 = sha256_of(c, bytes);
    struct upload *u;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        assert_ok(c, images_upload(c, bytes, pieces[i], &u));
        assert_true(str_eq(upload_sha256(u), sha256));
        assert_int_equal(upload_size(u), bytes.len);
    }
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_true(str_eq(read_stored(c, store_path(c->arena, 1, sha256), bytes.len), bytes));
}

static void the_same_bytes_again_keep_the_first_file(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;
    struct stat first, second;

    assert_ok(c, images_upload(c, STR("image"), 2, &u));
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_true(images_stat(store_path(c->arena, 1, upload_sha256(u)), &first));
    assert_ok(c, images_upload(c, STR("image"), 3, &u));
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_true(images_stat(store_path(c->arena, 1, upload_sha256(u)), &second));
    assert_int_equal(first.st_ino, second.st_ino);
    assert_int_equal(images_count(), 1);
}

static void another_collection_gets_a_hard_link(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;
    struct stat first, second;

    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    assert_ok(c, upload_publish(c, u, 2, 1));
    assert_true(images_stat(store_path(c->arena, 1, upload_sha256(u)), &first));
    assert_true(images_stat(store_path(c->arena, 2, upload_sha256(u)), &second));
    assert_int_equal(first.st_ino, second.st_ino);
    assert_int_equal(second.st_nlink, 2);
}

static void a_file_that_cannot_be_linked_is_replaced_by_our_own(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;
    struct stat s;

    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    assert_ok(c, upload_publish(c, u, 2, 1)); /* no collection 1 */
    assert_true(images_stat(store_path(c->arena, 2, upload_sha256(u)), &s));
    assert_int_equal(s.st_nlink, 1);

    assert_ok(c, images_upload(c, STR("other"), 5, &u));
    images_put("1", str_printf(c->arena, "sha256." STR_FMT ".sif", STR_ARG(upload_sha256(u))).ptr,
               "cut sho");
    assert_ok(c, upload_publish(c, u, 2, 1)); /* there, but not the same bytes */
    assert_true(
        str_eq(read_stored(c, store_path(c->arena, 2, upload_sha256(u)), 10), STR("other")));
}

static void a_file_changed_by_hand_is_replaced(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    images_put("1", str_printf(c->arena, "sha256." STR_FMT ".sif", STR_ARG(upload_sha256(u))).ptr,
               "cut");
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_true(
        str_eq(read_stored(c, store_path(c->arena, 1, upload_sha256(u)), 10), STR("image")));
}

static void a_damaged_file_of_the_right_size_is_replaced_when_told(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str path;
    struct upload *u;

    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    path = store_path(c->arena, 1, upload_sha256(u));
    images_put("1", str_printf(c->arena, "sha256." STR_FMT ".sif", STR_ARG(upload_sha256(u))).ptr,
               "imagE");
    assert_ok(c, upload_publish(c, u, 1, 0));
    assert_true(str_eq(read_stored(c, path, 10), STR("imagE")));
    assert_ok(c, upload_replace(c, u, 1));
    assert_true(str_eq(read_stored(c, path, 10), STR("image")));
    assert_int_equal(images_count(), 1);
}

static void an_abandoned_upload_leaves_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    int before = open_descriptors();
    struct upload *u;

    assert_ok(c, upload_begin(c, &u));
    assert_ok(c, upload_write(c, u, images_bytes(c, 3 * MIB, 3)));
    assert_true(open_descriptors() > before);
    arena_reset(c->arena);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(images_count(), 0);
}

static void an_empty_file_is_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    assert_ok(c, upload_begin(c, &u));
    assert_ok(c, upload_write(c, u, STR_NONE));
    assert_err(c, upload_finish(c, u), ERR_INPUT);
    assert_string_equal(c->failure.field, "file1");
}

static void an_image_may_be_as_large_as_the_setting_says_and_no_larger(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str bytes = images_bytes(c, MIB + 1, 4);
    struct upload *u;

    images_settings.max_image_size = MIB;
    assert_ok(c, images_upload(c, str_take(bytes, MIB), 5000, &u));
    assert_err(c, images_upload(c, bytes, 5000, &u), ERR_TOO_LARGE);
    assert_err(c, images_upload(c, bytes, 2 * MIB, &u), ERR_TOO_LARGE);
}

/* A tmpfs of 1 MiB on the images' directory; only root can have one. */
static void mount_small_disk(void)
{
    if (geteuid() != 0 || mount("tmpfs", images_root, "tmpfs", 0, "size=1m") != 0) {
        print_message("cannot mount a tmpfs here: the full disk is not tested\n");
        skip();
    }
}

static void a_full_disk_is_told_and_leaves_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    mount_small_disk();
    assert_err(c, images_upload(c, images_bytes(c, 2 * MIB, 5), 65536, &u), ERR_NO_SPACE);
    arena_reset(c->arena);
    c->failure = (struct failure){0};
    assert_int_equal(images_count(), 0);
    /* the room is free again */
    assert_ok(c, images_upload(c, images_bytes(c, MIB / 2, 5), 65536, &u));
    arena_reset(c->arena);
    assert_int_equal(umount(images_root), 0);
}

static void a_disk_that_became_read_only_is_told(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    mount_small_disk();
    assert_int_equal(mount("tmpfs", images_root, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m"), 0);
    assert_err(c, upload_begin(c, &u), ERR_UNAVAILABLE);
    arena_reset(c->arena);
    assert_int_equal(umount(images_root), 0);
}

static void no_directory_is_told_without_its_path(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    images_settings.images_root = "/nowhere/images";
    assert_err(c, upload_begin(c, &u), ERR_UNAVAILABLE);
    assert_null(strstr(c->failure.detail.ptr, "/nowhere"));
    assert_non_null(strstr(c->failure.cause.ptr, "/nowhere"));
}

static void publish_in_a_child(struct ctx *c)
{
    struct upload *u;

    if (images_upload(c, images_bytes(c, MIB, 6), 65536, &u) != ERR_OK ||
        upload_publish(c, u, 3, 0) != ERR_OK)
        _exit(1);
    _exit(0);
}

static void processes_that_publish_the_same_bytes_at_once_make_one_file(void **state)
{
    enum { PROCESSES = 4 };
    struct ctx *c = unit_ctx(state);
    pid_t pids[PROCESSES];

    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            publish_in_a_child(c);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(images_count(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN(TEST(a_published_image_lies_under_its_digest),
          TEST(directories_and_files_take_the_group_of_the_root),
          TEST(the_digest_does_not_depend_on_the_pieces),
          TEST(the_same_bytes_again_keep_the_first_file), TEST(another_collection_gets_a_hard_link),
          TEST(a_file_that_cannot_be_linked_is_replaced_by_our_own),
          TEST(a_file_changed_by_hand_is_replaced),
          TEST(a_damaged_file_of_the_right_size_is_replaced_when_told),
          TEST(an_abandoned_upload_leaves_nothing), TEST(an_empty_file_is_refused),
          TEST(an_image_may_be_as_large_as_the_setting_says_and_no_larger),
          TEST(a_full_disk_is_told_and_leaves_nothing), TEST(a_disk_that_became_read_only_is_told),
          TEST(no_directory_is_told_without_its_path),
          TEST(processes_that_publish_the_same_bytes_at_once_make_one_file))
