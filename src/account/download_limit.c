#include "account/download_limit.h"

#include "throttle.h"

#include "base/secret.h"
#include "base/settings.h"
#include "db/db.h"

static struct str subject_of(struct ctx *c, const struct downloader *d)
{
    struct str network;

    if (d->user_id)
        return str_printf(c->arena, "user:%lld", (long long)d->user_id);
    network = throttle_network(c->arena, d->address);
    return str_printf(c->arena, "addr:" STR_FMT, STR_ARG(network));
}

static int64_t limit_of(const struct ctx *c, const struct downloader *d)
{
    return d->user_id ? c->settings->download_limit : c->settings->visitor_download_limit;
}

static void read_row(const struct db_rows *rows, struct download_allowance *out)
{
    out->used = db_get_int(rows, 0, "used");
    out->resets_at = db_get_int(rows, 0, "resets_at");
    out->resets_s = db_get_int(rows, 0, "resets_s");
}

enum err download_allowance(struct ctx *c, const struct downloader *d,
                            struct download_allowance *out)
{
    struct db_rows rows;

    *out = (struct download_allowance){.limit = limit_of(c, d)};
    if (out->limit == 0)
        return ERR_OK;
    TRY(db_maybe(c, SQL_DOWNLOAD_LEFT, DB_ARGS(db_text(c, subject_of(c, d))), &rows));
    if (rows.count == 1)
        read_row(&rows, out);
    return ERR_OK;
}

/* ---- refusing -------------------------------------------------------------------------------- */

/* "40 seconds", "3 hours": enough to decide whether to wait. */
static struct str duration_text(struct ctx *c, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {
        {86400, "days"   },
        {3600,  "hours"  },
        {60,    "minutes"},
    };

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (seconds >= 2 * units[i].seconds)
            return str_printf(c->arena, "%lld %s", (long long)(seconds / units[i].seconds),
                              units[i].name);
    }
    return str_printf(c->arena, "%lld seconds", (long long)seconds);
}

static enum err refuse(struct ctx *c, const struct downloader *d,
                       const struct download_allowance *a)
{
    enum err e = c->settings->download_limit_forbids ? ERR_FORBIDDEN : ERR_THROTTLED;
    struct str wait = duration_text(c, a->resets_s);

    if (d->user_id)
        ctx_note(c, e, "You have made the %lld downloads of this period; more in " STR_FMT ".",
                 (long long)a->limit, STR_ARG(wait));
    else
        ctx_note(
            c, e,
            "Visitors from your address have made the %lld downloads of this period; more "
            "in " STR_FMT
            ". Who signs in, or sets user name and token in the client, has downloads of his own.",
            (long long)a->limit, STR_ARG(wait));
    c->failure.retry_after_s = (int)(a->resets_s > 0 ? a->resets_s : 1);
    return e;
}

enum err download_check(struct ctx *c, const struct downloader *d, struct download_allowance *out)
{
    TRY(download_allowance(c, d, out));
    return out->limit && out->used >= out->limit ? refuse(c, d, out) : ERR_OK;
}

/* ---- counting -------------------------------------------------------------------------------- */

static enum err was_counted(struct ctx *c, struct str hash, bool *found)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_DOWNLOAD_GRANTED, DB_ARGS(db_bytes(hash)), "download_granted", &rows));
    *found = db_get_bool(&rows, 0, "found");
    return ERR_OK;
}

enum err download_count(struct ctx *c, const struct downloader *d, struct str capability,
                        bool goes_on, struct download_allowance *out)
{
    const struct settings *s = c->settings;
    struct str hash = secret_sha256(c->arena, capability);
    struct db_rows rows;
    bool found = false;

    *out = (struct download_allowance){.limit = limit_of(c, d)};
    if (out->limit == 0)
        return ERR_OK;
    if (goes_on)
        TRY(was_counted(c, hash, &found));
    if (found)
        return download_allowance(c, d, out);
    TRY(db_maybe(c, SQL_DOWNLOAD_COUNT,
                 DB_ARGS(db_text(c, subject_of(c, d)), db_int(c, out->limit),
                         db_int(c, s->download_window_s), db_bytes(hash),
                         db_int(c, s->download_url_s)),
                 &rows));
    if (rows.count == 0) {
        TRY(download_allowance(c, d, out));
        return refuse(c, d, out);
    }
    read_row(&rows, out);
    return ERR_OK;
}
