/* The SARIF view: version 2.1.0, a run for each process. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/memory.h"
#include "views/sarif/sarif_result.h"
#include "views/sarif/sarif_run.h"

/* A document is open between two calls. */
static struct json_writer sarif_writer(FILE *out, bool has_members)
{
    return (struct json_writer){.out = out, .depth = 2, .has_members = has_members};
}

static void sarif_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\n"
          "\"version\":\"2.1.0\",\n\"runs\":[",
          out);
}

static void sarif_results(struct sarif_page *page)
{
    const struct report *report = page->report;

    json_array(page->json, "results");
    for (uint32_t i = 0; i < report->outline.misuses; i++)
        if (!report->model->misuses[i].suppressed)
            sarif_misuse(page, &report->model->misuses[i]);
    for (uint32_t i = 0; i < report->outline.records; i++)
        if (report->records->records[i].shown)
            sarif_record(page, &report->records->records[i]);
    json_end_array(page->json);
}

static void sarif_render(FILE *out, const struct report *report)
{
    struct json_writer json = sarif_writer(out, !report->first);
    char folder[PATH_MAX];
    struct sarif_page page = {.json = &json, .report = report};

    page.root = getcwd(folder, sizeof folder) ? folder : (char *)"/";
    json_object(&json, NULL);
    sarif_run_head(&page);
    sarif_results(&page);
    json_text(&json, "columnKind", "utf16CodeUnits");
    json_end_object(&json);
    fingerprints_free(&page.seen);
}

static void sarif_end(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("]}\n", out);
}

const struct renderer render_sarif = {
    .begin = sarif_begin, .render = sarif_render, .end = sarif_end, .is_document = true};
