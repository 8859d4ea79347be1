/* Python's lexical rules, as far as a settings file needs them. */
#ifndef IMPORT_PYTHON_H
#define IMPORT_PYTHON_H

#include "assignment.h"

struct python {
    struct ctx *c;
    const char *file;
    const char *at, *end;
    int line;
};

/** The byte k places on; 0 at the end. */
char python_peek(const struct python *p, size_t k);
/** Go on by n bytes and count the lines. */
void python_skip(struct python *p, size_t n);
/** Over blanks, line ends and comments. */
void python_skip_blank(struct python *p);
/** Quotes that open a string here: 0, 1 or 3. */
size_t python_quotes(const struct python *p);
/** Over a string that opens here, to behind its end; ERR_INPUT when it has none. */
MUST_USE enum err python_skip_string(struct python *p);
/** Does a string begin here, with a prefix or without? */
bool python_is_string(const struct python *p);
/**
 * One string or several side by side, which Python puts together, and the blanks behind them.
 * @param[out] is_known  false: bytes, a string with values in it, an escape that is not read
 */
MUST_USE enum err python_strings(struct python *p, struct str *out, bool *is_known);
/** An identifier, absent when there is none here. */
struct str python_identifier(struct python *p);

/** The value of `target = …` from here to the end, as rows of out that carry on like row. */
MUST_USE enum err python_value(struct python *p, struct assignment row, struct assignments *out);

#endif
