/* view.h: the view demo, a view into memory that moved when it grew.
 *
 * A series of samples grows while a chart looks at a part of it by pointer. So that the chart does
 * not look at freed memory, growing leaves the old array alone, and nobody frees it later: the
 * chart's pointer into its middle is all that is left of it, and what the chart shows is old. */
#ifndef VIEW_H
#define VIEW_H

#include "demo.h"

void view_run(enum demo_way way);

#endif
