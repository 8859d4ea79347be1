/* What the checks share, and how they say what they found. */
#ifndef DOCTOR_CHECK_H
#define DOCTOR_CHECK_H

#include "doctor/doctor.h"

#include "base/settings.h"
#ifdef TRANSLOAD_GLOBUS
#include "globus/rule.h"
#endif

/* What earlier checks found out, for the later ones. */
struct doctor {
    struct ctx *c;
    const struct settings *s; /* NULL: only check_settings() runs */
    const char *settings_path;
    bool has_database, has_store, has_site;
    int64_t certificate_end; /* of the registry's address, Unix seconds; 0: none was seen */
#ifdef TRANSLOAD_GLOBUS
    bool has_token, has_source;
    struct globus_session own; /* in the registry's own name */
    struct globus_endpoint source;
    bool has_rules;
    struct globus_rules rules;
#endif
};

#define CHECK_FINE(d, ...) \
    ((struct doctor_finding){DOCTOR_OK, str_printf((d)->c->arena, __VA_ARGS__), STR_NONE})
#define CHECK_FOUND(d, how, what_to_do, ...) \
    ((struct doctor_finding){(how), str_printf((d)->c->arena, __VA_ARGS__), STR(what_to_do)})

/* Not looked at, since something before it is missing. */
struct doctor_finding check_skip(const char *why);
/* The failure on the context as a finding, and off the context. */
struct doctor_finding check_failure(struct doctor *d, const char *remedy);

/* here.c: this host */
struct doctor_finding check_settings(struct doctor *d);
struct doctor_finding check_database(struct doctor *d);
struct doctor_finding check_store(struct doctor *d);
struct doctor_finding check_space(struct doctor *d);
struct doctor_finding check_processes(struct doctor *d);
/* site.c: the address that people type */
struct doctor_finding check_public_url(struct doctor *d);
struct doctor_finding check_certificate(struct doctor *d);
struct doctor_finding check_routing(struct doctor *d);
struct doctor_finding check_uploads(struct doctor *d);
/* client.c: the app registered at Globus */
struct doctor_finding check_clock(struct doctor *d);
struct doctor_finding check_client(struct doctor *d);
struct doctor_finding check_redirect_uris(struct doctor *d);
/* source.c: the collection that serves the images */
struct doctor_finding check_source(struct doctor *d);
struct doctor_finding check_access(struct doctor *d);
struct doctor_finding check_readable(struct doctor *d);
/* writable.c: what must not be done through it */
struct doctor_finding check_read_only(struct doctor *d);

#endif
