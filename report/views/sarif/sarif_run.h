/* sarif_run.h: what a run says beside its results: the tool with its rules, the process, notes. */
#ifndef SARIF_RUN_H
#define SARIF_RUN_H

#include "views/sarif/sarif_page.h"

void sarif_run_head(const struct sarif_page *page);

#endif
