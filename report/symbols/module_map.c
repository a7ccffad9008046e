#include "symbols/module_map.h"
#include <stdio.h>

uint32_t module_map_find(const struct model *model, uint64_t address)
{
    uint32_t found = 0;

    for (uint32_t i = 1; i < model->module_count; i++) {
        const struct module *module = &model->modules[i];

        if (!module->present || address < module->start || address >= module->end)
            continue;
        if (!module->unmapped)
            return i;
        found = i;
    }
    return found;
}

void module_map_build_id_text(const struct module *module, char text[MODULE_BUILD_ID_TEXT])
{
    text[0] = 0;
    for (uint32_t i = 0; i < module->build_id_size; i++)
        snprintf(text + 2 * i, 3, "%02x", module->build_id[i]);
}
