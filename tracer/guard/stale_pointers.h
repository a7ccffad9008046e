/* stale_pointers: which words of the program's still point into blocks that it gave up: into STALE
 * (trace_format.h).
 *
 * Optional (--stale-pointers=yes), at the end's check. A block was given up if it was freed and its
 * memory is nobody's since, or if no pointer to its begin is left (possibly lost). Words in static
 * variables, mapped memory and blocks that can be reached count; stacks and registers keep old
 * values of their own accord. */
#ifndef STALE_POINTERS_H
#define STALE_POINTERS_H

#include "check/leak_scan.h"

extern const struct leak_scan_stale stale_pointers;

#endif
