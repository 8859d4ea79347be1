/* Who asks: found once per request, before the handler. */
#ifndef APP_VIEWER_H
#define APP_VIEWER_H

#include "account/session.h"
#include "http/request.h"
#include "registry/rights.h"

/** The session of the request, NULL when signed out. */
const struct session *app_session(const struct req *r);
/** Where a session that this request begins comes from. */
struct session_origin app_session_origin(const struct req *r);
/** The same person as the registry sees him; a visitor when signed out. */
struct viewer app_viewer(const struct req *r);

/** The CSRF token of the session is there; ERR_CSRF. Rows for USER and above are checked already; a
   SIGNED handler that accepts a session instead of a signature calls this. */
MUST_USE enum err app_check_csrf(struct req *r);

/** server_program.admit: find the session, check the row's least login, CSRF and Origin. */
enum err app_admit(struct req *r);

#endif
