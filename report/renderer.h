/* renderer.h: what every output gets to see, and what an output is.
 *
 * One const struct per output; main picks one. A renderer writes to a stream and changes nothing.
 */
#ifndef RENDERER_H
#define RENDERER_H

#include <stdio.h>
#include "cli.h"
#include "group.h"
#include "model.h"
#include "select.h"

struct report {
    const struct cli_options *options;
    const struct model *model;
    const struct loss_records *records;
    const struct selection *selection;
};

struct renderer {
    const char *name;
    void (*render)(FILE *out, const struct report *report);
};

extern const struct renderer render_text;

#endif
