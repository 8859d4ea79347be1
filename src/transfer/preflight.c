#include "transfer/preflight.h"

#include "ask.h"
#include "path.h"
#include "submit.h"
#include "wish.h"

#include "base/settings.h"
#include "db/db.h"

enum { SOURCE, FOLDER, FILE_ITSELF, PLACES };

const char *preflight_result_name(enum preflight_result r)
{
    static const char *const names[PREFLIGHT_RESULT_COUNT] = {
        [PREFLIGHT_OK] = "ok",
        [PREFLIGHT_CARE] = "care",
        [PREFLIGHT_NO] = "no",
        [PREFLIGHT_UNKNOWN] = "unknown",
    };

    return names[r];
}

/* ---- the sentences --------------------------------------------------------------------------- */

struct finding {
    enum err err;
    enum preflight_result result;
    const char *text;
};

/* The last row of each table stands for all other outcomes. */
static const struct finding source_findings[] = {
    {ERR_OK,        PREFLIGHT_OK,      "The registry offers it at Globus."                         },
    {ERR_NOT_FOUND, PREFLIGHT_NO,
     "The registry does not offer it at Globus; its administrator must look (transload doctor)."   },
    {ERR_FORBIDDEN, PREFLIGHT_NO,
     "You may not read the registry's images at Globus; its administrator must look (transload "
     "doctor)."                                                                                    },
    {ERR_COUNT,     PREFLIGHT_UNKNOWN, "Whether the registry offers it at Globus is not known now."},
};
static const struct finding folder_findings[] = {
    {ERR_OK,             PREFLIGHT_OK,      "The folder is there."                            },
    {ERR_NOT_FOUND,      PREFLIGHT_OK,      "The folder is not there yet; Globus makes it."   },
    {ERR_FORBIDDEN,      PREFLIGHT_CARE,
     "You may not look into this folder, so writing may be refused, too."                     },
    {ERR_GLOBUS_STEP_UP, PREFLIGHT_CARE,    "Globus will ask for your consent or login first."},
    {ERR_COUNT,          PREFLIGHT_UNKNOWN,
     "The folder cannot be looked at now. You can send all the same."                         },
};
static const struct finding file_findings[] = {
    {ERR_NOT_FOUND, PREFLIGHT_OK,      "No file of this name is there yet."                    },
    {ERR_COUNT,     PREFLIGHT_UNKNOWN, "Whether a file of this name is there is not known now."},
};

static const struct finding *find(const struct finding *rows, enum err e)
{
    while (rows->err != e && rows->err != ERR_COUNT)
        rows++;
    return rows;
}

static struct preflight_check check_of(const char *name, const struct finding *rows, enum err e)
{
    const struct finding *row = find(rows, e);

    return (struct preflight_check){name, row->result, str_of(row->text)};
}

/* ---- what was found -------------------------------------------------------------------------- */

static bool is_directory(const struct globus_stat *s)
{
    return s->err == ERR_OK && str_eq(s->file.type, STR("dir"));
}

/* In a source with read rules nobody has a right before the transfer begins. */
static struct preflight_check judge_source(const struct ctx *c, const struct globus_stat *s)
{
    if (c->settings->globus_source_access == SOURCE_PER_USER)
        return (struct preflight_check){
            "source", PREFLIGHT_OK,
            STR("The right to read it at Globus is given to you when the transfer begins.")};
    return check_of("source", source_findings, s->err);
}

static struct preflight_check judge_folder(const struct globus_stat *s)
{
    if (s->err == ERR_OK && !is_directory(s))
        return (struct preflight_check){"folder", PREFLIGHT_NO,
                                        STR("This is a file, not a folder.")};
    return check_of("folder", folder_findings, s->err);
}

/* Seconds of UTC, in which Globus tells times: "2018-04-04T18:30:26Z" without its end. */
static bool utc_seconds(struct str time, struct str *out)
{
    *out = str_take(time, sizeof "2018-04-04T18:30:26" - 1);
    return str_has_suffix(time, STR("Z")) || str_has_suffix(time, STR("+00:00"));
}

/*
 * The newest finished transfer of this user to that file brought these bytes, and nothing has
 * written the file since: absent otherwise.
 */
