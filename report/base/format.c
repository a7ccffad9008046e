#include "base/format.h"

const char *const format_names[FORMATS_COUNT] = {
#define FORMAT(id, name, callers) [FORMAT_##id] = #name,
#include "base/format.def"
};
