/* guard_options.h: what --guard, --freelist-vol and their like ask for. */
#ifndef GUARD_OPTIONS_H
#define GUARD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum guard_which {
    GUARD_NONE,
    GUARD_ALL,
    GUARD_SOME, /* one in `every`, at random */
    GUARD_UNDER /* those that are allocated under `function` */
};

struct guard_options {
    enum guard_which which;
    uint64_t every;
    char function[1024];
    bool at_begin; /* blocks begin where their pages do */
    bool keeps;    /* all freed blocks are kept, not only guarded ones */
    uint64_t volume, big;
    int malloc_fill, free_fill; /* a byte; -1: none */
};

/* Of --guard without --freelist-vol: valgrind's defaults. */
#define GUARD_VOLUME 20000000u
#define GUARD_BIG    1000000u

static inline bool guard_is_wanted(const struct guard_options *options)
{
    return options->which != GUARD_NONE || options->keeps || options->malloc_fill >= 0 ||
           options->free_fill >= 0;
}

#endif
