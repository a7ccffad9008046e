/* number_text.h: numbers as valgrind writes them: decimal, grouped by commas in every locale; and
 * numbers as users write them. */
#ifndef NUMBER_TEXT_H
#define NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT_SIZE 27 /* 18,446,744,073,709,551,615 and its NUL */
struct number_text {
    char text[NUMBER_TEXT_SIZE];
};

/* By value, so that it can stand in an argument list: number_text(n).text */
struct number_text number_text(uint64_t number);

/* " (+1,234)", " (-5)": the change, as valgrind writes it behind a number. */
struct delta_text {
    char text[NUMBER_TEXT_SIZE + 4];
};
struct delta_text delta_text(uint64_t now, uint64_t before);

/* These `length` bytes as a number: digits and nothing else, at most `most`. false: they are not.
 */
bool number_read(const char *text, size_t length, uint64_t most, uint64_t *number);

#endif
