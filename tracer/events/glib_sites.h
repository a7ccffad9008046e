/* glib_sites: lets GLib help the leak check as it helps valgrind's.
 *
 * GLib cuts small blocks out of larger ones (slices), holds an object with private data by a
 * pointer into its block, and stores pointers in half a word. Where the macro RUNNING_ON_VALGRIND
 * says 1 it does none of that, or says where the parts are (MALLOCLIKE_BLOCK). In libglib-2.0 and
 * libgobject-2.0 these requests are patched (request_stub) as soon as the library is known
 * (module_list): before it has made any object, since the answer may not change in between. No
 * other library is touched: what the requests of others would change is not known.
 *
 * What failure leaves: the library as it is, counted in the log. */
#ifndef GLIB_SITES_H
#define GLIB_SITES_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this is an address in one of the two libraries; also before anything has begun. No lock.
 */
bool glib_sites_has(uintptr_t address);

/* Patches what is there, and from now on what arrives. Called once, before the program runs. */
void glib_sites_begin(void);

#endif
