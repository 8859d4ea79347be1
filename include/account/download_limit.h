/**
 * How many images somebody may download within a period: DOWNLOAD_LIMIT for each account,
 * VISITOR_DOWNLOAD_LIMIT for each address of people who are not signed in, in DOWNLOAD_WINDOW.
 *
 * Who signs in or signs is counted by his account alone, so one busy address locks nobody with an
 * account out. A download counts when it begins: nginx sends the bytes and tells nobody how far it
 * came. HEAD does not count, nor does going on with an interrupted download by the same URL
 * (docs/adr/0014).
 */
#ifndef ACCOUNT_DOWNLOAD_LIMIT_H
#define ACCOUNT_DOWNLOAD_LIMIT_H

#include "base/ctx.h"

struct downloader {
    int64_t user_id;    /* 0: a visitor */
    struct str address; /* of a visitor */
};

struct download_allowance {
    int64_t limit; /* 0: none; then nothing is counted */
    int64_t used;
    int64_t resets_at; /* Unix seconds; 0: no period has begun */
    int64_t resets_s;  /* seconds from now */
};

/** What is left. */
MUST_USE enum err download_allowance(struct ctx *c, const struct downloader *d,
                                     struct download_allowance *out);
/**
 * Is anything left? For answers that lead to a download.
 *
 * @return ERR_OK; when not, by the setting DOWNLOAD_LIMIT_FORBIDS: ERR_THROTTLED with
 * retry_after_s, or ERR_FORBIDDEN
 */
MUST_USE enum err download_check(struct ctx *c, const struct downloader *d,
                                 struct download_allowance *out);
/**
 * Count a download that begins now; the same refusals.
 *
 * @param capability  of its URL
 * @param goes_on     only a later part of the file is asked for
 */
MUST_USE enum err download_count(struct ctx *c, const struct downloader *d, struct str capability,
                                 bool goes_on, struct download_allowance *out);

#endif
