#include "tables/pool_table.h"

#include "os/bytes.h"
#include "os/pages.h"

#include <stddef.h>
#include <string.h>

/* Places are numbered from 1 on, and as many hashes as places are there. */
struct places {
    char *items;
    uint32_t *hashes;
    size_t item_size;
    uint32_t capacity; /* a power of two; 0: none yet */
    uint32_t used;
    uint32_t free; /* the first of the free places below `used` */
};
#define PLACES_FIRST 256u

static struct places pools = {.item_size = sizeof(struct pool)};
static struct places pieces = {.item_size = sizeof(struct pool_piece)};

static struct pool *pool_at(uint32_t i)
{
    return (struct pool *)(pools.items + (size_t)i * sizeof(struct pool));
}

static struct pool_piece *piece_at(uint32_t i)
{
    return (struct pool_piece *)(pieces.items + (size_t)i * sizeof(struct pool_piece));
}

static uint32_t hash_of(const struct places *places, uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & (places->capacity - 1);
}

/* --- growing ------------------------------------------------------------- */

static void hash_all(void)
{
    for (uint32_t i = 1; i < pools.used; i++)
        if (pool_at(i)->key) {
            uint32_t *hash = &pools.hashes[hash_of(&pools, pool_at(i)->key)];
            pool_at(i)->next = *hash;
            *hash = i;
        }
}

static void hash_all_pieces(void)
{
    for (uint32_t i = 1; i < pieces.used; i++)
        if (piece_at(i)->pool) {
            uint32_t *hash = &pieces.hashes[hash_of(&pieces, piece_at(i)->address)];
            piece_at(i)->same = *hash;
            *hash = i;
        }
}

static bool grow(struct places *places, void (*rehash)(void))
{
    uint32_t capacity = places->capacity ? 2 * places->capacity : PLACES_FIRST;
    char *memory = pages_map((places->item_size + sizeof(uint32_t)) * capacity);
    if (!memory)
        return false;
    if (places->used)
        memcpy(memory, places->items, places->item_size * places->used);
    places->items = memory;
    places->hashes = (uint32_t *)(memory + places->item_size * capacity);
    places->capacity = capacity;
    places->used = places->used ? places->used : 1;
    rehash();
    return true;
}

/* A free place, or 0. `next`: where in it the number of the next free one stands. */
static uint32_t claim(struct places *places, void (*rehash)(void), size_t next)
{
    uint32_t place = places->free;
    if (place) {
        memcpy(&places->free, places->items + places->item_size * place + next, sizeof place);
        return place;
    }
    if (places->used >= places->capacity && !grow(places, rehash))
        return 0;
    return places->used++;
}

/* --- pools --------------------------------------------------------------- */

struct pool *pool_table_find(uint64_t key)
{
    if (!pools.capacity || !key)
        return NULL;
    for (uint32_t i = pools.hashes[hash_of(&pools, key)]; i; i = pool_at(i)->next)
        if (pool_at(i)->key == key)
            return pool_at(i);
    return NULL;
}

static void link_pool(uint32_t place, uint64_t key)
{
    uint32_t *hash = &pools.hashes[hash_of(&pools, key)];
    pool_at(place)->key = key;
    pool_at(place)->next = *hash;
    *hash = place;
}

static uint32_t unlink_pool(const struct pool *pool)
{
    uint32_t place = (uint32_t)(pool - pool_at(0));
    uint32_t *at = &pools.hashes[hash_of(&pools, pool->key)];
    while (*at != place)
        at = &pool_at(*at)->next;
    *at = pool->next;
    return place;
}

struct pool *pool_table_add(uint64_t key, uint32_t flags)
{
    struct pool *pool = pool_table_find(key);
    if (!pool) {
        uint32_t place = claim(&pools, hash_all, offsetof(struct pool, next));
        if (!place)
            return NULL;
        pool = pool_at(place);
        *pool = (struct pool){0};
        link_pool(place, key);
    }
    pool->flags = flags;
    return pool;
}

void pool_table_remove(struct pool *pool)
{
    uint32_t place = unlink_pool(pool);
    *pool = (struct pool){.next = pools.free};
    pools.free = place;
}

void pool_table_rename(struct pool *pool, uint64_t key)
{
    link_pool(unlink_pool(pool), key);
}

uint32_t pool_table_number(const struct pool *pool)
{
    return (uint32_t)(pool - pool_at(0));
}

/* --- pieces -------------------------------------------------------------- */

struct pool_piece *pool_table_at(uint32_t piece)
{
    return piece ? piece_at(piece) : NULL;
}

struct pool_piece *pool_table_piece(uint64_t address)
{
    if (!pieces.capacity)
        return NULL;
    for (uint32_t i = pieces.hashes[hash_of(&pieces, address)]; i; i = piece_at(i)->same)
        if (piece_at(i)->address == address)
            return piece_at(i);
    return NULL;
}

bool pool_table_put(struct pool *pool, uint64_t address, uint64_t size)
{
    uint32_t place = claim(&pieces, hash_all_pieces, offsetof(struct pool_piece, same));
    if (!place)
        return false;
    uint32_t *hash = &pieces.hashes[hash_of(&pieces, address)];
    *piece_at(place) = (struct pool_piece){.address = address,
                                           .size = size,
                                           .pool = (uint32_t)(pool - pool_at(0)),
                                           .next = pool->first,
                                           .same = *hash};
    if (pool->first)
        piece_at(pool->first)->before = place;
    pool->first = place;
    *hash = place;
    return true;
}

void pool_table_take(struct pool_piece *piece)
{
    uint32_t place = (uint32_t)(piece - piece_at(0));
    uint32_t *at = &pieces.hashes[hash_of(&pieces, piece->address)];
    while (*at != place)
        at = &piece_at(*at)->same;
    *at = piece->same;
    if (piece->next)
        piece_at(piece->next)->before = piece->before;
    if (piece->before)
        piece_at(piece->before)->next = piece->next;
    else
        pool_at(piece->pool)->first = piece->next;
    *piece = (struct pool_piece){.same = pieces.free};
    pieces.free = place;
}
