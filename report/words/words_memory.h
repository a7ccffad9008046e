/* words_memory.h: what a process' resident memory consists of, in English. */
#ifndef WORDS_MEMORY_H
#define WORDS_MEMORY_H

#include "read/model.h"

/* The caller's to free. */
char *words_memory(const struct trace_memory *memory);
/* is_checked: own_bytes are known. */
char *words_mapped(const struct mapped *mapped, bool is_checked);

#endif
