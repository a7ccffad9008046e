/* mutate_log.c: changes a log in pieces so that what is new in it is reached: words, not bits; the
 * header's fixed numbers repaired most of the time; tables laid on one another. For libFuzzer
 * (LLVMFuzzerCustomMutator) and for AFL++ (afl_custom_*, as a shared library). */
#include <stdlib.h>
#include <string.h>
#include "pieces.h"
#include "trace_format.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
void *afl_custom_init(void *afl, unsigned seed);
void afl_custom_deinit(void *state);
size_t afl_custom_fuzz(void *state, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t max_size);

static uint64_t mutate_state;

static uint64_t draw(uint64_t below)
{
    mutate_state = mutate_state * 6364136223846793005u + 1442695040888963407u;
    return below ? (mutate_state >> 33) % below : 0;
}

/* --- where --------------------------------------------------------------- */

/* A piece by lot: the offset of its bytes, or 0 when there is none. */
static size_t any_piece(const uint8_t *data, size_t size, struct piece *piece)
{
    size_t at = sizeof(struct pieces_head), chosen = 0, count = 0;
    struct piece next;
    const uint8_t *bytes;

    while ((bytes = pieces_next(data, size, &at, &next)) != NULL)
        if (draw(++count) == 0) {
            chosen = (size_t)(bytes - data);
            *piece = next;
        }
    return chosen;
}

/* --- what ---------------------------------------------------------------- */

static uint64_t any_value(const uint8_t *data, size_t size)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      3,
                                      0xff,
                                      0xffff,
                                      INT32_MAX,
                                      UINT32_MAX,
                                      1ull << 31,
                                      1ull << 32,
                                      1ull << 47,
                                      1ull << 56,
                                      1ull << 62,
                                      1ull << 63,
                                      UINT64_MAX,
                                      UINT64_MAX - TRACE_PAGE_SIZE + 1,
                                      TRACE_NODE_MAX,
                                      TRACE_SIZE_ELSEWHERE,
                                      TRACE_DATA_OFFSET,
                                      TRACE_DIRECTORY_OFFSET,
                                      TRACE_DATA_OFFSET + TRACE_PAGE_SIZE};
    uint64_t word = 0;

    switch (draw(5)) {
    case 0:
        return draw(64);
    case 1:
        return values[draw(sizeof values / sizeof *values)];
    case 2:
        return draw(1024) * TRACE_PAGE_SIZE;
    case 3:
        return 1ull << draw(64);
    default: /* a word from elsewhere in the input */
        if (size > 8)
            memcpy(&word, data + draw(size - 8), 8);
        return word + draw(3) - 1;
    }
}

/* --- mutations ----------------------------------------------------------- */

static void change_word(uint8_t *data, size_t size)
{
    struct piece piece;
    size_t at = any_piece(data, size, &piece);
    size_t width = (size_t)1 << draw(4);
    uint64_t value = any_value(data, size);

    if (at && piece.length >= width)
        memcpy(data + at + draw(piece.length / width) * width, &value, width);
}

static void add_to_word(uint8_t *data, size_t size)
{
    struct piece piece;
    size_t at = any_piece(data, size, &piece);
    size_t width = draw(2) ? 8 : 4;
    uint64_t word = 0;

    if (!at || piece.length < width)
        return;
    uint8_t *place = data + at + draw(piece.length / width) * width;
    memcpy(&word, place, width);
    word += draw(33) - 16;
    memcpy(place, &word, width);
}

static void change_byte(uint8_t *data, size_t size)
{
    struct piece piece;
    size_t at = any_piece(data, size, &piece);

    if (at && piece.length)
        data[at + draw(piece.length)] = (uint8_t)(draw(4) ? draw(256) : 0x1b);
}

