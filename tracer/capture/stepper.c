#include "capture/stepper.h"

#include "capture/unwind_library.h"
#include "os/own_stack.h"
#include "os/sys.h"

#include <errno.h>
#include <string.h>

#define library unwind_library

/* --- reading the stack --------------------------------------------------- */

struct range {
    uintptr_t begin;
    size_t bytes;
};

static bool is_within(const struct range *range, uintptr_t address)
{
    return range->bytes >= sizeof(unw_word_t) &&
           address - range->begin <= range->bytes - sizeof(unw_word_t);
}

#define TRUSTED_MAX 2u
static struct range trusted[TRUSTED_MAX];

void stepper_trust(const void *begin, size_t bytes)
{
    for (unsigned i = 0; i < TRUSTED_MAX; i++)
        if (trusted[i].bytes == 0) {
            trusted[i] = (struct range){(uintptr_t)begin, bytes};
            return;
        }
}

/* What was readable in the call of this room that is under way: what libunwind works with, and
 * pages of the stack. */
#define PAGES 4u
static _Thread_local struct {
    struct range own;
    uintptr_t pages[PAGES];
    unsigned count;
} readable;

static void forget_pages(const void *own, size_t bytes)
{
    readable.own = (struct range){(uintptr_t)own, bytes};
    readable.count = 0;
}

static bool is_known_page(uintptr_t page)
{
    for (unsigned i = 0; i < readable.count && i < PAGES; i++)
        if (readable.pages[i] == page)
            return true;
    return false;
}

static bool can_be_read(uintptr_t address)
{
    if (is_within(&readable.own, address))
        return true;
    for (unsigned i = 0; i < TRUSTED_MAX; i++)
        if (is_within(&trusted[i], address))
            return true;
    uintptr_t page = address / SYS_PAGE;
    bool one_page = (address + sizeof(unw_word_t) - 1) / SYS_PAGE == page;
    if (one_page && is_known_page(page))
        return true;
    if (!sys_can_read(address))
        return false;
    if (one_page)
        readable.pages[readable.count++ % PAGES] = page;
    return true;
}

/* Where libunwind writes is the cursor's context. */
static __attribute__((no_sanitize("address", "thread", "undefined"))) int access_memory(
    unw_addr_space_t space, unw_word_t address, unw_word_t *value, int is_write, void *context)
{
    (void)space, (void)context;
    unw_word_t *word = (unw_word_t *)address;
    if (is_write)
        *word = *value;
    else if (can_be_read(address))
        *value = *word;
    else
        return -UNW_EINVAL;
    return 0;
}

/* --- loading ------------------------------------------------------------- */

bool stepper_load(const char **reason)
{
    if (!unwind_library_load(reason))
        return false;
    library.set_caching(*library.local, UNW_CACHE_NONE);
    library.get_accessors(*library.local)->access_mem = access_memory;
    uintptr_t here = (uintptr_t)stepper_load + 1;
    unwind_library_expect(here);
    stepper_information_at(here);
    unwind_library_expect(0);
    return true;
}

#if defined(__x86_64__)
static void make_context(const struct stepper_frame *frame, unw_context_t *context)
{
    memset(context, 0, sizeof *context);
    greg_t *registers = context->uc_mcontext.gregs;
    registers[REG_RIP] = (greg_t)frame->ip;
    registers[REG_RSP] = (greg_t)frame->sp;
    registers[REG_RBP] = (greg_t)frame->bp;
    registers[REG_RBX] = registers[REG_R12] = registers[REG_R13] = registers[REG_R14] =
        registers[REG_R15] = (greg_t)frame->others;
}
#define BP_REGISTER UNW_X86_64_RBP
#endif

/* libunwind makes system calls of its own: where it looks rules up and takes memory. In a sandbox
 * that would kill for one of them it cannot be used. */
