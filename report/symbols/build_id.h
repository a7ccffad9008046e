/* build_id.h: a build id as text. */
#ifndef BUILD_ID_H
#define BUILD_ID_H

#include <stdint.h>
#include "read/model.h"

#define BUILD_ID_TEXT 81
/* Lower-case hex digits; "" without a build id. */
void build_id_text(const struct module *module, char text[BUILD_ID_TEXT]);

#endif
