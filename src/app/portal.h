/** Answers that several handlers of the portal give. */
#ifndef APP_PORTAL_H
#define APP_PORTAL_H

#include "http/request.h"
#include "registry/collection.h"

/** {"container": {...}} with its download URL for whoever asks. */
enum err app_reply_container(struct req *r, int status, const struct container *k);

#endif
