/* live_errors: an error of the program is shown when it happens, by a reader that watches the log.
 *
 * leakreport PROGRAM asks for it (--errors-live=yes). A write to the log's file wakes it, and this
 * thread waits until the error is shown, so that it stands where it belongs among what the program
 * prints: for a moment only, because the reader may be stopped, slow, or gone. */
#ifndef LIVE_ERRORS_H
#define LIVE_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

void live_errors_begin(bool wanted);
/* Record `index` of ERRORS is new, and committed. */
void live_errors_tell(uint64_t index);

#endif
