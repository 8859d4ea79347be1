/* Where a file goes at the destination. */
#ifndef TRANSFER_PATH_H
#define TRANSFER_PATH_H

#include "registry/name.h"

/* Longer ones would not fit into an entry of PostgreSQL's indexes, which take 2704 bytes. */
enum { PATH_BYTES_MAX = 2048, FILE_NAME_BYTES_MAX = 255 };

/** "{name}_{tag}.sif", at most FILE_NAME_BYTES_MAX bytes: a longer name is cut, the tag is kept. */
struct str path_file_name(struct arena *a, const struct image_name *n);

/**
 * The path of the file for what the user gave.
 *
 * @param given  absent: the bare file name, for path_in_directory() when the default directory is
 * known; a directory (ends with /); or a file. It begins with / or ~/ and holds no CR, LF or NUL.
 * @return ERR_OK; ERR_INPUT naming path
 */
MUST_USE enum err path_resolve(struct ctx *c, struct str given, struct str file_name,
                               struct str *out);

/**
 * A folder as it is kept: begins and ends with /, absent stays absent. ERR_INPUT naming path, also
 * for one that goes up ("..").
 */
MUST_USE enum err path_folder(struct ctx *c, struct str given, struct str *out);
/** True while the directory is still to be found. */
bool path_is_bare(struct str path);
/** The file in the endpoint's default directory; an absent one is the home directory, /~/. */
MUST_USE enum err path_in_directory(struct ctx *c, struct str directory, struct str file_name,
                                    struct str *out);

#endif
