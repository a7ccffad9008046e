#include <stdio.h>
#include <stdlib.h>

#include "demo.h"

void *must_have(void *memory)
{
    if (!memory) {
        fprintf(stderr, "demo: out of memory\n");
        exit(1);
    }
    return memory;
}
