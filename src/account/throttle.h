/* Counting wrong passwords, per account and per address. */
#ifndef ACCOUNT_THROTTLE_H
#define ACCOUNT_THROTTLE_H

#include "base/ctx.h"

/**
 * Before a password is looked at: count the attempt as a failure, so that attempts at once cannot
 * outrun the count.
 *
 * @param username  absent when it cannot be a user's: only the address counts then
 * @return ERR_OK; ERR_THROTTLED with retry_after_s
 */
MUST_USE enum err throttle_attempt(struct ctx *c, struct str username, struct str address);
/** The password was right: forget the account's failures and take the address's back. */
MUST_USE enum err throttle_success(struct ctx *c, struct str username, struct str address);

/**
 * The part of an address that one customer of a provider holds: of IPv6 the first 64 bits, of
 * anything else all.
 */
struct str throttle_network(struct arena *a, struct str address);

#endif
