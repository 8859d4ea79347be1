#include "support/unit.h"

#include "globus/auth.h"

static void globus_scope_merge_names_each_parent_once_with_the_children_of_both(void **state)
{
    // clang-format off
    static const struct {
        const char *base, *more, *merged;
    } rows[] = {
        {"openid email t", "", "openid email t"},
        {"openid t", "t[*a]", "openid t[*a]"},
        {"openid t", "t[*a] t[*b]", "openid t[*a *b]"},
        {"t[*a]", "t[*b *a]", "t[*a *b]"},
        {"t", "t[a[b c] d] u", "t[a[b c] d] u"},
        {"t[a[b c]]", "t[a[b c] a]", "t[a[b c] a]"}, /* children are compared as they stand: Globus merges deeper ones itself */
        {"  a   b ", " b ", "a b"},
        {"", "", ""},
        {"t", "t", "t"},
        {"t", "u[", "t u["}, /* no scope expression: passed through, Globus is the judge */
        {"t", "u]", "t u]"},
        {"t", "[a]", "t [a]"},
        {"t", "]]x y", "t ]]x y"},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_str(globus_scope_merge(c->arena, str_of(rows[i].base), str_of(rows[i].more)),
                   rows[i].merged);
}

UNIT_MAIN(UNIT(globus_scope_merge_names_each_parent_once_with_the_children_of_both))
