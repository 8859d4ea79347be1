/* What PostgreSQL's SQLSTATE means to us. */
#ifndef DB_FAILURE_H
#define DB_FAILURE_H

#include "connection.h"

/**
 * Note the failure of a result: statement names it for the log. Values never reach the log. @return
 * the outcome, never ERR_OK
 */
MUST_USE enum err failure_of_result(struct ctx *c, const PGresult *result, const char *statement);
/** Note that the database cannot be reached. @return ERR_UNAVAILABLE */
MUST_USE enum err failure_of_connection(struct ctx *c);
/** Note that the database can be read only, as after a fail-over. @return ERR_UNAVAILABLE */
MUST_USE enum err failure_read_only(struct ctx *c);

#endif
