/* suppress_rules.h: suppressions in memory: entries with their frame patterns, in reading order.
 *
 * Filled by suppress_parse, read by suppress_match. Used inside suppress*.c only; others see
 * suppress.h.
 */
#ifndef SUPPRESS_RULES_H
#define SUPPRESS_RULES_H

#include <stddef.h>
#include "suppress/suppress_entry.h"

enum suppress_pattern_kind {
    SUPPRESS_DOTS,     /* "...": any number of frames, also none */
    SUPPRESS_FUNCTION, /* fun: */
    SUPPRESS_OBJECT,   /* obj: */
    SUPPRESS_SOURCE,   /* src: */
    SUPPRESS_ANY_NAME, /* leak: function, file or object */
};

struct suppress_pattern {
    enum suppress_pattern_kind kind;
    unsigned line; /* of src:file:line; 0: any */
    char *glob;    /* NULL for SUPPRESS_DOTS */
};

/* One entry with its frames, innermost first. Never two SUPPRESS_DOTS in a row, never only that,
 * and none at the end, where it means nothing. */
struct suppress_rule {
    struct suppress_entry entry; /* owns name and file */
    struct suppress_pattern *patterns;
    size_t patterns_count;
    size_t patterns_capacity;
};

/* Rules in the order in which they were read. */
struct suppress_rules {
    struct suppress_rule **items;
    size_t count;
    size_t capacity;
    size_t callers; /* see suppress_new; 0: no bound */
    char **warnings;
    size_t warnings_count;
    size_t warnings_capacity;
};

/* A rule without frames, with copies of name and file, for leaks of all kinds. */
struct suppress_rule *suppress_rule_new(const char *name, size_t name_length, const char *file,
                                        unsigned line);
void suppress_rule_free(struct suppress_rule *rule);
/* Takes over the glob. */
void suppress_rule_add(struct suppress_rule *rule, struct suppress_pattern pattern);

/* Puts the rule at the end and owns it from then on. */
void suppress_rules_keep(struct suppress_rules *rules, struct suppress_rule *rule);

/* Something that was read and cannot have been meant so; takes over the text. */
void suppress_rules_warn(struct suppress_rules *rules, char *text);

/* Removes and frees the rules from index `count` on. */
void suppress_rules_cut(struct suppress_rules *rules, size_t count);
void suppress_rules_free(struct suppress_rules *rules);

/* "Leak", "Free" … as a suppression file says it. */
const char *suppress_kind_name(enum suppress_kind kind);

#endif
