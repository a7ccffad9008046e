/* sarif_result.h: an error of the program, or a loss record, as a result. */
#ifndef SARIF_RESULT_H
#define SARIF_RESULT_H

#include "views/sarif/sarif_page.h"

void sarif_misuse(struct sarif_page *page, const struct misuse *misuse);
void sarif_record(struct sarif_page *page, const struct loss_record *record);

#endif
