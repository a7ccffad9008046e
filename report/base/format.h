/* format.h: the forms that a report can have, by their numbers; their names are in format.def. */
#ifndef FORMAT_H
#define FORMAT_H

enum cli_format {
#define FORMAT(id, name) FORMAT_##id,
#include "base/format.def"
    FORMATS_COUNT
};

#endif
