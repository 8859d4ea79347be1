#include "settings_row.h"

/* nobody, everybody, or domains with commas between them; without a dot it is a typing mistake. */
static enum err check_signup(struct ctx *c, const struct settings_origin *o, struct str list)
{
    struct str domain;

    if (str_eq(list, STR("nobody")) || str_eq(list, STR("everybody")))
        return ERR_OK;
    while (list.len) {
        str_cut(list, ',', &domain, &list);
        domain = str_trim(domain);
        if (!str_contains(domain, '.') ||
            !str_is_made_of(domain, "abcdefghijklmnopqrstuvwxyz0123456789.-"))
            return FAIL(c, ERR_INPUT,
                        STR_FMT
                        ": GLOBUS_SIGNUP must be nobody, everybody, or domains in lower case such "
                        "as uni.example, lab.example",
                        STR_ARG(settings_place(c, o, "GLOBUS_SIGNUP")));
    }
    return ERR_OK;
}

enum err settings_check_login(struct ctx *c, const struct settings_origin *o,
                              const struct settings *s)
{
    if (s->login_methods == LOGIN_GLOBUS && !s->enable_globus)
        return FAIL(c, ERR_INPUT,
                    STR_FMT ": LOGIN_METHODS is globus, so ENABLE_GLOBUS must be true",
                    STR_ARG(settings_place(c, o, "LOGIN_METHODS")));
    return check_signup(c, o, str_of(s->globus_signup));
}

bool settings_takes_passwords(const struct settings *s)
{
    return s->login_methods & LOGIN_LOCAL;
}

bool settings_takes_globus(const struct settings *s)
{
    return s->enable_globus && (s->login_methods & LOGIN_GLOBUS);
}
