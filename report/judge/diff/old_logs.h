/* old_logs.h: which of the older logs (--diff) each log of a report is compared with.
 *
 * One log is compared with one, whatever they are of. Of several each is compared with that of the
 * same program's, by its name: the first with the first to start, the second with the second.
 */
#ifndef OLD_LOGS_H
#define OLD_LOGS_H

#include "judge/process_tree.h"

/* The number of its partner in `old`, or PROCESS_NONE. */
uint32_t old_logs_of(const struct process_tree *old, const struct process_tree *now,
                     uint32_t number);
/* Has none of `now` this one as its partner? */
bool old_logs_is_left(const struct process_tree *old, const struct process_tree *now,
                      uint32_t number);
/* Are the two of different programs, by their names? */
bool old_logs_differ(const struct process_entry *old, const struct process_entry *now);

#endif
