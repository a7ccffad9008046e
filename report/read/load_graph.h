/* load_graph.h: who points at whom, from the log: all pointers where they were asked for when the
 * program ran, else the one of each block that the leak check saw first.
 *
 * Knows POINTERS and ROOTS. A table that makes no sense from some byte on is taken up to there, and
 * a note says so.
 */
#ifndef LOAD_GRAPH_H
#define LOAD_GRAPH_H

#include "read/log_reader.h"
#include "read/model.h"

/* Fills model->graph, when the blocks are loaded and have verdicts. */
void load_graph(const struct log_reader *reader, struct model *model);

#endif
