/* verdict.h: whether a log can tell if its process made errors, and if not, why.
 *
 * One rule, for whoever asks for an exit status: it is known when the log says how the process
 * ended and holds all of its records, and when each live block has a leak kind or leaks do not
 * count
 * (--leak-check, --errors-for-leak-kinds). All else (killed, running, cut, a copy, without a leak
 * check) is in doubt, and doubt is not "no errors".
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include "base/options.h"
#include "read/model.h"

/* Why the log has no leak check. */
struct no_check {
    enum {
        NO_CHECK_YET, /* it is made when the process ends */
        NO_CHECK_INTERRUPTED,
        NO_CHECK_ENDED_BEFORE,
        NO_CHECK_EXECED,
        NO_CHECK_COMPARED, /* it has one, but the log that it is compared with has none */
        NO_CHECK_OBSTACLE, /* enum trace_obstacle says which */
        NO_CHECK_IN_LOG    /* no reason is known */
    } kind;
    uint64_t obstacle;
};
/* Why it is not known whether there are errors. */
struct doubt {
    enum {
        DOUBT_NONE = 0,
        DOUBT_COPY,
        DOUBT_RUNNING,
        DOUBT_UNSEEN,
        DOUBT_GAPS,
        DOUBT_BYPASSED,
        DOUBT_EXECED,
        DOUBT_NO_CHECK
    } kind;
    struct no_check no_check; /* DOUBT_NO_CHECK */
    char *became;             /* DOUBT_EXECED: a program's path, or NULL; the owner's to free */
    uint32_t unfollowed;      /* and why it was not traced: enum trace_unfollowed */
};

/* Were all blocks freed, so that there is nothing to tell leak kinds of? */
bool verdict_all_freed(const struct model *model);
struct no_check verdict_no_check(const struct model *model);
/* `followed`: the program that the process became has a log that is reported, too. */
struct doubt verdict_doubt(const struct options *options, const struct model *model, bool followed);

#endif
