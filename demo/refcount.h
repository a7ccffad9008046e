/* refcount.h: the refcount demo, two mistakes with reference counts.
 *
 * A folder and the folder in it hold each other, so neither count falls to 0: a cycle. And one who
 * asks for a folder gets a reference of his own, which he does not give back. */
#ifndef REFCOUNT_H
#define REFCOUNT_H

#include "demo.h"

void refcount_run(enum demo_way way);

#endif
