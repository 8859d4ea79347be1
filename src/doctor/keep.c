/* What was found stays in the database, where administrators see it (GET /api/admin/overview). */
#include "doctor/doctor.h"

#include "base/host.h"
#include "db/db.h"

static enum err keep(struct ctx *c, const struct doctor_finding *found)
{
    struct str host = host_name(c->arena);

    TRY(db_begin(c));
    TRY(db_exec(c, SQL_FINDING_CLEAR, DB_NO_ARGS, NULL));
    for (size_t i = 0; i < doctor_check_count; i++)
        TRY(db_exec(c, SQL_FINDING_KEEP,
                    DB_ARGS(db_int(c, (int64_t)i), db_text(c, str_of(doctor_checks[i].name)),
                            db_text(c, str_of(doctor_result_name(found[i].result))),
                            db_text(c, found[i].text), db_text(c, found[i].remedy),
                            db_text(c, host)),
                    NULL));
    return db_commit(c);
}

enum err doctor_keep(struct ctx *c, const struct doctor_finding *found)
{
    enum err e = keep(c, found);

    if (e != ERR_OK)
        db_rollback(c);
    return e;
}
