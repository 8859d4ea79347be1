#include "failure.h"

#include <string.h>

enum { RETRY_AFTER_S = 5 };

static const char unreachable[] = "The database is not reachable; try again in a moment.";
static const char busy[] = "The database is busy; try again in a moment.";
static const char read_only[] = "The database takes no changes at the moment; try again later.";
static const char full[] = "The database has no space left; nothing was changed. Try again later.";
static const char crowded[] = "The database has no connection free; try again in a moment.";
static const char internal[] = "The database refused a statement of this program.";

/*
 * The first row whose code begins the SQLSTATE counts; the last one fits all. Source: PostgreSQL 15
 * manual, appendix A.
 */
// clang-format off
static const struct state {
    const char *code;
    enum err err;
    bool is_stale; /* the connection is of no further use: made again at the next call */
    const char *sentence;
} states[] = {
    {"23505", ERR_CONFLICT,    false, "This already exists."                                       }, /* unique_violation */
    {"23503", ERR_CONFLICT,    false, "What this refers to is no longer there; load the page again."}, /* foreign_key_violation */
    {"22021", ERR_INPUT,       false, "Text must be UTF-8 without NUL."                            }, /* character_not_in_repertoire */
    {"40",    ERR_UNAVAILABLE, false, busy                                                         }, /* serialization, deadlock */
    {"55P03", ERR_UNAVAILABLE, false, busy                                                         }, /* lock_not_available */
    {"57014", ERR_UNAVAILABLE, false, busy                                                         }, /* query_canceled: statement_timeout */
    {"53100", ERR_UNAVAILABLE, false, full                                                         }, /* disk_full */
    {"53",    ERR_UNAVAILABLE, false, busy                                                         }, /* insufficient resources */
    {"08",    ERR_UNAVAILABLE, true,  unreachable                                                  }, /* connection exception */
    {"57",    ERR_UNAVAILABLE, true,  unreachable                                                  }, /* shut down, starting up */
    {"25006", ERR_UNAVAILABLE, true,  read_only                                                    }, /* it became a standby */
    {"25P03", ERR_UNAVAILABLE, true,  unreachable                                                  }, /* idle in transaction too long */
    {"0A000", ERR_UNAVAILABLE, true,  busy                                                         }, /* plan outlived by a migration */
    {"26000", ERR_UNAVAILABLE, true,  busy                                                         }, /* a pooler forgot our statement */
    {"",      ERR_INTERNAL,    false, internal                                                     },
};
// clang-format on

static const struct state *state_of(const char *sqlstate)
{
    const struct state *s = states;

    while (strncmp(sqlstate, s->code, strlen(s->code)) != 0)
        s++;
    return s;
}

/*
 * While connecting, libpq has a text for us and no SQLSTATE. The first is libpq's own; the others
 * are the server's, in its language: one that is not found here is merely unreachable.
 */
static const struct {
    const char *text, *sentence;
} reasons[] = {
    {"session is read-only",       read_only},
    {"too many clients",           crowded  },
    {"remaining connection slots", crowded  },
    {"too many connections",       crowded  },
};

static const char *sentence_of(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (strstr(text, reasons[i].text))
            return reasons[i].sentence;
    }
    return unreachable;
}

static void note_unavailable(struct ctx *c, const char *sentence, struct str cause)
{
    ctx_note(c, ERR_UNAVAILABLE, "%s", sentence);
    ctx_note_cause(c, cause);
    c->failure.retry_after_s = RETRY_AFTER_S;
}

enum err failure_of_connection(struct ctx *c)
{
    const char *text = c->db->connection ? PQerrorMessage(c->db->connection)
                                         : "connection lost earlier, or no answer lately";
    bool is_lost_later = strncmp(text, "connection to", 13) != 0;
    size_t len = is_lost_later ? strcspn(text, "\n") : strlen(text); /* a line for each host */

    note_unavailable(c, sentence_of(text), str_trim(str_dup(c->arena, str_view(text, len))));
    return ERR_UNAVAILABLE;
}

enum err failure_read_only(struct ctx *c)
{
    note_unavailable(c, read_only, STR("transaction_read_only is on"));
    return ERR_UNAVAILABLE;
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);

    return text ? text : "";
}

enum err failure_of_result(struct ctx *c, const PGresult *result, const char *statement)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const struct state *s = state_of(sqlstate);

    /*
     * Without a SQLSTATE it was libpq that gave up; the primary message never holds a parameter's
     * value, the detail may.
     */
    if (*sqlstate == '\0')
        return failure_of_connection(c);
    ctx_note(c, s->err, "%s", s->sentence);
    ctx_note_cause(c, str_printf(c->arena, "%s: SQLSTATE %s %s %s", statement, sqlstate,
                                 field(result, PG_DIAG_MESSAGE_PRIMARY),
                                 field(result, PG_DIAG_CONSTRAINT_NAME)));
    if (s->err == ERR_UNAVAILABLE)
        c->failure.retry_after_s = RETRY_AFTER_S;
    if (s->is_stale && !c->db->transaction)
        connection_drop(c->db);
    return s->err;
}
