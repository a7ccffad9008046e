/* format.h: the forms that a report can have, by their numbers; their names are in format.def. */
#ifndef FORMAT_H
#define FORMAT_H

enum cli_format {
#define FORMAT(id, name, callers) FORMAT_##id,
#include "base/format.def"
    FORMATS_COUNT
};

/* "json" */
extern const char *const format_names[FORMATS_COUNT];

#endif
