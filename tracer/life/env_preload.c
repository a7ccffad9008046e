#include "life/env_preload.h"

#include "life/env_variable.h"
#include "os/start_vector.h"
#include "os/sys.h"

#include <string.h>

bool env_preload_is_tracer(const char *name, size_t length, const char *tracer)
{
    struct stat ours;
    struct stat theirs;
    char path[4096];
    if (length == 0 || length >= sizeof path)
        return false;
    memcpy(path, name, length);
    path[length] = '\0';
    if (strcmp(path, tracer) == 0)
        return true;
    return sys_stat(path, &theirs) == 0 && sys_stat(tracer, &ours) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* Adds what there is space for. */
static size_t add(char *list, size_t size, size_t used, const char *text, size_t length)
{
    if (length >= size - used)
        return used;
    memcpy(list + used, text, length);
    list[used + length] = '\0';
    return used + length;
}

/* A list has blanks or colons between its names, and the loader puts directories in for $ORIGIN. */
bool env_preload_can_list(const char *path)
{
    return path[0] && path[strcspn(path, ": \t$")] == '\0';
}

void env_preload_copy(const char *old, const char *tracer, bool keep, char *list, size_t size)
{
    size_t used = 0;
    list[0] = '\0';
    while (*old) {
        size_t length = strcspn(old, ": \t");
        bool ours = env_preload_is_tracer(old, length, tracer);
        bool absolute = ours && env_preload_can_list(tracer);
        if (length > 0 && (keep || !ours)) {
            if (used > 0)
                used = add(list, size, used, ":", 1);
            used =
                add(list, size, used, absolute ? tracer : old, absolute ? strlen(tracer) : length);
        }
        old += length + (old[length] != '\0');
    }
}

/* What follows the tracer is where it was, and as it was. */
static void take_from_front(char **entry, const char *tracer)
{
    const size_t name_length = sizeof "LD_PRELOAD=" - 1;
    char *rest = *entry + strlen(tracer) + 1;
    memmove(rest, *entry, name_length);
    *entry = rest;
}

void env_preload_hide(const char *tracer, const struct env_options *options)
{
    bool keep = options->trace_children && options->added != ENV_ADDED_BOTH;
    static char list[16384] = "LD_PRELOAD=";
    const size_t name_length = sizeof "LD_PRELOAD=" - 1;
    char **entry = env_variable_find("LD_PRELOAD");
    if (!entry)
        return;
    if (options->added == ENV_ADDED_IN_FRONT &&
        strncmp(*entry + name_length, tracer, strlen(tracer)) == 0) {
        take_from_front(entry, tracer);
        return;
    }
    env_preload_copy(*entry + name_length, tracer, keep, list + name_length,
                     sizeof list - name_length);
    if (list[name_length])
        *entry = list;
    else
        start_vector_remove(entry);
}
