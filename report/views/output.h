/* output.h: where reports are written: a standard stream, files, a descriptor, a socket.
 *
 * A file is begun anew by the first report of this call of leakreport that goes there; later ones
 * are added to it, or where a report is a document, have files of their own: NAME.PID. It is there
 * when it is whole (base/whole_file), but for a log that is written while the program runs.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/failure.h"
#include "base/intern.h"
#include "base/options.h"

struct output {
    const char *name;             /* "log", "xml": of the options that say where */
    const struct destination *to; /* none of them: all goes to the stream */
    FILE *stream;                 /* a standard one, or that of the descriptor or socket */
    bool has_own_stream;
    bool apart;                /* each report is a document of its own */
    bool is_log;               /* files grow in place, for who reads them meanwhile */
    struct intern begun;       /* names of files that hold reports of this call */
    struct whole_file **files; /* by their numbers in `begun`; NULL: a log, or finished */
    uint32_t files_count;
    struct whole_file *open; /* the one that is written to now */
    bool stream_begun;       /* something was written already */
};

/* Before the program runs, so that what cannot be written to is refused then. -1: `failure` is
 * filled, and says why not. */
int output_init(struct output *output, const char *name, const struct destination *to, FILE *stream,
                struct failure *failure);
/* What has to stay open until there are reports; -1: nothing. */
int output_descriptor(const struct output *output);
void output_free(struct output *output);

/* NULL with `failure` filled when it cannot be opened. *first: nothing of this call was written
 * there yet. */
FILE *output_open(struct output *output, uint32_t pid, bool *first, struct failure *failure);
/* The name of the file that was opened last. For free. */
char *output_latest(const struct output *output);
/* How many files, or one stream, were written to; and each of them once more. */
uint32_t output_count(const struct output *output);
FILE *output_reopen(struct output *output, uint32_t number, struct failure *failure);
/* For what is of no process: the stream when each process has a file of its own (%p). */
FILE *output_open_summary(struct output *output, struct failure *failure);
/* -1 with `failure` filled when something could not be written. */
int output_close(struct output *output, FILE *out, struct failure *failure);
/* All that was written gets its place. -1 with `failure` filled. */
int output_finish(struct output *output, struct failure *failure);
int output_flush(FILE *out, bool close, struct failure *failure);

#endif
