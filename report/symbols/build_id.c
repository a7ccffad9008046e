#include "symbols/build_id.h"
#include <stdio.h>

void build_id_text(const struct module *module, char text[BUILD_ID_TEXT])
{
    text[0] = 0;
    for (uint32_t i = 0; i < module->build_id_size; i++)
        snprintf(text + 2 * i, 3, "%02x", module->build_id[i]);
}
