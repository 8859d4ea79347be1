#include "signed.h"

#include "viewer.h"

bool signed_is_tried(const struct req *r)
{
    return str_has_prefix(r->authorization, STR("SREGISTRY-HMAC-SHA256"));
}

enum err signed_by(struct req *r, struct signer *out)
{
    TRY(signature_parse(r->ctx, r->authorization, &out->signature));
    return signature_user(r->ctx, &out->signature, r->began_at, &out->user, &out->key);
}

bool signed_covers(struct ctx *c, const struct signer *s, struct str type,
                   const struct image_name *n)
{
    const struct signed_image image = {n->collection, n->name, n->tag};

    return signature_covers(c, &s->signature, s->key, type, &image);
}

enum err signed_viewer(struct req *r, struct str type, const struct image_name *n,
                       struct viewer *out)
{
    struct signer s;

    TRY(signed_by(r, &s));
    if (!signed_covers(r->ctx, &s, type, n))
        return FAIL(r->ctx, ERR_BAD_SIGNATURE,
                    "The signature does not cover this image; check the user name and token in the "
                    "client's secrets file.");
    *out = (struct viewer){s.user.id, s.user.is_admin};
    return ERR_OK;
}

enum err signed_or_session(struct req *r, struct str type, const struct image_name *n,
                           struct viewer *out)
{
    if (signed_is_tried(r) || !app_session(r))
        return signed_viewer(r, type, n, out);
    TRY(app_check_csrf(r));
    *out = app_viewer(r);
    return ERR_OK;
}
