/* suppress_glob.h: does a name match a pattern of a suppression?
 *
 * "*" stands for any run of bytes and "?" for one byte; there is no way to escape them, as in
 * valgrind. The time is at most the product of both lengths, whatever the pattern.
 */
#ifndef SUPPRESS_GLOB_H
#define SUPPRESS_GLOB_H

#include <stdbool.h>
#include <stddef.h>

bool suppress_glob_matches(const char *glob, const char *text);

/* The same, with "?" as a byte like any other: for what suppress_glob_from_template made. */
bool suppress_glob_matches_stars(const char *glob, const char *text);

/* A copy of the glob with each run of stars made one. Release with free(). */
char *suppress_glob_copy(const char *glob, size_t length);

/* The glob that means what a LeakSanitizer template means: found anywhere unless it is held by
 * "^" in front or "$" at the end; "*" as above, all else literal. */
char *suppress_glob_from_template(const char *text, size_t length);

#endif
