#include "events/sampling.h"

#include "events/event.h"
#include "events/observe_new.h"
#include "events/probe.h"
#include "os/pages.h"
#include "os/random.h"
#include "os/tracing.h"

_Thread_local uint64_t sampling_left;
uint8_t *sampling_marks;

/* --- the draw ------------------------------------------------------------ */

/* 0: the thread has drawn nothing yet. */
static _Thread_local uint64_t state __attribute__((tls_model("initial-exec")));

/* -ln(word / 2^64) > 0. With word = 2^n m, 1 <= m < 2, ln m is the series of 2 artanh((m - 1) / (m
 * + 1)), whose argument is below 1/3. */
static double minus_logarithm(uint64_t word)
{
    const double ln_2 = 0.69314718055994530942;
    word |= 1;
    int zeros = __builtin_clzll(word);
    double m = (double)(word << zeros >> 11) * 0x1p-52;
    double t = (m - 1) / (m + 1), power = t, sum = 0;
    for (int i = 1; i < 25; i += 2, power *= t * t)
        sum += power / i;
    return (zeros + 1) * ln_2 - 2 * sum;
}

static uint64_t draw(void)
{
    return (uint64_t)((double)trace_log_header->sample_bytes *
                      minus_logarithm(random_next(&state)));
}

/* Not the same for two threads, nor for two runs. */
static void begin_thread(void)
{
    state = random_seed(trace_log_now() ^ (uint64_t)(uintptr_t)&state << 20);
    random_next(&state);
    sampling_left = draw();
}

__attribute__((noinline)) bool sampling_will_draw(size_t size)
{
    if (state == 0)
        begin_thread();
    return size > sampling_left;
}

__attribute__((noinline)) bool sampling_draw(size_t size)
{
    if (!sampling_will_draw(size)) {
        sampling_left -= size;
        return false;
    }
    sampling_left = draw();
    return true;
}

/* --- the marks ----------------------------------------------------------- */

bool sampling_begin(uint64_t bytes)
{
    sampling_marks = pages_map(1u << SAMPLING_MARKS_LOG2);
    if (!sampling_marks)
        return false;
    trace_log_header->sample_bytes = bytes;
    tracing_sample();
    return true;
}

/* A mark that is full stays. */
static void count_mark(const void *pointer, int by)
{
    uint8_t *mark = sampling_mark(pointer);
    uint8_t is = __atomic_load_n(mark, __ATOMIC_RELAXED);
    while (is != UINT8_MAX && !__atomic_compare_exchange_n(mark, &is, (uint8_t)(is + by), true,
                                                           __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

/* --- a block ------------------------------------------------------------- */

static struct trace_weight weight_of(const struct block *block)
{
    return trace_weight(trace_log_header->sample_bytes, block->address, block->size);
}

/* The program has the pointer only when this returns, so no free of it can come before the mark. */
static void record(struct thread *thread, const struct block *block, uint64_t blocks)
{
    if (!block_table_insert(block)) {
        event_lose_block(block->size);
        return;
    }
    thread_count(&thread->live_blocks, blocks);
    count_mark((void *)block->address, 1);
}

void sampling_allocated(void *pointer, size_t size, enum trace_family family,
                        uint32_t alignment_log2, const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block = {(uint64_t)pointer, size, 0, alignment_log2, family};
    if (!thread) {
        event_lose_block(size);
        return;
    }
    if (observe_new_takes(thread, &block, site))
        site = &thread->label.outer;
    block.account = event_account_rarely(thread, site);
    struct trace_weight weight = weight_of(&block);
    stack_accounts_allocated_many(thread, stack_accounts_at(block.account), weight.blocks,
                                  weight.bytes);
    record(thread, &block, weight.blocks);
    probe_alloc(pointer, size, weight.bytes);
}

bool sampling_take(void *pointer, struct block *block)
{
    struct thread *thread = thread_current();
    if (!thread || !block_table_remove((uint64_t)pointer, block))
        return false;
    thread_count(&thread->live_blocks, -weight_of(block).blocks);
    count_mark(pointer, -1);
    return true;
}

void sampling_freed(const struct block *block)
{
    struct thread *thread = thread_self;
    struct trace_weight weight = weight_of(block);
    probe_free((const void *)block->address);
    stack_accounts_freed_many(thread, event_own_account(thread, block->account), weight.blocks,
                              weight.bytes, false);
}

void sampling_put_back(const struct block *block)
{
    record(thread_self, block, weight_of(block).blocks);
}

__attribute__((noinline)) void sampling_free(void *pointer)
{
    struct block block;
    if (sampling_take(pointer, &block))
        sampling_freed(&block);
}
