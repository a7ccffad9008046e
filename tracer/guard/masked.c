#include "guard/masked.h"

#include "libc/guard_area.h"
#include "os/sys.h"

#include <stdint.h>
#include <string.h>

#define FAULT (1ull << (SIGSEGV - 1)) /* libc's sets begin as the kernel's do */

static _Thread_local bool blocked __attribute__((tls_model("initial-exec")));

bool masked_is_blocked(void)
{
    return blocked;
}

bool masked_take_out(sigset_t *mask)
{
    uint64_t bits;
    memcpy(&bits, mask, sizeof bits);
    if (!guard_area_bytes || !(bits & FAULT))
        return false;
    bits &= ~FAULT;
    memcpy(mask, &bits, sizeof bits);
    return true;
}

void masked_put_back(sigset_t *mask)
{
    uint64_t bits;
    memcpy(&bits, mask, sizeof bits);
    bits |= FAULT;
    memcpy(mask, &bits, sizeof bits);
}

static bool changed(int how, bool was, bool named)
{
    return how == SIG_SETMASK ? named : named ? how == SIG_BLOCK : was;
}

int masked_change(masked_change_function *change, int how, const sigset_t *set, sigset_t *before)
{
    if (!guard_area_bytes)
        return change(how, set, before);
    bool was = blocked;
    sigset_t without;
    memset(&without, 0, sizeof without);
    if (set) /* the kernel reads no more of it */
        memcpy(&without, set, sizeof(uint64_t));
    bool named = set && masked_take_out(&without);
    int result = change(how, set ? &without : NULL, before);
    if (result == 0 && set)
        blocked = changed(how, was, named);
    if (result == 0 && before && was)
        masked_put_back(before);
    return result;
}
