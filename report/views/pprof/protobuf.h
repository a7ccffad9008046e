/* protobuf.h: the wire format of protocol buffers, for writing.
 *
 * A message is made in memory and then put into the one around it, or into the file: only what is
 * under way is held. A library would hold the whole of what is written.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

struct protobuf {
    unsigned char *bytes;
    size_t size, capacity;
};

void protobuf_free(struct protobuf *message);
/* Integers of all kinds, and bool. 0 is left out: readers take it as 0. */
void protobuf_number(struct protobuf *message, unsigned field, uint64_t value);
/* An element of a repeated field, and a string that may be empty: written even if it is 0. */
void protobuf_element(struct protobuf *message, unsigned field, uint64_t value);
void protobuf_bytes(struct protobuf *message, unsigned field, const void *bytes, size_t size);
/* Empties `part`. */
void protobuf_part(struct protobuf *message, unsigned field, struct protobuf *part);

#endif
