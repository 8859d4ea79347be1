/**
 * Randomness, hashes, and values that must not be readable in the database.
 *
 * Sealing is XChaCha20-Poly1305 with a key derived from SECRET_KEY, which is not in the database. A
 * sealed value is bound to its purpose and its subject: moved to another row or column it does not
 * open (docs/adr/0005). libsodium does the work; nothing here prints a secret, and there is no
 * function that would.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/ctx.h"

enum {
    SHA256_BYTES = 32,
    SECRET_KEY_BYTES = 32, /* SECRET_KEY is this many bytes in hex */
    SECRET_OTHERS_MAX = 3, /* keys that only open, at most */
    SECRET_PREFIX_BYTES = 5,
};

/* What a derived key is used for; the numbers are part of stored data and never change. */
enum key_use { KEY_SEAL = 1, KEY_DOWNLOAD_URL = 2, KEY_NUMBER = 3 };

/**
 * Ready libsodium, and keep this process's memory from core files and from others of its account;
 * once, before anything else here. Aborts when the machine has no randomness.
 */
void secret_init(void);

/**
 * Take the master key and derive the others. The caller wipes its copy.
 *
 * @param hex  64 hex digits
 * @return false when hex is not that; nothing changes then
 */
MUST_USE bool secret_set_key(struct str hex);
/**
 * The same, with keys that only open: what they sealed or signed stays good while SECRET_KEY is
 * being changed.
 *
 * @param others  64 hex digits each, with commas between them; at most SECRET_OTHERS_MAX
 */
MUST_USE bool secret_set_keys(struct str hex, struct str others);

/** n random bytes. */
struct str secret_random(struct arena *a, size_t n);
/** A random value of 256 bits as 64 hex digits: session ids, states, tickets. */
struct str secret_token(struct arena *a);

/** SHA-256 of a small value (images are hashed by registry/digest.h). 32 bytes. */
struct str secret_sha256(struct arena *a, struct str bytes);
/** HMAC-SHA-256, 32 bytes (RFC 2104). */
struct str secret_hmac(struct arena *a, struct str key, struct str message);
/** HMAC-SHA-256 with the derived key of that use; key_use is never KEY_SEAL. */
struct str secret_mac(struct arena *a, enum key_use use, struct str message);

/** Is mac, in hex, what secret_mac() gives with any of the keys? */
MUST_USE bool secret_mac_fits(struct arena *a, enum key_use use, struct str message,
                              struct str mac);

/** What a value sealed with SECRET_KEY itself begins with, SECRET_PREFIX_BYTES long. */
struct str secret_prefix(struct arena *a);

/**
 * Encrypt so that only the same purpose and subject open it again.
 *
 * @param purpose  column, such as "globus_tokens.access_token"
 * @param subject  row, such as the user's id in decimal
 */
struct str secret_seal(struct arena *a, const char *purpose, struct str subject, struct str plain);

/**
 * @return ERR_OK, or ERR_INTERNAL when the value was sealed with a key that is not here any more,
 * for another row, or was changed.
 */
MUST_USE enum err secret_open(struct ctx *c, const char *purpose, struct str subject,
                              struct str sealed, struct str *plain);

#endif
