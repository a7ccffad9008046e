#include "block_size.h"
#include "block_table.h"

#include "scratch.h"
#include "trace_log.h"

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
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define THREADS 4
#define SCALE   (SCRATCH_SANITIZED ? 10 : 1) /* sanitized runs do a tenth */

static int32_t unflushed;

static int set_up(void **state)
{
    (void)state;
    scratch_begin_log("blocks.log");
    return block_table_begin() ? 0 : -1;
}

/* What a block holds follows from its address, so that any thread can check it. */
static struct block block_at(uint64_t address)
{
    uint64_t mixed = address * 0x9e3779b97f4a7c15u;
    return (struct block){.address = address,
                          .size = mixed >> 40,
                          .count = (uint32_t)(mixed >> 8) & TRACE_NODE_MAX,
                          .alignment_log2 = (uint32_t)(mixed >> 3 & 31),
                          .family = (enum trace_family)((mixed >> 33) % 3)};
}

static bool same_block(const struct block *a, const struct block *b)
{
    return a->address == b->address && a->size == b->size && a->count == b->count &&
           a->alignment_log2 == b->alignment_log2 && a->family == b->family;
}

static void insert(uint64_t address)
{
    struct block block = block_at(address);
    assert_true(block_table_insert(&block, &unflushed));
}

static bool removes(uint64_t address)
{
    struct block expected = block_at(address);
    struct block block;
    if (!block_table_remove(address, &block, &unflushed))
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
    (void)state;
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
    (void)state;
    insert(0x7f0000001230);
    assert_true(removes(0x7f0000001230));
    assert_false(removes(0x7f0000001230));
    insert(0x7f0000001230);
    assert_true(removes(0x7f0000001230));
    assert_false(removes(0x7f0000001230));
}

static void every_field_is_kept_at_its_limits(void **state)
{
    (void)state;
    const struct block blocks[] = {
        {0x10, 0, 0, 0, TRACE_BY_MALLOC},
        {0x7ffffffffff0, 1, TRACE_NODE_MAX, 63, TRACE_BY_NEW_ARRAY},
        {0xfffffffffff0, TRACE_SIZE_ELSEWHERE - 1, 1, 12, TRACE_BY_NEW},
        {0xffff00000001, 42, 2, 4, TRACE_BY_MALLOC},
    };
    struct block found;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        assert_true(block_table_insert(&blocks[i], &unflushed));
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        assert_true(block_table_find(blocks[i].address, &found));
        assert_true(same_block(&found, &blocks[i]));
        assert_true(block_table_remove(blocks[i].address, &found, &unflushed));
        assert_true(same_block(&found, &blocks[i]));
    }
}

static void what_is_no_address_is_not_found(void **state)
{
    (void)state;
    struct block block;
    assert_false(block_table_remove(0, &block, &unflushed));
    assert_false(block_table_find(0, &block));
    assert_false(block_table_remove(1ull << 48, &block, &unflushed));
    assert_false(block_table_remove(UINT64_MAX, &block, &unflushed));
    insert(0x1000);
    assert_false(block_table_remove(0x1000 | 1ull << 48, &block, &unflushed));
    assert_false(block_table_find(0x1000 | 1ull << 48, &block));
    assert_true(removes(0x1000));
}

static void add_size(void *context, const struct trace_block *block)
{
    *(uint64_t *)context += block_size_of(block);
}

static void sizes_from_64_gib_on_stand_elsewhere(void **state)
{
    (void)state;
    const uint64_t sizes[] = {TRACE_SIZE_ELSEWHERE - 1, TRACE_SIZE_ELSEWHERE,
                              TRACE_SIZE_ELSEWHERE + 1, 1ull << 40, 3ull << 60};
    const size_t count = sizeof sizes / sizeof *sizes;
    struct block block;
    uint64_t before = trace_log_sizes.count;
    for (int round = 0; round < 50; round++) {
        uint64_t sum = 0;
        uint64_t expected = 0;
        for (size_t i = 0; i < count; i++) {
            struct block large = {0x100000 + i * 16, sizes[i], 7, 0, TRACE_BY_MALLOC};
            assert_true(block_table_insert(&large, &unflushed));
            expected += sizes[i];
        }
        block_table_for_each(add_size, &sum);
        assert_int_equal(sum, expected);
        for (size_t i = 0; i < count; i++) {
            assert_true(block_table_find(0x100000 + i * 16, &block));
            assert_int_equal(block.size, sizes[i]);
            assert_true(block_table_remove(0x100000 + i * 16, &block, &unflushed));
            assert_int_equal(block.size, sizes[i]);
        }
    }
    assert_int_equal(trace_log_sizes.count, before + count - 1); /* used again each round */
}

