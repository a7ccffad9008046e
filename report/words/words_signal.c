#include "words/words_signal.h"
#include <inttypes.h>
#include <signal.h>
#include "base/memory.h"

#define PROTECTION "General Protection Fault"

/* By si_code. */
static const char *const words_segv[] = {[SEGV_MAPERR] = "Access not within mapped region",
                                         [SEGV_ACCERR] = "Bad permissions for mapped region"};
static const char *const words_bus[] = {[BUS_ADRALN] = "Invalid address alignment",
                                        [BUS_ADRERR] = "Non-existent physical address",
                                        [BUS_OBJERR] = "Hardware error"};
static const char *const words_ill[] = {
    [ILL_ILLOPC] = "Illegal opcode",          [ILL_ILLOPN] = "Illegal operand",
    [ILL_ILLADR] = "Illegal addressing mode", [ILL_ILLTRP] = "Illegal trap",
    [ILL_PRVOPC] = "Privileged opcode",       [ILL_PRVREG] = "Privileged register",
    [ILL_COPROC] = "Coprocessor error",       [ILL_BADSTK] = "Internal stack error"};
static const char *const words_fpe[] = {
    [FPE_INTDIV] = "Integer divide by zero", [FPE_INTOVF] = "Integer overflow",
    [FPE_FLTDIV] = "FP divide by zero",      [FPE_FLTOVF] = "FP overflow",
    [FPE_FLTUND] = "FP underflow",           [FPE_FLTRES] = "FP inexact",
    [FPE_FLTINV] = "FP invalid operation",   [FPE_FLTSUB] = "FP subscript out of range"};

#define WORDS_COUNT(words) (int)(sizeof words / sizeof *words)
#define WORDS_OF(words)    (code > 0 && code < WORDS_COUNT(words) ? words[code] : NULL)

const char *words_signal_event(const struct ending *ending)
{
    int code = ending->code;

    switch (ending->kind == ENDING_SIGNALED ? ending->value : 0) {
    case SIGSEGV:
        return code == SI_KERNEL ? PROTECTION : WORDS_OF(words_segv);
    case SIGBUS:
        return WORDS_OF(words_bus);
    case SIGILL:
        return WORDS_OF(words_ill);
    case SIGFPE:
        return WORDS_OF(words_fpe);
    default:
        return NULL;
    }
}

char *words_signal(const struct ending *ending)
{
    const char *event = words_signal_event(ending);

    if (!event)
        return NULL;
    return ending->has_address ? memory_text("%s at address 0x%" PRIX64, event, ending->address)
                               : memory_text("%s", event);
}
