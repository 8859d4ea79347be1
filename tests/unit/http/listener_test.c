#include "listener.h"
#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[] = "/tmp/listener_test.XXXXXX";

static const char *place(struct ctx *c)
{
    return str_z(c->arena, str_printf(c->arena, "%s/sock", directory));
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, path, strlen(path));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static void a_unix_socket_is_private_and_does_not_block(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener l;
    struct stat st;
    mode_t before = umask(0);

    assert_ok(c, listener_open(c, place(c), &l));
    assert_int_equal(umask(before), 0); /* as it was */
    assert_int_equal(stat(place(c), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_true(fcntl(l.fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(accept(l.fd, NULL, NULL), -1);
    assert_int_equal(errno, EAGAIN);
    listener_stop(&l);
    listener_close(&l);
    assert_int_equal(stat(place(c), &st), -1);
}

static void what_was_accepted_before_the_stop_is_still_served(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener l;
    int waiting, taken;

    assert_ok(c, listener_open(c, place(c), &l));
    waiting = connect_to(place(c));
    listener_stop(&l);
    assert_int_equal(connect_to(place(c)), -1);
    taken = accept(l.fd, NULL, NULL);
    assert_true(taken >= 0);
    assert_int_equal(accept(l.fd, NULL, NULL), -1);
    close(taken);
    close(waiting);
    listener_close(&l);
}

static void a_stale_socket_is_replaced_and_a_live_one_is_not(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener first, second, third;

    assert_ok(c, listener_open(c, place(c), &first));
    assert_err(c, listener_open(c, place(c), &second), ERR_INPUT);
    listener_close(&first); /* as a crash leaves it: the path stays */
    assert_ok(c, listener_open(c, place(c), &third));
    listener_stop(&first); /* too late: the path is another's now */
    close(connect_to(place(c)));
    listener_stop(&third);
    listener_close(&third);
}

static void a_file_is_not_taken_for_a_socket(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener l;

    close(open(place(c), O_CREAT | O_WRONLY, 0600));
    assert_err(c, listener_open(c, place(c), &l), ERR_INPUT);
    assert_int_equal(unlink(place(c)), 0);
}

static void addresses_that_make_no_sense_are_told(void **state)
{
    static const char *const addresses[] = {
        "",     "sock",       ":9000", "localhost", "127.0.0.1:http:x", "127.0.0.1:99999x",
        "[::1", "192.0.2.1:0"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct listener l;

        if (listener_open(c, addresses[i], &l) != ERR_INPUT)
            fail_msg("%s is accepted", addresses[i]);
        assert_true(c->failure.detail.len > 0);
    }
}

static void tcp_listens_on_both_families(void **state)
{
    static const char *const addresses[] = {"127.0.0.1:0", "[::1]:0"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct listener l;

        assert_ok(c, listener_open(c, addresses[i], &l));
        assert_null(l.path);
        assert_false(l.is_inherited);
        listener_stop(&l); /* nothing to unlink */
        listener_close(&l);
    }
}

static void variables_for_another_process_are_ignored_and_removed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener l;

    setenv("LISTEN_PID", "1", 1);
    setenv("LISTEN_FDS", "1", 1);
    assert_ok(c, listener_open(c, place(c), &l));
    assert_false(l.is_inherited);
    assert_null(getenv("LISTEN_PID"));
    assert_null(getenv("LISTEN_FDS"));
    listener_stop(&l);
    listener_close(&l);
}

static void inherited_descriptors_must_be_one_listening_socket(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct listener l;
    char pid[16];

    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "2", 1);
    assert_err(c, listener_open(c, place(c), &l), ERR_INPUT);
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    assert_err(c, listener_open(c, place(c), &l),
               ERR_INPUT); /* descriptor 3 is no such thing here */
}

static int make_directory(void **state UNUSED)
{
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state UNUSED)
{
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_unix_socket_is_private_and_does_not_block),
        UNIT(what_was_accepted_before_the_stop_is_still_served),
        UNIT(a_stale_socket_is_replaced_and_a_live_one_is_not),
        UNIT(a_file_is_not_taken_for_a_socket),
        UNIT(addresses_that_make_no_sense_are_told),
        UNIT(tcp_listens_on_both_families),
        UNIT(variables_for_another_process_are_ignored_and_removed),
        UNIT(inherited_descriptors_must_be_one_listening_socket),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
