#include "symbols/instruction.h"

#if __has_include(<capstone/capstone.h>)
#include <capstone/capstone.h>

/* Older capstones do not say of every instruction which operands it writes: the first one then. */
static bool instruction_does(const cs_x86_op *operand, bool is_first, bool writes)
{
    uint8_t wanted = writes ? CS_AC_WRITE : CS_AC_READ;

    return operand->access ? operand->access & wanted : is_first == writes;
}

static uint32_t instruction_size(const cs_x86 *x86, bool writes)
{
    uint32_t any = 0;

    for (uint8_t i = 0; i < x86->op_count; i++) {
        if (x86->operands[i].type != X86_OP_MEM)
            continue;
        if (instruction_does(&x86->operands[i], i == 0, writes))
            return x86->operands[i].size;
        any = x86->operands[i].size;
    }
    return any;
}

/* What has no operand of memory, and touches it all the same. */
static uint32_t instruction_implied(const cs_insn *instruction)
{
    switch (instruction->id) {
    case X86_INS_PUSH:
    case X86_INS_POP:
    case X86_INS_CALL:
    case X86_INS_RET:
        return 8;
    default:
        return 0;
    }
}

/* Vectors of AVX-512, which older capstones do not know: their length stands in the prefix. */
static uint32_t instruction_of_prefix(const uint8_t *code, size_t size)
{
    return size > 4 && code[0] == 0x62 && (code[3] >> 5 & 3) < 3 ? 16u << (code[3] >> 5 & 3) : 0;
}

uint32_t instruction_access_size(const uint8_t *code, size_t size, bool writes)
{
    csh handle;
    cs_insn *instruction;
    uint32_t found = 0;

    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK)
        return 0;
    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
    if (cs_disasm(handle, code, size, 0, 1, &instruction) == 1) {
        found = instruction_size(&instruction->detail->x86, writes);
        if (!found)
            found = instruction_implied(instruction);
        cs_free(instruction, 1);
    }
    cs_close(&handle);
    return found ? found : instruction_of_prefix(code, size);
}
#else
uint32_t instruction_access_size(const uint8_t *code, size_t size, bool writes)
{
    (void)code;
    (void)size;
    (void)writes;
    return 0;
}
#endif
