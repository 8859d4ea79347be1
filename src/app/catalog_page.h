/*
 * Pages of the sregistry lists, as the predecessor cut them: ?limit=&offset=, with the addresses of
 * the pages around.
 */
#ifndef APP_CATALOG_PAGE_H
#define APP_CATALOG_PAGE_H

#include "views.h"

#include "http/request.h"

/**
 * Collections the caller may read: all of them, or the page that the query asks for, with next,
 * previous and the count of all. ERR_INPUT names limit or offset.
 */
MUST_USE enum err catalog_page_view(struct req *r, struct catalog_view *out);
/** The same of containers (struct manifest_view), always a page. */
MUST_USE enum err manifest_page_view(struct req *r, struct catalog_view *out);

#endif
