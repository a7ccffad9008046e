/* module_map.h: which module an address belongs to, and what a build id looks like.
 *
 * Call stacks name their module themselves; this is for other addresses (a freed global) and for
 * the sentences about modules. Knows the model's modules only, no file.
 */
#ifndef MODULE_MAP_H
#define MODULE_MAP_H

#include <stdint.h>
#include "read/model.h"

/* Index of the module, one that was there to the end if there is a choice; 0: none. */
uint32_t module_map_find(const struct model *model, uint64_t address);

#define MODULE_BUILD_ID_TEXT 81
/* Lower-case hex digits; "" without a build id. */
void module_map_build_id_text(const struct module *module, char text[MODULE_BUILD_ID_TEXT]);

#endif
