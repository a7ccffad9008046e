/* gobject.h: of what class the instances of GLib's objects are.
 *
 * An instance points to its class, a class to what its type is registered by, and the last was
 * allocated by a function that programs name after the type, gtk_button_get_type(). So the log need
 * not hold the name itself. Blocks whose stacks do not show g_type_create_instance,
 * g_type_class_ref (g_type_class_get in GLib 2.84) and g_type_register_… are none of these.
 */
#ifndef GOBJECT_H
#define GOBJECT_H

#include "read/model.h"

/* The function that makes the type of the block's object ("gtk_button_get_type"), its length in
 * *length; NULL: it is none, or not known. Stacks are symbolized; the model has a graph. */
const char *gobject_type_function(const struct model *model, uint32_t block, int *length);

#endif
