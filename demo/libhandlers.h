/* libhandlers.h: a small C library that calls functions when messages come in.
 *
 * A handler is a function and a pointer that is handed to it at each call. The library never looks
 * behind that pointer: what it refers to is the caller's, and the caller gets it back from
 * handlers_cancel(). One registry serves the process; it is made by the first registration and
 * lives until handlers_shutdown(). Not for use by several threads. */
#ifndef LIBHANDLERS_H
#define LIBHANDLERS_H

#include <stddef.h>

typedef void handler_function(void *user_data, const char *text, size_t length);

/* A number greater than 0 that names the handler, or 0 when there is no memory for it. */
unsigned long handlers_register(handler_function *function, void *user_data);

/* The handler is not called again. Returns its user data, or NULL when there is no such handler. */
void *handlers_cancel(unsigned long id);

/* Calls each handler, in the order of registration, with the text (length bytes, no NUL). Returns
 * how many were called. A handler may not register or cancel one. */
size_t handlers_dispatch(const char *text, size_t length);

/* Gives back what the library holds, and forgets all handlers. */
void handlers_shutdown(void);

#endif
