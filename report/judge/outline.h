/* outline.h: what a report shows, and why it shows no more: the parts, for each view to put in its
 * own form. */
#ifndef OUTLINE_H
#define OUTLINE_H

#include "judge/group.h"
#include "judge/select.h"

/* What is said of leaks. */
enum outline_leaks {
    OUTLINE_LEAKS_NOT_ASKED,
    OUTLINE_LEAKS_ALL_FREED,  /* so none are possible */
    OUTLINE_LEAKS_UNSEEN,     /* no blocks are known, and not all were seen: nothing is said */
    OUTLINE_LEAKS_CHECK_OFF,  /* --leak-check=no */
    OUTLINE_LEAKS_NO_VERDICT, /* verdict_no_check says why */
    OUTLINE_LEAKS_JUDGED,     /* records, and their sums by kind */
};
/* --exit-on-first-error: nothing comes behind that but a line that says so. */
enum outline_ends { OUTLINE_ENDS_WHOLE, OUTLINE_ENDS_AT_MISUSE, OUTLINE_ENDS_AT_RECORD };
struct outline {
    bool errors; /* the program's */
    enum outline_leaks leaks;
    uint32_t misuses; /* so many of the model's are shown, but for those that are suppressed */
    uint32_t records; /* so many records are looked at: each that is `shown` is */
    enum outline_ends ends;
    bool advise_full_check; /* a full check would show more */
    bool hides_reachable;   /* reachable blocks are not shown, and there are some */
    bool lists_errors;      /* again, at the end (-s, -v) */
    bool lists_suppressed;  /* the same of what is suppressed (--show-error-list=all) */
    bool lists_suppressions;
    bool lists_unused; /* suppressions */
    bool advise_lists; /* -s would show those */
    bool has_findings; /* with -q: is there anything to say of this process? */
};

/* several: it is one of several reports. */
struct outline outline_of(const struct options *options, const struct model *model,
                          const struct loss_records *records, const struct selection *selection,
                          bool several);

#endif
