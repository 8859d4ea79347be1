/* needs: database */
#include "support/registry.h"

#include "base/codec.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- rights ---------------------------------------------------------------------------------- */

static enum err check(struct ctx *c, struct viewer v, const char *collection)
{
    struct image_name n = {str_of(collection), STR("n"), STR("t"), STR_NONE};
    enum err e = push_check(c, v, &n);

    if (e != ERR_OK && e != ERR_INPUT && c->failure.detail.len == 0)
        fail_msg("a refusal without a sentence");
    return e;
}

static void push_check_asks_for_an_owner(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer owner = registry_user(c, "owner"), contributor = registry_user(c, "contributor");
    struct viewer stranger = registry_user(c, "stranger"), admin = registry_user(c, "admin");

    admin.is_admin = true;
    registry_push(c, owner, "taken/n:t", STR("image"));
    registry_member(c, contributor, "taken", "contributor");

    assert_err(c, check(c, owner, "taken"), ERR_OK);
    assert_err(c, check(c, admin, "taken"), ERR_OK);
    assert_err(c, check(c, contributor, "taken"), ERR_FORBIDDEN);
    assert_err(c, check(c, stranger, "taken"), ERR_FORBIDDEN);
    assert_err(c, check(c, (struct viewer){0}, "taken"), ERR_FORBIDDEN);
    assert_err(c, check(c, (struct viewer){0, true}, "free"), ERR_FORBIDDEN);
    assert_err(c, check(c, stranger, "free"), ERR_OK);
    assert_err(c, check(c, stranger, "not a name"), ERR_INPUT);
    assert_int_equal(database_count("select count(*) from collections"), 1);
}

static void push_check_follows_the_settings(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer user = registry_user(c, "user"), admin = registry_user(c, "admin");

    admin.is_admin = true;
    registry_push(c, user, "own/n:t", STR("image"));
    images_settings.user_collections = false;
    assert_err(c, check(c, user, "own"), ERR_OK);
    assert_err(c, check(c, user, "free"), ERR_FORBIDDEN);
    assert_err(c, check(c, admin, "free"), ERR_OK);
    images_settings.disable_building = true;
    assert_err(c, check(c, user, "own"), ERR_FORBIDDEN);
    assert_err(c, check(c, admin, "own"), ERR_FORBIDDEN);
}

/* ---- tickets --------------------------------------------------------------------------------- */

static void a_ticket_is_used_once_by_its_user(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), mallory = registry_user(c, "mallory");
    struct image_name n = registry_name(c, "tacos/avocados:v1"), found;
    struct ticket_list open;
    struct str ticket;

    assert_ok(c, ticket_create(c, alice.user_id, &n, &ticket));
    assert_int_equal(ticket.len, 64);
    assert_ok(c, ticket_list(c, alice.user_id, &open));
    assert_int_equal(open.count, 1);
    assert_str(image_name_uri(c->arena, &open.list[0].name), "tacos/avocados:v1");
    assert_true(str_eq(open.list[0].hash, ticket_hash(c, ticket)));
    assert_ok(c, ticket_list(c, mallory.user_id, &open));
    assert_int_equal(open.count, 0);

    assert_err(c, ticket_use(c, mallory.user_id, ticket, &found), ERR_FORBIDDEN);
    assert_err(c, ticket_use(c, alice.user_id, STR("0000"), &found), ERR_FORBIDDEN);
    assert_err(c, ticket_use(c, alice.user_id, STR_NONE, &found), ERR_FORBIDDEN);
    assert_ok(c, ticket_use(c, alice.user_id, ticket, &found));
    assert_str(image_name_uri(c->arena, &found), "tacos/avocados:v1");
    assert_err(c, ticket_use(c, alice.user_id, ticket, &found), ERR_FORBIDDEN);
    assert_ok(c, ticket_list(c, alice.user_id, &open));
    assert_int_equal(open.count, 0);
}

static void an_expired_ticket_is_no_ticket(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct image_name n = registry_name(c, "tacos/avocados:v1"), found;
    struct ticket_list open;
    struct str ticket;

    assert_ok(c, ticket_create(c, alice.user_id, &n, &ticket));
    database_run("update upload_tickets set expires_at = now() - interval '1 second'", NULL, 0);
    assert_ok(c, ticket_list(c, alice.user_id, &open));
    assert_int_equal(open.count, 0);
    assert_err(c, ticket_use(c, alice.user_id, ticket, &found), ERR_FORBIDDEN);
}

/* ---- commit ---------------------------------------------------------------------------------- */

