/* Profile.proto, gzipped: what `go tool pprof` and its kin read.
 *
 * github.com/google/pprof, proto/profile.proto, has the fields. The four sample types of Go's heap
 * profiles come first, in their order, then ours: peak_space, lost_space, temporary_objects.
 * Inlined functions are lines of one location, innermost first. A file is one process.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "judge/call_tree.h"
#include "judge/shown_stack.h"
#include "judge/stack_metric.h"
#include "symbols/build_id.h"
#include "views/pprof/gzip.h"
#include "views/pprof/protobuf.h"
#include "views/renderer.h"

/* Field numbers of profile.proto. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE,
    PROFILE_MAPPING,
    PROFILE_LOCATION,
    PROFILE_FUNCTION,
    PROFILE_STRING,
    PROFILE_TIME = 9,
    PROFILE_DURATION,
    PROFILE_PERIOD_TYPE,
    PROFILE_PERIOD,
    PROFILE_COMMENT,
    PROFILE_DEFAULT_TYPE
};
enum { VALUE_TYPE = 1, VALUE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT };
enum {
    MAPPING_ID = 1,
    MAPPING_START,
    MAPPING_LIMIT,
    MAPPING_OFFSET,
    MAPPING_FILE,
    MAPPING_BUILD_ID,
    MAPPING_HAS_FUNCTIONS,
    MAPPING_HAS_FILES,
    MAPPING_HAS_LINES,
    MAPPING_HAS_INLINES
};
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1, LINE_LINE };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE };

enum pprof_type {
    PPROF_ALLOC_OBJECTS,
    PPROF_ALLOC_SPACE,
    PPROF_INUSE_OBJECTS,
    PPROF_INUSE_SPACE,
    PPROF_PEAK_SPACE,
    PPROF_LOST_SPACE,
    PPROF_TEMPORARY_OBJECTS,
    PPROF_TYPES
};
static const char *const pprof_types[PPROF_TYPES][2] = {
    [PPROF_ALLOC_OBJECTS] = {"alloc_objects", "count"},
    [PPROF_ALLOC_SPACE] = {"alloc_space", "bytes"},
    [PPROF_INUSE_OBJECTS] = {"inuse_objects", "count"},
    [PPROF_INUSE_SPACE] = {"inuse_space", "bytes"},
    [PPROF_PEAK_SPACE] = {"peak_space", "bytes"},
    [PPROF_LOST_SPACE] = {"lost_space", "bytes"},
    [PPROF_TEMPORARY_OBJECTS] = {"temporary_objects", "count"},
};

struct pprof {
    struct gzip gzip;
    const struct report *report;
    struct intern strings;       /* written last; 0 is "" */
    struct intern functions;     /* key: struct pprof_function */
    bool *located;               /* by the model's frames: it has been written */
    bool ends[STACK_ENDS_COUNT]; /* the same of what stands for frames that are missing */
    struct protobuf file, message, part;
    char host[256];              /* this machine's name */
    char version[BUILD_ID_TEXT]; /* the program's build id, or "" */
};
struct pprof_function {
    uint32_t name, system_name, file, unused;
};

static uint64_t pprof_string(struct pprof *profile, const char *text)
{
    return intern_put(&profile->strings, text ? text : "", strlen(text ? text : "") + 1);
}

/* A field of the profile itself goes straight to the file. */
static void pprof_put(struct pprof *profile, unsigned field)
{
    protobuf_part(&profile->file, field, &profile->message);
    gzip_put(&profile->gzip, profile->file.bytes, profile->file.size);
    profile->file.size = 0;
}

static void pprof_put_number(struct pprof *profile, unsigned field, uint64_t value)
{
    protobuf_number(&profile->file, field, value);
    gzip_put(&profile->gzip, profile->file.bytes, profile->file.size);
    profile->file.size = 0;
}

static void pprof_put_type(struct pprof *profile, unsigned field, const char *type,
                           const char *unit)
{
    protobuf_number(&profile->message, VALUE_TYPE, pprof_string(profile, type));
    protobuf_number(&profile->message, VALUE_UNIT, pprof_string(profile, unit));
    pprof_put(profile, field);
}

/* --- what samples refer to ----------------------------------------------- */

static void pprof_put_mapping(struct pprof *profile, uint32_t number)
{
    const struct module *module = &profile->report->model->modules[number];
    char build_id[BUILD_ID_TEXT];

    build_id_text(module, build_id);
    protobuf_number(&profile->message, MAPPING_ID, number);
    protobuf_number(&profile->message, MAPPING_START, module->start);
    protobuf_number(&profile->message, MAPPING_LIMIT, module->end);
    protobuf_number(&profile->message, MAPPING_FILE, pprof_string(profile, module->path));
    protobuf_number(&profile->message, MAPPING_BUILD_ID, pprof_string(profile, build_id));
    protobuf_number(&profile->message, MAPPING_HAS_FUNCTIONS, 1);
    protobuf_number(&profile->message, MAPPING_HAS_FILES, 1);
    protobuf_number(&profile->message, MAPPING_HAS_LINES, 1);
    protobuf_number(&profile->message, MAPPING_HAS_INLINES, 1);
    pprof_put(profile, PROFILE_MAPPING);
}

