#include "tables/block_rare.h"
#include "tables/block_region.h"
#include "tables/block_table.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define THREADS 4
#define SCALE   (SCRATCH_SANITIZED ? 10 : 1) /* sanitized runs do a tenth */

static int set_up(void **state)
{
    scratch_begin_log("blocks.log");
    return 0;
}

/* What a block holds follows from its address, so that any thread can check it. */
static struct block block_at(uint64_t address)
{
    uint64_t mixed = address * 0x9e3779b97f4a7c15u;
    return (struct block){.address = address,
                          .size = mixed >> 41,
                          .account = (uint32_t)(mixed >> 8) & TRACE_ACCOUNT_MAX,
                          .alignment_log2 = (uint32_t)(mixed >> 3 & 15),
                          .family = (enum trace_family)((mixed >> 33) % 3)};
}

static bool same_block(const struct block *a, const struct block *b)
{
    return a->address == b->address && a->size == b->size && a->account == b->account &&
           a->alignment_log2 == b->alignment_log2 && a->family == b->family;
}

static void insert(uint64_t address)
{
    struct block block = block_at(address);
    assert_true(block_table_insert(&block));
}

static bool removes(uint64_t address)
{
    struct block expected = block_at(address);
    struct block block;
    if (!block_table_remove(address, &block))
        return false;
    assert_true(same_block(&block, &expected));
    return true;
}

static bool finds(uint64_t address)
{
    struct block expected = block_at(address);
    struct block block;
    if (!block_table_find(address, &block))
        return false;
    assert_true(same_block(&block, &expected));
    return true;
}

/* --- one thread ---------------------------------------------------------- */

static void a_block_is_found_until_removed(void **state)
{
    assert_false(finds(0x5555000010));
    insert(0x5555000010);
    assert_true(finds(0x5555000010));
    assert_false(finds(0x5555000000));
    assert_false(finds(0x5555000020));
    assert_int_equal(block_table_check(), 1);
    assert_true(removes(0x5555000010));
    assert_false(finds(0x5555000010));
    assert_int_equal(block_table_check(), 0);
}

static void a_second_removal_fails(void **state)
{
    insert(0x7f0000001230);
    assert_true(removes(0x7f0000001230));
    assert_false(removes(0x7f0000001230));
    insert(0x7f0000001230);
    assert_true(removes(0x7f0000001230));
    assert_false(removes(0x7f0000001230));
}

static void every_field_is_kept_at_its_limits(void **state)
{
    const struct block blocks[] = {
        {0x10, 0, 0, 0, TRACE_BY_MALLOC},
        {0x7ffffffffff0, 1, TRACE_ACCOUNT_MAX, 15, TRACE_BY_NEW_ARRAY},
        {0x7ffffffffff8, 1, TRACE_ACCOUNT_MAX, 16, TRACE_BY_NEW_ARRAY},
        {0xfffffffffff0, TRACE_SLOT_SIZES - 1, 1, 12, TRACE_BY_NEW},
        {0xffffffff0008, TRACE_SLOT_SIZES, 1, 12, TRACE_BY_NEW},
        {0xfffffffe0008, TRACE_SIZE_ELSEWHERE, TRACE_ACCOUNT_MAX, 63, TRACE_BY_NEW},
        {0xffff00000001, 42, 2, 4, TRACE_BY_MALLOC},
        {0xffff00000007, 43, 3, 5, TRACE_BY_NEW},
    };
    struct block found;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        assert_true(block_table_insert(&blocks[i]));
    assert_int_equal(block_table_check(), sizeof blocks / sizeof *blocks);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        assert_true(block_table_find(blocks[i].address, &found));
        assert_true(same_block(&found, &blocks[i]));
        assert_true(block_table_remove(blocks[i].address, &found));
        assert_true(same_block(&found, &blocks[i]));
        assert_false(block_table_remove(blocks[i].address, &found));
    }
    assert_int_equal(block_table_check(), 0);
}

static void what_is_no_address_is_not_found(void **state)
{
    struct block block;
    assert_false(block_table_remove(0, &block));
    assert_false(block_table_find(0, &block));
    assert_false(block_table_remove(1ull << 48, &block));
    assert_false(block_table_remove(UINT64_MAX, &block));
    insert(0x1000);
    assert_false(block_table_remove(0x1000 | 1ull << 48, &block));
    assert_false(block_table_find(0x1000 | 1ull << 48, &block));
    assert_true(removes(0x1000));
}

