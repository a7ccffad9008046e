/* process.h: whether the process that a log speaks of still runs on this machine.
 *
 * A pid alone names nobody for long; pid and start time together do.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* start_ticks: field 22 of /proc/PID/stat. */
bool process_is_alive(uint32_t pid, uint64_t start_ticks);

#endif
