/* epilogue: the way back from a call, read from the code that follows it.
 *
 * For code that nothing describes and that keeps no frame pointer: what comes next after the call
 * is what will be done with the stack. Where that is all of the function's end,
 *
 *     add $N, %rsp    pop ...    ret        (each any number of times, but one ret)
 *
 * it tells the caller's frame as surely as unwind information does. Python's trampolines for perf
 * (-X perf) are such, one for each function. Where anything else comes first, nothing is known. */
#ifndef EPILOGUE_H
#define EPILOGUE_H

#include "capture/frame_cache.h"

/* address: a return address, which need not be one. FRAME_BY_SP, or FRAME_UNKNOWN. */
struct frame_rule epilogue_rule(uintptr_t address);

#endif
