/* double_free.h: the double-free demo, an owner who frees what another has freed.
 *
 * A sender hands a letter to the outbox, which frees it when it is sent. The sender believes the
 * letter to be still its own and frees it as well. The C library ends the program there
 * ("free(): double free detected"), so this demo is run by name only. */
#ifndef DOUBLE_FREE_H
#define DOUBLE_FREE_H

#include "demo.h"

void double_free_run(enum demo_way way);

#endif
