/* leak_lost: the blocks that the checks before the end found lost, each with the first check that
 * did, in the log (LOST).
 *
 * A check reads what the latest one left and writes beside it, so that at every instant one of the
 * two is whole. What is kept is as large as what is lost now, whatever the number of checks. */
#ifndef LEAK_LOST_H
#define LEAK_LOST_H

#include "check/reach.h"

#include <stdbool.h>
#include <stddef.h>

/* The two of a leak_scan_result; no context. The record's number is that of the check. */
bool leak_lost_begin(void *context, size_t capacity);
void leak_lost_write(void *context, const struct reach *reach, struct trace_check *check);
/* After a check that was made: what it found is now what is known. false: there was no room for all
 * of it, and now there is; so the check has to be made again. */
bool leak_lost_keep(const struct trace_check *check);
/* The blocks that are lost, by kind, and were first found so by a later check than `number`; those
 * that are possibly lost by themselves. */
void leak_lost_since(uint64_t number, struct trace_leaks *sums);

#endif
