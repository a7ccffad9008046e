#include <stdlib.h>
#include "base/memory.h"
#include "suppress/suppress_rules.h"

const char *suppress_kind_name(enum suppress_kind kind)
{
    static const char *const names[SUPPRESS_KINDS_COUNT] = {
        [SUPPRESS_LEAK] = "Leak",
        [SUPPRESS_FREE] = "Free",
        [SUPPRESS_REALLOC_ZERO] = "ReallocZero",
        [SUPPRESS_SIZE_MISMATCH] = "SizeMismatch",
        [SUPPRESS_ALIGN_MISMATCH] = "AlignMismatch",
        [SUPPRESS_ADDR1] = "Addr1",
        [SUPPRESS_ADDR2] = "Addr2",
        [SUPPRESS_ADDR4] = "Addr4",
        [SUPPRESS_ADDR8] = "Addr8",
        [SUPPRESS_ADDR16] = "Addr16",
        [SUPPRESS_ADDR32] = "Addr32",
    };
    return kind >= SUPPRESS_PARAM ? "Param" : names[kind];
}

const char *suppress_parameter_name(uint64_t parameter)
{
#define NAME(name, text) text,
    static const char *const names[] = {TRACE_PARAMETERS(NAME)};
#undef NAME
    return parameter < TRACE_PARAMETERS_COUNT ? names[parameter] : "???";
}

struct suppress_rule *suppress_rule_new(const char *name, size_t name_length, const char *file,
                                        unsigned line)
{
    struct suppress_rule *rule = memory_zeroed(1, sizeof *rule);
    rule->entry.name = memory_copy_bytes(name, name_length);
    rule->entry.file = memory_text("%s", file);
    rule->entry.line = line;
    rule->entry.leak_kinds = SUPPRESS_ALL_LEAKS;
    return rule;
}

void suppress_rule_free(struct suppress_rule *rule)
{
    for (size_t i = 0; i < rule->patterns_count; i++)
        free(rule->patterns[i].glob);
    free(rule->patterns);
    free((char *)rule->entry.name);
    free((char *)rule->entry.file);
    free(rule);
}

void suppress_rule_add(struct suppress_rule *rule, struct suppress_pattern pattern)
{
    memory_reserve(rule->patterns, rule->patterns_count, rule->patterns_capacity);
    rule->patterns[rule->patterns_count++] = pattern;
}

/* Most entries have few frames: what the others would need is given back, so that a file of many
 * short lines does not become a hundred times its size. */
void suppress_rules_keep(struct suppress_rules *rules, struct suppress_rule *rule)
{
    rule->patterns_capacity = rule->patterns_count;
    rule->patterns = memory_resized(rule->patterns, rule->patterns_count, sizeof *rule->patterns);
    memory_reserve(rules->items, rules->count, rules->capacity);
    rules->items[rules->count++] = rule;
}

void suppress_rules_warn(struct suppress_rules *rules, char *text)
{
    memory_reserve(rules->warnings, rules->warnings_count, rules->warnings_capacity);
    rules->warnings[rules->warnings_count++] = text;
}

void suppress_rules_cut(struct suppress_rules *rules, size_t count)
{
    while (rules->count > count)
        suppress_rule_free(rules->items[--rules->count]);
}

void suppress_rules_free(struct suppress_rules *rules)
{
    suppress_rules_cut(rules, 0);
    free(rules->items);
    for (size_t i = 0; i < rules->warnings_count; i++)
        free(rules->warnings[i]);
    free(rules->warnings);
    *rules = (struct suppress_rules){0};
}
