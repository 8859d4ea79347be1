/*
 * Pages of the sregistry lists, as the predecessor cut them: ?limit=&offset=, with the addresses of
 * the pages around.
 */
#ifndef APP_CATALOG_PAGE_H
#define APP_CATALOG_PAGE_H

#include "views.h"

#include "http/request.h"

struct catalog_page {
    int64_t limit; /* 0: no page was asked for, everything is one */
    int64_t offset;
};

/** From the query; ERR_INPUT names limit or offset. */
MUST_USE enum err catalog_page_read(struct req *r, struct catalog_page *out);
/** The page of it, with next, previous and the count of all. */
struct catalog_view catalog_page_view(struct ctx *c, const struct catalog *all,
                                      const struct catalog_page *page);

#endif
