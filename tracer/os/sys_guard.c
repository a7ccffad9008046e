#include "os/sys_guard.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#define FILTERS_MAX      64u
#define INSTRUCTIONS_MAX (SYS_GUARD_ROOM / sizeof(struct sock_filter))
#define ANSWER_UNKNOWN   SECCOMP_RET_KILL_PROCESS

bool sys_guard_is_on;
int sys_guard_pid;

/* Filters are added by one thread at a time, and never taken away. */
static _Atomic(struct sock_filter *) instructions; /* the caller's room */
static struct {
    uint32_t first;
    uint32_t length;
} filters[FILTERS_MAX];
static atomic_uint filter_count;
static uint32_t instruction_count;
static atomic_uint adding;
static atomic_bool is_strict; /* or there was no space for a filter: the worst is assumed */

static void add(const struct sock_filter *from, uint32_t length)
{
    unsigned count = atomic_load(&filter_count);
    struct sock_filter *room = atomic_load(&instructions);
    if (!room || count == FILTERS_MAX || length > INSTRUCTIONS_MAX - instruction_count) {
        atomic_store(&is_strict, true);
        return;
    }
    memcpy(room + instruction_count, from, length * sizeof *from);
    filters[count].first = instruction_count;
    filters[count].length = length;
    instruction_count += length;
    atomic_store(&filter_count, count + 1);
}

bool sys_guard_has_room(void)
{
    return atomic_load(&instructions);
}

void sys_guard_prepare(int pid, void *room)
{
    struct sock_filter *none = NULL;
    atomic_compare_exchange_strong(&instructions, &none, room);
    sys_guard_pid = pid;
}

void sys_guard_add(const struct sock_fprog *filter)
{
    sys_guard_is_on = true;
    /* Two at once: no waiting, for which there may be no call left. */
    if (atomic_exchange(&adding, 1)) {
        atomic_store(&is_strict, true);
        return;
    }
    add(filter->filter, filter->len);
    atomic_store(&adding, 0);
}

void sys_guard_add_strict(void)
{
    sys_guard_is_on = true;
    atomic_store(&is_strict, true);
}

/* --- running a filter ---------------------------------------------------- */

struct machine {
    const struct seccomp_data *data;
    uint32_t a;
    uint32_t x;
    uint32_t memory[BPF_MEMWORDS];
};

static uint32_t load(const struct machine *m, const struct sock_filter *step)
{
    uint32_t word = 0;
    switch (BPF_MODE(step->code)) {
    case BPF_ABS:
        if (step->k <= sizeof *m->data - sizeof word)
            memcpy(&word, (const char *)m->data + step->k, sizeof word);
        return word;
    case BPF_LEN:
        return sizeof *m->data;
    case BPF_MEM:
        return m->memory[step->k % BPF_MEMWORDS];
    default:
        return step->k;
    }
}

static uint32_t calculate(const struct machine *m, const struct sock_filter *step)
{
    uint32_t operand = BPF_SRC(step->code) == BPF_X ? m->x : step->k;
    switch (BPF_OP(step->code)) {
    case BPF_ADD:
        return m->a + operand;
    case BPF_SUB:
        return m->a - operand;
    case BPF_MUL:
        return m->a * operand;
    case BPF_DIV:
        return operand ? m->a / operand : 0;
    case BPF_AND:
        return m->a & operand;
    case BPF_OR:
        return m->a | operand;
    case BPF_XOR:
        return m->a ^ operand;
    case BPF_LSH:
        return operand < 32 ? m->a << operand : 0;
    case BPF_RSH:
        return operand < 32 ? m->a >> operand : 0;
    default:
        return -m->a;
    }
}

/* How many further steps to leave out. */
static uint32_t jump(const struct machine *m, const struct sock_filter *step)
{
    uint32_t operand = BPF_SRC(step->code) == BPF_X ? m->x : step->k;
    switch (BPF_OP(step->code)) {
    case BPF_JEQ:
        return m->a == operand ? step->jt : step->jf;
    case BPF_JGT:
        return m->a > operand ? step->jt : step->jf;
    case BPF_JGE:
        return m->a >= operand ? step->jt : step->jf;
    case BPF_JSET:
        return m->a & operand ? step->jt : step->jf;
    default:
        return step->k;
    }
}

/* The kernel has checked the filter: jumps lead forward, and the last step is a return. */
static uint32_t run(const struct sock_filter *steps, uint32_t length,
                    const struct seccomp_data *data)
{
    struct machine m = {.data = data};
    for (uint32_t at = 0; at < length; at++) {
        const struct sock_filter *step = &steps[at];
        switch (BPF_CLASS(step->code)) {
        case BPF_LD:
            m.a = load(&m, step);
            break;
        case BPF_LDX:
            m.x = load(&m, step);
            break;
        case BPF_ST:
            m.memory[step->k % BPF_MEMWORDS] = m.a;
            break;
        case BPF_STX:
            m.memory[step->k % BPF_MEMWORDS] = m.x;
            break;
        case BPF_ALU:
            m.a = calculate(&m, step);
            break;
        case BPF_JMP:
            at += jump(&m, step);
            break;
        case BPF_RET:
            return BPF_RVAL(step->code) == BPF_A ? m.a : step->k;
        default:
            *(BPF_MISCOP(step->code) == BPF_TAX ? &m.x : &m.a) =
                BPF_MISCOP(step->code) == BPF_TAX ? m.a : m.x;
        }
    }
    return ANSWER_UNKNOWN;
}

static bool is_deadly(uint32_t answer)
{
    uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
    return action == SECCOMP_RET_KILL_PROCESS || action == SECCOMP_RET_KILL_THREAD ||
           action == SECCOMP_RET_TRAP;
}

bool sys_guard_forbids(long number, long a, long b, long c, long d, long e, long f)
{
    struct seccomp_data data = {
        .nr = (int)number,
        .arch = AUDIT_ARCH_X86_64,
        .instruction_pointer = (uintptr_t)sys_guard_forbids,
        .args = {(uint64_t)a, (uint64_t)b, (uint64_t)c, (uint64_t)d, (uint64_t)e, (uint64_t)f}};
    if (atomic_load(&is_strict) && number != SYS_read && number != SYS_write && number != SYS_exit)
        return true;
    const struct sock_filter *room = atomic_load(&instructions);
    for (unsigned i = 0; i < atomic_load(&filter_count); i++)
        if (is_deadly(run(room + filters[i].first, filters[i].length, &data)))
            return true;
    return false;
}
