#include "stop/call_number.h"

#include <string.h>

#if defined(__x86_64__)
#define NUMBERS 1024u /* system calls */

/* What the registers hold, where the code says it. */
struct registers {
    bool is_known[16];
    uint32_t value[16];
};

static void set(struct registers *registers, unsigned which, const uint32_t *value)
{
    registers->is_known[which] = value != NULL;
    if (value)
        registers->value[which] = *value;
}

static void move(struct registers *registers, unsigned to, unsigned from)
{
    const uint32_t value = registers->value[from];
    set(registers, to, registers->is_known[from] ? &value : NULL);
}

/* The operand in memory behind the byte ModRM: at the stack pointer, or at the next instruction.
 * 0: another one. */
static size_t memory_length(const unsigned char *at)
{
    unsigned mode = at[0] >> 6, base = at[0] & 7;
    if (mode == 0 && base == 5)
        return 5;
    return mode == 1 && base == 4 && at[1] == 0x24 ? 3 : 0;
}

/* mov, xor, lea and arithmetic between registers, from memory, with a number; its length, or 0. */
static size_t two_operands(const unsigned char *at, unsigned rex, struct registers *registers)
{
    unsigned reg = (at[1] >> 3 & 7) | (rex & 4 ? 8 : 0), rm = (at[1] & 7) | (rex & 1 ? 8 : 0);
    bool is_register = at[1] >> 6 == 3;
    switch (at[0]) {
    case 0x89: /* mov reg → rm */
    case 0x8b: /* mov rm → reg */
        if (is_register) {
            move(registers, at[0] == 0x89 ? rm : reg, at[0] == 0x89 ? reg : rm);
            return 2;
        }
        set(registers, reg, NULL);
        return at[0] == 0x8b && memory_length(at + 1) ? 1 + memory_length(at + 1) : 0;
    case 0x8d: /* lea */
        set(registers, reg, NULL);
        return memory_length(at + 1) ? 1 + memory_length(at + 1) : 0;
    case 0x31: /* xor */
        set(registers, rm, NULL);
        return is_register ? 2 : 0;
    case 0x81: /* with 32 bits */
    case 0x83: /* with 8 */
        set(registers, rm, NULL);
        return is_register ? at[0] == 0x81 ? 6 : 3 : 0;
    default:
        return 0;
    }
}

static size_t step(const unsigned char *at, struct registers *registers)
{
    unsigned rex = at[0] >> 4 == 4 ? at[0] & 15 : 0;
    size_t prefix = at[0] >> 4 == 4, length;
    if (at[prefix] >> 3 == 0xb8 >> 3 && !(rex & 8)) { /* mov $…, register */
        uint32_t value;
        memcpy(&value, at + prefix + 1, sizeof value);
        set(registers, (at[prefix] & 7) | (rex & 1 ? 8 : 0), &value);
        return prefix + 5;
    }
    length = two_operands(at + prefix, rex, registers);
    return length ? prefix + length : 0;
}

/* Whether the code from `begin` on leads to the `syscall`, with its number known. */
static bool leads_to(const unsigned char *code, size_t begin, size_t end, uint32_t *number)
{
    unsigned char padded[CALL_NUMBER_REACH + 16] = {0};
    struct registers registers = {0};
    size_t at = begin, length;
    memcpy(padded, code, end);
    for (; at < end; at += length)
        if ((length = step(padded + at, &registers)) == 0)
            return false;
    *number = registers.value[0];
    return at == end && registers.is_known[0] && *number < NUMBERS;
}

bool call_number_find(const unsigned char *code, size_t length, uint32_t *number)
{
    if (length < 2 || length > CALL_NUMBER_REACH || code[length - 2] != 0x0f ||
        code[length - 1] != 0x05)
        return false;
    size_t end = length - 2;
    for (size_t back = 5; back <= end; back++) {
        const unsigned char *begin = code + end - back;
        bool is_upper = begin > code && (begin[-1] & 0xf1) == 0x41; /* r8 or r9 */
        if ((begin[0] == 0xb8 || begin[0] == 0xb9) && !is_upper &&
            leads_to(code, end - back, end, number))
            return true;
    }
    return false;
}
#endif
