#include "tracing.h"

#include "pages.h"
#include "sys.h"

static uint32_t off;
uint32_t *tracing_word = &off;

bool tracing_begin(void)
{
    uint32_t *word = pages_map_wiped_on_fork(SYS_PAGE);
    if (word)
        tracing_word = word;
    return word != NULL;
}

void tracing_set(bool on)
{
    /* Release: who finds tracing on finds all tables ready. */
    __atomic_store_n(tracing_word, on, __ATOMIC_RELEASE);
}
