#include "read/load_usage.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

/* --- call stacks --------------------------------------------------------- */

static struct stack_use *load_use(struct usage *usage, const struct model *model, uint32_t stack)
{
    if (stack >= usage->stack_count) {
        uint32_t count = model_stack_count(model) * 2;

        usage->stacks = memory_resized(usage->stacks, count, sizeof *usage->stacks);
        memset(usage->stacks + usage->stack_count, 0,
               (count - usage->stack_count) * sizeof *usage->stacks);
        usage->stack_count = count;
    }
    return &usage->stacks[stack];
}

/* A record that was saved for this peak, or for one that came while we read, has its share. Any
 * other has not changed since the peak. */
static bool load_peak_is_saved(const struct trace_account *record, const struct trace_peak *peak)
{
    return (int32_t)(record->peak_epoch - peak->epoch) >= 0;
}

static void load_count(struct stack_use *use, const struct trace_account *record,
                       const struct trace_peak *peak)
{
    bool saved = load_peak_is_saved(record, peak);

    use->allocations += record->allocations;
    use->frees += record->frees;
    use->bytes_allocated += record->bytes_allocated;
    use->bytes_freed += record->bytes_freed;
    use->temporary += record->temporary;
    use->bytes_at_peak +=
        saved ? (uint64_t)record->bytes_at_peak : record->bytes_allocated - record->bytes_freed;
    use->blocks_at_peak +=
        saved ? (uint64_t)record->blocks_at_peak : record->allocations - record->frees;
}

/* Numbers of threads in a damaged log may be any. */
static struct thread_use *load_thread(struct usage *usage, uint32_t thread)
{
    uint32_t number = intern_put(&usage->thread_numbers, &thread, sizeof thread);

    if (number == usage->by_thread_count) {
        memory_reserve(usage->by_thread, usage->by_thread_count, usage->by_thread_capacity);
        usage->by_thread[usage->by_thread_count++] = (struct thread_use){0};
    }
    return &usage->by_thread[number];
}

static void load_thread_use(struct usage *usage, const struct trace_account *record)
{
    struct thread_use *use = load_thread(usage, record->thread);

    use->allocations += record->allocations;
    use->bytes_allocated += record->bytes_allocated;
    use->temporary += record->temporary;
}

static void load_counts(struct stack_loader *stacks, struct model *model)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_ACCOUNTS);
    struct trace_account record;

    while (log_reader_next(&walk, &record)) {
        if (!record.thread)
            continue;
        uint32_t stack = load_stack(stacks, record.stack & TRACE_STACK_MASK);
        load_count(load_use(model->usage, model, stack), &record, &model->header.peak);
        load_thread_use(model->usage, &record);
    }
}

static void load_moves(struct stack_loader *stacks, struct model *model)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_MOVES);
    struct trace_move record;

    while (log_reader_next(&walk, &record)) {
        if (!record.stack)
            continue;
        struct stack_use *use =
            load_use(model->usage, model, load_stack(stacks, record.stack & TRACE_STACK_MASK));
        use->reallocs += record.calls;
        use->moved += record.moved;
        use->bytes_copied += record.copied;
    }
}

/* --- what the program mapped itself --------------------------------------- */

/* Of a damaged record no more is believed than that there is one. */
static bool load_next_mapping(struct log_walk *walk, struct trace_mapping *record)
{
    while (log_reader_next(walk, record))
        if (record->begin && record->end > record->begin)
            return true;
    return false;
}

void load_mapped(const struct log_reader *reader, struct model *model)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_MAPPINGS);
    struct trace_mapping record;
    struct mapped *mapped = &model->mapped;
    uint32_t extents;

    log_reader_extents(reader, TRACE_MAPPINGS, &extents);
    mapped->is_known = extents != 0;
    while (load_next_mapping(&walk, &record)) {
        mapped->mappings++;
        mapped->bytes += record.end - record.begin;
        mapped->of_files += record.kind == TRACE_MAPPED_PRIVATE ? 0 : record.end - record.begin;
        mapped->own_bytes += record.own_bytes;
    }
}

static void load_mappings(struct stack_loader *stacks, struct model *model)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_MAPPINGS);
    struct trace_mapping record;

    while (load_next_mapping(&walk, &record)) {
        struct stack_use *use =
            load_use(model->usage, model, load_stack(stacks, record.stack & TRACE_STACK_MASK));
        use->mappings++;
        use->bytes_mapped += record.end - record.begin;
        use->own_bytes += record.own_bytes;
    }
}

/* --- the timeline -------------------------------------------------------- */

static int load_compare_samples(const void *left, const void *right)
{
    const struct trace_sample *a = left, *b = right;

    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* While the tracer halves its table, some samples are in it twice, and out of order. */
static uint32_t load_order_samples(struct trace_sample *samples, uint32_t count)
{
    uint32_t kept = 0;

    if (count)
        qsort(samples, count, sizeof *samples, load_compare_samples);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || samples[kept - 1].time_ns != samples[i].time_ns)
            samples[kept++] = samples[i];
    return kept;
}

static void load_samples(const struct log_reader *reader, struct usage *usage)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_TIMELINE);
    struct trace_sample sample;
    uint32_t capacity = 0;

    while (log_reader_next(&walk, &sample)) {
        if (!sample.time_ns)
            continue;
        memory_reserve(usage->samples, usage->sample_count, capacity);
        usage->samples[usage->sample_count++] = sample;
    }
    usage->sample_count = load_order_samples(usage->samples, usage->sample_count);
}

void load_most_resident(const struct log_reader *reader, struct model *model)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_TIMELINE);
    struct trace_sample sample;

    while (log_reader_next(&walk, &sample))
        if (sample.time_ns && sample.resident_bytes > model->most_resident.resident_bytes)
            model->most_resident = sample;
    model->log_bytes = reader->file.size;
}

static void load_threads(const struct log_reader *reader, struct usage *usage)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_THREADS);
    struct trace_thread record;

    while (log_reader_next(&walk, &record)) {
        load_thread(usage, (uint32_t)walk.index)->tid = record.tid;
        usage->threads += record.tid != 0;
    }
}

/* The peak is read late, right before the counts that go with it: it may still be rising. */
void load_usage(struct stack_loader *stacks, struct model *model)
{
    const struct trace_header *header = (const void *)stacks->reader->bytes;

    model->header.peak = header->peak;
    load_threads(stacks->reader, model->usage);
    load_counts(stacks, model);
    load_moves(stacks, model);
    load_mappings(stacks, model);
    load_samples(stacks->reader, model->usage);
}