static void the_first_push_creates_the_collection(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:latest", STR("image")), found;

    assert_int_equal(k.role, ROLE_OWNER);
    assert_false(k.is_private);
    assert_ok(c, container_get(c, (struct viewer){0}, k.id, &found));
    assert_true(str_eq(found.sha256, k.sha256));
    assert_int_equal(found.size_bytes, 5);
    assert_int_equal(found.created_us, k.created_us);
    assert_int_equal(found.image_id, k.image_id);
    assert_str(image_name_uri(c->arena, &found.name), "tacos/avocados:latest");
    assert_true(registry_is_whole(c));
    assert_int_equal(database_count("select count(*) from audit where action = 'image.push' and "
                                    "subject = 'tacos/avocados:latest' "
                                    "and request_id = 'test'"),
                     1);
}

static void a_new_collection_is_private_when_the_settings_say_so(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    images_settings.default_private = true;
    assert_true(registry_push(c, alice, "a/n:t", STR("image")).is_private);
    images_settings.default_private = false;
    assert_false(registry_push(c, alice, "b/n:t", STR("image")).is_private);
    images_settings.private_only = true;
    assert_true(registry_push(c, alice, "c/n:t", STR("image")).is_private);
    assert_int_equal(database_count("select count(*) from collections where is_private"), 2);
}

static void the_same_bytes_twice_are_one_file_and_one_row(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container first = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    struct container again = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    struct container other = registry_push(c, alice, "tacos/avocados:v2", STR("image"));

    assert_int_equal(first.id, again.id);
    assert_int_equal(first.image_id, again.image_id);
    assert_int_equal(first.image_id, other.image_id);
    assert_true(other.id != first.id);
    assert_int_equal(images_count(), 1);
    assert_true(registry_is_whole(c));
}

static void new_bytes_keep_the_container_and_leave_the_old_file(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container first = registry_push(c, alice, "tacos/avocados:v1", STR("old image"));
    struct container second = registry_push(c, alice, "tacos/avocados:v1", STR("new image"));
    struct container found;

    assert_int_equal(first.id, second.id);
    assert_int_equal(first.created_us, second.created_us);
    assert_true(second.updated_us > first.updated_us);
    assert_ok(c, container_get(c, alice, first.id, &found));
    assert_true(str_eq(found.sha256, second.sha256));
    assert_int_equal(images_count(), 2);
    assert_true(registry_is_whole(c));
}

static void the_same_bytes_in_another_collection_are_a_hard_link(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container a = registry_push(c, alice, "a/n:t", STR("image"));
    struct container b = registry_push(c, alice, "b/n:t", STR("image"));
    struct stat first, second;

    assert_true(images_stat(store_path(c->arena, a.collection_id, a.sha256), &first));
    assert_true(images_stat(store_path(c->arena, b.collection_id, b.sha256), &second));
    assert_int_equal(first.st_ino, second.st_ino);
    assert_true(registry_is_whole(c));
}

static void rights_are_checked_again_at_the_commit(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), mallory = registry_user(c, "mallory");
    struct container k;

    registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    assert_err(c, registry_try_push(c, mallory, "tacos/avocados:v1", STR("evil"), &k),
               ERR_FORBIDDEN);
    images_settings.user_collections = false;
    assert_err(c, registry_try_push(c, mallory, "free/avocados:v1", STR("evil"), &k),
               ERR_FORBIDDEN);
    images_settings.disable_building = true;
    assert_err(c, registry_try_push(c, alice, "tacos/avocados:v1", STR("late"), &k), ERR_FORBIDDEN);
    assert_int_equal(images_count(), 1);
    assert_int_equal(database_count("select count(*) from collections"), 1);
}

static void a_failed_publish_changes_no_row(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("old image")), found;
    struct image_name n = registry_name(c, "tacos/avocados:v1");
    const char *in_the_way;
    struct upload *u;
    struct str path;

    assert_ok(c, images_upload(c, STR("new image"), 9, &u));
    path = store_path(c->arena, k.collection_id, upload_sha256(u));
    in_the_way = str_printf(c->arena, "%s/" STR_FMT, images_root, STR_ARG(path)).ptr;
    assert_int_equal(mkdir(in_the_way, 0750), 0);
    assert_err(c, push_commit(c, alice, &n, u, &found), ERR_UNAVAILABLE);
    assert_ok(c, container_get(c, alice, k.id, &found));
    assert_true(str_eq(found.sha256, k.sha256));
    assert_int_equal(database_count("select count(*) from images"), 1);
}

/* ---- at once --------------------------------------------------------------------------------- */

enum { PROCESSES = 4, ROUNDS = 8 };

/*
 * A worker of its own: the same database and store, another connection. Process n pushes its bytes,
 * or all push the same.
 */
static void push_in_a_child(struct viewer v, const char *uri, int process, bool same)
{
    struct clock clock = {.now_s = unit_clock_now_s, .mono_ms = unit_clock_mono_ms};
    struct arena *arena = arena_create();
    struct ctx c = database_ctx(arena, &clock);
    struct container k;

    c.settings = &images_settings;
    for (int round = 0; round < ROUNDS; round++) {
        struct str text = str_printf(arena, "image of round %d by %d", round, same ? 0 : process);

        if (registry_try_push(&c, v, uri, text, &k) != ERR_OK) {
            print_error(STR_FMT " (" STR_FMT ")\n", STR_ARG(c.failure.detail),
                        STR_ARG(c.failure.cause));
            _exit(1);
        }
    }
    _exit(0);
}

