#include "os/swap.h"

static const char never;
const char *swap_alone = &never;
