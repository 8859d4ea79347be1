#include "catalog_page.h"

#include "base/settings.h"

enum { NUMBER_LEN_MAX = 10, LIMIT_STANDARD = 10, LIMIT_MAX = 1000, OFFSET_MAX = 1000000000 };

static enum err read_number(struct req *r, const char *name, int64_t min, int64_t max, bool *given,
                            int64_t *out)
{
    struct str text;

    TRY(req_query(r, name, NUMBER_LEN_MAX, &text));
    *given = text.ptr != NULL;
    if (*given && !str_to_int(text, min, max, out))
        return FAIL_FIELD(r->ctx, name, "%s: must be a number from %lld to %lld", name,
                          (long long)min, (long long)max);
    return ERR_OK;
}

enum err catalog_page_read(struct req *r, struct catalog_page *out)
{
    struct catalog_page page = {.limit = LIMIT_STANDARD};
    bool limit, offset;

    TRY(read_number(r, "limit", 1, LIMIT_MAX, &limit, &page.limit));
    TRY(read_number(r, "offset", 0, OFFSET_MAX, &offset, &page.offset));
    *out = limit || offset ? page : (struct catalog_page){0};
    return ERR_OK;
}

static struct str address(struct ctx *c, int64_t limit, int64_t offset)
{
    return str_printf(c->arena, "%s/api/collections/?limit=%lld&offset=%lld",
                      c->settings->domain_name, (long long)limit, (long long)offset);
}

struct catalog_view catalog_page_view(struct ctx *c, const struct catalog *all,
                                      const struct catalog_page *page)
{
    int64_t count = (int64_t)all->count, limit = page->limit ? page->limit : count;
    int64_t start = page->offset < count ? page->offset : count;
    int64_t end = limit < count - start ? start + limit : count;
    const struct catalog part = {all->list + start, (size_t)(end - start)};
    struct catalog_view view = catalog_view(c, &part);

    view.count = count;
    if (end < count)
        view.next = address(c, limit, end);
    if (start > 0)
        view.previous = address(c, limit, start > limit ? start - limit : 0);
    return view;
}
