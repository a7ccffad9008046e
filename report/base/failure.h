/* failure.h: why something could not be done, as one sentence for the user.
 *
 * A function that returns -1 (or NULL) fills one; main prints it. The sentence says what, where
 * (the byte of the file, when there is one) and what to do.
 */
#ifndef FAILURE_H
#define FAILURE_H

struct failure {
    char text[1024];
    int status; /* leakreport's exit status for it; 0: the usual one */
};

/* Returns -1, so that a caller can write: return failure_set(failure, …); */
int failure_set(struct failure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
