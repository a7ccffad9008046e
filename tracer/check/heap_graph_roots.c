#include "check/heap_graph_roots.h"

#include "capture/stepper.h"
#include "libc/real.h"
#include "os/pages.h"
#include "os/sys.h"
#include "tables/module_list.h"
#include "tables/thread.h"

#include <link.h>
#include <stdatomic.h>
#include <string.h>

#define ROOTS_MAX      65536u
#define FRAMES_MAX     512u
#define NAMES_MAX      4096u /* threads whose name is asked for */
#define DESCRIPTOR_MAX 4096u /* bytes; more than any libc's */
#define KEYS_BYTES     512u  /* of the first 32 keys, in glibc's descriptor */

/* Places in stopped_thread.registers. */
enum { AT_R12 = 4, AT_R13, AT_R14, AT_R15, AT_BP = 10, AT_BX = 11, AT_SP = 15 };

struct named {
    uint32_t tid;
    char name[16];
};

static struct {
    struct trace_root *roots; /* kept from check to check */
    size_t count;
    uint64_t lost;
    size_t prepared; /* of them, those that are known before the check */
    struct named *names;
    size_t named;
    uint32_t threads; /* told of */
} known;

void heap_graph_roots_add(const struct trace_root *root)
{
    if (root->begin >= root->end)
        return;
    if (known.roots && known.count < ROOTS_MAX)
        known.roots[known.count++] = *root;
    else
        known.lost++;
}

const struct trace_root *heap_graph_roots_all(size_t *count, uint64_t *lost)
{
    *count = known.count;
    *lost = known.lost;
    return known.roots;
}

/* --- before anybody is held ---------------------------------------------- */

/* A frame reaches from its stack pointer to its caller's. */
static bool take_frame(void *context, const struct stepper_registers *frame)
{
    struct trace_root *inner = context;
    inner->end = frame->sp;
    heap_graph_roots_add(inner);
    inner->begin = frame->sp;
    inner->value = frame->ip;
    return ++inner->unused < FRAMES_MAX;
}

static void find_frames(const struct stopped_thread *here)
{
    const uint64_t *r = here->registers;
    const struct stepper_registers from = {
        here->instruction, here->stack_pointer, r[AT_BX],  r[AT_BP],
        r[AT_R12],         r[AT_R13],           r[AT_R14], r[AT_R15]};
    struct trace_root inner = {.kind = TRACE_ROOT_FRAME, .tid = (uint32_t)sys_gettid()};
    if (here->instruction)
        stepper_walk_registers(&from, take_frame, &inner);
}

/* The module is entered into the log, be it that no frame was ever in it: its variables may point
 * to blocks. */
static int take_module(struct dl_phdr_info *info, size_t size, void *context)
{
    uintptr_t begin = (uintptr_t)info->dlpi_tls_data;
    (void)size;
    (void)context;
    module_list_find((uintptr_t)info->dlpi_phdr);
    for (unsigned i = 0; i < info->dlpi_phnum && begin; i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS)
            heap_graph_roots_add(&(struct trace_root){.kind = TRACE_ROOT_TLS,
                                                      .begin = begin,
                                                      .end = begin + info->dlpi_phdr[i].p_memsz,
                                                      .tid = (uint32_t)sys_gettid(),
                                                      .value = (uintptr_t)info->dlpi_phdr});
    return 0;
}

void heap_graph_roots_prepare(const struct stopped_thread *here)
{
    if (!known.roots)
        known.roots = pages_map(ROOTS_MAX * sizeof *known.roots);
    known.count = 0;
    known.lost = 0;
    find_frames(here);
    real_libc()->dl_iterate_phdr(take_module, NULL);
    known.prepared = known.count;
}

/* --- names --------------------------------------------------------------- */

static void ask_name(uint32_t tid)
{
    char path[64] = "/proc/self/task/", digits[16], *to = path + strlen(path);
    size_t count = 0;
    if (known.named == NAMES_MAX)
        return;
    struct named *named = &known.names[known.named];
    for (uint32_t rest = tid; rest || count == 0; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count)
        *to++ = digits[--count];
    memcpy(to, "/comm", sizeof "/comm");
    named->tid = tid;
    long length = sys_read_file(path, named->name, sizeof named->name);
    if (length <= 0)
        return;
    named->name[strcspn(named->name, "\n")] = '\0';
    known.named++;
}

static const char *name_of(uint32_t tid)
{
    for (size_t i = 0; i < known.named; i++)
        if (known.names[i].tid == tid)
            return known.names[i].name;
    return "";
}

bool heap_graph_roots_begin(const struct stopped_thread *here, const struct stopped_world *world)
{
    if (!known.names)
        known.names = pages_map(NAMES_MAX * sizeof *known.names);
    known.named = 0;
    known.threads = 0;
    if (!known.roots || !known.names)
        return false;
    ask_name(here->tid ? here->tid : (uint32_t)sys_gettid());
    for (size_t i = 0; i < world->count; i++)
        ask_name(world->threads[i].tid);
    return true;
}

