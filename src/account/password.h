/* Passwords as Argon2id hashes. */
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "base/ctx.h"

/** Fit to be a password? ERR_INPUT naming the field "password" otherwise. */
MUST_USE enum err password_check(struct ctx *c, struct str password);
/** A PHC string to store. ERR_UNAVAILABLE when the machine is short of memory. */
MUST_USE enum err password_hash(struct ctx *c, struct str password, struct str *hash);
/**
 * Does the password fit the hash?
 *
 * @param hash  absent for a user who is not there or may not sign in: false, after the same work
 */
MUST_USE enum err password_fits(struct ctx *c, struct str hash, struct str password, bool *fits);

#endif
