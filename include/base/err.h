/**
 * What can come of a call.
 *
 * One table names every outcome; the enum, the HTTP status, the "code" of a JSON error, the log
 * level and the exit code of a command derive from it, and docs/api.md is checked against it.
 * Outcomes that callers branch on have their own row, everything else is ERR_INTERNAL. The detail,
 * one sentence for the person who asked, hangs on the context (base/ctx.h).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attrs.h"

/*
 * name, HTTP status, code in JSON, log level, exit code of a command (0 success, 1 refused, 2
 * usage, 3 not here, 75 try again)
 */
#define ERR_TABLE(X) \
    X(OK, 200, "ok", LOG_DEBUG, 0) \
    X(INPUT, 400, "bad_input", LOG_INFO, 2) \
    X(NOT_SIGNED_IN, 401, "not_signed_in", LOG_INFO, 1) \
    X(WRONG_CREDENTIALS, 401, "wrong_credentials", LOG_NOTICE, 1) \
    X(FORBIDDEN, 403, "forbidden", LOG_NOTICE, 1) \
    X(BAD_SIGNATURE, 403, "bad_signature", LOG_NOTICE, 1) \
    X(CSRF, 403, "csrf", LOG_NOTICE, 1) \
    X(BAD_STATE, 403, "bad_state", LOG_NOTICE, 1) \
    X(GLOBUS_STEP_UP, 403, "globus_step_up", LOG_INFO, 1) \
    X(GLOBUS_DECLINED, 403, "globus_declined", LOG_INFO, 1) \
    X(NO_ACCOUNT, 403, "no_account", LOG_NOTICE, 1) \
    X(NOT_FOUND, 404, "not_found", LOG_INFO, 3) \
    X(METHOD, 405, "method", LOG_INFO, 2) \
    X(CONFLICT, 409, "conflict", LOG_INFO, 1) \
    X(GLOBUS_NOT_CONNECTED, 409, "globus_not_connected", LOG_INFO, 1) \
    X(GLOBUS_RECONNECT, 409, "globus_reconnect", LOG_INFO, 1) \
    X(IDENTITY_TAKEN, 409, "identity_taken", LOG_NOTICE, 1) \
    X(IDENTITY_CHANGED, 409, "identity_changed", LOG_NOTICE, 1) \
    X(ONLY_WAY_IN, 409, "only_way_in", LOG_INFO, 1) \
    X(TOO_LARGE, 413, "too_large", LOG_INFO, 1) \
    X(QUOTA, 413, "quota", LOG_INFO, 1) \
    X(THROTTLED, 429, "throttled", LOG_NOTICE, 75) \
    X(INTERNAL, 500, "internal", LOG_ERROR, 70) \
    X(DAMAGED, 500, "damaged", LOG_WARN, 1) \
    X(GLOBUS, 502, "globus_error", LOG_WARN, 1) \
    X(UNAVAILABLE, 503, "unavailable", LOG_ERROR, 75) \
    X(GLOBUS_UNAVAILABLE, 503, "globus_unavailable", LOG_WARN, 75) \
    X(NO_SPACE, 507, "no_space", LOG_ERROR, 75)

enum err {
#define ERR_NAME(name, status, code, level, exit_code) ERR_##name,
    ERR_TABLE(ERR_NAME)
#undef ERR_NAME
        ERR_COUNT
};

int err_http_status(enum err e);
/** The word clients and documentation use, such as "not_found". */
const char *err_code(enum err e);
int err_log_level(enum err e);
int err_exit_code(enum err e);

#endif
