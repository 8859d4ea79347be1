#include "base/settings.h"

#include <sys/stat.h>

size_t settings_warnings(struct ctx *c, const char *path, const struct settings *s,
                         struct str list[SETTINGS_WARNINGS_MAX])
{
    struct str expected = str_printf(c->arena, "%s@clients.auth.globus.org", s->globus_client_id);
    struct stat st;
    size_t count = 0;

    if (stat(path, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)))
        list[count++] = str_printf(
            c->arena, "%s holds secrets and everybody on this machine may read it: chmod 0640 %s",
            path, path);
    if (s->globus_client_username[0] && !str_eq(str_of(s->globus_client_username), expected))
        list[count++] = str_printf(c->arena, "SOCIAL_AUTH_GLOBUS_USERNAME should be " STR_FMT,
                                   STR_ARG(expected));
    return count;
}
