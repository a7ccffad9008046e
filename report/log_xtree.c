#include "log_xtree.h"
#include <stdlib.h>
#include "base/memory.h"
#include "views/callgrind/xtree.h"

void log_xtree_begin(struct log_xtree *xtree, const struct options *options)
{
    struct failure failure;

    /* What cannot be written is told in the report. */
    output_init(&xtree->leak, "xtree-leak", &options->xtree_leak_to, stdout, &failure);
    output_init(&xtree->memory, "xtree-memory", &options->xtree_memory_to, stdout, &failure);
    xtree->leak.apart = xtree->memory.apart = true;
}

void log_xtree_end(struct log_xtree *xtree)
{
    output_free(&xtree->leak);
    output_free(&xtree->memory);
}

/* As valgrind, which goes on without the file: what is known of it stands in the report. */
static char *log_xtree_put(struct output *output, struct report *report,
                           void (*put)(FILE *, const struct report *))
{
    struct failure failure;
    bool first;
    FILE *out = output_open(output, report->model->header.pid, &first, &failure);

    if (out)
        put(out, report);
    if (!out || output_close(output, out, &failure) != 0 || output_finish(output, &failure) != 0)
        return memory_text("not written: %s", failure.text);
    return output_latest(output);
}

void log_xtree_write(struct log_xtree *xtree, struct report *report)
{
    if (report->options->xtree_memory != CLI_XTREE_NONE)
        report->xtree_memory = log_xtree_put(&xtree->memory, report, xtree_memory);
    if (report->options->xtree_leak)
        report->xtree_leak = log_xtree_put(&xtree->leak, report, xtree_leak);
}

void log_xtree_forget(struct report *report)
{
    free(report->xtree_memory);
    free(report->xtree_leak);
}