static void random_blocks_as_in_a_plain_array(void **state)
{
    (void)state;
    enum { ADDRESSES = 60000 };
    static bool live[ADDRESSES];
    static uint64_t addresses[ADDRESSES];
    uint64_t random = 88172645463325252u;
    int64_t count = 0;
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
            count++;
        } else if (!adds) {
            assert_int_equal(removes(addresses[i]), live[i]);
            count -= live[i];
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

static int log_descriptor(void)
{
    int fd = open(trace_log_path(), O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

struct generation_view {
    unsigned number;
    struct trace_block *slots;
    uint64_t count;
};

/* The generations as a reader of the log sees them, oldest first. */
static unsigned view_generations(struct generation_view *views, unsigned max)
{
    int fd = log_descriptor();
    const struct trace_extent *directory =
        (const void *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
    unsigned count = 0;
    for (unsigned number = 0; number < 64; number++)
        for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
            if (directory[i].kind == TRACE_BLOCKS && directory[i].number == number && count < max) {
                void *memory = mmap(NULL, directory[i].length, PROT_READ | PROT_WRITE, MAP_SHARED,
                                    fd, (off_t)directory[i].offset);
                assert_ptr_not_equal(memory, MAP_FAILED);
                views[count++] = (struct generation_view){
                    number, memory, directory[i].length / sizeof(struct trace_block)};
            }
    close(fd);
    return count;
}

static void drop_views(const struct generation_view *views, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        munmap(views[i].slots, views[i].count * sizeof(struct trace_block));
}

/* How many there are; they are listed among the first places while the test is young. */
static unsigned generations_listed(void)
{
    const struct trace_extent *directory =
        (const void *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
    unsigned count = 0;
    for (unsigned i = 0; i < 128; i++)
        count += directory[i].kind == TRACE_BLOCKS;
    return count;
}

/* Inserts from `next` on until two generations are listed; the next address. */
static uint64_t grow_once(uint64_t next)
{
    while (generations_listed() < 2)
        for (int i = 0; i < 32; i++, next += 16)
            insert(next);
    return next;
}

/* Each insert moves a few. */
static void finish_moving(void)
{
    while (generations_listed() > 1) {
        insert(0x10);
        assert_true(removes(0x10));
    }
}

static void all_blocks_are_found_while_they_move(void **state)
{
    (void)state;
    const uint64_t begin = 0x600000000000;
    uint64_t next = begin;
    struct generation_view first;
    assert_int_equal(view_generations(&first, 1), 1);
    unsigned oldest = first.number;
    drop_views(&first, 1);
    for (int growths = 0; growths < 2; growths++) {
        next = grow_once(next);
        bool halfway = false;
        while (generations_listed() == 2) {
            for (int i = 0; i < 500; i++, next += 16)
                insert(next);
            if (!halfway)
                for (uint64_t address = begin; address < next; address += 16)
                    assert_true(finds(address));
            halfway = true;
        }
        assert_true(halfway);
        for (uint64_t address = begin; address < next; address += 16)
            assert_true(finds(address));
        assert_int_equal(block_table_check(), (next - begin) / 16);
    }
    assert_int_equal(view_generations(&first, 1), 1);
    assert_int_equal(first.number, oldest + 2);
    drop_views(&first, 1);
    for (uint64_t address = begin; address < next; address += 16)
        assert_true(removes(address));
    assert_int_equal(block_table_check(), 0);
}

static void blocks_are_removed_while_they_move(void **state)
{
    (void)state;
    const uint64_t begin = 0x610000000000;
    uint64_t next = grow_once(begin);
    uint64_t removed = begin;
    assert_int_equal(generations_listed(), 2);
    while (generations_listed() == 2) {
        for (int i = 0; i < 64; i++, next += 16, removed += 16) {
            insert(next);
            assert_true(removes(removed));
            assert_false(removes(removed));
        }
    }
    assert_int_equal(block_table_check(), (next - removed) / 16);
    for (; removed < next; removed += 16)
        assert_true(removes(removed));
}

/* The states that a block passes through while a thread moves it, made by hand: `address` stands in
 * the older generation and, inserted once more, in the newer one. */
struct moving {
    struct generation_view views[2];
    struct trace_block *old;
    struct trace_block *copy;
    uint64_t begin, next;
};

static struct trace_block *slot_of(const struct generation_view *view, uint64_t address)
{
    for (uint64_t i = 0; i < view->count; i++)
        if (trace_block_address(view->slots[i].where) == address)
            return &view->slots[i];
    return NULL;
}

static struct moving begin_moving(uint64_t begin)
{
    struct moving moving = {.begin = begin};
    moving.next = grow_once(begin);
    assert_true(moving.next > begin);
    assert_int_equal(view_generations(moving.views, 2), 2);
    uint64_t address = begin;
    while (!(moving.old = slot_of(&moving.views[0], address)))
        assert_true((address += 16) < moving.next);
    insert(address);
    moving.copy = slot_of(&moving.views[1], address);
    assert_non_null(moving.copy);
    return moving;
}

static void set_state(struct trace_block *slot, enum trace_state slot_state)
{
    slot->where = (slot->where & ~(3ull << TRACE_STATE_SHIFT)) | (uint64_t)slot_state
                                                                     << TRACE_STATE_SHIFT;
}

static uint64_t empty_moving(struct moving *moving)
{
    uint64_t count = 0;
    moving->old->where = 0;
    for (uint64_t address = moving->begin; address < moving->next; address += 16)
        count += removes(address);
    finish_moving();
    drop_views(moving->views, 2);
    return count;
}

static void count_address(void *context, const struct trace_block *block)
{
    uint64_t *counts = context; /* address, times seen, all */
    assert_int_equal(trace_block_state(block->where), TRACE_LIVE);
    counts[1] += trace_block_address(block->where) == counts[0];
    counts[2]++;
}

static void assert_listed_once(const struct moving *moving)
{
    uint64_t counts[3] = {trace_block_address(moving->copy->where), 0, 0};
    block_table_for_each(count_address, counts);
    assert_int_equal(counts[1], 1);
    assert_int_equal(counts[2], (moving->next - moving->begin) / 16);
}

static void a_copy_that_arrives_does_not_count_yet(void **state)
{
    (void)state;
    struct moving moving = begin_moving(0x620000000000);
    uint64_t address = trace_block_address(moving.old->where);
    set_state(moving.copy, TRACE_ARRIVING);
    assert_true(finds(address));
    assert_listed_once(&moving);
    assert_true(removes(address));
    assert_int_equal(moving.old->where, 0);
    assert_false(removes(address));
    assert_false(finds(address));
    moving.copy->where = 0; /* what the mover does when it finds the old one gone */
    empty_moving(&moving);
    assert_int_equal(block_table_check(), 0);
}

static void once_the_old_one_has_moved_the_copy_decides(void **state)
{
    (void)state;
    struct moving moving = begin_moving(0x630000000000);
    uint64_t address = trace_block_address(moving.old->where);
    set_state(moving.copy, TRACE_ARRIVING);
    set_state(moving.old, TRACE_MOVED);
    assert_true(finds(address));
    assert_listed_once(&moving); /* a leak check may stop the mover right here */
    assert_true(removes(address));
    assert_int_equal(moving.copy->where, 0);
    assert_false(removes(address));
    assert_false(finds(address));
    empty_moving(&moving);
    assert_int_equal(block_table_check(), 0);
}

static void a_live_copy_of_a_moved_block(void **state)
{
    (void)state;
    struct moving moving = begin_moving(0x640000000000);
    uint64_t address = trace_block_address(moving.old->where);
    set_state(moving.old, TRACE_MOVED);
    assert_listed_once(&moving);
    assert_true(removes(address));
    assert_false(removes(address));
    empty_moving(&moving);
    assert_int_equal(block_table_check(), 0);
}

static void the_check_notices_broken_rules(void **state)
{
    (void)state;
    struct generation_view view;
    assert_int_equal(view_generations(&view, 1), 1);
    insert(0x650000000010);
    struct trace_block *slot = slot_of(&view, 0x650000000010);
    struct trace_block *far =
        &view.slots[((uint64_t)(slot - view.slots) + view.count / 2) % view.count];
    assert_int_equal(block_table_check(), 1);
    *far = *slot; /* a place that no search comes to */
    assert_int_equal(block_table_check(), -1);
    far->where = 0;
    set_state(slot, TRACE_MOVED);
    assert_int_equal(block_table_check(), -1);
    set_state(slot, TRACE_LIVE);
    assert_true(removes(0x650000000010));
    drop_views(&view, 1);
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
    int32_t mine = 0;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 150000 / SCALE; i++) {
        uint64_t address = spare ? spare : (next += 16);
        struct block block = block_at(address);
        worker->wrong += !block_table_insert(&block, &mine);
        worker->inserted++;
        worker->bytes_inserted += block.size;
        spare = atomic_exchange(&ring[scratch_random(&random) % RING], address);
        if (!spare)
            continue;
        struct block expected = block_at(spare);
        if (!block_table_remove(spare, &block, &mine) || !same_block(&block, &expected))
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
    (void)state;
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

/* All but number 0 remove the same blocks in orders of their own; 0 inserts others meanwhile. */
static void *contend(void *argument)
{
    struct contender *contender = argument;
    struct block block;
    int32_t mine = 0;
    pthread_barrier_wait(&barrier);
    for (uint64_t i = 0; i < PRIZES; i++) {
        if (contender->number == 0) {
            block = block_at(contender->grow_begin + i * 16);
            contender->failed_inserts += !block_table_insert(&block, &mine);
            continue;
        }
        uint64_t prize = contender->number % 2 ? i : PRIZES - 1 - i;
        if (block_table_remove(contender->begin + prize * 16, &block, &mine)) {
            winners[prize]++;
            contender->won++;
        }
    }
    return NULL;
}

static void of_many_removals_one_succeeds_while_blocks_move(void **state)
{
    (void)state;
    const uint64_t grown = 0x680000000000;
    const uint64_t rounds = SCRATCH_SANITIZED ? 3 : 8;
    for (uint64_t round = 0; round < rounds; round++) {
        static char contexts[THREADS + 1][256] __attribute__((aligned(64)));
        uint64_t begin = 0x670000000000 + round * PRIZES * 16;
        memset(contexts, 0, sizeof contexts);
        for (uint64_t i = 0; i < THREADS + 1; i++)
            *(struct contender *)contexts[i] = (struct contender){
                .number = i, .begin = begin, .grow_begin = grown + round * PRIZES * 16};
        for (uint64_t i = 0; i < PRIZES; i++) {
            winners[i] = 0;
            insert(begin + i * 16);
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
        assert_true(removes(grown + i * 16));
    assert_int_equal(block_table_check(), 0);
}

/* The move at once with the removals: each pass has a growth's worth of moving left. */
struct mover {
    uint64_t number;
    uint64_t begin;
    uint64_t count; /* blocks to fight over */
    uint64_t spare; /* addresses for the one that makes blocks move */
    uint64_t won;
};
static atomic_uint movers_done;

static void *move_or_remove(void *argument)
{
    struct mover *mover = argument;
    struct block block;
    int32_t mine = 0;
    pthread_barrier_wait(&barrier);
    if (mover->number == 0) {
        /* Insert and remove: moves sixteen slots a turn, fills nothing. */
        for (uint64_t i = 0; movers_done < THREADS; i++) {
            block = block_at(mover->spare + i % 1000 * 16);
            block_table_insert(&block, &mine);
            block_table_remove(block.address, &block, &mine);
        }
        return NULL;
    }
    for (uint64_t i = 0; i < mover->count; i++)
        mover->won += block_table_remove(
            mover->begin + (i * 7919 + mover->number * 13) % mover->count * 16, &block, &mine);
    movers_done++;
    return NULL;
}

static void removals_at_once_with_a_move(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < (SCRATCH_SANITIZED ? 1 : 2); round++) {
        static char contexts[THREADS + 1][256] __attribute__((aligned(64)));
        uint64_t begin = 0x690000000000 + (round << 36);
        uint64_t count = (grow_once(begin) - begin) / 16;
        assert_int_equal(generations_listed(), 2);
        memset(contexts, 0, sizeof contexts);
        movers_done = 0;
        if (count % 7919 == 0) /* 7919 is prime: otherwise the order takes every block */
            insert(begin + count++ * 16);
        for (uint64_t i = 0; i < THREADS + 1; i++)
            *(struct mover *)contexts[i] = (struct mover){
                .number = i, .begin = begin, .count = count, .spare = 0x6a0000000000};
        run_threads(move_or_remove, contexts, THREADS + 1);
        uint64_t won = 0;
        for (int i = 0; i < THREADS + 1; i++)
            won += ((struct mover *)contexts[i])->won;
        assert_int_equal(won, count);
        finish_moving();
        assert_int_equal(block_table_check(), 0);
    }
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
    int32_t mine = 0;
    (void)argument;
    for (unsigned number = 1; number <= FIGHTS; number++) {
        wait_for(&fight, number);
        fights_won += block_table_remove(prize_of(number), &block, &mine);
        fighters_done++;
    }
    return NULL;
}

static void two_removals_at_the_same_instant(void **state)
{
    (void)state;
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
        unsigned won = block_table_remove(prize_of(number), &block, &unflushed);
        wait_for(&fighters_done, 1);
        wrong += won + fights_won != 1;
    }
    pthread_join(thread, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(block_table_check(), 0);
}

/* A removal right where the mover is: it follows the mover over the older generation's slots, and
 * takes a block out of each run of slots at the moment that the one before is through. */
#define RUN 16
struct chase {
    struct generation_view view;
    uint64_t first; /* the slot of the first run to be removed from */
    atomic_bool over;
    uint64_t taken, missed, back;
};

static void *chase_the_mover(void *argument)
{
    struct chase *chase = argument;
    const uint64_t passed = (uint64_t)TRACE_FROZEN << TRACE_STATE_SHIFT;
    struct block block;
    int32_t mine = 0;
    for (uint64_t run = chase->first; run + RUN <= chase->view.count; run += RUN) {
        const struct trace_block *slot = &chase->view.slots[run + run / RUN % RUN];
        uint64_t where = __atomic_load_n(&slot->where, __ATOMIC_ACQUIRE);
        uint64_t address = trace_block_address(where);
        while (__atomic_load_n(&chase->view.slots[run - 1].where, __ATOMIC_ACQUIRE) != passed)
            if (chase->over) /* left behind: the storage has been given back */
                return NULL;
        if (!address || trace_block_state(where) != TRACE_LIVE)
            continue;
        chase->taken++;
        chase->missed += !block_table_remove(address, &block, &mine);
        chase->back += block_table_find(address, &block);
    }
    return NULL;
}

static void a_removal_right_where_the_mover_is(void **state)
{
    (void)state;
    pthread_t thread;
    uint64_t begin = 0x6e0000000000;
    uint64_t end = begin;
    for (int growths = 0; growths < 2; growths++) {
        struct generation_view views[2];
        end = grow_once(end);
        assert_int_equal(view_generations(views, 2), 2);
        struct chase chase = {.view = views[0], .first = 64 * RUN};
        assert_int_equal(pthread_create(&thread, NULL, chase_the_mover, &chase), 0);
        finish_moving();
        chase.over = true;
        pthread_join(thread, NULL);
        assert_int_equal(chase.missed, 0);
        assert_int_equal(chase.back, 0);
        uint64_t left = 0;
        for (uint64_t address = begin; address < end; address += 16)
            left += finds(address);
        assert_int_equal(block_table_check(), left);
        drop_views(views, 2);
    }
}

#define HELD 400 /* at once and by each thread: so that records are made, not only used again */

static void *use_large_sizes(void *argument)
{
    struct ring_worker *worker = argument;
    int32_t mine = 0;
    pthread_barrier_wait(&barrier);
    for (uint64_t round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < 2 * HELD; i++) {
            struct block block = {0x6b0000000000 + (worker->number << 32) + i % HELD * 16,
                                  TRACE_SIZE_ELSEWHERE + worker->number * 1000000 + i % HELD, 3, 0,
                                  TRACE_BY_MALLOC};
            struct block removed;
            if (i < HELD)
                worker->wrong += !block_table_insert(&block, &mine);
            else
                worker->wrong += !block_table_remove(block.address, &removed, &mine) ||
                                 !same_block(&block, &removed);
        }
    }
    return NULL;
}

static void large_sizes_of_many_threads_keep_apart(void **state)
{
    (void)state;
    static char contexts[THREADS][256] __attribute__((aligned(64)));
    for (int i = 0; i < THREADS; i++)
        ((struct ring_worker *)contexts[i])->number = (uint64_t)i;
    run_threads(use_large_sizes, contexts, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(((struct ring_worker *)contexts[i])->wrong, 0);
    assert_int_equal(block_table_check(), 0);
}

static void the_storage_of_old_generations_is_given_back(void **state)
{
    (void)state;
    uint64_t begin = 0x6c0000000000;
    uint64_t end = grow_once(begin);
    finish_moving();
    struct stat status;
    uint64_t listed = 0;
    assert_int_equal(stat(trace_log_path(), &status), 0);
    const struct trace_extent *directory =
        (const void *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
        listed += directory[i].length * (directory[i].kind != TRACE_FREE);
    assert_true((uint64_t)status.st_blocks * 512 <= listed + TRACE_DATA_OFFSET + 65536);
    assert_true((uint64_t)status.st_size > listed + TRACE_DATA_OFFSET); /* there was some */
    for (; begin < end; begin += 16)
        assert_true(removes(begin));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_found_until_removed),
        cmocka_unit_test(a_second_removal_fails),
        cmocka_unit_test(every_field_is_kept_at_its_limits),
        cmocka_unit_test(what_is_no_address_is_not_found),
        cmocka_unit_test(sizes_from_64_gib_on_stand_elsewhere),
        cmocka_unit_test(all_blocks_are_found_while_they_move),
        cmocka_unit_test(blocks_are_removed_while_they_move),
        cmocka_unit_test(a_copy_that_arrives_does_not_count_yet),
        cmocka_unit_test(once_the_old_one_has_moved_the_copy_decides),
        cmocka_unit_test(a_live_copy_of_a_moved_block),
        cmocka_unit_test(the_check_notices_broken_rules),
        cmocka_unit_test(random_blocks_as_in_a_plain_array),
        cmocka_unit_test(threads_free_each_others_blocks),
        cmocka_unit_test(of_many_removals_one_succeeds_while_blocks_move),
        cmocka_unit_test(removals_at_once_with_a_move),
        cmocka_unit_test(two_removals_at_the_same_instant),
        cmocka_unit_test(a_removal_right_where_the_mover_is),
        cmocka_unit_test(large_sizes_of_many_threads_keep_apart),
        cmocka_unit_test(the_storage_of_old_generations_is_given_back),
    };
    /* Each in a process of its own: a table does not shrink. */
    int failed = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        int status = 1;
        pid_t child = fork();
        if (child == 0)
            exit(_cmocka_run_group_tests(tests[i].name, &tests[i], 1, set_up, NULL));
        waitpid(child, &status, 0);
        failed |= status;
    }
    return failed != 0;
}
