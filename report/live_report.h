/* live_report.h: the errors of a program that runs, each when it happens.
 *
 * The tracer waits until an error is shown (tracer/events/live_errors.h), so that it stands where
 * it belongs among what the program prints. The log keeps how many were. */
#ifndef LIVE_REPORT_H
#define LIVE_REPORT_H

#include "log_report.h"

/* Whether this report shows them. */
bool live_report_is_wanted(const struct options *options);
struct live_report {
    struct log_run *run;
    void (*prepare)(const struct options *options); /* before the first one is shown; or NULL */
};
/* Shows what is new in this log; context: the struct live_report. */
void live_report_look(void *context, const char *path);

#endif
