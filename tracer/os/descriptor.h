/* descriptor: the file descriptors that the tracer keeps: where they are, and that the program does
 * not meet them.
 *
 * One at most for each role. It lies above the program's soft limit where the hard one lets it, so
 * that no call of the program's can come by the number and all those below it are the program's;
 * else high below the limit. interpose_descriptor tells the program that it is not there. What the
 * program does with numbers by calls that nobody sees (close_range, a bare system call) is found
 * out when the number is asked for: it is the tracer's only while it leads to the same file. */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <stdatomic.h>
#include <stdbool.h>

enum descriptor_role {
    DESCRIPTOR_LOG,
    DESCRIPTOR_WORDS, /* where standard error led at the start */
    DESCRIPTOR_MAPS,  /* /proc/self/maps, where chroot has put it out of reach */
    DESCRIPTOR_ROLES
};

/* Keeps the file behind `fd` under a number of its own; `fd` is closed if `close_old`. The number,
 * which is `fd` if no other is free. What had the role before is forgotten, not closed. */
int descriptor_keep(enum descriptor_role role, int fd, bool close_old);
/* The number; -1: none is kept, or the program has taken it. */
int descriptor_of(enum descriptor_role role);
/* The same where nobody may ask whether the number still leads there. */
int descriptor_last_known(enum descriptor_role role);
/* Closes it, if it is there. */
void descriptor_let_go(enum descriptor_role role);

/* The lowest number kept; nothing that the program opens is likely to come so high. */
extern atomic_int descriptor_lowest;
bool descriptor_is_kept_slow(int fd);
/* Whether the number is the tracer's, and not to be known of. */
static inline bool descriptor_is_kept(int fd)
{
    return __builtin_expect(fd >= atomic_load_explicit(&descriptor_lowest, memory_order_relaxed),
                            0) &&
           descriptor_is_kept_slow(fd);
}
/* At the end, when no descriptor may be left below the program's limit: the tracer's files may have
 * numbers above it, and then may not. */
void descriptor_raise_limit(void);
void descriptor_lower_limit(void);
/* The program wants this number: what the tracer keeps there moves. */
void descriptor_free_number(int fd);

#endif
