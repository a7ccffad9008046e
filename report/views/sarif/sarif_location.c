#include "views/sarif/sarif_location.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text_buffer.h"

/* --- URIs ---------------------------------------------------------------- */

/* "/a/b/../c//./d" as "/a/c/d". A relative path keeps what leads out of it. */
static char *sarif_plain_path(const char *path)
{
    struct text_buffer plain = {0};
    bool is_absolute = *path == '/';

    text_buffer_clear(&plain);
    while (*path) {
        size_t length = strcspn(path, "/");
        char *last = plain.length ? strrchr(plain.text, '/') : NULL;
        bool is_up = length == 2 && memcmp(path, "..", 2) == 0;

        if (is_up && last && strcmp(last, "/..") != 0)
            text_buffer_cut(&plain, (size_t)(last - plain.text));
        else if (length && !(length == 1 && *path == '.') && !(is_up && is_absolute))
            text_buffer_format(&plain, "/%.*s", (int)length, path);
        path += length + (path[length] == '/');
    }
    char *text = memory_text("%s", is_absolute || !plain.length ? plain.text : plain.text + 1);
    free(plain.text);
    return text;
}

static void sarif_add_escaped(struct text_buffer *uri, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~/";

    for (; *path; path++)
        if (strchr(plain, *path))
            text_buffer_format(uri, "%c", *path);
        else
            text_buffer_format(uri, "%%%02X", (unsigned char)*path);
}

static char *sarif_uri(const char *begin, const char *path, const char *end)
{
    struct text_buffer uri = {0};

    text_buffer_add(&uri, begin);
    sarif_add_escaped(&uri, path);
    text_buffer_add(&uri, end);
    return uri.text;
}

char *sarif_folder_uri(const char *folder)
{
    return sarif_uri("file://", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
}

/* Below the root a path is relative to it, so that the report means the same in another checkout.
 */
static void sarif_artifact(const struct sarif_page *page, const char *path)
{
    size_t root = strlen(page->root);
    char *plain = sarif_plain_path(path);
    bool below = strncmp(plain, page->root, root) == 0 && plain[root] == '/';

    json_object(page->json, "artifactLocation");
    sarif_sentence(page->json, "uri",
                   below          ? sarif_uri("", plain + root + 1, "")
                   : *path == '/' ? sarif_uri("file://", plain, "")
                                  : sarif_uri("", plain, ""));
    if (below)
        json_text(page->json, "uriBaseId", "%SRCROOT%");
    json_end_object(page->json);
    free(plain);
}

/* --- locations ----------------------------------------------------------- */

static void sarif_physical(const struct sarif_page *page, const struct shown_line *line)
{
    const char *path = line->file ? line->position->path : line->object;

    if (!path || !*path || *path == '[')
        return;
    json_object(page->json, "physicalLocation");
    sarif_artifact(page, path);
    if (line->file && line->number) {
        json_object(page->json, "region");
        json_number(page->json, "startLine", line->number);
        json_end_object(page->json);
    }
    json_end_object(page->json);
}

void sarif_location(const struct sarif_page *page, const char *key, const struct shown_line *line,
                    const char *message)
{
    json_object(page->json, key);
    if (line->position)
        sarif_physical(page, line);
    if (line->function) {
        json_array(page->json, "logicalLocations");
        json_object(page->json, NULL);
        sarif_text(page->json, "fullyQualifiedName", line->function);
        json_text(page->json, "kind", "function");
        json_end_object(page->json);
        json_end_array(page->json);
    }
    if (message)
        sarif_message(page->json, "message", message);
    json_end_object(page->json);
}
