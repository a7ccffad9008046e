/* json_tally.h: --by, as a member of the process's object. */
#ifndef JSON_TALLY_H
#define JSON_TALLY_H

#include "judge/own/tally.h"
#include "views/json/json_writer.h"

/* NULL: nothing. by: enum cli_by. */
void json_tally(struct json_writer *json, const struct tally *tally, int by);

#endif