/* The program comes first: readers take mapping 0 as it. */
static void pprof_put_mappings(struct pprof *profile)
{
    const struct model *model = profile->report->model;

    for (int is_program = 1; is_program >= 0; is_program--)
        for (uint32_t i = 1; i < model->module_count; i++)
            if (model->modules[i].present && model->modules[i].is_program == is_program)
                pprof_put_mapping(profile, i);
}

static uint64_t pprof_function(struct pprof *profile, const struct shown_line *line)
{
    struct pprof_function key = {(uint32_t)pprof_string(profile, line->function),
                                 (uint32_t)pprof_string(profile, line->position->linked),
                                 (uint32_t)pprof_string(profile, line->position->path), 0};
    uint32_t count = profile->functions.count;
    uint32_t number = intern_put(&profile->functions, &key, sizeof key);

    if (number < count)
        return number + 1;
    struct protobuf function = {0};
    protobuf_number(&function, FUNCTION_ID, number + 1);
    protobuf_number(&function, FUNCTION_NAME, key.name);
    protobuf_number(&function, FUNCTION_SYSTEM_NAME, key.system_name);
    protobuf_number(&function, FUNCTION_FILE, key.file);
    protobuf_part(&profile->file, PROFILE_FUNCTION, &function);
    protobuf_free(&function);
    return number + 1;
}

static void pprof_put_location(struct pprof *profile, uint32_t number)
{
    const struct model *model = profile->report->model;
    const struct frame *frame = &model->frames[number];

    if (profile->located[number])
        return;
    profile->located[number] = true;
    protobuf_number(&profile->message, LOCATION_ID, number + 1);
    if (frame->module && model->modules[frame->module].present)
        protobuf_number(&profile->message, LOCATION_MAPPING, frame->module);
    protobuf_number(&profile->message, LOCATION_ADDRESS, frame->address - 1);
    for (uint32_t i = 0; i < frame->position_count; i++) {
        struct shown_line line = shown_frame_line(profile->report->options, model, frame, i);

        if (!line.function)
            continue;
        protobuf_number(&profile->part, LINE_FUNCTION, pprof_function(profile, &line));
        protobuf_number(&profile->part, LINE_LINE, frame->positions[i].line);
        protobuf_part(&profile->message, LOCATION_LINE, &profile->part);
    }
    pprof_put(profile, PROFILE_LOCATION);
}

/* --- samples ------------------------------------------------------------- */

/* Up to the last that is shown the stack is whole, whatever may follow. */
static uint32_t pprof_shown(const struct report *report, struct stack *stack)
{
    for (uint32_t i = 0; i < stack->count; i++)
        if (shown_frame_is_last(report->options, &report->model->frames[stack->frames[i]])) {
            stack->end = STACK_WHOLE;
            return i + 1;
        }
    return stack->count;
}

/* Its number; 0: the stack is whole. It lies in no mapping. */
static uint64_t pprof_put_end(struct pprof *profile, enum stack_end end)
{
    static const struct position nowhere;
    struct shown_line line = {.function = call_tree_end(end), .position = &nowhere};
    uint64_t number = profile->report->model->frame_count + 1 + (uint64_t)end;

    if (!line.function)
        return 0;
    if (profile->ends[end])
        return number;
    profile->ends[end] = true;
    protobuf_number(&profile->message, LOCATION_ID, number);
    protobuf_number(&profile->part, LINE_FUNCTION, pprof_function(profile, &line));
    protobuf_part(&profile->message, LOCATION_LINE, &profile->part);
    pprof_put(profile, PROFILE_LOCATION);
    return number;
}

static void pprof_put_label(struct pprof *profile, const char *key, const char *text)
{
    if (!*text)
        return;
    protobuf_number(&profile->part, LABEL_KEY, pprof_string(profile, key));
    protobuf_number(&profile->part, LABEL_TEXT, pprof_string(profile, text));
    protobuf_part(&profile->message, SAMPLE_LABEL, &profile->part);
}

/* Whose a sample is, when a server merges those of many. */
static void pprof_put_labels(struct pprof *profile)
{
    const struct report *report = profile->report;

    pprof_put_label(profile, "host", profile->host);
    pprof_put_label(profile, "process", report->tree->entries[report->number].program);
    pprof_put_label(profile, "version", profile->version);
}

