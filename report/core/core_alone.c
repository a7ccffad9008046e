#include "core/core_alone.h"
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/intern.h"
#include "base/memory.h"
#include "base/text_buffer.h"
#include "core/core_file.h"
#include "core/core_heap.h"
#include "core/core_types.h"
#include "core/core_verdicts.h"

/* Blocks of one type, or of one size, share an account, as blocks of one stack do in a log of the
 * tracer's. Its stack is one frame: the vtable, or an address that is the size. */
struct alone {
    struct image *image;
    struct core_heap heap;
    struct core_blocks blocks;
    uint64_t *in_use; /* blocks that the dynamic linker has for threads */
    size_t in_use_count;
    struct intern frames; /* key: the frame's address */
    struct trace_node *nodes;
    struct trace_account *accounts;
    uint32_t node_capacity, account_capacity;
    struct text_buffer names; /* as perf's map */
    struct text_buffer strings;
    struct trace_module *modules;
    uint32_t module_count, module_capacity;
};

/* --- what blocks are -------------------------------------------------------- */

static void alone_name_frame(struct alone *the, uint64_t address, const char *type, uint64_t size)
{
    char *name =
        type ? memory_text("%s", type) : memory_text("blocks of up to %" PRIu64 " bytes", size);

    text_buffer_format(&the->names, "%" PRIx64 " 1 %s\n", address, name);
    free(name);
}

static uint32_t alone_account(struct alone *the, const char *type, uint64_t vtable, uint64_t size)
{
    uint64_t address = type ? vtable : size;
    uint32_t known = the->frames.count;
    uint32_t number = intern_put(&the->frames, &address, sizeof address) + 1;

    if (number <= known)
        return number;
    alone_name_frame(the, address, type, size);
    while (the->node_capacity < number + 2)
        memory_reserve(the->nodes, the->node_capacity, the->node_capacity);
    while (the->account_capacity < number + 1)
        memory_reserve(the->accounts, the->account_capacity, the->account_capacity);
    the->nodes[number + 1] = (struct trace_node){.address = address + 1};
    the->accounts[number] = (struct trace_account){.thread = 1, .stack = number + 1};
    return number;
}

/* There are more sizes than accounts only in a heap of gigabytes that is all different. */
static void alone_sort_blocks(struct alone *the)
{
    struct core_types *types = core_types_new(the->image);

    memory_reserve(the->nodes, the->node_capacity, the->node_capacity);
    memory_reserve(the->accounts, the->account_capacity, the->account_capacity);
    memset(the->nodes, 0, TRACE_NODE_FIRST * sizeof *the->nodes);
    memset(the->accounts, 0, sizeof *the->accounts);
    for (size_t i = 0; i < the->blocks.count; i++) {
        struct trace_block *block = &the->blocks.blocks[i];
        uint64_t vtable, size = core_blocks_size(&the->blocks, block);
        const char *type = core_types_of(types, trace_block_address(block->where), &vtable);
        uint32_t number = alone_account(the, type, vtable, size);

        if (number > TRACE_ACCOUNT_MAX)
            continue;
        block->what |= (uint64_t)number << TRACE_SIZE_BITS;
        the->accounts[number].allocations++;
        the->accounts[number].bytes_allocated += size;
    }
    core_types_free(types);
}

/* --- the dynamic linker's --------------------------------------------------- */

/* A thread's vector of thread-local data (dtv), to which its second word points 16 bytes behind the
 * begin. */
static void alone_find_in_use(struct alone *the)
{
    const struct image *image = the->image;

    the->in_use = memory_zeroed(image->thread_count + 1, sizeof *the->in_use);
    for (size_t i = 0; i < image->thread_count; i++) {
        uint64_t vector;

        if (image_read_exactly(image, image->threads[i].thread_pointer + 8, &vector, sizeof vector))
            the->in_use[the->in_use_count++] = vector - 16;
    }
}

static bool alone_is_in_use(const void *context, const struct trace_block *block)
{
    const struct alone *the = context;

    for (size_t i = 0; i < the->in_use_count; i++)
        if (the->in_use[i] == trace_block_address(block->where))
            return true;
    return false;
}

/* --- the process ------------------------------------------------------------ */

static struct trace_string alone_string(struct alone *the, const char *text)
{
    struct trace_string string = {.offset = the->strings.length, .length = (uint32_t)strlen(text)};

    text_buffer_add(&the->strings, text);
    return string;
}

static uint64_t alone_end_of(const struct image *image, const struct image_file *begin)
{
    const struct image_file *file = begin;
    uint64_t end = begin->end;

    for (; file < image->files + image->file_count && strcmp(file->path, begin->path) == 0; file++)
        end = file->end;
    return end;
}

static void alone_add_module(struct alone *the, const struct image_file *file)
{
    const struct image *image = the->image;
    struct trace_module module = {.start = file->begin, .end = alone_end_of(image, file)};
    char magic[SELFMAG];

    if (!image_read_exactly(image, file->begin, magic, SELFMAG) ||
        memcmp(magic, ELFMAG, SELFMAG) != 0)
        return;
    module.bias = file->begin - image_link_address(image, file->begin);
    module.build_id_size = image_build_id(image, file->begin, module.build_id);
    module.is_program = image->program >= module.start && image->program < module.end;
    module.path = alone_string(the, file->path);
    memory_reserve(the->modules, the->module_count, the->module_capacity);
    the->modules[the->module_count++] = module;
}

