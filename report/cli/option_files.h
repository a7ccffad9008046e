/* option_files.h: options that stand in files and variables, as valgrind has them.
 *
 * Read are ~/.leakreportrc, LEAKREPORT_OPTS and ./.leakreportrc, in this order, and the command
 * line comes last, so that the later wins. Called by the name valgrind leakreport reads
 * ~/.valgrindrc, VALGRIND_OPTS and ./.valgrindrc, too, each in front of its own of the kind. A file
 * counts only if it is a regular one, belongs to the user and cannot be written by everybody; ./ is
 * passed over where it is the home folder. Blanks and line ends stand between words, quotes hold
 * words together.
 */
#ifndef OPTION_FILES_H
#define OPTION_FILES_H

#include <stdbool.h>
#include "base/options.h"

struct option_file {
    const char *name; /* as a message is to have it; "~/.leakreportrc" */
    struct option_list words;
    char *text; /* the words are in there */
};
struct option_files {
    bool as_valgrind; /* by the name of argv[0] */
    struct option_file files[6];
    size_t count;
    struct option_list refused; /* names of files that do not count */
};

/* Reads them, unless the command line has --command-line-only=yes in front of the program. */
void option_files_read(struct option_files *files, int count, char **arguments);
void option_files_free(struct option_files *files);

#endif
