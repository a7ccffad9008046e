/* leak_result: what the leak check at the end found, in the log. */
#ifndef LEAK_RESULT_H
#define LEAK_RESULT_H

#include "check/reach.h"

struct leak_result {
    void *verdicts; /* VERDICTS and HEADS, where they are mapped */
    void *heads;
};

/* The two of a leak_scan_result; context: a struct leak_result. They make and fill VERDICTS and
 * HEADS. What passes on its way to the file stays in the cache: a copy of it all would be as large
 * as the tables themselves. */
bool leak_result_begin(void *context, size_t capacity);
void leak_result_write(void *context, const struct reach *reach, struct trace_check *check);

#endif