static void add_size(void *context, const struct trace_block *block)
{
    *(uint64_t *)context += block_rare_size(block);
}

static void blocks_without_a_place_are_in_rare(void **state)
{
    const uint64_t sizes[] = {TRACE_SLOT_SIZES - 1,     TRACE_SLOT_SIZES, TRACE_SIZE_ELSEWHERE,
                              TRACE_SIZE_ELSEWHERE + 1, 1ull << 40,       3ull << 60};
    const size_t count = sizeof sizes / sizeof *sizes;
    struct block block;
    uint64_t before = trace_log_rare.count;
    for (int round = 0; round < 50; round++) {
        uint64_t sum = 0;
        uint64_t expected = 0;
        for (size_t i = 0; i < count; i++) {
            struct block large = {0x100000 + i * 16, sizes[i], 7, 0, TRACE_BY_MALLOC};
            assert_true(block_table_insert(&large));
            expected += sizes[i];
        }
        block_table_for_each(add_size, &sum);
        assert_int_equal(sum, expected);
        for (size_t i = 0; i < count; i++) {
            assert_true(block_table_find(0x100000 + i * 16, &block));
            assert_int_equal(block.size, sizes[i]);
            assert_true(block_table_remove(0x100000 + i * 16, &block));
            assert_int_equal(block.size, sizes[i]);
        }
    }
    assert_int_equal(trace_log_rare.count, before + count - 1); /* used again each round */
}

static void random_blocks_as_in_a_plain_array(void **state)
{
    enum { ADDRESSES = 60000 };
    static bool live[ADDRESSES];
    static uint64_t addresses[ADDRESSES];
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < ADDRESSES; i++) /* half stand close together, half far apart */
        addresses[i] = i % 2 ? 0x555500000000 + (uint64_t)i * 16
                             : 0x7f0000000000 +
                                   (scratch_random(&random) % (1ull << 36)) * 65536 % (1ull << 38) +
                                   (uint64_t)i * 16;
    for (int step = 0; step < 2000000 / SCALE; step++) {
        uint64_t dice = scratch_random(&random);
        int i = (int)(dice % ADDRESSES);
        bool growing = step / (400000 / SCALE) % 2 == 0;
        bool adds = (dice >> 32) % 8 < (growing ? 6u : 2u);
        if (!live[i] && adds) {
            insert(addresses[i]);
            live[i] = true;
        } else if (!adds) {
            assert_int_equal(removes(addresses[i]), live[i]);
            live[i] = false;
        } else {
            assert_true(finds(addresses[i]));
        }
    }
    for (int i = 0; i < ADDRESSES; i++)
        assert_int_equal(finds(addresses[i]), live[i]);
    for (int i = 0; i < ADDRESSES; i++)
        assert_int_equal(removes(addresses[i]), live[i]);
    assert_int_equal(block_table_check(), 0);
}

/* --- growth -------------------------------------------------------------- */

static uint32_t places_at(uint64_t address)
{
    const uint64_t *word = block_region_word(address);
    return word && *word ? trace_leaf_slots(*word) : 0;
}

static uint64_t *places_of(uint64_t address)
{
    return (uint64_t *)(uintptr_t)trace_leaf_address(*block_region_word(address));
}

/* All blocks that a page can have, at each distance that an allocator may keep. */
static void a_leaf_grows_as_its_page_fills(void **state)
{
    uint64_t page = 0x600000000000;
    for (uint64_t distance = 8; distance <= 4096; distance *= 2, page += 2 * TRACE_LEAF_SPAN) {
        uint32_t slots = 0;
        for (uint64_t at = 0; at < TRACE_LEAF_SPAN; at += distance) {
            insert(page + at);
            assert_true(places_at(page) >= slots);
            slots = places_at(page);
            for (uint64_t earlier = 0; earlier < at; earlier += distance)
                assert_true(finds(page + earlier));
        }
        uint64_t blocks = TRACE_LEAF_SPAN / distance;
        assert_in_range(slots, blocks, blocks < 8 ? 8 : blocks * 2);
        assert_int_equal(block_table_check(), blocks);
        for (uint64_t at = 0; at < TRACE_LEAF_SPAN; at += distance)
            assert_true(removes(page + at));
        assert_int_equal(block_table_check(), 0);
        assert_int_equal(places_at(page), slots); /* ready for the next ones */
    }
}

