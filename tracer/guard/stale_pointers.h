/* stale_pointers: which words of the program's still point into blocks that it gave up: into STALE
 * (trace_format.h).
 *
 * Optional (--stale-pointers=yes), at the end's check. A block was given up if it was freed, or
 * if no pointer to its begin is left (possibly lost). A word that points into memory which a fresh
 * block has taken since may be meant for that; only what lies beside the fresh block is certain.
 * Words in static variables, mapped memory and blocks that can be reached count; stacks and
 * registers keep old values of their own accord. With --stale-pointers=all what is uncertain is
 * told, too, and stacks are searched. */
#ifndef STALE_POINTERS_H
#define STALE_POINTERS_H

#include "check/leak_scan.h"

extern const struct leak_scan_stale stale_pointers;

#endif
