/* A user as the statements user_… and session_find return one. */
#ifndef ACCOUNT_USER_ROW_H
#define ACCOUNT_USER_ROW_H

#include "account/user.h"
#include "db/db.h"

/** Reads the columns id, username, is_admin, is_active, created_at. */
struct user user_from_row(const struct db_rows *rows, size_t row);

/** Open the stored client token of a user. */
MUST_USE enum err user_open_client_token(struct ctx *c, int64_t user_id, struct str sealed,
                                         struct str *token);

/** Could a user have this name? */
bool user_name_is_valid(struct str username);

#endif
