/* summary: what the user sees when the program has ended, in valgrind's text. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "trace_format.h"

#include <stdbool.h>

/* Prints the log's totals; what was lost; where the log is; with `verbose` also what the capture of
 * stacks cost. Called after the totals are in the log's header. */
void summary_print(bool verbose);

/* What a check found that was made while the program runs. */
void summary_print_check(const struct trace_check *check);

#endif
