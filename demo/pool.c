#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tracer/leakreport.h"
#include "pool.h"

enum {
    CHUNK_PARCELS = 32,
    PARCELS = 100,
};

struct parcel {
    char *address; /* owned */
    unsigned number;
    unsigned grams;
};

/* --- pool of parcels: chunks, newest first -------------------------------------------------------
 */

struct chunk {
    struct chunk *older;
    size_t used; /* <= CHUNK_PARCELS */
    struct parcel parcels[CHUNK_PARCELS];
};

struct pool {
    struct chunk *newest;
    size_t taken; /* parcels, over all chunks */
};

/* Whether the tracer is told of the parcels. */
static bool annotated;

static struct pool *pool_create(void)
{
    struct pool *pool = must_have(calloc(1, sizeof(struct pool)));
    if (annotated)
        LEAKREPORT_CREATE_MEMPOOL(pool, 0, 0);
    return pool;
}

static void pool_add_chunk(struct pool *pool)
{
    struct chunk *chunk = must_have(malloc(sizeof *chunk));
    chunk->older = pool->newest;
    chunk->used = 0;
    pool->newest = chunk;
}

static struct parcel *pool_take(struct pool *pool)
{
    if (!pool->newest || pool->newest->used == CHUNK_PARCELS)
        pool_add_chunk(pool);
    pool->taken++;
    struct parcel *parcel = &pool->newest->parcels[pool->newest->used++];
    if (annotated)
        LEAKREPORT_MEMPOOL_ALLOC(pool, parcel, sizeof *parcel);
    return parcel;
}

static void pool_destroy_chunks(struct pool *pool)
{
    for (struct chunk *chunk = pool->newest, *older; chunk; chunk = older) {
        for (size_t i = 0; i < chunk->used; i++)
            free(chunk->parcels[i].address);
        older = chunk->older;
        free(chunk);
    }
    pool->newest = NULL;
}

static void pool_drop(struct pool *pool, enum demo_way way)
{
    if (way == DEMO_FIXED)
        pool_destroy_chunks(pool);
    free(pool);
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static void accept_parcel(struct pool *pool, unsigned number)
{
    static const char *const streets[] = {"Mill Lane", "Station Road", "Harbour Street"};
    char address[64];
    snprintf(address, sizeof address, "%u %s", number, streets[number % 3]);
    struct parcel *parcel = pool_take(pool);
    parcel->address = must_have(strdup(address));
    parcel->number = number;
    parcel->grams = 100 + 37 * number % 900;
}

static unsigned total_grams(const struct pool *pool)
{
    unsigned grams = 0;
    for (const struct chunk *chunk = pool->newest; chunk; chunk = chunk->older) {
        for (size_t i = 0; i < chunk->used; i++)
            grams += chunk->parcels[i].grams;
    }
    return grams;
}

static void work_a_day(enum demo_way way)
{
    struct pool *pool = pool_create();
    for (unsigned number = 1; number <= PARCELS; number++)
        accept_parcel(pool, number);
    printf("pool: %zu parcels of %u grams\n", pool->taken, total_grams(pool));
    pool_drop(pool, way);
}

void pool_run(enum demo_way way)
{
    annotated = way == DEMO_ANNOTATED;
    work_a_day(way);
    if (way == DEMO_FIXED)
        printf("pool: the pool is dropped, its chunks destroyed first\n");
    else
        printf("pool: the pool is dropped, and nobody destroys its chunks\n");
}