static void push_at_once(struct viewer v, const char *const *uris, bool same)
{
    pid_t pids[PROCESSES];

    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            push_in_a_child(v, uris[i], i, same);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

static void pushes_of_one_tag_at_once_end_with_one_container(void **state)
{
    static const char *const uris[PROCESSES] = {"fresh/n:t", "fresh/n:t", "fresh/n:t", "fresh/n:t"};
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    push_at_once(alice, uris, false);
    assert_int_equal(database_count("select count(*) from containers"), 1);
    assert_int_equal(database_count("select count(*) from collections"), 1);
    assert_int_equal(database_count("select count(*) from collection_members"), 1);
    assert_int_equal(images_count(), PROCESSES * ROUNDS);
    assert_true(registry_is_whole(c));
}

static void pushes_of_the_same_bytes_at_once_are_one_file(void **state)
{
    static const char *const uris[PROCESSES] = {"fresh/n:t", "fresh/n:t", "fresh/m:t", "fresh/m:u"};
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    push_at_once(alice, uris, true);
    assert_int_equal(database_count("select count(*) from containers"), 3);
    assert_int_equal(images_count(), ROUNDS);
    assert_true(registry_is_whole(c));
}

static void pushes_of_the_same_bytes_to_many_collections_at_once_are_whole(void **state)
{
    static const char *const uris[PROCESSES] = {"a/n:t", "b/n:t", "c/n:t", "a/m:t"};
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    push_at_once(alice, uris, true);
    assert_int_equal(database_count("select count(*) from collections"), 3);
    assert_true(registry_is_whole(c));
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

/* Push until the armed point, in a process of its own that dies there. */
static void push_until(struct viewer v, const char *point)
{
    char armed[] = "/tmp/transload-armed.XXXXXX";
    int fd = mkstemp(armed), status;
    pid_t pid;

    assert_true(fd >= 0 && write(fd, point, strlen(point)) == (ssize_t)strlen(point));
    close(fd);
    setenv("TRANSLOAD_CRASH_FILE", armed, 1);
    pid = fork();
    if (pid == 0)
        push_in_a_child(v, "tacos/avocados:v1", 9, false);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    unsetenv("TRANSLOAD_CRASH_FILE");
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(access(armed, F_OK), -1);
}

static void a_push_that_is_killed_leaves_the_old_image_or_the_new_one(void **state)
{
    static const struct {
        const char *point;
        bool committed;
        int files; /* the old image's, and what the sweep will find */
    } rows[] = {
        {"push:before_link",   false, 1},
        {"push:after_link",    false, 2},
        {"push:before_commit", false, 2},
        {"push:after_commit",  true,  2},
    };
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container old = registry_push(c, alice, "tacos/avocados:v1", STR("old image")), found;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sweep_report did;

        push_until(alice, rows[i].point);
        assert_ok(c, container_get(c, alice, old.id, &found));
        assert_int_equal(!str_eq(found.sha256, old.sha256), rows[i].committed);
        assert_int_equal(images_count(), rows[i].files);
        (void)registry_is_whole(c); /* no row without its file */
        assert_ok(c, registry_sweep(c, &did));
        assert_true(registry_is_whole(c));
    }
}

UNIT_MAIN(UNIT_REGISTRY(push_check_asks_for_an_owner),
          UNIT_REGISTRY(push_check_follows_the_settings),
          UNIT_REGISTRY(a_ticket_is_used_once_by_its_user),
          UNIT_REGISTRY(an_expired_ticket_is_no_ticket),
          UNIT_REGISTRY(the_first_push_creates_the_collection),
          UNIT_REGISTRY(a_new_collection_is_private_when_the_settings_say_so),
          UNIT_REGISTRY(the_same_bytes_twice_are_one_file_and_one_row),
          UNIT_REGISTRY(new_bytes_keep_the_container_and_leave_the_old_file),
          UNIT_REGISTRY(the_same_bytes_in_another_collection_are_a_hard_link),
          UNIT_REGISTRY(rights_are_checked_again_at_the_commit),
          UNIT_REGISTRY(a_failed_publish_changes_no_row),
          UNIT_REGISTRY(pushes_of_one_tag_at_once_end_with_one_container),
          UNIT_REGISTRY(pushes_of_the_same_bytes_at_once_are_one_file),
          UNIT_REGISTRY(pushes_of_the_same_bytes_to_many_collections_at_once_are_whole),
          UNIT_REGISTRY(a_push_that_is_killed_leaves_the_old_image_or_the_new_one))
