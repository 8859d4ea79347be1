#include "account/audit.h"

#include "db/db.h"

enum err audit_note(struct ctx *c, int64_t user_id, const char *action, struct str subject)
{
    return db_exec(c, SQL_AUDIT_NOTE,
                   DB_ARGS(user_id ? db_int(c, user_id) : db_null(), db_text(c, str_of(action)),
                           db_text(c, subject), db_text(c, c->request_id), db_null()),
                   NULL);
}
