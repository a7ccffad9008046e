/* verdict.h: whether a log can tell if its process made errors, and if not, why.
 *
 * One rule, for whoever asks for an exit status: it is known when the log says how the process
 * ended and holds all of its records, and when each live block has a leak kind or leaks do not
 * count
 * (--leak-check, --errors-for-leak-kinds). All else (killed, running, cut, a copy, without a leak
 * check) is in doubt, and doubt is not "no errors".
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include "base/options.h"
#include "read/model.h"

/* Were all blocks freed, so that there is nothing to tell leak kinds of? */
bool verdict_all_freed(const struct model *model);
/* Why the log has no leak check: the end of a sentence, the caller's to free. */
char *verdict_no_check(const struct model *model);
/* NULL: it is known whether there are errors. Else the end of a sentence, the caller's to free,
 * that says why not and what to do. `followed`: the program that the process became has a log that
 * is reported, too. */
char *verdict_doubt(const struct options *options, const struct model *model, bool followed);

#endif