static enum err find_arrival(struct ctx *c, const struct transfer_wish *w,
                             const struct container *image, struct str path,
                             const struct globus_file *file, struct str *transfer_id)
{
    struct str written;
    struct db_rows rows;

    *transfer_id = STR_NONE;
    if (file->size != image->size_bytes || !utc_seconds(file->last_modified, &written))
        return ERR_OK;
    TRY(db_maybe(c, SQL_TRANSFER_ARRIVED,
                 DB_ARGS(db_int(c, w->user_id), db_text(c, w->endpoint_id), db_text(c, path),
                         db_text(c, image->sha256), db_text(c, written)),
                 &rows));
    if (rows.count)
        *transfer_id = db_get_text(&rows, 0, "id");
    return ERR_OK;
}

static struct str about_file(struct ctx *c, const struct container *image,
                             const struct globus_file *file, bool is_there)
{
    if (is_there)
        return STR("Already there: an earlier transfer of yours brought this very image, and the "
                   "file has not been written since.");
    if (file->size == image->size_bytes)
        return STR("A file of this name and size is there. Globus compares checksums, and copies "
                   "only if its content differs.");
    return str_printf(c->arena,
                      "Another file of this name is there, of %lld bytes. It is replaced.",
                      (long long)file->size);
}

static enum err judge_file(struct ctx *c, const struct transfer_wish *w,
                           const struct container *image, const struct globus_stat *s,
                           struct preflight *out)
{
    struct preflight_check *check = &out->checks[3];

    *check = check_of("file", file_findings, s->err);
    if (s->err != ERR_OK)
        return ERR_OK;
    if (is_directory(s)) {
        check->result = PREFLIGHT_NO;
        check->text = STR("A folder of this name is there; choose another folder.");
        return ERR_OK;
    }
    TRY(find_arrival(c, w, image, out->path, &s->file, &out->transfer_id));
    check->result = out->transfer_id.len ? PREFLIGHT_OK : PREFLIGHT_CARE;
    check->text = about_file(c, image, &s->file, out->transfer_id.len > 0);
    return ERR_OK;
}

/* ---- the look -------------------------------------------------------------------------------- */

static enum err look(struct ctx *c, const struct transfer_wish *w, const struct container *image,
                     struct str path, struct globus_stat *found)
{
    struct str folder, name;
    struct globus_place places[PLACES];
    enum err e;

    (void)str_cut_last(path, '/', &folder, &name);
    folder = str_take(path, path.len - name.len);
    places[SOURCE] =
        (struct globus_place){str_of(c->settings->globus_source), wish_source_path(c, image)};
    places[FOLDER] = (struct globus_place){w->endpoint_id, folder};
    places[FILE_ITSELF] = (struct globus_place){w->endpoint_id, path};
    e = ask_stat(c, w->user_id, places, found, PLACES);
    if (!submit_is_outage(e))
        return e;
    ctx_forgive(c); /* a look that cannot be had is no refusal */
    for (size_t i = 0; i < PLACES; i++)
        found[i] = (struct globus_stat){.err = e};
    return ERR_OK;
}

static enum err find_path(struct ctx *c, const struct transfer_wish *w, struct str *path)
{
    struct globus_demands demands = {0};
    struct globus_endpoint endpoint;

    if (!path_is_bare(*path))
        return ERR_OK;
    TRY(ask_endpoint(c, w->user_id, w->endpoint_id, &endpoint, &demands));
    return path_in_directory(c, endpoint.default_directory, *path, path);
}

enum err transfer_preflight(struct ctx *c, const struct transfer_wish *w, struct preflight *out)
{
    struct globus_stat found[PLACES] = {0};
    struct container image;

    *out = (struct preflight){0};
    TRY(wish_check(c, w, &image, &out->path));
    TRY(find_path(c, w, &out->path));
    TRY(look(c, w, &image, out->path, found));
    out->checks[0] =
        (struct preflight_check){"image", PREFLIGHT_OK, STR("You may read this image.")};
    out->checks[1] = judge_source(c, &found[SOURCE]);
    out->checks[2] = judge_folder(&found[FOLDER]);
    return judge_file(c, w, &image, &found[FILE_ITSELF], out);
}
