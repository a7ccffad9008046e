/* ending.h: how a process ended, or why that is not known, and of when a log's figures are. */
#ifndef ENDING_H
#define ENDING_H

#include "read/model.h"

enum ending_kind {
    ENDING_RETURNED,     /* and the next two: value is the exit status */
    ENDING_EXITED_FAST,  /* _exit */
    ENDING_QUICK_EXITED, /* quick_exit */
    ENDING_SIGNALED,     /* value is the signal */
    ENDING_EXECED,       /* it became another program */
    ENDING_UNKNOWN,      /* the log says what this reader does not know: value */
    ENDING_RUNNING,
    ENDING_RUNNING_COPY, /* it runs, and the file is a copy of its log */
    ENDING_COPY,         /* the file is a copy, made when the log did not say */
    ENDING_UNRECORDED,   /* it is gone, and the log does not say how */
    ENDING_UNSEEN,       /* it may run, elsewhere */
    ENDING_SNAPSHOT,     /* it went on: the log is of one moment */
};
struct ending {
    enum ending_kind kind;
    int value;
    const char *signal; /* its name, or NULL */
    int code;           /* of the signal, si_code: what it was sent for */
    bool has_address;   /* the kernel said where a fault was: */
    uint64_t address;
};
struct ending ending_of(const struct model *model);

/* The moment of what the log calls live. */
enum moment {
    MOMENT_EXIT,
    MOMENT_NOW,
    MOMENT_ENDED,
    MOMENT_LAST_SEEN,
    MOMENT_COPIED,
    MOMENT_CHECKED
};
enum moment ending_moment(const struct model *model);

#endif
