/* fingerprint.h: by what a finding is known again in another run, and in another build.
 *
 * Its kind and the functions of its stack, as far as it is shown: no addresses, no lines, no bytes,
 * and nothing of a name that a compiler adds to its copies of a function.
 */
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include "base/intern.h"
#include "base/options.h"
#include "judge/finding.h"
#include "read/model.h"

struct fingerprint {
    uint64_t hash;
    uint32_t ordinal; /* 1; 2 and more: of those that have the same hash */
};

/* What was given out before; zeroed at first. */
struct fingerprints {
    struct intern hashes;
    uint32_t *ordinals; /* the last of each */
    uint32_t capacity;
};
void fingerprints_free(struct fingerprints *seen);

struct fingerprint fingerprint_of(const struct options *options, const struct model *model,
                                  enum finding finding, uint32_t stack, struct fingerprints *seen);

/* How much of a function's name is the programmer's: no suffix of a copy that the compiler made, no
 * hash. */
size_t fingerprint_name_length(const char *name);

#endif
