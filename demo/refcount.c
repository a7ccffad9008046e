/* With -O3 gcc 12 takes the released parent for the child. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refcount.h"

enum { NAME_SIZE = 24 };

/* --- folder: counted references ------------------------------------------------------------------
 */

/* Freed when references falls to 0. A folder holds a reference to its child. */
struct folder {
    size_t references;
    struct folder *parent;
    struct folder *child;
    bool holds_parent; /* parent is a counted reference too */
    char name[NAME_SIZE];
};

static struct folder *folder_create(const char *name)
{
    struct folder *folder = must_have(calloc(1, sizeof *folder));
    folder->references = 1;
    snprintf(folder->name, sizeof folder->name, "%s", name);
    return folder;
}

static struct folder *folder_retain(struct folder *folder)
{
    folder->references++;
    return folder;
}

static void folder_release(struct folder *folder)
{
    if (!folder || --folder->references)
        return;
    if (folder->holds_parent)
        folder_release(folder->parent);
    folder_release(folder->child);
    free(folder);
}

/* The mended folder looks up to its parent without holding it. */
static void folder_put_into(struct folder *parent, struct folder *child, enum demo_way way)
{
    parent->child = folder_retain(child);
    child->holds_parent = way != DEMO_FIXED;
    child->parent = child->holds_parent ? folder_retain(parent) : parent;
}

/* --- shelf: names one folder as the current one
 * --------------------------------------------------- */

struct shelf {
    struct folder *current; /* a reference */
};

/* The caller gets a reference of its own. */
static struct folder *shelf_get_current(struct shelf *shelf)
{
    return folder_retain(shelf->current);
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static void make_cycle(enum demo_way way)
{
    struct folder *letters = folder_create("letters");
    struct folder *answered = folder_create("answered letters");
    folder_put_into(letters, answered, way);
    printf("refcount: \"%s\" lies in \"%s\"\n", answered->name, answered->parent->name);
    folder_release(answered);
    folder_release(letters);
}

static void print_current(struct shelf *shelf, enum demo_way way)
{
    struct folder *folder = shelf_get_current(shelf);
    printf("refcount: the current folder is \"%s\"\n", folder->name);
    if (way == DEMO_FIXED)
        folder_release(folder);
}

static void miss_release(enum demo_way way)
{
    struct shelf shelf = {folder_create("bills")};
    print_current(&shelf, way);
    folder_release(shelf.current);
}

void refcount_run(enum demo_way way)
{
    make_cycle(way);
    miss_release(way);
    if (way == DEMO_FIXED)
        printf("refcount: every reference is given back, and none goes in a circle\n");
    else
        printf("refcount: two folders hold each other, a third was never given back\n");
}
