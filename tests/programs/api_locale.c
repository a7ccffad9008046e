// flags: -lapi_locale
/* Changes the locale, which waits for ever if its lock was left in disorder. */
#include "api.h"

#include <locale.h>

extern locale_t libapi_locale;

int main(void)
{
    CHECK(libapi_locale != NULL);
    CHECK(setlocale(LC_ALL, "") != NULL);
    CHECK(setlocale(LC_NUMERIC, "C") != NULL);
    say("the locale was changed\n");
    return books.failures != 0;
}
