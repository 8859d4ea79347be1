/**
 * What every layer needs to do one piece of work: a request, a run of a job, a command.
 *
 * The context carries the arena, the failure to report, and the connections of this process. Domain
 * code sees this and never FastCGI. The caller of a piece of work owns the context; db and net live
 * as long as the process.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct db;
struct net;
struct settings;

/* Why a piece of work failed: said once where it is noticed, shown once where it is handled. */
struct failure {
    enum err err;      /* ERR_OK until something failed */
    struct str detail; /* for the person who asked: a sentence with what would be right */
    /* for the log only: SQLSTATE, curl's text, Globus's request id; empty when there is none */
    struct str cause;
    const char *field; /* the input at fault, NULL when none is */
    int retry_after_s; /* > 0: Retry-After */
    /* where the browser must go first (step-up, reconnect); empty when nowhere */
    struct str authorize_url;
};

struct ctx {
    struct arena *arena;
    const struct settings *settings;
    const struct clock *clock;
    struct db *db;   /* NULL where no database is used */
    struct net *net; /* NULL where nothing outside is called */
    struct str request_id;
    struct str address; /* of who asks, as nginx says; absent: a command or a job */
    struct failure failure;
};

/**
 * Note why the work failed; a later note replaces an earlier one. Use FAIL(), which also returns
 * the code.
 */
void ctx_note(struct ctx *c, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);
/** Note the same, naming the input at fault. */
void ctx_note_field(struct ctx *c, enum err e, const char *field, const char *format, ...)
    PRINTF_LIKE(4, 5);
/** Add what only the log may show to the failure noted before. */
void ctx_note_cause(struct ctx *c, struct str cause);
/** Forget a failure that was dealt with. */
void ctx_forgive(struct ctx *c);

/*
 * `return FAIL(c, ERR_CONFLICT, "tag %s exists", tag);` A comma expression and not a function that
 * returns its argument, so that the analysers of gcc and clang see which constant comes back.
 */
#define FAIL(c, e, ...)           (ctx_note((c), (e), __VA_ARGS__), (e))
#define FAIL_FIELD(c, field, ...) (ctx_note_field((c), ERR_INPUT, (field), __VA_ARGS__), ERR_INPUT)

/* Hand a failure upwards. The only macro that returns; what must be let go belongs to the arena. */
#define TRY(call) \
    do { \
        enum err try_err_ = (call); \
        if (try_err_ != ERR_OK) \
            return try_err_; \
    } while (0)

#endif
