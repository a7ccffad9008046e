/* suppress_default.h: the suppressions that are compiled in, as the text of a file. */
#ifndef SUPPRESS_DEFAULT_H
#define SUPPRESS_DEFAULT_H

#define SUPPRESS_DEFAULT_NAME "built-in"
extern const char suppress_default_text[];

#endif
