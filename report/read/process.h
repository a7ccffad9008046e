/* process.h: whether the process that a log speaks of still runs on this machine.
 *
 * A pid alone names nobody for long; pid and start time together do, among the processes that this
 * one can see.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* start_ticks: field 22 of /proc/PID/stat. */
bool process_is_alive(uint32_t pid, uint64_t start_ticks);

/* Would we see it by that pid? Not if its pids are another container's. pid_namespace: inode of
 * its /proc/PID/ns/pid; 0, when that is not known, counts as ours. */
bool process_is_visible(uint64_t pid_namespace);

#endif
