/* The first allocation of all comes from a constructor, inside newlocale, which holds libc's lock of the
 * locale meanwhile: whatever the tracer does then may not want that lock. */
#include <locale.h>

locale_t libapi_locale;

static __attribute__((constructor)) void begin(void) { libapi_locale = newlocale(LC_ALL_MASK, "POSIX", (locale_t)0); }
static __attribute__((destructor)) void end(void) { freelocale(libapi_locale); }
