#include "views/pprof/protobuf.h"
#include <stdlib.h>
#include "base/memory.h"

enum { PROTOBUF_VARINT = 0, PROTOBUF_LENGTH = 2 };

void protobuf_free(struct protobuf *message)
{
    free(message->bytes);
    *message = (struct protobuf){0};
}

static void protobuf_put(struct protobuf *message, unsigned byte)
{
    memory_reserve(message->bytes, message->size, message->capacity);
    message->bytes[message->size++] = (unsigned char)byte;
}

/* Seven bits a byte, the lowest first. */
static void protobuf_varint(struct protobuf *message, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        protobuf_put(message, 0x80 | (value & 0x7f));
    protobuf_put(message, (unsigned)value);
}

void protobuf_element(struct protobuf *message, unsigned field, uint64_t value)
{
    protobuf_varint(message, field << 3 | PROTOBUF_VARINT);
    protobuf_varint(message, value);
}

void protobuf_number(struct protobuf *message, unsigned field, uint64_t value)
{
    if (value)
        protobuf_element(message, field, value);
}

void protobuf_bytes(struct protobuf *message, unsigned field, const void *bytes, size_t size)
{
    protobuf_varint(message, field << 3 | PROTOBUF_LENGTH);
    protobuf_varint(message, size);
    for (size_t i = 0; i < size; i++)
        protobuf_put(message, ((const unsigned char *)bytes)[i]);
}

void protobuf_part(struct protobuf *message, unsigned field, struct protobuf *part)
{
    protobuf_bytes(message, field, part->bytes, part->size);
    part->size = 0;
}
