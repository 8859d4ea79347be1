/* HTTP status codes and their standard words: one table (RFC 9110 §15, RFC 6585, RFC 4918). */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#define STATUS_TABLE(X) \
    X(200, "OK") \
    X(201, "Created") \
    X(202, "Accepted") \
    X(204, "No Content") \
    X(206, "Partial Content") \
    X(301, "Moved Permanently") \
    X(302, "Found") \
    X(303, "See Other") \
    X(304, "Not Modified") \
    X(307, "Temporary Redirect") \
    X(308, "Permanent Redirect") \
    X(400, "Bad Request") \
    X(401, "Unauthorized") \
    X(403, "Forbidden") \
    X(404, "Not Found") \
    X(405, "Method Not Allowed") \
    X(408, "Request Timeout") \
    X(409, "Conflict") \
    X(410, "Gone") \
    X(411, "Length Required") \
    X(413, "Content Too Large") \
    X(415, "Unsupported Media Type") \
    X(416, "Range Not Satisfiable") \
    X(422, "Unprocessable Content") \
    X(429, "Too Many Requests") \
    X(500, "Internal Server Error") \
    X(501, "Not Implemented") \
    X(502, "Bad Gateway") \
    X(503, "Service Unavailable") \
    X(504, "Gateway Timeout") \
    X(507, "Insufficient Storage")

/** The standard words; "Unknown" for a code that is not in the table. */
const char *status_reason(int status);

#endif
