/* One JSON document, with an object for each process. */
#include "views/json/json_process.h"

static void json_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("{\"format\": \"leakreport\", \"version\": 1, \"made_by\": \"leakreport " REPORT_VERSION
          "\",\n\"processes\": [\n",
          out);
}

static void json_render(FILE *out, const struct report *report)
{
    struct json_writer json = {.out = out};

    if (!report->first)
        fputs(",\n", out);
    json_object(&json, NULL);
    json_process(&json, report, false);
    json_end_object(&json);
}

static void json_end(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("\n]}\n", out);
}

const struct renderer render_json = {.begin = json_begin,
                                     .render = json_render,
                                     .end = json_end,
                                     .is_document = true,
                                     .lists_all = true,
                                     .wants_usage = true,
                                     .wants_stacks = true};