static void a_page_begins_with_half_of_its_neighbours_places(void **state)
{
    for (uint64_t at = 0; at < 128; at++)
        insert(0x600000001000 + at * 32);
    assert_int_equal(places_at(0x600000001000), 128);
    insert(0x600000002000);
    assert_int_equal(places_at(0x600000002000), 64);
    insert(0x600000004000);
    assert_int_equal(places_at(0x600000004000), 8);
}

/* What a thread leaves that was stopped while it replaced a leaf: the first slots are frozen. */
static void begin_freezing(uint64_t address, uint32_t frozen)
{
    for (uint32_t i = 0; i < frozen; i++)
        places_of(address)[i] |= TRACE_SLOT_FROZEN;
}

static void count_address(void *context, const struct trace_block *block)
{
    uint64_t *counts = context; /* address, times seen, all */
    counts[1] += trace_block_address(block->where) == counts[0];
    counts[2]++;
}

static void blocks_count_while_their_leaf_is_replaced(void **state)
{
    const uint64_t page = 0x610000000000;
    for (uint32_t frozen = 0; frozen <= 32; frozen++) {
        uint64_t begin = page + 16ull * frozen * TRACE_LEAF_SPAN;
        for (uint64_t i = 0; i < 20; i++)
            insert(begin + 32 * i);
        assert_int_equal(places_at(begin), 32);
        begin_freezing(begin, frozen);
        uint64_t counts[3] = {begin, 0, 0};
        block_table_for_each(count_address, counts);
        assert_int_equal(counts[1], 1);
        assert_int_equal(counts[2], 20);
        for (uint64_t i = 0; i < 20; i++)
            assert_true(finds(begin + 32 * i));
        assert_false(finds(begin + 32 * 20));
        for (uint64_t i = 0; i < 20; i++) {
            assert_true(removes(begin + 32 * i));
            assert_false(removes(begin + 32 * i));
        }
        assert_int_equal(places_at(begin), frozen ? 64 : 32);
        assert_int_equal(block_table_check(), 0);
    }
}

static void an_insert_helps_to_replace_a_leaf(void **state)
{
    const uint64_t page = 0x620000000000;
    insert(page);
    begin_freezing(page, 8);
    insert(page + 2048);
    assert_int_equal(places_at(page), 16);
    assert_int_equal(block_table_check(), 2);
    assert_true(removes(page));
    assert_true(removes(page + 2048));
}

/* An allocator whose frees go past the tracer gives an address again and again. */
static void one_address_any_number_of_times(void **state)
{
    const uint64_t address = 0x630000000000;
    struct block block = block_at(address);
    unsigned inserted = 0, removed = 0;
    for (unsigned i = 0; i < 2000; i++)
        inserted += block_table_insert(&block);
    assert_int_equal(inserted, TRACE_LEAF_SLOTS_MAX);
    assert_false(block_table_insert(&(struct block){.address = address + 8}));
    while (removes(address))
        removed++;
    assert_int_equal(removed, inserted);
    insert(address + 8);
    assert_int_equal(block_table_check(), 1);
}

static void the_check_notices_broken_rules(void **state)
{
    const uint64_t page = 0x650000000000;
    for (uint64_t i = 0; i < 64; i++)
        insert(page + i * 64);
    uint64_t *slots = places_of(page);
    uint64_t first = slots[0];
    assert_int_equal(block_table_check(), 64);
    assert_true(first & TRACE_SLOT_TAKEN);
    slots[0] = slots[20]; /* a slot that no search comes to */
    assert_int_equal(block_table_check(), -1);
    slots[0] = first | TRACE_SLOT_FROZEN;
    assert_int_equal(block_table_check(), -1);
    slots[0] = first & ~(uint64_t)TRACE_SLOT_TAKEN;
    assert_int_equal(block_table_check(), -1);
    slots[0] = first;
    assert_int_equal(block_table_check(), 64);
}

/* --- the log ------------------------------------------------------------- */

static const struct trace_extent *extent_of(enum trace_table kind, uint64_t index, uint64_t size)
{
    const struct trace_extent *extent =
        (const void *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++, extent++)
        if (extent->kind == (uint32_t)kind && index - extent->first < extent->length / size)
            return extent;
    return NULL;
}

