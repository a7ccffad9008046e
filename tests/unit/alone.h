/* alone.h: unit tests have libc's word for whether there is one thread, as a traced program has it.
 * A libc before 2.32 has no such word; there a case that has one thread, and is about what is done
 * then, says so itself. */
#ifndef ALONE_H
#define ALONE_H

void alone_begin(void);
void alone_end(void);

#endif
