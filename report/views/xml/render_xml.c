/* The XML view: valgrind's protocol 4 or 6, in its order; one document for each process. */
#include "views/xml/xml_error.h"
#include "views/xml/xml_head.h"
#include "views/xml/xml_summary.h"
#include "views/xml/xml_suppression.h"

static bool xml_has_ended(const struct report *report)
{
    enum ending_kind kind = report->ending.kind;

    return kind <= ENDING_UNKNOWN || kind == ENDING_UNRECORDED;
}

static void xml_render(FILE *out, const struct report *report)
{
    struct xml_page page = {.out = out, .report = report};
    const struct trace_header *header = &report->model->header;
    uint64_t start = header->start_realtime_ns, end = header->end_realtime_ns;
    bool late = report->options->xml_protocol > 4;

    xml_head(&page);
    xml_status(&page, "RUNNING", 0);
    xml_misuses(&page);
    xml_fatal_signal(&page);
    if (xml_has_ended(report))
        xml_status(&page, "FINISHED", end > start ? end - start : 0);
    if (late)
        xml_summary_of_heap(&page);
    xml_records(&page);
    if (late)
        xml_summary_of_leaks(&page);
    xml_error_counts(&page);
    if (!report->options->quiet)
        xml_suppression_counts(&page);
    if (late)
        xml_summary_of_errors(&page);
    fputs("</valgrindoutput>\n\n", out);
}

const struct renderer render_xml = {.render = xml_render, .one_process = true};
