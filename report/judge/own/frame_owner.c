#include "judge/own/frame_owner.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/short_name.h"

static bool owner_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool owner_is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/';
}

static const char *owner_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static struct frame_owner owner_made(enum owner owner, const char *label, size_t length)
{
    return (struct frame_owner){owner, label, (int)length};
}

static struct frame_owner owner_named(enum owner owner, const char *label)
{
    return owner_made(owner, label, strlen(label));
}

/* --- by the module ------------------------------------------------------- */

/* "python" of "python3.11": a version may follow, no other letters. */
static bool owner_is_one_of(const char *base, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (owner_begins(base, names[i]) && !isalpha((unsigned char)base[strlen(names[i])]) &&
            base[strlen(names[i])] != '_')
            return true;
    return false;
}

static bool owner_is_libc(const char *base)
{
    static const char *const names[] = {
        "libc",   "ld-linux", "ld",        "ld-musl",  "libpthread", "libdl",
        "librt",  "libm",     "libresolv", "libgcc_s", "libnsl",     "linux-vdso",
        "[vdso]", "libnss",   "ld64",      "libutil",  "libanl",     "libcrypt"};

    return owner_begins(base, "libc.musl") || owner_begins(base, "libnss_") ||
           owner_begins(base, "ld-linux") ||
           owner_is_one_of(base, names, sizeof names / sizeof *names);
}

static bool owner_is_interpreter(const char *base)
{
    static const char *const names[] = {
        "python",    "libpython", "perl",   "libperl",     "ruby",       "libruby", "node",
        "nodejs",    "libnode",   "php",    "libphp",      "lua",        "liblua",  "luajit",
        "libluajit", "java",      "libjvm", "libjli",      "libjava",    "guile",   "libguile",
        "tclsh",     "libtcl",    "mono",   "libmonosgen", "libcoreclr", "beam"};

    return owner_is_one_of(base, names, sizeof names / sizeof *names);
}

static bool owner_is_system(const char *path)
{
    static const char *const folders[] = {"/usr",  "/lib",       "/lib64", "/bin",
                                          "/sbin", "/nix/store", "/snap"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (owner_is_below(path, folders[i]))
            return !owner_is_below(path, "/usr/local") && !owner_is_below(path, "/usr/src");
    return false;
}

static struct frame_owner owner_by_module(const struct owners *owners,
                                          const struct shown_line *line)
{
    const char *base = owner_base(line->object), *path = line->position->path;

    if (!*line->object)
        return owner_named(OWNER_LIBC, "code without a file");
    if (owner_is_libc(base))
        return owner_named(OWNER_LIBC, base);
    if (owner_begins(base, "libstdc++") || owner_begins(base, "libc++"))
        return owner_named(OWNER_LANGUAGE, base);
    if (owner_is_interpreter(base))
        return owner_named(OWNER_INTERPRETER, base);
    if (!owners->model->modules[line->frame->module].is_program && owner_is_system(line->object) &&
        !(path && owner_is_below(path, owners->root)))
        return owner_named(OWNER_LIBRARY, base);
    return owner_made(OWNER_PROGRAM, NULL, 0);
}

/* --- by the function and its source -------------------------------------- */

/* The standard libraries' namespaces, and what stands in the program without one. */
static const char *owner_namespace(const char *name)
{
    static const char *const names[][2] = {
        {"std::", "std::"},        {"__gnu_cxx::", "std::"},  {"__gnu_debug::", "std::"},
        {"__cxxabiv1::", "std::"}, {"operator new", "std::"}, {"operator delete", "std::"},
        {"alloc::", "alloc::"},    {"core::", "core::"},      {"hashbrown::", "std::"},
        {"__rust_", "alloc::"},    {"__rdl_", "alloc::"},     {"__rg_", "alloc::"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (owner_begins(name, names[i][0]))
            return names[i][1];
    return NULL;
}

/* "<alloc::vec::Vec<T> as Trait>::f" is alloc's; "<T as core::Trait>::f", of any type, is core's;
 * "<mine::Type as core::Trait>::f" is mine. */
static const char *owner_of_qualified(const char *name)
{
    const char *type = name + strspn(name, "<&*[");
    const char *trait = strstr(type, " as ");
    size_t length = strcspn(type, " ");

    if (owner_namespace(type) && *type != '_')
        return owner_namespace(type);
    bool is_any = trait && trait == type + length && !memchr(type, ':', length);
    return is_any ? owner_namespace(trait + 4) : NULL;
}

static const char *owner_by_name(const char *name)
{
    if (!name)
        return NULL;
    if (*name == '<')
        return owner_of_qualified(name);
    const char *of = owner_namespace(name);
    return of ? of : owner_namespace(short_name_begin(name));
}

static const char *owner_by_source(const char *path)
{
    static const char *const parts[][2] = {
        {"/include/c++/", "std::"},       {"/library/alloc/src/", "alloc::"},
        {"/library/core/src/", "core::"}, {"/library/std/src/", "std::"},
        {"/liballoc/", "alloc::"},        {"/libcore/", "core::"}};

    for (size_t i = 0; path && i < sizeof parts / sizeof *parts; i++)
        if (strstr(path, parts[i][0]))
            return parts[i][1];
    return NULL;
}

/* What a library's header puts into the program: "boost" of /usr/include/boost/shared_ptr.hpp. */
static bool owner_is_header(const char *path, struct frame_owner *owner)
{
    static const char folder[] = "/usr/include/";

    if (!path || !owner_begins(path, folder))
        return false;
    const char *label = path + sizeof folder - 1;
    *owner = owner_made(OWNER_LIBRARY, label, strcspn(label, "/"));
    return true;
}

struct frame_owner owners_line(const struct owners *owners, const struct shown_line *line)
{
    struct frame_owner owner;

    if (owners->model->tracer && strcmp(line->object, owners->model->tracer) == 0)
        return owner_named(OWNER_ALLOCATOR, "malloc");
    owner = owner_by_module(owners, line);
    if (owner.owner != OWNER_PROGRAM && owner.owner != OWNER_LIBRARY)
        return owner;
    const char *language = owner_by_name(line->position->function);
    if (!language)
        language = owner_by_source(line->position->path);
    if (language)
        return owner_named(OWNER_LANGUAGE, language);
    if (owner.owner == OWNER_PROGRAM && owner_is_header(line->position->path, &owner))
        return owner;
    return owner;
}

/* --- frames -------------------------------------------------------------- */

void owners_begin(struct owners *owners, const struct options *options, const struct model *model)
{
    char *root = getcwd(NULL, 0);

    *owners = (struct owners){.options = options, .model = model};
    owners->root = memory_text("%s", root ? root : "");
    free(root);
    owners->known_count = model->frame_count;
    owners->known = memory_zeroed(model->frame_count, 1);
}

void owners_end(struct owners *owners)
{
    free(owners->root);
    free(owners->known);
}

enum owner owners_frame(struct owners *owners, uint32_t number)
{
    const struct frame *frame = &owners->model->frames[number];
    enum owner best = OWNER_ALLOCATOR;

    if (number < owners->known_count && owners->known[number])
        return (enum owner)(owners->known[number] - 1);
    for (uint32_t i = 0; i < frame->position_count; i++) {
        struct shown_line line = shown_frame_line(owners->options, owners->model, frame, i);
        struct frame_owner owner = owners_line(owners, &line);

        if (owner.owner > best)
            best = owner.owner;
    }
    if (number < owners->known_count)
        owners->known[number] = (uint8_t)(best + 1);
    return best;
}
