#include "core/core_log.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/memory.h"
#include "core/core_file.h"
#include "core/core_verdicts.h"
#include "libc/glibc_layout.h"
#include "read/load_blocks.h"
#include "read/process.h"

struct core_log {
    struct log_reader reader;
    struct image image;
    struct core_blocks blocks;
    size_t capacity;
    struct trace_rare *large;
    size_t large_count, large_capacity;
    uint64_t loader_begin, loader_end;
    uint64_t newer;
    uint64_t written_ns; /* the core was, since 1970 */
};

/* --- are they of one process? --------------------------------------------- */

static bool core_has_module(const struct core_log *the, const struct trace_module *module)
{
    const struct image_file *file = image_file_at(&the->image, module->start);
    uint8_t id[40];
    uint32_t size = file ? image_build_id(&the->image, module->start, id) : 0;

    if (!file)
        return false;
    return !size || !module->build_id_size ||
           (size == module->build_id_size && memcmp(id, module->build_id, size) == 0);
}

static char *core_path_of(const struct core_log *the, struct trace_string string)
{
    const char *bytes = log_reader_string(&the->reader, string);

    return bytes ? memory_copy_bytes(bytes, string.length) : memory_text("%s", "");
}

/* What the log says of a module that both need: the program and the tracer. */
static int core_take_module(struct core_log *the, const struct trace_module *module,
                            struct failure *failure)
{
    const struct trace_header *header = &the->reader.header;
    char *path = core_path_of(the, module->path), *tracer = core_path_of(the, header->tracer);
    bool is_tracer = *tracer && strcmp(path, tracer) == 0;
    int result = 0;

    if ((module->is_program == 1 || is_tracer) && !core_has_module(the, module))
        result = failure_set(failure,
                             "the core file is of another program, or another build of it: it has "
                             "not the %s of the log where that was",
                             path);
    if (is_tracer)
        the->blocks.tracer = module->start;
    if (module->start == the->image.loader) {
        the->loader_begin = module->start;
        the->loader_end = module->end;
    }
    free(path);
    free(tracer);
    return result;
}

static int core_take_modules(struct core_log *the, struct failure *failure)
{
    struct log_walk walk = log_reader_walk(&the->reader, TRACE_MODULES);
    struct trace_module module;

    while (log_reader_next(&walk, &module))
        if (module.start && !module.unmapped_ns && core_take_module(the, &module, failure) != 0)
            return -1;
    return 0;
}

static int core_match(struct core_log *the, const char *log, const char *core,
                      struct failure *failure)
{
    const struct trace_header *header = &the->reader.header;

    if (header->pid != the->image.pid)
        return failure_set(failure, "%s is of process %u, and %s of process %u", log, header->pid,
                           core, the->image.pid);
    if (header->ending == TRACE_RUNNING && !(header->flags & TRACE_FLAG_SNAPSHOT) &&
        header->file.inode == the->reader.file.inode &&
        process_find(
            &(struct process_name){header->pid, header->start_ticks, header->pid_namespace}))
        return failure_set(failure,
                           "process %u of %s runs on, and its log with it: copy the log when the "
                           "core is written, or ask with leakreport --check",
                           header->pid, log);
    return core_take_modules(the, failure);
}

/* --- the blocks ----------------------------------------------------------- */

/* Whether the core has the block as the log has it. What glibc writes in front of it tells a
 * smaller one that was there at another time. */
static bool core_has_block(const struct core_log *the, uint64_t address, uint64_t size)
{
    const struct trace_header *header = &the->reader.header;
    uint64_t word;
    char byte;

    if (!image_read_exactly(&the->image, address + (size ? size - 1 : 0), &byte, 1))
        return false;
    if (header->flags & (TRACE_FLAG_OTHER_ALLOCATOR | TRACE_FLAG_MALLOC_UNKNOWN))
        return true;
    const struct mapping *mapping = memory_map_find(&the->image.map, address);
    if (!(mapping->flags & MAPPING_HEAP) ||
        !image_read_exactly(&the->image, address - 8, &word, sizeof word))
        return true;
    return glibc_chunk_size(word) >= size + 8;
}

static void core_put_block(void *context, struct trace_block block, uint64_t size)
{
    struct core_log *the = context;
    bool is_part = trace_block_family(block.where) == TRACE_BY_REQUEST &&
                   trace_block_alignment_log2(block.where) == TRACE_PART;

    if (!is_part && !core_has_block(the, trace_block_address(block.where), size)) {
        the->newer++;
        return;
    }
    memory_reserve(the->blocks.blocks, the->blocks.count, the->capacity);
    the->blocks.blocks[the->blocks.count++] = block;
    if (trace_block_size(block.what) != TRACE_SIZE_ELSEWHERE)
        return;
    memory_reserve(the->large, the->large_count, the->large_capacity);
    the->large[the->large_count++] = (struct trace_rare){block, size};
}