/* The same bytes somewhere else: a directory entry twice, a table on another. */
static size_t copy_piece(uint8_t *data, size_t size, size_t max_size)
{
    struct piece piece;
    size_t at = any_piece(data, size, &piece);
    size_t from = piece.length ? draw(piece.length / 8 + 1) * 8 : 0;

    if (!at || from >= piece.length)
        return size;
    size_t length = draw(2) ? piece.length - from : 1 + draw(piece.length - from);
    struct piece copy = {piece.place + (uint32_t)from + (uint32_t)(draw(65) - 32) * 32,
                         (uint32_t)length};
    if (draw(2))
        copy.place = TRACE_DIRECTORY_OFFSET + (uint32_t)draw(512) * TRACE_PAGE_SIZE / 4;
    if (max_size < size || max_size - size < sizeof copy + length)
        return size;
    memmove(data + size + sizeof copy, data + at + from, length);
    memcpy(data + size, &copy, sizeof copy);
    return size + sizeof copy + length;
}

static size_t drop_piece(uint8_t *data, size_t size)
{
    struct piece piece;
    size_t at = any_piece(data, size, &piece);

    if (!at)
        return size;
    memmove(data + at - sizeof piece, data + at + piece.length, size - at - piece.length);
    return size - sizeof piece - piece.length;
}

static void change_size(uint8_t *data, size_t size)
{
    uint32_t log_size;

    if (size < sizeof(struct pieces_head))
        return;
    memcpy(&log_size, data + 4, 4);
    log_size = draw(2) ? (uint32_t)draw(PIECES_LOG_MAX) : log_size + (uint32_t)draw(9000) - 4500;
    memcpy(data + 4, &log_size, 4);
}

static void repair_header(uint8_t *data, size_t size)
{
    size_t at = sizeof(struct pieces_head);
    struct piece piece;
    const uint8_t *bytes = pieces_next(data, size, &at, &piece);
    struct trace_header header = {.version = TRACE_VERSION,
                                  .byte_order = TRACE_BYTE_ORDER,
                                  .header_size = sizeof header,
                                  .extents_max = TRACE_EXTENTS_MAX};
    size_t fixed = offsetof(struct trace_header, machine);

    memcpy(header.magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
    if (bytes && piece.place == 0 && piece.length >= fixed)
        memcpy(data + (bytes - data), &header, fixed);
}

static size_t mutate_once(uint8_t *data, size_t size, size_t max_size)
{
    switch (draw(16)) {
    case 0:
        return copy_piece(data, size, max_size);
    case 1:
        return drop_piece(data, size);
    case 2:
        change_size(data, size);
        return size;
    case 3:
        if (size > 4)
            data[draw(4)] ^= (uint8_t)(1u << draw(8));
        return size;
    case 4:
    case 5:
    case 6:
        add_to_word(data, size);
        return size;
    case 7:
    case 8:
        change_byte(data, size);
        return size;
    default:
        change_word(data, size);
        return size;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    mutate_state = seed * 0x9e3779b97f4a7c15u + 1;
    for (uint64_t i = 0, count = (uint64_t)1 << draw(5); i < count; i++)
        size = mutate_once(data, size, max_size);
    if (draw(32))
        repair_header(data, size);
    return size;
}

/* --- AFL++ --------------------------------------------------------------- */

struct afl_state {
    unsigned seed;
    uint8_t *bytes;
    size_t room;
};

void *afl_custom_init(void *afl, unsigned seed)
{
    struct afl_state *state = calloc(1, sizeof *state);

    (void)afl;
    if (state)
        state->seed = seed;
    return state;
}

void afl_custom_deinit(void *state)
{
    free(((struct afl_state *)state)->bytes);
    free(state);
}

size_t afl_custom_fuzz(void *context, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t max_size)
{
    struct afl_state *state = context;

    (void)other;
    (void)other_size;
    if (state->room < max_size) {
        uint8_t *larger = realloc(state->bytes, max_size);

        if (!larger)
            return 0;
        state->bytes = larger;
        state->room = max_size;
    }
    size = size < max_size ? size : max_size;
    memcpy(state->bytes, data, size);
    *out = state->bytes;
    return LLVMFuzzerCustomMutator(state->bytes, size, max_size, state->seed++);
}