static bool is_deadly(void)
{
    return sys_guard_forbids(SYS_rt_sigprocmask, SIG_BLOCK, 0, 0, 8, 0, 0) ||
           sys_guard_forbids(SYS_mmap, 0, SYS_PAGE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static inline bool is_out_of_reach(void)
{
    return __builtin_expect(sys_guard_is_on, 0) && is_deadly();
}

/* What libunwind works with. */
struct work {
    unw_context_t context;
    unw_cursor_t cursor;
};

enum stepper_result stepper_step(const struct stepper_frame *frame, struct stepper_frame *caller)
{
    if (is_out_of_reach())
        return STEPPER_NONE;
    struct work own;
    unw_word_t word = 0;
    int saved_errno = errno;
    enum stepper_result result = STEPPER_NONE;
    make_context(frame, &own.context);
    forget_pages(&own, sizeof own);
    if (library.init(&own.cursor, &own.context) == 0) {
        int stepped = library.step(&own.cursor);
        result = stepped > 0 ? STEPPER_STEPPED : stepped == 0 ? STEPPER_OUTERMOST : STEPPER_NONE;
        library.get_register(&own.cursor, UNW_REG_IP, &word);
        caller->ip = word;
        library.get_register(&own.cursor, UNW_REG_SP, &word);
        caller->sp = word;
        library.get_register(&own.cursor, BP_REGISTER, &word);
        caller->bp = word;
        caller->others = frame->others;
    }
    errno = saved_errno;
    return result;
}

enum stepper_information stepper_information_at(uintptr_t ip)
{
    if (is_out_of_reach())
        return STEPPER_UNDESCRIBED;
    struct work own;
    unw_proc_info_t procedure;
    int saved_errno = errno;
    struct stepper_frame frame = {.ip = ip, .sp = (uintptr_t)&frame, .bp = (uintptr_t)&frame};
    enum stepper_information information = STEPPER_UNDESCRIBED;
    make_context(&frame, &own.context);
    forget_pages(&own, sizeof own);
    if (library.init(&own.cursor, &own.context) == 0) {
        /* Where it has nothing, libunwind makes up a procedure of one byte. */
        if (library.is_signal_frame(&own.cursor) > 0)
            information = STEPPER_SIGNAL;
        else if (library.get_procedure(&own.cursor, &procedure) == 0 &&
                 procedure.end_ip - procedure.start_ip > 1)
            information = STEPPER_DESCRIBED;
    }
    errno = saved_errno;
    return information;
}

bool stepper_walk(uintptr_t from, bool (*visit)(void *, uintptr_t), void *visit_context)
{
    if (is_out_of_reach())
        return false;
    struct work own;
    int saved_errno = errno;
    bool begun = false;
    bool go_on = true;
    int stepped = -1;
    library.get_context(&own.context);
    forget_pages(&own, sizeof own);
    if (library.init(&own.cursor, &own.context) == 0)
        while (go_on && (stepped = library.step(&own.cursor)) > 0) {
            unw_word_t ip = 0;
            library.get_register(&own.cursor, UNW_REG_IP, &ip);
            if (ip == 0)
                break;
            begun = begun || ip == from;
            bool interrupted = begun && library.is_signal_frame(&own.cursor) > 0;
            if (begun)
                go_on = visit(visit_context, ip);
            if (!interrupted || !go_on)
                continue;
            /* The caller of a signal frame is the interrupted instruction, not a return address. */
            if ((stepped = library.step(&own.cursor)) <= 0)
                break;
            library.get_register(&own.cursor, UNW_REG_IP, &ip);
            go_on = visit(visit_context, ip + 1);
        }
    errno = saved_errno;
    return begun && go_on && stepped >= 0;
}

#if defined(__x86_64__)
static void set_registers(const struct stepper_registers *from, unw_context_t *context)
{
    memset(context, 0, sizeof *context);
    greg_t *registers = context->uc_mcontext.gregs;
    registers[REG_RIP] = (greg_t)from->ip;
    registers[REG_RSP] = (greg_t)from->sp;
    registers[REG_RBX] = (greg_t)from->bx;
    registers[REG_RBP] = (greg_t)from->bp;
    registers[REG_R12] = (greg_t)from->r12;
    registers[REG_R13] = (greg_t)from->r13;
    registers[REG_R14] = (greg_t)from->r14;
    registers[REG_R15] = (greg_t)from->r15;
}

/* One that cannot be known is 0. */
static uintptr_t register_of(unw_cursor_t *cursor, int number)
{
    unw_word_t word = 0;
    return library.get_register(cursor, number, &word) == 0 ? word : 0;
}

static void get_registers(unw_cursor_t *cursor, struct stepper_registers *registers)
{
    *registers = (struct stepper_registers){.ip = register_of(cursor, UNW_REG_IP),
                                            .sp = register_of(cursor, UNW_REG_SP),
                                            .bx = register_of(cursor, UNW_X86_64_RBX),
                                            .bp = register_of(cursor, UNW_X86_64_RBP),
                                            .r12 = register_of(cursor, UNW_X86_64_R12),
                                            .r13 = register_of(cursor, UNW_X86_64_R13),
                                            .r14 = register_of(cursor, UNW_X86_64_R14),
                                            .r15 = register_of(cursor, UNW_X86_64_R15)};
}
#endif

enum stepper_result stepper_walk_registers(const struct stepper_registers *from,
                                           bool (*visit)(void *, const struct stepper_registers *),
                                           void *visit_context)
{
    if (is_out_of_reach())
        return STEPPER_NONE;
    struct work own;
    struct stepper_registers frame = *from;
    int saved_errno = errno;
    int stepped = -1;
    bool go_on = false;
    set_registers(from, &own.context);
    forget_pages(&own, sizeof own);
    if (library.init(&own.cursor, &own.context) == 0)
        while ((go_on = visit(visit_context, &frame)) && (stepped = library.step(&own.cursor)) > 0)
            get_registers(&own.cursor, &frame);
    errno = saved_errno;
    return !go_on && stepped >= 0 ? STEPPER_STEPPED
           : stepped == 0         ? STEPPER_OUTERMOST
                                  : STEPPER_NONE;
}

uintptr_t stepper_address(void)
{
    return (uintptr_t)library.step;
}

int stepper_backtrace(void **buffer, int size)
{
    if (is_out_of_reach())
        return 0;
    int saved_errno = errno;
    forget_pages(NULL, 0);
    int count = library.backtrace(buffer, size);
    errno = saved_errno;
    return count;
}

bool stepper_brought(uintptr_t bias)
{
    return unwind_library_brought(bias);
}
