#include "catalog_page.h"

#include "viewer.h"

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

struct window {
    int64_t limit, offset;
    bool is_given;
};

static enum err read_window(struct req *r, struct window *out)
{
    struct window w = {.limit = LIMIT_STANDARD};
    bool limit, offset;

    TRY(read_number(r, "limit", 1, LIMIT_MAX, &limit, &w.limit));
    TRY(read_number(r, "offset", 0, OFFSET_MAX, &offset, &w.offset));
    w.is_given = limit || offset;
    *out = w;
    return ERR_OK;
}

static struct str address(struct ctx *c, const char *list, int64_t limit, int64_t offset)
{
    return str_printf(c->arena, "%s/api/%s/?limit=%lld&offset=%lld", c->settings->domain_name, list,
                      (long long)limit, (long long)offset);
}

/* What stands around the results. */
static void frame(struct ctx *c, const char *list, const struct window *w, int64_t total,
                  struct catalog_view *view)
{
    int64_t start = w->offset < total ? w->offset : total;

    view->count = total;
    if (w->limit < total - start)
        view->next = address(c, list, w->limit, start + w->limit);
    if (start > 0)
        view->previous = address(c, list, w->limit, start > w->limit ? start - w->limit : 0);
}

enum err catalog_page_view(struct req *r, struct catalog_view *out)
{
    struct ctx *c = r->ctx;
    struct catalog page;
    struct window w;
    int64_t total;

    TRY(read_window(r, &w));
    if (!w.is_given) {
        TRY(catalog_list(c, app_viewer(r), STR_NONE, &page));
        *out = catalog_view(c, &page);
        return ERR_OK;
    }
    TRY(catalog_page(c, app_viewer(r), w.limit, w.offset, &page, &total));
    *out = catalog_view(c, &page);
    frame(c, "collections", &w, total, out);
    return ERR_OK;
}

enum err manifest_page_view(struct req *r, struct catalog_view *out)
{
    struct ctx *c = r->ctx;
    struct container_catalog page;
    struct manifest_view *items;
    struct window w;
    int64_t total;

    TRY(read_window(r, &w));
    TRY(container_catalog_page(c, app_viewer(r), w.limit, w.offset, &page, &total));
    items = arena_alloc_array(c->arena, page.count, sizeof *items);
    for (size_t i = 0; i < page.count; i++)
        items[i] = manifest_view(c, app_viewer(r), &page.list[i]);
    *out = (struct catalog_view){
        .results = {items, page.count}
    };
    frame(c, "containers", &w, total, out);
    return ERR_OK;
}
