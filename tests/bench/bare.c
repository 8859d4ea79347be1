/*
 * What a FastCGI program costs that does nothing else: the loop of libfcgi's manual in so many
 * processes, and one prepared look-up when a database is named. The measure for our own pool.
 *
 *   bench_bare SOCKET PROCESSES [CONNINFO]
 */
#include <libpq-fe.h>

#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static const char look_up[] = "select username from users where id = $1::bigint";

static void answer(FCGX_Request *r, const char *status)
{
    char text[256];
    int n = snprintf(text, sizeof text,
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n"
                     "{\"status\":\"%.100s\"}",
                     sizeof "{\"status\":\"\"}" - 1 + (size_t)snprintf(NULL, 0, "%.100s", status),
                     status);

    FCGX_PutStr(text, n, r->out);
}

/* The row whose id is the query: as little as a signed-in read can ask. */
static void answer_from(FCGX_Request *r, PGconn *db)
{
    const char *id = FCGX_GetParam("QUERY_STRING", r->envp);
    PGresult *found = PQexecPrepared(db, "look_up", 1, &id, NULL, NULL, 0);

    answer(r, PQntuples(found) == 1 ? PQgetvalue(found, 0, 0) : "nobody");
    PQclear(found);
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *db = PQconnectdb(conninfo);

    if (PQstatus(db) != CONNECTION_OK) {
        fputs(PQerrorMessage(db), stderr);
        exit(1);
    }
    PQclear(PQprepare(db, "look_up", look_up, 0, NULL));
    return db;
}

static void serve(int fd, const char *conninfo)
{
    PGconn *db = conninfo ? connect_to(conninfo) : NULL;
    FCGX_Request r;

    FCGX_InitRequest(&r, fd, 0);
    while (FCGX_Accept_r(&r) == 0) {
        if (db)
            answer_from(&r, db);
        else
            answer(&r, "alive");
        FCGX_Finish_r(&r);
    }
    exit(1);
}

int main(int argc, char **argv)
{
    int fd;
    long processes;

    if (argc < 3)
        return 2;
    processes = strtol(argv[2], NULL, 10);
    if (FCGX_Init() != 0)
        return 1;
    fd = FCGX_OpenSocket(argv[1], BACKLOG);
    for (long i = 0; i < processes; i++) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* an accept that nothing wakes would outlive us */
            serve(fd, argc > 3 ? argv[3] : NULL);
        }
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
