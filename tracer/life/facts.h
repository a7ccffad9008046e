/* facts: what the log says of the process itself: its numbers, its program, where and how it was
 * started. Called where tracing begins, with one thread. A fact that cannot be had stays empty. */
#ifndef FACTS_H
#define FACTS_H

/* Which process writes the log: for a forked child, too, whose other facts are its parent's. */
void facts_note_identity(void);
/* Everything. `tracer` is the tracer's own path. */
void facts_note(const char *tracer);

#endif