static void pprof_put_sample(struct pprof *profile, uint32_t number, const uint64_t *values)
{
    struct stack stack = model_stack(profile->report->model, number);
    uint32_t shown = pprof_shown(profile->report, &stack);

    uint64_t end = shown ? pprof_put_end(profile, stack.end) : 0;

    for (uint32_t i = 0; i < shown; i++)
        pprof_put_location(profile, stack.frames[i]);
    for (uint32_t i = 0; i < shown; i++)
        protobuf_element(&profile->message, SAMPLE_LOCATION, stack.frames[i] + 1);
    if (end)
        protobuf_element(&profile->message, SAMPLE_LOCATION, end);
    for (unsigned type = 0; type < PPROF_TYPES; type++)
        protobuf_element(&profile->message, SAMPLE_VALUE, values[type]);
    pprof_put_labels(profile);
    pprof_put(profile, PROFILE_SAMPLE);
}

static void pprof_count_blocks(uint64_t *blocks, const struct report *report)
{
    const bool *left_out = report->model->left_out;

    for (uint32_t i = 0; i < report->records->count; i++) {
        const struct loss_record *record = &report->records->records[i];

        if (!left_out || !left_out[record->stack])
            blocks[record->stack] += record->blocks;
    }
}

static void pprof_put_samples(struct pprof *profile)
{
    static const enum metric metrics[PPROF_TYPES] = {
        [PPROF_ALLOC_OBJECTS] = METRIC_CALLS, [PPROF_ALLOC_SPACE] = METRIC_ALLOCATED,
        [PPROF_INUSE_SPACE] = METRIC_IN_USE,  [PPROF_PEAK_SPACE] = METRIC_PEAK,
        [PPROF_LOST_SPACE] = METRIC_LOST,     [PPROF_TEMPORARY_OBJECTS] = METRIC_TEMPORARY};
    const struct report *report = profile->report;
    uint32_t count = model_stack_count(report->model);
    uint64_t *columns[PPROF_TYPES];

    for (unsigned type = 0; type < PPROF_TYPES; type++)
        columns[type] = type == PPROF_INUSE_OBJECTS
                            ? memory_zeroed(count, sizeof **columns)
                            : metric_of_stacks(metrics[type], report->model, report->records);
    pprof_count_blocks(columns[PPROF_INUSE_OBJECTS], report);
    for (uint32_t stack = 0; stack < count; stack++) {
        uint64_t values[PPROF_TYPES], any = 0;

        for (unsigned type = 0; type < PPROF_TYPES; type++)
            any |= values[type] = columns[type][stack];
        if (any)
            pprof_put_sample(profile, stack, values);
    }
    for (unsigned type = 0; type < PPROF_TYPES; type++)
        free(columns[type]);
}

static void pprof_put_strings(struct pprof *profile)
{
    for (uint32_t i = 0; i < profile->strings.count; i++) {
        const char *text = intern_get(&profile->strings, i, NULL);

        protobuf_bytes(&profile->file, PROFILE_STRING, text, strlen(text));
        gzip_put(&profile->gzip, profile->file.bytes, profile->file.size);
        profile->file.size = 0;
    }
}

static void pprof_name(struct pprof *profile)
{
    const struct model *model = profile->report->model;

    if (gethostname(profile->host, sizeof profile->host - 1) != 0)
        profile->host[0] = 0;
    for (uint32_t i = 1; i < model->module_count; i++)
        if (model->modules[i].present && model->modules[i].is_program)
            build_id_text(&model->modules[i], profile->version);
}

static void pprof_render(FILE *out, const struct report *report)
{
    struct pprof profile = {.report = report};
    const struct trace_header *header = &report->model->header;

    profile.located = memory_zeroed(report->model->frame_count, sizeof *profile.located);
    gzip_begin(&profile.gzip, out);
    pprof_string(&profile, "");
    pprof_name(&profile);
    for (unsigned type = 0; type < PPROF_TYPES; type++)
        pprof_put_type(&profile, PROFILE_SAMPLE_TYPE, pprof_types[type][0], pprof_types[type][1]);
    pprof_put_type(&profile, PROFILE_PERIOD_TYPE, "space", "bytes");
    pprof_put_number(&profile, PROFILE_PERIOD, 1);
    pprof_put_number(&profile, PROFILE_TIME, header->start_realtime_ns);
    if (header->end_realtime_ns > header->start_realtime_ns)
        pprof_put_number(&profile, PROFILE_DURATION,
                         header->end_realtime_ns - header->start_realtime_ns);
    pprof_put_number(&profile, PROFILE_COMMENT, pprof_string(&profile, report->model->command));
    pprof_put_number(&profile, PROFILE_DEFAULT_TYPE, pprof_string(&profile, "inuse_space"));
    pprof_put_mappings(&profile);
    pprof_put_samples(&profile);
    pprof_put_strings(&profile);
    gzip_end(&profile.gzip);
    protobuf_free(&profile.file);
    protobuf_free(&profile.message);
    protobuf_free(&profile.part);
    intern_free(&profile.strings);
    intern_free(&profile.functions);
    free(profile.located);
}

const struct renderer render_pprof = {
    .render = pprof_render, .wants_usage = true, .wants_stacks = true, .one_process = true};
