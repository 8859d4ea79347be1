#include "connection.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

/*
 * statement_timeout is the server's promise. A server that is stopped, or a host that hangs, keeps
 * no promise, and its kernel goes on acknowledging what we send, so that TCP notices nothing. Hence
 * a limit on this side.
 */

enum { PAUSE_MS = 2000 }; /* until a silent server is tried again */

void connection_note_silence(struct db *db)
{
    db->refused_until = clock_mono_ms(&clock_real) + PAUSE_MS;
}

/* libpq reads the end of the connection next, and says so in every result. */
static void give_up(struct db *db)
{
    char waited_s[24];

    snprintf(waited_s, sizeof waited_s, "%d", (int)(db->patience_ms / 1000));
    log_to(LOG_WARN, "database_silent", {"waited_s", str_of(waited_s)});
    connection_note_silence(db);
    shutdown(PQsocket(db->connection), SHUT_RDWR);
}

/* False when the time is over. */
static bool wait_for_server(const struct db *db, bool is_sending, int64_t deadline_ms)
{
    struct pollfd p = {.fd = PQsocket(db->connection),
                       .events = (short)(is_sending ? POLLIN | POLLOUT : POLLIN)};
    int64_t left_ms = deadline_ms - clock_mono_ms(&clock_real);
    int n;

    if (!db->patience_ms)
        left_ms = -1;
    else if (left_ms <= 0)
        return false;
    n = poll(&p, 1, (int)left_ms);
    return n > 0 || (n < 0 && errno == EINTR);
}

PGresult *connection_result(struct db *db)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + db->patience_ms;
    int unsent;

    while ((unsent = PQflush(db->connection)) > 0 || (unsent == 0 && PQisBusy(db->connection))) {
        if (!wait_for_server(db, unsent > 0, deadline_ms)) {
            give_up(db);
            break;
        }
        if (!PQconsumeInput(db->connection))
            break;
    }
    return PQgetResult(db->connection);
}

/* The last result, or the first that failed. */
PGresult *connection_exec(struct db *db, const char *sql)
{
    PGresult *last = NULL;

    if (!PQsendQuery(db->connection, sql))
        return NULL;
    for (PGresult *r; (r = connection_result(db));) {
        ExecStatusType status = PQresultStatus(last);

        if (last && status == PGRES_FATAL_ERROR) {
            PQclear(r);
            continue;
        }
        PQclear(last);
        last = r;
    }
    return last;
}
