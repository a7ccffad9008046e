#include "base/options.h"

#include <stdlib.h>

#include "base/memory.h"

bool options_want_usage(const struct options *options)
{
    return options->top_orders || options->timeline || options->growth || options->never_freed;
}

bool options_want_holders(const struct options *options)
{
    return options->why.count || options->retained;
}

bool options_has_destination(const struct destination *to)
{
    return to->file || to->is_fd || to->socket;
}

void options_free(struct options *options)
{
    free(options->logs.items);
    free(options->run_options.items);
    free(options->suppressions.items);
    free(options->fullpath_after.items);
    free(options->debug_folders.items);
    free(options->why.items);
    free(options->ignored.items);
    free(options->diff.items);
    free(options->filters.items);
}

void option_list_add(struct option_list *list, const char *item)
{
    memory_reserve(list->items, list->count, list->capacity);
    list->items[list->count++] = item;
}

bool options_want_trees(const struct options *options)
{
    return options->xtree_leak || options->xtree_memory != CLI_XTREE_NONE;
}
