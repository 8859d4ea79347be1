/**
 * The web application: the route table, who may call a route, and how a failure is told.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "http/server.h"

/** Every route of both pools, in the order they are tried. */
extern const struct route app_routes[];
extern const size_t app_route_count;

/** What `transload serve api` and `transload serve upload` run. */
extern const struct server_program app_program_api;
extern const struct server_program app_program_upload;

#endif
