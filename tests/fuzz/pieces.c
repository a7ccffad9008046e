#include "pieces.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ZEROS_MIN = 16 }; /* a shorter run of zeros is cheaper inside a piece */

const uint8_t *pieces_next(const uint8_t *data, size_t size, size_t *at, struct piece *piece)
{
    if (*at > size || size - *at <= sizeof *piece)
        return NULL;
    memcpy(piece, data + *at, sizeof *piece);
    const uint8_t *bytes = data + *at + sizeof *piece;
    size_t left = (size_t)(data + size - bytes);

    if (piece->length > left)
        piece->length = (uint32_t)left;
    *at += sizeof *piece + piece->length;
    return bytes;
}

void pieces_unpack(const uint8_t *data, size_t size, int fd, struct pieces_head *head)
{
    size_t at = sizeof *head;
    struct piece piece;
    const uint8_t *bytes;

    memset(head, 0, sizeof *head);
    memcpy(head, data, size < sizeof *head ? size : sizeof *head);
    if (head->size > PIECES_LOG_MAX)
        head->size = PIECES_LOG_MAX;
    if (ftruncate(fd, 0) != 0)
        abort();
    while ((bytes = pieces_next(data, size, &at, &piece)) != NULL) {
        if (piece.place >= head->size)
            continue;
        if (piece.length > head->size - piece.place)
            piece.length = head->size - piece.place;
        if (pwrite(fd, bytes, piece.length, piece.place) != (ssize_t)piece.length)
            abort();
    }
    if (ftruncate(fd, head->size) != 0)
        abort();
}

/* --- packing ------------------------------------------------------------- */

static size_t pieces_zeros(const uint8_t *log, size_t size, size_t at)
{
    size_t end = at;

    while (end < size && !log[end])
        end++;
    return end - at;
}

/* The end of the run that begins here: where enough zeros follow. */
static size_t pieces_run_end(const uint8_t *log, size_t size, size_t at)
{
    while (at < size) {
        size_t zeros = pieces_zeros(log, size, at);

        if (zeros >= ZEROS_MIN || at + zeros == size)
            break;
        at += zeros + 1;
    }
    return at;
}

static void pieces_add(uint8_t **out, size_t *used, const void *bytes, size_t size)
{
    *out = realloc(*out, *used + size);
    if (!*out)
        abort();
    memcpy(*out + *used, bytes, size);
    *used += size;
}

/* Runs begin at a multiple of 8, so that a mutator knows where words begin. */
uint8_t *pieces_pack(const uint8_t *log, size_t log_size, const uint8_t options[4], size_t *size)
{
    struct pieces_head head = {.size = (uint32_t)log_size};
    uint8_t *out = NULL;
    size_t at = 0;

    *size = 0;
    memcpy(head.options, options, sizeof head.options);
    pieces_add(&out, size, &head, sizeof head);
    while ((at += pieces_zeros(log, log_size, at)) < log_size) {
        at &= ~(size_t)7;
        size_t end = pieces_run_end(log, log_size, at + 8 < log_size ? at + 8 : log_size);
        struct piece piece = {(uint32_t)at, (uint32_t)(end - at)};

        pieces_add(&out, size, &piece, sizeof piece);
        pieces_add(&out, size, log + at, piece.length);
        at = end;
    }
    return out;
}