static int core_compare_addresses(uint64_t left, uint64_t right)
{
    uint64_t a = trace_block_address(left), b = trace_block_address(right);

    return (a > b) - (a < b);
}

static int core_compare_blocks(const void *left, const void *right)
{
    return core_compare_addresses(((const struct trace_block *)left)->where,
                                  ((const struct trace_block *)right)->where);
}

static int core_compare_rare(const void *left, const void *right)
{
    return core_compare_addresses(((const struct trace_rare *)left)->block.where,
                                  ((const struct trace_rare *)right)->block.where);
}

static uint32_t core_stack_of(const struct core_log *the, const struct trace_block *block)
{
    struct trace_account account;
    uint32_t number = trace_block_account(block->what);

    return number && log_reader_copy(&the->reader, TRACE_ACCOUNTS, number, &account) ? account.stack
                                                                                     : 0;
}

static uint32_t core_age(const void *context, const struct trace_block *block)
{
    return core_stack_of(context, block) & TRACE_STACK_MASK;
}

/* As the tracer has it: the dynamic linker's own blocks, and those that the program has named. */
static bool core_is_in_use(const void *context, const struct trace_block *block)
{
    const struct core_log *the = context;
    uint32_t stack = core_stack_of(the, block);
    struct trace_node node, caller;

    if (stack & TRACE_STACK_IGNORED)
        return true;
    stack &= TRACE_STACK_MASK;
    return stack >= TRACE_NODE_FIRST && log_reader_copy(&the->reader, TRACE_NODES, stack, &node) &&
           node.parent >= TRACE_NODE_FIRST &&
           log_reader_copy(&the->reader, TRACE_NODES, node.parent, &caller) &&
           caller.address > the->loader_begin && caller.address < the->loader_end;
}

static void core_take_blocks(struct core_log *the)
{
    struct core_blocks *blocks = &the->blocks;

    load_each_live(&the->reader, core_put_block, the);
    if (blocks->count)
        qsort(blocks->blocks, blocks->count, sizeof *blocks->blocks, core_compare_blocks);
    if (the->large_count)
        qsort(the->large, the->large_count, sizeof *the->large, core_compare_rare);
    blocks->large = the->large;
    blocks->large_count = the->large_count;
    blocks->context = the;
    blocks->in_use = core_is_in_use;
    blocks->age = core_age;
    blocks->other_allocator =
        the->reader.header.flags & (TRACE_FLAG_OTHER_ALLOCATOR | TRACE_FLAG_MALLOC_UNKNOWN);
}

/* --- all of it ------------------------------------------------------------ */

static int core_write(struct core_log *the, const struct core_judged *judged, const char *made,
                      struct failure *failure)
{
    static struct log_out out;

    if (log_out_begin(&out, made, failure) != 0)
        return -1;
    log_out_copy(&out, &the->reader);
    out.header.losses.newer = the->newer;
    if (!out.header.end_realtime_ns)
        out.header.end_realtime_ns = the->written_ns;
    core_verdicts_add(&out, &the->image, judged, &the->blocks);
    return log_out_end(&out, failure);
}

static int core_log_judge(struct core_log *the, unsigned heuristics, const char *made,
                          struct failure *failure)
{
    struct core_judged judged = {0};

    core_take_blocks(the);
    int result = core_judge(&judged, &the->image, &the->blocks, heuristics, failure);
    if (result == 0)
        result = core_write(the, &judged, made, failure);
    core_judge_free(&judged);
    free(the->blocks.blocks);
    free(the->large);
    return result;
}

int core_log_make(const char *log, const char *core, unsigned heuristics, const char *made,
                  struct failure *failure)
{
    struct core_log *the = memory_zeroed(1, sizeof *the);
    struct stat status;
    int result = log_reader_open(&the->reader, log, NULL, failure);

    if (stat(core, &status) == 0)
        the->written_ns = (uint64_t)status.st_mtim.tv_sec * 1000000000u;

    if (result == 0) {
        result = core_file_open(&the->image, core, failure);
        if (result == 0) {
            result = core_match(the, log, core, failure);
            if (result == 0)
                result = core_log_judge(the, heuristics, made, failure);
            core_file_close(&the->image);
        }
        log_reader_close(&the->reader);
    }
    free(the);
    return result;
}
