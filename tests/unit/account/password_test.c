#include "password.h"
#include "support/unit.h"

#include "account/user.h"

#include <stdio.h>
#include <string.h>

static void password_check_bounds_the_length(void **state)
{
    struct ctx *c = unit_ctx(state);
    char *text = arena_alloc(c->arena, PASSWORD_MAX + 1);

    memset(text, 'x', PASSWORD_MAX + 1);
    assert_err(c, password_check(c, STR_NONE), ERR_INPUT);
    assert_err(c, password_check(c, str_view(text, PASSWORD_MIN - 1)), ERR_INPUT);
    assert_string_equal(c->failure.field, "password");
    assert_ok(c, password_check(c, str_view(text, PASSWORD_MIN)));
    assert_ok(c, password_check(c, str_view(text, PASSWORD_MAX)));
    assert_err(c, password_check(c, str_view(text, PASSWORD_MAX + 1)), ERR_INPUT);
    assert_err(c, password_check(c, STR("12345678\xff")), ERR_INPUT);
}

static void password_fits_its_own_hash_only(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str hash, other;
    bool fits;

    assert_ok(c, password_hash(c, STR("correct horse"), &hash));
    assert_ok(c, password_hash(c, STR("correct horse"), &other));
    assert_true(str_has_prefix(hash, STR("$argon2id$")));
    assert_false(str_eq(hash, other));
    assert_ok(c, password_fits(c, hash, STR("correct horse"), &fits));
    assert_true(fits);
    assert_ok(c, password_fits(c, hash, STR("correct horsf"), &fits));
    assert_false(fits);
    assert_ok(c, password_fits(c, hash, STR_NONE, &fits));
    assert_false(fits);
}

static void password_without_a_hash_never_fits(void **state)
{
    struct ctx *c = unit_ctx(state);
    bool fits = true;

    assert_ok(c, password_fits(c, STR_NONE, STR("anything at all"), &fits));
    assert_false(fits);
}

#ifndef TRANSLOAD_ARENA_MALLOC /* sanitizers keep memory of their own */
/* An idle worker may hold 10 MiB; a hash takes 64. */
static long private_kib(void)
{
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long kib = 0, total = 0;

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "Private_Dirty: %ld", &kib) == 1 ||
            sscanf(line, "Private_Clean: %ld", &kib) == 1)
            total += kib;
    }
    if (f)
        fclose(f);
    return total;
}

static void password_hash_gives_its_memory_back(void **state)
{
    struct ctx *c = unit_ctx(state);
    long before = private_kib();
    struct str hash;

    assert_true(before > 0);
    assert_ok(c, password_hash(c, STR("correct horse"), &hash));
    assert_true(private_kib() < before + 1024);
}

UNIT_MAIN(UNIT(password_check_bounds_the_length), UNIT(password_fits_its_own_hash_only),
          UNIT(password_without_a_hash_never_fits), UNIT(password_hash_gives_its_memory_back))
#else
UNIT_MAIN(UNIT(password_check_bounds_the_length), UNIT(password_fits_its_own_hash_only),
          UNIT(password_without_a_hash_never_fits))
#endif
