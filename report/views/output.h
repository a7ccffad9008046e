/* output.h: where reports are written: a standard stream, or the files that --log-file names.
 *
 * A file is begun anew by the first report of this call of leakreport that goes there; later ones
 * are added to it.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/failure.h"
#include "base/intern.h"

struct output {
    const char *pattern; /* NULL: all goes to the stream */
    FILE *stream;        /* standard output or standard error */
    struct intern begun; /* names of files that hold reports of this call */
    bool stream_begun;   /* the stream holds one */
};

void output_init(struct output *output, const char *pattern, FILE *stream);
void output_free(struct output *output);

/* NULL with `failure` filled when it cannot be opened. *first: nothing of this call was written
 * there yet. */
FILE *output_open(struct output *output, uint32_t pid, bool *first, struct failure *failure);
/* How many files, or one stream, were written to; and each of them once more. */
uint32_t output_count(const struct output *output);
FILE *output_reopen(struct output *output, uint32_t number, struct failure *failure);
/* For what is of no process: the stream when each process has a file of its own (%p). */
FILE *output_open_summary(struct output *output, struct failure *failure);
/* -1 with `failure` filled when something could not be written. */
int output_close(FILE *out, struct failure *failure);

#endif