static void alone_add_modules(struct alone *the)
{
    memory_reserve(the->modules, the->module_count, the->module_capacity);
    memset(&the->modules[the->module_count++], 0, sizeof *the->modules);
    for (size_t i = 0; i < the->image->file_count; i++)
        if (the->image->files[i].offset == 0)
            alone_add_module(the, &the->image->files[i]);
}

/* --- the log ----------------------------------------------------------------- */

static void alone_add_command(struct log_out *out, const struct image *image)
{
    char *command = memory_text("%s", image->command ? image->command : "");
    size_t length = strlen(command) + 1;

    for (char *blank = command; (blank = strchr(blank, ' ')) != NULL;)
        *blank++ = 0;
    log_out_add(out, TRACE_COMMAND, command, length);
    free(command);
}

static void alone_fill_header(struct alone *the, struct log_out *out, uint64_t when_ns)
{
    struct trace_header *header = &out->header;
    const struct image_file *program = image_file_at(the->image, the->image->program);

    header->machine = EM_X86_64;
    header->flags = TRACE_FLAG_UNTRACED | TRACE_FLAG_CUT_TO_SIZE;
    header->pid = the->image->pid;
    header->start_realtime_ns = header->end_realtime_ns = when_ns;
    header->executable = alone_string(the, program ? program->path : "");
    for (size_t i = 0; i < the->blocks.count; i++)
        header->totals.bytes_allocated += core_blocks_size(&the->blocks, &the->blocks.blocks[i]);
    header->totals.allocations = the->blocks.count;
}

static int alone_write(struct alone *the, const struct core_judged *judged, uint64_t when_ns,
                       const char *made, struct failure *failure)
{
    static struct log_out out;
    const struct trace_thread threads[2] = {{.tid = 0}, {.tid = the->image->pid}};
    uint64_t count = the->frames.count;

    if (log_out_begin(&out, made, failure) != 0)
        return -1;
    alone_fill_header(the, &out, when_ns);
    alone_add_modules(the);
    alone_add_command(&out, the->image);
    log_out_add(&out, TRACE_STRINGS, the->strings.text, the->strings.length);
    log_out_add(&out, TRACE_MODULES, the->modules, the->module_count * sizeof *the->modules);
    log_out_add(&out, TRACE_THREADS, threads, sizeof threads);
    log_out_add(&out, TRACE_NODES, the->nodes, (count + 2) * sizeof *the->nodes);
    log_out_add(&out, TRACE_ACCOUNTS, the->accounts, (count + 1) * sizeof *the->accounts);
    if (the->names.length) {
        out.header.generated_bytes = the->names.length;
        log_out_add(&out, TRACE_GENERATED, the->names.text, the->names.length);
    }
    core_verdicts_add(&out, the->image, judged, &the->blocks);
    return log_out_end(&out, failure);
}

/* --- all of it ---------------------------------------------------------------- */

static int alone_judge(struct alone *the, uint64_t when_ns, unsigned heuristics, const char *made,
                       struct failure *failure)
{
    struct core_judged judged = {0};

    the->blocks = (struct core_blocks){.blocks = the->heap.blocks,
                                       .count = the->heap.count,
                                       .large = the->heap.large,
                                       .large_count = the->heap.large_count,
                                       .context = the,
                                       .in_use = alone_is_in_use};
    alone_find_in_use(the);
    int result = core_judge(&judged, the->image, &the->blocks, heuristics, failure);
    if (result == 0) {
        alone_sort_blocks(the);
        result = alone_write(the, &judged, when_ns, made, failure);
    }
    core_judge_free(&judged);
    return result;
}

static void alone_free(struct alone *the)
{
    core_heap_free(&the->heap);
    intern_free(&the->frames);
    free(the->names.text);
    free(the->strings.text);
    free(the->nodes);
    free(the->accounts);
    free(the->modules);
    free(the->in_use);
}

int core_alone_make(struct image *image, const char *name, uint64_t when_ns, unsigned heuristics,
                    const char *made, struct failure *failure)
{
    struct alone the = {.image = image};
    int result = core_heap_read(&the.heap, image, name, failure);

    if (result == 0)
        result = alone_judge(&the, when_ns, heuristics, made, failure);
    alone_free(&the);
    return result;
}

int core_alone_make_of_file(const char *core, unsigned heuristics, const char *made,
                            struct failure *failure)
{
    struct image image;
    struct stat status;
    uint64_t when = stat(core, &status) == 0 ? (uint64_t)status.st_mtim.tv_sec * 1000000000u : 0;

    if (core_file_open(&image, core, failure) != 0)
        return -1;
    int result = core_alone_make(&image, core, when, heuristics, made, failure);
    core_file_close(&image);
    return result;
}
