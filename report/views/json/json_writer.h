/* json_writer.h: JSON onto a stream, as it comes.
 *
 * Whoever calls says where an object or an array begins and ends; commas are put here. Text may
 * hold any bytes: what is no UTF-8 becomes U+FFFD, and `<`, which could end the script element of a
 * page that the text stands in, is written as an escape, as are the two line ends that JavaScript
 * knows and JSON does not.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_writer {
    FILE *out;
    unsigned depth;
    bool has_members; /* the innermost object or array, so far */
};

/* key: NULL in an array, and of the outermost value. */
void json_object(struct json_writer *json, const char *key);
void json_array(struct json_writer *json, const char *key);
void json_end_object(struct json_writer *json);
void json_end_array(struct json_writer *json);
void json_number(struct json_writer *json, const char *key, uint64_t value);
void json_signed(struct json_writer *json, const char *key, int64_t value);
void json_bool(struct json_writer *json, const char *key, bool value);
/* NULL: null. */
void json_text(struct json_writer *json, const char *key, const char *text);

#endif
