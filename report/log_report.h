/* log_report.h: the report on one log, from the log's first byte to the report's last.
 *
 * What all logs of a call share is made once: options, suppressions, the modules' files, outputs.
 * A model is there for one log at a time.
 */
#ifndef LOG_REPORT_H
#define LOG_REPORT_H

#include "base/failure.h"
#include "base/file_roots.h"
#include "base/intern.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/question.h"
#include "log_xtree.h"
#include "judge/process_tree.h"
#include "suppress/suppress.h"
#include "symbols/module_cache.h"
#include "views/output.h"

struct log_run {
    const struct options *options;
    struct process_tree *tree; /* in order */
    struct process_tree *old;  /* the same of what is compared with; NULL: nothing is */
    bool several;              /* more than one log was named */
    bool errors;               /* the exit status is that of --error-exitcode: main's word */
    struct module_cache *modules;
    struct file_roots roots; /* of the log that is being read */
    struct suppressions *suppressions;
    struct intern generated;  /* texts of suppressions that were printed */
    struct question question; /* --gen-suppressions=yes */
    struct output output;
    struct log_xtree xtree;
    struct progress progress;
};

enum log_reported { LOG_REPORTED, LOG_UNREADABLE, LOG_UNWRITABLE };

/* Reports on entry `number` of the tree. `failure` is filled unless LOG_REPORTED. */
enum log_reported log_report(struct log_run *run, uint32_t number, struct failure *failure);
/* While the program runs: shows its errors behind record `from` of ERRORS, and counts nothing. */
enum log_reported log_report_errors(struct log_run *run, const char *path, uint64_t from,
                                    struct failure *failure);
/* After the last one: what all of them come to, and what ends a document. */
enum log_reported log_report_end(struct log_run *run, struct failure *failure);

#endif
