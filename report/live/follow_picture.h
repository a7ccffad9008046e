/* follow_picture.h: one picture of the live screen: totals, rates, a timeline, the list or a stack.
 *
 * The few sequences that it takes are ECMA-48's, which every terminal of today knows: with ncurses
 * leakreport would need one library more for one view of many. */
#ifndef FOLLOW_PICTURE_H
#define FOLLOW_PICTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>
#include "base/text_buffer.h"
#include "live/follow_data.h"

enum follow_order { BY_BYTES, BY_RATE, BY_CALLS, BY_BLOCKS, ORDERS_COUNT };

struct screen {
    struct follow_data data;
    struct termios before;
    int rows, columns;
    struct text_buffer text; /* of one picture */
    int line;                /* how many it has */
    enum follow_order order;
    char filter[64];
    bool types_filter;
    uint32_t *shown; /* rows of data, ordered */
    uint32_t shown_count, selected, first;
    uint64_t open; /* the age of the stack that is open; 0: the list is */
    char message[256];
    bool ends, has_ended;
};

/* Draws the whole screen anew, as large as the terminal is now. */
void follow_picture_draw(struct screen *screen);
/* Sends `text` to the terminal at once. */
void follow_picture_put(const char *text);

#endif
