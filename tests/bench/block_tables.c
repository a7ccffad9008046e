/* block_tables DESIGN PLACE LIVE THREADS: one row of block_tables.sh. Addresses are malloc's own,
 * for sizes as programs have them; LIVE blocks are put in as malloc gave them, then pairs of a
 * removal and an insert follow. PLACE is the log's path.
 *
 *     fill     ns per insert of the LIVE blocks, in all, and of the slowest thousand
 *     near     ns per pair: what is removed and put back lies beside what was last
 *     far      ns per pair: anywhere
 *     bytes    storage per live block at the end
 *
 * With THREADS each thread has its share of the blocks, from an arena of its own, and ns are of
 * wall time per pair of all. */
#include "block_tables.h"

#include "os/message.h"
#include "log/trace_log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAIRS    2000000
#define THOUSAND 1000

static const struct design *design;
static uint64_t live, threads;
static pthread_barrier_t together;

uint32_t store_take(struct store *store)
{
    unsigned in_extent_log2 = STORE_EXTENT_LOG2 - store->piece_log2;
    for (;;) {
        uint64_t number = __atomic_add_fetch(&store->used, 1, __ATOMIC_RELAXED);
        char **extent = &store->extent[number >> in_extent_log2];
        while (!__atomic_load_n(extent, __ATOMIC_ACQUIRE)) {
            if (atomic_flag_test_and_set_explicit(&store->growing, memory_order_acquire))
                continue;
            if (!__atomic_load_n(extent, __ATOMIC_ACQUIRE))
                __atomic_store_n(extent,
                                 trace_log_extend(TRACE_BLOCKS,
                                                  (uint32_t)(number >> in_extent_log2),
                                                  1u << STORE_EXTENT_LOG2, 0),
                                 __ATOMIC_RELEASE);
            atomic_flag_clear_explicit(&store->growing, memory_order_release);
            if (!__atomic_load_n(extent, __ATOMIC_ACQUIRE))
                return 0;
        }
        return (uint32_t)number;
    }
}

uint64_t store_bytes(const struct store *store)
{
    return (store->used + 1) << store->piece_log2;
}

static bool begin_leaves(void)
{
    return true;
}

/* Leaves that were replaced are among them. */
static uint64_t leaves_bytes(void)
{
    return trace_log_blocks.count * sizeof(uint64_t[8]) +
           trace_log_regions.count * sizeof(struct trace_region);
}

const struct design design_leaves = {"leaves", begin_leaves, block_table_insert, block_table_remove,
                                     leaves_bytes};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint64_t draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Half of the blocks up to 48 bytes, one in 32 of kilobytes. */
static size_t draw_size(uint64_t *seed)
{
    uint64_t kind = draw(seed) % 32;
    return kind == 0   ? 1024 + draw(seed) % 3072
           : kind < 16 ? 1 + draw(seed) % 48
                       : 48 + draw(seed) % 200;
}

struct share {
    uint64_t seed, count;
    uint64_t *addresses;
    double fill, slowest, near, far; /* nanoseconds per insert, and per pair */
};

static void put(struct share *share, uint64_t address)
{
    struct block block = {.address = address, .size = address & 4095, .count = 7};
    if (!design->insert(&block)) {
        fprintf(stderr, "no room\n");
        exit(1);
    }
}

static void pair(struct share *share, uint64_t index)
{
    struct block block;
    if (!design->remove(share->addresses[index], &block) ||
        block.size != (share->addresses[index] & 4095)) {
        fprintf(stderr, "block %#lx is not there\n", (unsigned long)share->addresses[index]);
        exit(1);
    }
    put(share, share->addresses[index]);
}

static void fill(struct share *share)
{
    for (uint64_t i = 0; i < share->count;) {
        double begun = now();
        for (uint64_t end = i + THOUSAND; i < end && i < share->count; i++)
            put(share, share->addresses[i]);
        double took = now() - begun;
        share->fill += took;
        if (took > share->slowest * THOUSAND)
            share->slowest = took / THOUSAND;
    }
    share->fill /= (double)share->count;
}

static void *run(void *context)
{
    struct share *share = context;
    share->addresses = malloc(share->count * sizeof *share->addresses);
    for (uint64_t i = 0; i < share->count; i++)
        share->addresses[i] = (uint64_t)malloc(draw_size(&share->seed));
    pthread_barrier_wait(&together);
    fill(share);
    uint64_t pairs = PAIRS / threads, at = 0;
    pthread_barrier_wait(&together);
    double begun = now();
    for (uint64_t i = 0; i < pairs; i++) {
        at += draw(&share->seed) % 16;
        pair(share, at >= share->count ? at = 0 : at);
    }
    pthread_barrier_wait(&together);
    double middle = now();
    for (uint64_t i = 0; i < pairs; i++)
        pair(share, draw(&share->seed) % share->count);
    pthread_barrier_wait(&together);
    share->near = (middle - begun) / (double)(pairs * threads);
    share->far = (now() - middle) / (double)(pairs * threads);
    return NULL;
}

int main(int count, char **arguments)
{
    if (count < 5)
        return 2;
    const struct design *const all[] = {&design_leaves, &design_radix, &design_lines};
    design = all[atoi(arguments[1]) % 3];
    live = strtoull(arguments[3], NULL, 10);
    threads = strtoull(arguments[4], NULL, 10);
    message_begin();
    trace_log_begin(arguments[2]);
    if (!design->begin())
        return 1;
    static struct share shares[64];
    pthread_t thread[64];
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    for (uint64_t i = 0; i < threads; i++)
        shares[i] = (struct share){.seed = i + 1, .count = live / threads};
    for (uint64_t i = 1; i < threads; i++)
        pthread_create(&thread[i], NULL, run, &shares[i]);
    run(&shares[0]);
    for (uint64_t i = 1; i < threads; i++)
        pthread_join(thread[i], NULL);
    printf("%s;%.1f;%.1f;%.1f;%.1f;%.1f\n", design->name, shares[0].fill, shares[0].slowest,
           shares[0].near, shares[0].far, (double)design->bytes() / (double)live);
    return 0;
}
