#include "base/number_text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct number_text number_text(uint64_t number)
{
    struct number_text result;
    char *end = result.text + sizeof result.text - 1, *digit = end;
    int digits = 0;

    *digit = 0;
    do {
        if (digits && digits % 3 == 0)
            *--digit = ',';
        *--digit = (char)('0' + number % 10);
        digits++;
        number /= 10;
    } while (number);
    memmove(result.text, digit, (size_t)(end - digit) + 1);
    return result;
}

struct delta_text delta_text(uint64_t now, uint64_t before)
{
    struct delta_text result;
    bool less = now < before;

    snprintf(result.text, sizeof result.text, " (%c%s)", less ? '-' : '+',
             number_text(less ? before - now : now - before).text);
    return result;
}

bool number_read(const char *text, size_t length, uint64_t most, uint64_t *number)
{
    uint64_t value = 0;

    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
            return false;
    *number = value;
    return length > 0 && value <= most;
}
