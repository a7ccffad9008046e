/* GLib's requests, and its first step. */
#include "hooks/interpose.h"

#include "events/glib_sites.h"
#include "events/request_stub.h"
#include "tables/module_list.h"

/* GLib decides for good whether it cuts slices right after it has asked for the size of a page. It
 * is loaded by then, but if dlopen did that, nothing of it was seen yet. Nobody else's question
 * begins anything: an allocator of the program's asks with its lock taken. */
long sysconf(int);

INTERPOSE long sysconf(int name)
{
    uintptr_t caller = (uintptr_t)__builtin_return_address(0);
    if (__builtin_expect(!real.sysconf, 0))
        real_resolve();
    if (tracing_is_on() || (glib_sites_has(caller) && interpose_is_observed()))
        module_list_find(caller);
    return real.sysconf(name);
}

/* A forked child that is not traced gives the same answers as its parent: its objects are made as
 * the parent's were. */
uint64_t request_answer(const uint64_t words[6], uintptr_t return_address, uintptr_t cfa,
                        uintptr_t bp)
{
    struct call_site site = {.return_address = return_address, .cfa = cfa, .bp = bp};
    if (words[0] == REQUEST_MALLOCLIKE_BLOCK && interpose_is_observed())
        observe_part(words[1], words[2], &site);
    return 0;
}
