#include "capture/epilogue.h"

#include "os/sys.h"

#include <string.h>

#if defined(__x86_64__)

#define CODE_BYTES 16u

enum { POP_BP = 0x5d, POP_SP = 0x5c, RET = 0xc3, REX_W = 0x48, REX_B = 0x41 };

struct reader {
    unsigned char code[CODE_BYTES];
    unsigned at;
    uint32_t raised; /* what was added to SP */
    uint32_t bp_at;  /* SP when BP was popped, and 1; 0: it was not */
};

static bool take_add(struct reader *reader)
{
    const unsigned char *code = reader->code + reader->at;
    int32_t by;
    if (reader->at + 7 > CODE_BYTES || code[0] != REX_W || code[2] != 0xc4)
        return false;
    if (code[1] == 0x83)
        by = (int8_t)code[3];
    else if (code[1] == 0x81)
        memcpy(&by, code + 3, sizeof by);
    else
        return false;
    if (by < 0 || by % 8 != 0)
        return false;
    reader->raised += (uint32_t)by;
    reader->at += code[1] == 0x83 ? 4 : 7;
    return true;
}

static bool take_pop(struct reader *reader)
{
    unsigned rex = reader->code[reader->at] == REX_B;
    if (reader->at + 2 > CODE_BYTES)
        return false;
    unsigned char pop = reader->code[reader->at + rex];
    if (pop < 0x58 || pop > 0x5f || (!rex && pop == POP_SP))
        return false;
    if (!rex && pop == POP_BP)
        reader->bp_at = reader->raised + 1;
    reader->raised += 8;
    reader->at += 1 + rex;
    return true;
}

static bool read_code(struct reader *reader, uintptr_t address)
{
    uintptr_t last = address + CODE_BYTES - sizeof(uint64_t);
    /* The last word may lie on the next page, and that may not be there. */
    if (!sys_can_read(address) ||
        (address / SYS_PAGE != (address + CODE_BYTES - 1) / SYS_PAGE && !sys_can_read(last)))
        return false;
    memcpy(reader->code, (const void *)address, CODE_BYTES);
    return true;
}

struct frame_rule epilogue_rule(uintptr_t address)
{
    struct frame_rule rule = {.kind = FRAME_UNKNOWN};
    struct reader reader = {.at = 0};
    if (!read_code(&reader, address))
        return rule;
    while (take_add(&reader) || take_pop(&reader))
        ;
    if (reader.at >= CODE_BYTES || reader.code[reader.at] != RET)
        return rule;
    rule.kind = FRAME_BY_SP;
    rule.cfa_offset = (int32_t)reader.raised + 8;
    rule.bp_offset = reader.bp_at ? reader.raised + 8 - (reader.bp_at - 1) : 0;
    return rule;
}

#endif
