/* A library that allocates in its constructor and frees in its destructor. */
#include <stdlib.h>
#include <string.h>

static char *held;
char *libapi_early_text;

static __attribute__((constructor)) void begin(void)
{
    held = malloc(1001);
    libapi_early_text = strdup("from the library's constructor");
    free(calloc(10, 10));
}

static __attribute__((destructor)) void end(void)
{
    free(held);
    free(libapi_early_text);
}
