/* pool_table: the program's own pools and which pieces belong to which, as it declares them.
 *
 *     pool   a key, any address
 *     piece  an address and a size; of one pool at a time
 *
 * In memory of the tracer's own, which grows by doubling; nothing of it is made before the first
 * pool is. One caller at a time. */
#ifndef POOL_TABLE_H
#define POOL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct pool {
    uint64_t key; /* 0: there is none in this place */
    uint32_t flags;
    uint32_t next;  /* with the same hash */
    uint32_t first; /* its pieces, the latest first */
};
struct pool_piece {
    uint64_t address;
    uint64_t size;
    uint32_t pool;
    uint32_t next, before; /* of the pool's; before 0: it is the first */
    uint32_t same;         /* with the same hash; of free places, the next one */
};

/* NULL: no such pool. A pointer is good until something is added. */
struct pool *pool_table_find(uint64_t key);
/* The pool, made if need be. NULL: no memory. */
struct pool *pool_table_add(uint64_t key, uint32_t flags);
uint32_t pool_table_number(const struct pool *pool);
/* Its pieces must be out. */
void pool_table_remove(struct pool *pool);
/* The same pool under another key. */
void pool_table_rename(struct pool *pool, uint64_t key);

struct pool_piece *pool_table_piece(uint64_t address);
/* 0, 1 or more: the number of the pool's first piece, and of the one behind a piece. */
struct pool_piece *pool_table_at(uint32_t piece);
/* Must not be there. false: no memory. */
bool pool_table_put(struct pool *pool, uint64_t address, uint64_t size);
void pool_table_take(struct pool_piece *piece);

#endif
