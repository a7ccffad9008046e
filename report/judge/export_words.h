/* export_words.h: what kinds are called in the JSON document, which --diff reads again. */
#ifndef EXPORT_WORDS_H
#define EXPORT_WORDS_H

#include <stdint.h>

/* "definite", "unknown" (no leak check was made); NULL: BLOCK_KINDS_COUNT. */
const char *export_kind(unsigned kind);
/* "invalid free" */
const char *export_error_kind(uint32_t kind);
/* enum block_kind, enum trace_error_kind; BLOCK_KINDS_COUNT, 0: no kind is called so. */
unsigned export_kind_of(const char *word);
uint32_t export_error_kind_of(const char *word);

#endif