/* Read from the file, as leakreport does. */
static uint64_t word_of_log(enum trace_table kind, uint64_t index, uint64_t size, uint64_t at)
{
    uint64_t word = 0;
    const struct trace_extent *extent = extent_of(kind, index, size);
    int fd = open(trace_log_path(), O_RDONLY | O_CLOEXEC);
    assert_non_null(extent);
    assert_int_equal(pread(fd, &word, sizeof word,
                           (off_t)(extent->offset + (index - extent->first) * size + at)),
                     sizeof word);
    close(fd);
    return word;
}

static uint64_t leaf_of_log(uint64_t address)
{
    const uint64_t size = sizeof(struct trace_region);
    for (uint64_t i = 1; i < trace_log_regions.count; i++)
        if (word_of_log(TRACE_REGIONS, i, size, 0) == trace_region_address(address) + 1)
            return word_of_log(TRACE_REGIONS, i, size,
                               8 + address / TRACE_LEAF_SPAN % TRACE_REGION_LEAVES * 8);
    return 0;
}

static void a_reader_finds_each_block_in_the_file(void **state)
{
    const uint64_t begin = 0x6f0000000000;
    for (uint64_t i = 0; i < 4000; i++) /* more than one extent */
        insert(begin + i * 4096 * 16);
    for (uint64_t i = 0; i < 4000; i += 97) {
        uint64_t page = begin + i * 4096 * 16;
        uint64_t leaf = leaf_of_log(page);
        struct block expected = block_at(page);
        assert_int_equal(trace_leaf_slots(leaf), 8);
        uint64_t first = trace_leaf_address(leaf) / 8;
        uint64_t slot = word_of_log(TRACE_BLOCKS, first, 8, 0);
        struct trace_block block = trace_slot_block(slot, page);
        assert_true(slot & TRACE_SLOT_TAKEN);
        assert_int_equal(trace_block_address(block.where), page);
        assert_int_equal(trace_block_size(block.what), expected.size);
        assert_int_equal(trace_block_account(block.what), expected.account);
        assert_int_equal(trace_block_family(block.where), expected.family);
        assert_int_equal(trace_block_alignment_log2(block.where), expected.alignment_log2);
    }
}

/* --- many threads -------------------------------------------------------- */

static pthread_barrier_t barrier;

static void run_threads(void *(*act)(void *), char (*contexts)[256], int count)
{
    pthread_t threads[16];
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    for (int i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, act, contexts[i]), 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
}

#define RING  70000 /* enough for growth */
#define CROWD 12    /* more threads than processors: some are descheduled at the worst moment */

static atomic_uint_least64_t ring[RING];

struct ring_worker {
    uint64_t number;
    uint64_t inserted, removed, wrong;
    uint64_t bytes_inserted, bytes_removed;
};

/* Puts a block of its own into the ring, frees what stood there, and uses that address next: so
 * every address wanders through all threads. */
static void *turn_ring(void *argument)
{
    struct ring_worker *worker = argument;
    uint64_t random = worker->number * 77777 + 1;
    uint64_t next = 0x660000000000 + (worker->number << 32);
    uint64_t spare = 0;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 150000 / SCALE; i++) {
        uint64_t address = spare ? spare : (next += 16);
        struct block block = block_at(address);
        worker->wrong += !block_table_insert(&block);
        worker->inserted++;
        worker->bytes_inserted += block.size;
        spare = atomic_exchange(&ring[scratch_random(&random) % RING], address);
        if (!spare)
            continue;
        struct block expected = block_at(spare);
        if (!block_table_remove(spare, &block) || !same_block(&block, &expected))
            worker->wrong++;
        worker->removed++;
        worker->bytes_removed += block.size;
    }
    return NULL;
}

static void add_bytes(void *context, const struct trace_block *block)
{
    uint64_t *sums = context;
    sums[0]++;
    sums[1] += trace_block_size(block->what);
}

