/* cli_check.h: what options mean together; for cli.c only.
 *
 * An option that has no place beside another is refused: it would look as if it had been obeyed.
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "base/failure.h"
#include "base/options.h"

/* What was not given follows from what was. Once all options are read. */
void cli_finish(struct options *options);
/* Then: 0, or -1 with `failure` filled. */
int cli_check(const struct options *options, struct failure *failure);

#endif