/* --- one thread ---------------------------------------------------------- */

static uint64_t word_at(struct program_memory *memory, uint64_t address)
{
    uint64_t word = 0;
    program_memory_read(memory, address, &word, sizeof word);
    return word;
}

/* glibc's array of blocks of keys begins with the address of its first block, which stands right in
 * front of it: nothing else does, so no offset need be known. */
static void find_keys(const struct trace_root *descriptor, struct program_memory *memory)
{
    for (uint64_t at = descriptor->begin + KEYS_BYTES; at + 256 <= descriptor->end; at += 8) {
        if (word_at(memory, at) != at - KEYS_BYTES)
            continue;
        struct trace_root keys = *descriptor;
        keys.kind = TRACE_ROOT_KEYS;
        keys.begin = keys.value = at - KEYS_BYTES;
        keys.end = at;
        heap_graph_roots_add(&keys);
        keys.kind = TRACE_ROOT_KEY_BLOCKS;
        keys.begin = keys.value = at;
        keys.end = at + 256;
        heap_graph_roots_add(&keys);
        return;
    }
}

static void add_descriptor(struct trace_root root, const struct stopped_thread *thread,
                           struct program_memory *memory)
{
    const struct mapping *mapping = memory_map_find(&memory->map, thread->thread_pointer);
    if (!mapping)
        return;
    root.kind = TRACE_ROOT_THREAD;
    root.begin = root.value = thread->thread_pointer;
    root.end =
        mapping->end - root.begin < DESCRIPTOR_MAX ? mapping->end : root.begin + DESCRIPTOR_MAX;
    heap_graph_roots_add(&root);
    find_keys(&root, memory);
}

static void add_stack(struct trace_root root, const struct stopped_thread *thread,
                      struct program_memory *memory)
{
    const struct mapping *mapping = memory_map_find(&memory->map, thread->stack_pointer);
    uint64_t tls = thread->thread_pointer;
    if (!mapping)
        return;
    root.kind = TRACE_ROOT_STACK;
    root.begin = thread->stack_pointer - thread->red_zone;
    root.end = tls > thread->stack_pointer && tls < mapping->end ? tls : mapping->end;
    root.thread_pointer = tls;
    heap_graph_roots_add(&root);
}

static bool is_code(struct program_memory *memory, uint64_t address)
{
    return program_memory_file_at(memory, address) & MAPPING_EXECUTABLE;
}

/* The frames of its last stack that the thread remembers, as far as they are there still: the word
 * that each was found by has not changed. The function of the first one where it has has called
 * another one meanwhile: its frame is where it was, because a function's stack pointer is the same
 * for all that it calls, as a rule. */
static void add_remembered(const struct trace_root *root, const struct stopped_thread *stopped,
                           struct program_memory *memory)
{
    const struct thread *thread = thread_first();
    uint64_t end = 0;
    while (thread && atomic_load_explicit(&thread->tid, memory_order_relaxed) != stopped->tid)
        thread = thread->next;
    if (!thread || !thread->walk.frames || thread->walk.frame_count > thread->walk.capacity)
        return;
    for (uint32_t i = 0; i < thread->walk.frame_count; i++) {
        const struct thread_frame *frame = &thread->walk.frames[i];
        uint64_t now =
            frame->cfa < stopped->stack_pointer + 8 ? 0 : word_at(memory, frame->cfa - 8);
        if (frame->opaque || !is_code(memory, now))
            return;
        struct trace_root found = *root;
        found.kind = TRACE_ROOT_FRAME;
        found.begin = frame->cfa;
        found.end = end;
        found.value = now;
        if (end)
            heap_graph_roots_add(&found);
        if (now != frame->return_address)
            return;
        end = frame->cfa;
    }
}

static bool is_unwound(uint32_t tid)
{
    return known.prepared > 0 && known.roots[0].kind == TRACE_ROOT_FRAME &&
           known.roots[0].tid == tid;
}

uint64_t heap_graph_roots_thread(const struct stopped_thread *thread, struct program_memory *memory)
{
    struct trace_root root = {.tid = thread->tid,
                              .value = thread->instruction + !is_unwound(thread->tid)};
    uint64_t registers = TRACE_ROOT_REGISTERS + 8ull * STOP_WORLD_REGISTERS * known.threads++;
    const char *name = name_of(thread->tid);
    memcpy(root.name, name, strlen(name));
    add_stack(root, thread, memory);
    add_descriptor(root, thread, memory);
    if (!is_unwound(thread->tid))
        add_remembered(&root, thread, memory);
    root.kind = TRACE_ROOT_VECTORS;
    root.begin = thread->vector_begin;
    root.end = thread->vector_end;
    heap_graph_roots_add(&root);
    root.kind = TRACE_ROOT_REGISTER;
    root.begin = registers;
    root.end = registers + 8ull * STOP_WORLD_REGISTERS;
    heap_graph_roots_add(&root);
    return registers;
}