static void threads_free_each_others_blocks(void **state)
{
    static char contexts[CROWD][256] __attribute__((aligned(64)));
    memset(contexts, 0, sizeof contexts);
    for (int i = 0; i < CROWD; i++)
        ((struct ring_worker *)contexts[i])->number = (uint64_t)i + 1;
    run_threads(turn_ring, contexts, CROWD);
    uint64_t blocks = 0, bytes = 0;
    for (int i = 0; i < CROWD; i++) {
        const struct ring_worker *worker = (const void *)contexts[i];
        assert_int_equal(worker->wrong, 0);
        blocks += worker->inserted - worker->removed;
        bytes += worker->bytes_inserted - worker->bytes_removed;
    }
    uint64_t sums[2] = {0, 0};
    block_table_for_each(add_bytes, sums);
    assert_int_equal(sums[0], blocks);
    assert_int_equal(sums[1], bytes);
    for (int i = 0; i < RING; i++)
        if (ring[i])
            assert_true(removes(ring[i]));
    assert_int_equal(block_table_check(), 0);
}

#define PRIZES 30000

struct contender {
    uint64_t number;
    uint64_t begin; /* the prizes */
    uint64_t grow_begin;
    uint64_t won;
    uint64_t failed_inserts;
};
static atomic_uchar winners[PRIZES];

/* All but number 0 remove the same blocks in orders of their own; 0 inserts others between them, so
 * that every leaf is replaced meanwhile. */
static void *contend(void *argument)
{
    struct contender *contender = argument;
    struct block block;
    pthread_barrier_wait(&barrier);
    for (uint64_t i = 0; i < PRIZES; i++) {
        if (contender->number == 0) {
            block = block_at(contender->grow_begin + i * 32);
            contender->failed_inserts += !block_table_insert(&block);
            continue;
        }
        uint64_t prize = contender->number % 2 ? i : PRIZES - 1 - i;
        if (block_table_remove(contender->begin + prize * 32, &block)) {
            winners[prize]++;
            contender->won++;
        }
    }
    return NULL;
}

static void of_many_removals_one_succeeds_while_leaves_grow(void **state)
{
    const uint64_t rounds = SCRATCH_SANITIZED ? 3 : 8;
    for (uint64_t round = 0; round < rounds; round++) {
        static char contexts[THREADS + 1][256] __attribute__((aligned(64)));
        uint64_t begin = 0x670000000000 + round * PRIZES * 32;
        memset(contexts, 0, sizeof contexts);
        for (uint64_t i = 0; i < THREADS + 1; i++)
            *(struct contender *)contexts[i] =
                (struct contender){.number = i, .begin = begin, .grow_begin = begin + 16};
        for (uint64_t i = 0; i < PRIZES; i++) {
            winners[i] = 0;
            insert(begin + i * 32);
        }
        run_threads(contend, contexts, THREADS + 1);
        for (uint64_t i = 0; i < PRIZES; i++)
            assert_int_equal(winners[i], 1);
        assert_int_equal(((struct contender *)contexts[0])->failed_inserts, 0);
    }
    uint64_t sums[2] = {0, 0};
    block_table_for_each(add_bytes, sums);
    assert_int_equal(sums[0], rounds * PRIZES);
    for (uint64_t i = 0; i < rounds * PRIZES; i++)
        assert_true(removes(0x670000000010 + i * 32));
    assert_int_equal(block_table_check(), 0);
}

/* Threads that fill the same pages at once, each with granules of its own, half of which it takes
 * out once: every leaf is replaced several times, by several threads. */
#define PAGES 3000

struct filler {
    uint64_t number;
    uint64_t wrong;
};

static void *fill_pages(void *argument)
{
    struct filler *filler = argument;
    struct block removed;
    pthread_barrier_wait(&barrier);
    for (uint64_t page = 0; page < PAGES / SCALE; page++)
        for (uint64_t turn = 0; turn < 128; turn += THREADS) {
            struct block block =
                block_at(0x690000000000 + page * TRACE_LEAF_SPAN + (turn + filler->number) * 32);
            filler->wrong += !block_table_insert(&block);
            if (turn % 8 == 0)
                continue;
            filler->wrong += !block_table_remove(block.address, &removed);
            filler->wrong += !same_block(&block, &removed);
            filler->wrong += !block_table_insert(&block);
        }
    return NULL;
}

