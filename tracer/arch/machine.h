/* machine: what the tracer needs of a processor, by the folder of its name. Each has the same
 * functions; arch/README.md lists them, and what of a processor still stands elsewhere. */
#ifndef MACHINE_H
#define MACHINE_H

#if defined(__x86_64__)
#include "arch/x86_64/x86_64.h"
#else
#error "libtrace.so is for x86-64 only: tracer/arch/README.md says what another processor needs"
#endif

#endif
