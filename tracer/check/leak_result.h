/* leak_result: what the leak check found, in the log.
 *
 * Called by leak_scan: begin before the check's child is made, so that the tables are mapped in
 * both; write in whichever process did the check. */
#ifndef LEAK_RESULT_H
#define LEAK_RESULT_H

#include "check/reach.h"

struct leak_result {
    void *verdicts; /* VERDICTS and HEADS, where they are mapped */
    void *heads;
};

/* Makes the tables, for up to `capacity` blocks; false: no memory. */
bool leak_result_begin(struct leak_result *result, size_t capacity);
/* Fills them with what a finished `reach` says of its blocks, and the header's leaks with the sums.
 * What passes on its way to the file stays in the cache: a copy of it all would be as large as the
 * tables themselves. */
void leak_result_write(const struct leak_result *result, const struct reach *reach);

#endif
