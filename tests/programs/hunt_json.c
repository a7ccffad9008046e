/* hunt_json: a container takes a reference of its own, and the maker keeps his (docs/hunts.md, 6). */
#include <stdlib.h>
#include <string.h>

struct json {
    int references;
    char *text;
    struct json *members[8];
    int count;
};

static struct json *json_new(const char *text)
{
    struct json *json = calloc(1, sizeof *json);

    json->references = 1;
    json->text = text ? strdup(text) : NULL;
    return json;
}

static void json_decref(struct json *json)
{
    if (--json->references > 0)
        return;
    for (int i = 0; i < json->count; i++)
        json_decref(json->members[i]);
    free(json->text);
    free(json);
}

static void json_object_set(struct json *object, struct json *value)
{
    value->references++;
    object->members[object->count++] = value;
}

static void report_risk(void)
{
    struct json *details = json_new(NULL);

    json_object_set(details, json_new("http_status_code"));
    json_object_set(details, json_new("risk_rtt"));
    json_decref(details);
}

int main(void)
{
    for (int request = 0; request < 50; request++)
        report_risk();
    return 0;
}
