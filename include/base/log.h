/**
 * One line per event on standard error, key=value, for journald.
 *
 * A value with a blank, a quote or a control byte is quoted and escaped, so one event is always one
 * line. The request id of the current work is added to each line. Secrets have no way in: their
 * types have no format function.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

/*
 * Meaning, not volume: error = someone must act; warn = someone should know; notice = security
 * relevant; info = a request or job.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTICE, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };

struct log_pair {
    const char *key;
    struct str value;
};

/** Lines above this level are dropped; LOG_INFO until set. */
void log_set_level(enum log_level level);
/** The level with this name ("error" … "debug"); false when there is none. */
MUST_USE bool log_level_parse(struct str name, enum log_level *out);
const char *log_level_name(enum log_level level);
/**
 * Added as request=… to each line until replaced; STR_NONE for none. The text must outlive its use.
 */
void log_set_request(struct str request_id);

/** Write one event. event: what happened, in words_with_underscores. */
void log_event(enum log_level level, const char *event, const struct log_pair *pairs, size_t count);

/* log_to(LOG_INFO, "image_pushed", {"user", user}, {"digest", digest}); */
#define log_to(level, event, ...) \
    log_event((level), (event), (const struct log_pair[]){__VA_ARGS__}, \
              sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))

#endif
