/* load_checks: what the leak checks found that were made while the program ran. */
#ifndef LOAD_CHECKS_H
#define LOAD_CHECKS_H

#include "read/log_reader.h"
#include "read/model.h"

/* Adds a note on the latest one, if there were any. */
void load_checks(const struct log_reader *reader, struct model *model);

#endif
