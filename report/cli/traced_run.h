/* traced_run.h: leakreport PROGRAM: the program's run under the tracer, and the logs that come of
 * it.
 *
 * They lie in a folder of their own that is gone afterwards, so that runs in one place never meet,
 * or where --trace-file names them. */
#ifndef TRACED_RUN_H
#define TRACED_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/failure.h"
#include "cli/cli.h"
#include "cli/folder_watch.h"

struct traced_run {
    char *folder;      /* where the logs are */
    bool is_temporary; /* it is this run's own */
    uint64_t begun_ns; /* since 1970 */
    pid_t pid;         /* of the program */
    int wait_status;   /* how it ended */
    struct option_list logs;
};

/* Runs options->program and waits for it; `kept` is the descriptor that stays open here, or -1. -1
 * with `failure` filled: it did not begin. */
int traced_run(struct traced_run *run, const struct options *options, int kept,
               struct folder_watch *watch, struct failure *failure);
/* Removes what is temporary. */
void traced_run_end(struct traced_run *run);

#endif
