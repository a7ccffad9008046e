/* handle.h: the handle demo, a boxed handler that nobody takes back.
 *
 * The program registers a handler with a C library. The library carries one raw pointer, so the
 * handler is boxed and the box handed over; when it is cancelled the pointer comes back, and the
 * program lets it fall. What hangs on the box is lost with it, and the library's registry stays
 * because nobody shuts the library down. */
#ifndef HANDLE_H
#define HANDLE_H

#include "demo.h"

void handle_run(enum demo_way way);

#endif
