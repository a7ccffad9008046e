/* C++'s operators new and delete, every combination of them (interpose_cxx.def).
 *
 * Each forwards to the next operator of its name, so that new_handler, bad_alloc and a replaced
 * operator stay the library's. The malloc below operator new is told by a label whose block it
 * allocates; an exception that passes through here leaves a stale label, which observe recognises
 * by looking for this very call on the stack. So nothing has to be cleaned up, and no C++ runtime
 * is needed in a C program. */
#include "hooks/interpose.h"

static __attribute__((noinline, cold)) void *find_operator(const char *symbol)
{
    void *found = real_find(symbol);
    if (!found)
        __builtin_trap(); /* called, so somebody must have linked against it */
    return found;
}

#define FIND(name, symbol)                                                                         \
    if (__builtin_expect(!real.name, 0))                                                           \
    real.name = (__typeof__(real.name))find_operator(symbol)

#define NEW(name, symbol, by, parameters, arguments, asked_alignment)                              \
    void *cxx_##name parameters __asm__(symbol);                                                   \
    INTERPOSE void *cxx_##name parameters                                                          \
    {                                                                                              \
        uint32_t state = tracing_state();                                                          \
        if (interpose_is_sampling_in(state) && !sampling_will_be_due(size) && real.name)           \
            return real.name arguments;                                                            \
        bool observed = state == TRACING_ON || interpose_is_observed();                            \
        FIND(name, symbol);                                                                        \
        if (!observed && !interpose_is_sampling())                                                 \
            return real.name arguments;                                                            \
        struct call_site site = UNWIND_CALL_SITE(cxx_##name);                                      \
        struct observe_new what = {size, by, interpose_log2(asked_alignment)};                     \
        observe_new_begin(&what, &site);                                                           \
        void *pointer = real.name arguments;                                                       \
        if (__builtin_expect(!observed, 0))                                                        \
            observe_new_forget(&site);                                                             \
        else if (__builtin_expect(pointer != NULL, 1))                                             \
            observe_new_done(pointer, &what, &site);                                               \
        return pointer;                                                                            \
    }

/* Of a sample free takes care, which each of them calls. */
#define DELETE(name, symbol, parameters, arguments, ...)                                           \
    void cxx_##name parameters __asm__(symbol);                                                    \
    INTERPOSE void cxx_##name parameters                                                           \
    {                                                                                              \
        uint32_t state = tracing_state();                                                          \
        if (interpose_is_sampling_in(state) && real.name) {                                        \
            real.name arguments;                                                                   \
            return;                                                                                \
        }                                                                                          \
        struct call_site site = UNWIND_CALL_SITE(cxx_##name);                                      \
        struct misuse_free how = __VA_ARGS__;                                                      \
        if (!pointer || bootstrap_owns(pointer))                                                   \
            return;                                                                                \
        FIND(name, symbol);                                                                        \
        if ((state != TRACING_ON && !interpose_is_observed()) ||                                   \
            observe_new_is_behind_header(pointer)) {                                               \
            real.name arguments;                                                                   \
            return;                                                                                \
        }                                                                                          \
        if (!observe_free(pointer, &how, &site))                                                   \
            return;                                                                                \
        observe_deleting(pointer);                                                                 \
        real.name arguments;                                                                       \
        observe_deleting(NULL);                                                                    \
    }

#include "hooks/interpose_cxx.def"
