/* frame_owner.h: whose a frame is: the program's own, a library's, an interpreter's, the
 * language's.
 *
 * Told by the function's name, its source and its module, in this order of certainty: what C++ and
 * Rust put into the program itself has their names or their headers; all else lies in a file of its
 * own. A module in a system folder whose source lies below the folder that leakreport was called in
 * is the user's.
 */
#ifndef FRAME_OWNER_H
#define FRAME_OWNER_H

#include "judge/shown_stack.h"

/* In the order of how much a frame says about who is to blame: of a stack the highest counts. */
enum owner {
    OWNER_ALLOCATOR, /* malloc itself: the tracer's */
    OWNER_LIBC,      /* and the loader, and code without a file */
    OWNER_LANGUAGE,  /* std::, alloc::, core:: */
    OWNER_INTERPRETER,
    OWNER_LIBRARY,
    OWNER_PROGRAM
};
struct frame_owner {
    enum owner owner;
    const char *label; /* "std::", "libc.so.6": of what; NULL: the program's */
    int label_length;
};

struct owners {
    const struct options *options;
    const struct model *model;
    char *root;     /* that folder, or "" */
    uint8_t *known; /* by frame: the highest of its places, and 1; 0: not looked at yet */
    uint32_t known_count;
};

/* For stacks that have been symbolized. */
void owners_begin(struct owners *owners, const struct options *options, const struct model *model);
void owners_end(struct owners *owners);
struct frame_owner owners_line(const struct owners *owners, const struct shown_line *line);
/* The highest of a frame's places. */
enum owner owners_frame(struct owners *owners, uint32_t frame);

#endif
