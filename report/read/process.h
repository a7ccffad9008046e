/* process.h: whether the process that a log speaks of still runs on this machine, and as which.
 *
 * A pid alone names nobody for long; pid and start time together do, among the processes of one
 * pid namespace. A container's processes have other pids outside: they are found by their
 * namespace's number, of those whose namespaces this user may look at.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Who it was, in its own words. pid_namespace: inode of its /proc/PID/ns/pid; 0, when that is not
 * known, counts as ours. start_ticks: field 22 of /proc/PID/stat. */
struct process_name {
    uint32_t pid;
    uint64_t start_ticks;
    uint64_t pid_namespace;
};

/* The pid by which we see it while it runs; 0: it is not to be seen. */
uint32_t process_find(const struct process_name *name);
/* Of a process or a thread that we see as `pid`: it is not there, or a zombie, which has ended
 * whatever its parent thinks. false where nobody may look. */
bool process_has_ended(uint32_t pid);
/* Would we see it if it ran? Not if its pids are another container's. */
bool process_is_visible(uint64_t pid_namespace);
/* Is `/` another folder for the process that we see as `pid` than for us? */
bool process_has_own_root(uint32_t pid);

#endif
