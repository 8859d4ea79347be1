/*
 * Compiler attributes, each under a name that says what it promises. The only place that tests for
 * a compiler.
 */
#ifndef BASE_ATTRS_H
#define BASE_ATTRS_H

#define MUST_USE          __attribute__((warn_unused_result))
#define NORETURN          __attribute__((noreturn))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define RETURNS_NONNULL   __attribute__((returns_nonnull))
#define UNUSED            __attribute__((unused))

#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))

#endif
