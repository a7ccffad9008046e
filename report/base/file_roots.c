#include "base/file_roots.h"
#include "base/memory.h"

/* Root `number`, without a slash at its end; NULL: there are no more. */
static const char *roots_at(const struct file_roots *roots, unsigned number)
{
    const char *const all[] = {roots ? roots->sysroot : NULL, roots ? roots->process : NULL, ""};

    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] && number-- == 0)
            return all[i];
    return NULL;
}

char *file_roots_path(const struct file_roots *roots, unsigned number, const char *path)
{
    const char *root = *path == '/' ? roots_at(roots, number) : NULL;

    return root ? memory_text("%s%s", root, path) : NULL;
}

char *file_roots_debug(const struct file_roots *roots, unsigned number)
{
    size_t named = roots && roots->debug_folders ? roots->debug_folders->count : 0;

    if (number < named)
        return memory_text("%s", roots->debug_folders->items[number]);
    return file_roots_path(roots, number - (unsigned)named, "/usr/lib/debug");
}
