/* signal_name: what a signal is called, as sigabbrev_np says it, which glibc has from 2.32 on only.
 * A log's number is not to be trusted: NULL for one that has no name. */
#ifndef SIGNAL_NAME_H
#define SIGNAL_NAME_H

/* "SIGSEGV" */
const char *signal_name(int number);

#endif
