/* document.h: a JSON text, read whole: what --diff compares with when it is given an export.
 *
 * Trusts none of its bytes. Numbers are whole ones of 64 bits, as leakreport writes them; of others
 * the part before the point is taken. Texts are UTF-8, ended by NUL; a character U+0000 is "?".
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/failure.h"

enum document_kind {
    DOCUMENT_NULL,
    DOCUMENT_BOOL,
    DOCUMENT_NUMBER,
    DOCUMENT_TEXT,
    DOCUMENT_ARRAY,
    DOCUMENT_OBJECT
};
struct document_value {
    uint32_t kind;
    uint32_t count; /* of an array's items, of an object's members */
    union {
        uint64_t number; /* two's complement; of a bool 0 or 1 */
        const char *text;
        const struct document_value *items; /* of an object: name, value, name, value ... */
    };
};
struct document; /* opaque */

/* Is the file a text that begins with "{", or a pipe, which may hold one? */
bool document_is(const char *path);
/* NULL with `failure` filled. */
struct document *document_read(const char *path, struct failure *failure);
void document_free(struct document *document);
const struct document_value *document_root(const struct document *document);

/* Of anything that is something else, or NULL, these are "nothing": a null, 0, "", an array of no
 * items. */
const struct document_value *document_member(const struct document_value *object, const char *name);
const struct document_value *document_item(const struct document_value *array, uint32_t number);
uint32_t document_count(const struct document_value *array);
uint64_t document_number(const struct document_value *value);
/* Of an array: the number in this place. */
uint64_t document_at(const struct document_value *array, uint64_t number);
const char *document_text(const struct document_value *value);

#endif
