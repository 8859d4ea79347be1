#include "command.h"

#include "account/user.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/*
 * One line, without its end. The descriptor is read byte by byte: what follows the line is not
 * ours.
 */
static enum err read_line(struct ctx *c, int fd, struct str *out)
{
    char *line = arena_alloc(c->arena, PASSWORD_MAX + 1);
    size_t len = 0;

    for (;;) {
        char byte;
        ssize_t n = read(fd, &byte, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FAIL(c, ERR_INPUT, "the password cannot be read: %s", strerror(errno));
        if (n == 0 || byte == '\n')
            break;
        if (len == PASSWORD_MAX)
            return FAIL(c, ERR_INPUT, "the password is longer than %d bytes", PASSWORD_MAX);
        line[len++] = byte;
    }
    if (len && line[len - 1] == '\r')
        len--;
    *out = str_view(line, len);
    return ERR_OK;
}

static void say(int fd, const char *text)
{
    /* a prompt that is not seen does no harm */
    ssize_t ignored UNUSED = write(fd, text, strlen(text));
}

static enum err ask(struct ctx *c, int tty, const char *prompt, struct str *out)
{
    enum err e;

    say(tty, prompt);
    e = read_line(c, tty, out);
    say(tty, "\n");
    return e;
}

/* Signals wait until the echo is back: a terminal that stays silent after ^C looks broken. */
static enum err ask_silently(struct ctx *c, int tty, struct str *first, struct str *second)
{
    struct termios loud, silent;
    sigset_t stops, before;
    enum err e;

    if (tcgetattr(tty, &loud) != 0)
        return FAIL(c, ERR_INPUT, "the terminal cannot be asked: %s", strerror(errno));
    silent = loud;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGTSTP);
    sigprocmask(SIG_BLOCK, &stops, &before);
    tcsetattr(tty, TCSAFLUSH, &silent);
    e = ask(c, tty, "Password: ", first);
    if (e == ERR_OK)
        e = ask(c, tty, "The same again: ", second);
    tcsetattr(tty, TCSAFLUSH, &loud);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return e;
}

static enum err read_from_terminal(struct ctx *c, struct str *password)
{
    struct str first = STR_NONE, second = STR_NONE;
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    enum err e;

    if (tty < 0)
        return FAIL(c, ERR_INPUT,
                    "there is no terminal to ask for the password; use --password-stdin");
    e = ask_silently(c, tty, &first, &second);
    close(tty);
    if (e != ERR_OK)
        return e;
    if (!str_eq(first, second))
        return FAIL(c, ERR_INPUT, "the two passwords differ; nothing was changed");
    *password = first;
    return ERR_OK;
}

enum err cli_read_password(struct cli *cli, struct str *password)
{
    if (cli->options & OPTION_PASSWORD_STDIN)
        return read_line(cli->ctx, STDIN_FILENO, password);
    return read_from_terminal(cli->ctx, password);
}