static void threads_fill_the_same_pages(void **state)
{
    static char contexts[THREADS][256] __attribute__((aligned(64)));
    const uint64_t pages = PAGES / SCALE;
    for (int i = 0; i < THREADS; i++)
        ((struct filler *)contexts[i])->number = (uint64_t)i;
    run_threads(fill_pages, contexts, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(((struct filler *)contexts[i])->wrong, 0);
    assert_int_equal(block_table_check(), pages * 128);
    for (uint64_t i = 0; i < pages * 128; i++)
        assert_true(removes(0x690000000000 + i * 32));
    assert_int_equal(block_table_check(), 0);
}

/* --- one address, fought over from the same instant on ------------------- */

#define FIGHTS (200000 / SCALE)
static atomic_uint fight; /* the number of the one that is on */
static atomic_uint fighters_done;
static atomic_uint fights_won;

static uint64_t prize_of(unsigned number)
{
    return 0x6d0000000000 + number % 1000 * 16;
}

static void wait_for(atomic_uint *word, unsigned value)
{
    for (unsigned turn = 0; *word != value; turn++)
        if (turn > 2000)
            sched_yield();
}

static void *fight_each(void *argument)
{
    struct block block;
    (void)argument;
    for (unsigned number = 1; number <= FIGHTS; number++) {
        wait_for(&fight, number);
        fights_won += block_table_remove(prize_of(number), &block);
        fighters_done++;
    }
    return NULL;
}

static void two_removals_at_the_same_instant(void **state)
{
    pthread_t thread;
    struct block block;
    unsigned wrong = 0;
    assert_int_equal(pthread_create(&thread, NULL, fight_each, NULL), 0);
    for (unsigned number = 1; number <= FIGHTS; number++) {
        insert(prize_of(number));
        fights_won = fighters_done = 0;
        fight = number;
        /* A little earlier, a little later: somewhere the two meet. */
        for (volatile unsigned delay = number % 300; delay > 0; delay--)
            ;
        unsigned won = block_table_remove(prize_of(number), &block);
        wait_for(&fighters_done, 1);
        wrong += won + fights_won != 1;
    }
    pthread_join(thread, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(block_table_check(), 0);
}

#define HELD 400 /* at once and by each thread: so that records are made, not only used again */

static void *use_rare_blocks(void *argument)
{
    struct ring_worker *worker = argument;
    pthread_barrier_wait(&barrier);
    for (uint64_t round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < 2 * HELD; i++) {
            struct block block = {0x6b0000000000 + (worker->number << 32) + i % HELD * 16,
                                  TRACE_SLOT_SIZES + worker->number * 1000000 + i % HELD, 3, 0,
                                  TRACE_BY_MALLOC};
            struct block removed;
            if (i < HELD)
                worker->wrong += !block_table_insert(&block);
            else
                worker->wrong +=
                    !block_table_remove(block.address, &removed) || !same_block(&block, &removed);
        }
    }
    return NULL;
}

static void rare_blocks_of_many_threads_keep_apart(void **state)
{
    static char contexts[THREADS][256] __attribute__((aligned(64)));
    for (int i = 0; i < THREADS; i++)
        ((struct ring_worker *)contexts[i])->number = (uint64_t)i;
    run_threads(use_rare_blocks, contexts, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(((struct ring_worker *)contexts[i])->wrong, 0);
    assert_int_equal(block_table_check(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_found_until_removed),
        cmocka_unit_test(a_second_removal_fails),
        cmocka_unit_test(every_field_is_kept_at_its_limits),
        cmocka_unit_test(what_is_no_address_is_not_found),
        cmocka_unit_test(blocks_without_a_place_are_in_rare),
        cmocka_unit_test(a_leaf_grows_as_its_page_fills),
        cmocka_unit_test(a_page_begins_with_half_of_its_neighbours_places),
        cmocka_unit_test(blocks_count_while_their_leaf_is_replaced),
        cmocka_unit_test(an_insert_helps_to_replace_a_leaf),
        cmocka_unit_test(one_address_any_number_of_times),
        cmocka_unit_test(the_check_notices_broken_rules),
        cmocka_unit_test(a_reader_finds_each_block_in_the_file),
        cmocka_unit_test(random_blocks_as_in_a_plain_array),
        cmocka_unit_test(threads_free_each_others_blocks),
        cmocka_unit_test(of_many_removals_one_succeeds_while_leaves_grow),
        cmocka_unit_test(threads_fill_the_same_pages),
        cmocka_unit_test(two_removals_at_the_same_instant),
        cmocka_unit_test(rare_blocks_of_many_threads_keep_apart),
    };
    /* A table does not shrink. */
    return scratch_run_apart(tests, sizeof tests / sizeof *tests, set_up);
}
