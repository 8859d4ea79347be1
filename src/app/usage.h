/* What somebody may still do: told in headers of downloads and on the settings pages. */
#ifndef APP_USAGE_H
#define APP_USAGE_H

#include "account/download_limit.h"
#include "http/request.h"
#include "registry/quota.h"

/** How full something is, in bytes; a limit of 0 is none. */
struct storage_view {
    int64_t limit, used, reserved;
};
extern const struct json_shape view_storage;
struct storage_view storage_view(const struct quota *q);

/** Who downloads: the user if there is one, else a visitor at the request's address. */
struct downloader usage_downloader(const struct req *r, int64_t user_id);
/** RateLimit-Limit, -Remaining and -Reset, where there is a limit. */
void usage_headers(struct req *r, const struct download_allowance *a);

#endif
