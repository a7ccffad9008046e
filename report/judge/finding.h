/* finding.h: what kind of thing a record or an error of the program is, for views with rules. */
#ifndef FINDING_H
#define FINDING_H

#include "judge/group.h"
#include "read/model.h"

enum finding {
#define FINDING(id, name, level, title, text) FINDING_##id,
#include "judge/finding.def"
    FINDINGS_COUNT
};
struct finding_rule {
    const char *name;
    const char *level; /* of SARIF: note, warning, error */
    const char *title, *text;
};

enum finding finding_of_record(const struct loss_record *record);
enum finding finding_of_misuse(const struct misuse *misuse);
const struct finding_rule *finding_rule(enum finding finding);

#endif
