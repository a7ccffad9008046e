#include "symbols/module_file.h"
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "symbols/build_id.h"

static const Dwfl_Callbacks module_file_callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

static bool module_file_is_regular(const char *path, struct stat *status)
{
    return stat(path, status) == 0 && S_ISREG(status->st_mode);
}

/* A regular file's descriptor, or -1. Looked at before it is opened, because opening alone wakes
 * who waits at a pipe's other end, and does something in some devices; and behind that, because
 * another file may be there by then. */
static int module_file_descriptor(const char *path)
{
    struct stat status;

    if (!module_file_is_regular(path, &status))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)))
        return fd;
    close(fd);
    return -1;
}

static bool module_file_has_build_id(Elf *elf, const struct module *module)
{
    const void *bits;
    ssize_t size = dwelf_elf_gnu_build_id(elf, &bits);

    return module->build_id_size == 0 || (size == (ssize_t)module->build_id_size &&
                                          memcmp(bits, module->build_id, (size_t)size) == 0);
}

/* What the file is, compared with the module. */
static enum module_file_state module_file_judge(int fd, const struct module *module)
{
    struct stat status;
    enum module_file_state state = MODULE_FILE_BAD;
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

    if (elf && elf_kind(elf) == ELF_K_ELF)
        state = module_file_has_build_id(elf, module) ? MODULE_FILE_FOUND : MODULE_FILE_OTHER;
    if (state == MODULE_FILE_FOUND && module->build_id_size == 0 && module->file_size &&
        fstat(fd, &status) == 0 && module->file_size != (uint64_t)status.st_size)
        state = MODULE_FILE_OTHER;
    elf_end(elf);
    return state;
}

/* A copy of the file has another inode, and mostly another time; a file that was built anew may be
 * as large as it was before. Which of them it is cannot be known. */
static bool module_file_is_doubtful(int fd, const struct module *module)
{
    struct stat status;

    if (module->build_id_size)
        return false;
    return fstat(fd, &status) != 0 || module->file_size != (uint64_t)status.st_size ||
           module->file_inode != status.st_ino ||
           module->file_time_ns !=
               (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
}

/* dwfl_report_elf takes the descriptor over when it succeeds. */
static bool module_file_report(struct module_file *file, const char *path, int fd)
{
    file->callbacks = module_file_callbacks;
    file->callbacks.debuginfo_path = &file->debug_folders;
    file->dwfl = dwfl_begin(&file->callbacks);
    if (file->dwfl) {
        dwfl_report_begin(file->dwfl);
        file->module = dwfl_report_elf(file->dwfl, path, path, fd, 0, true);
        dwfl_report_end(file->dwfl, NULL, NULL);
    }
    if (file->module)
        return true;
    dwfl_end(file->dwfl);
    file->dwfl = NULL;
    return false;
}

static enum module_file_state module_file_try(struct module_file *file, const char *path,
                                              const struct module *module)
{
    int fd = module_file_descriptor(path);

    if (fd < 0)
        return MODULE_FILE_MISSING;
    enum module_file_state state = module_file_judge(fd, module);
    file->is_doubtful = module_file_is_doubtful(fd, module);
    if (state == MODULE_FILE_FOUND && module_file_report(file, path, fd))
        return state;
    close(fd);
    return state == MODULE_FILE_FOUND ? MODULE_FILE_BAD : state;
}

/* The first of the roots below which it is that file; else why it is none of them. */
static enum module_file_state module_file_try_roots(struct module_file *file,
                                                    const struct module *module,
                                                    const struct file_roots *roots)
{
    enum module_file_state answer = MODULE_FILE_MISSING;
    char *path;

    for (unsigned i = 0; (path = file_roots_path(roots, i, module->path)) != NULL; i++) {
        enum module_file_state state = module_file_try(file, path, module);

        free(path);
        if (state == MODULE_FILE_FOUND)
            return state;
        answer = answer == MODULE_FILE_MISSING ? state : answer;
    }
    return answer;
}

/* A debug file holds symbols and line numbers of the whole module: as good as the module. */
static bool module_file_try_debug(struct module_file *file, const struct module *module,
                                  const char *folder)
{
    char id[BUILD_ID_TEXT];
    static const char *const endings[] = {".debug", ""};

    build_id_text(module, id);
    for (size_t i = 0; i < 2; i++) {
        char *path = memory_text("%s/.build-id/%.2s/%s%s", folder, id, id + 2, endings[i]);
        bool found = module_file_try(file, path, module) == MODULE_FILE_FOUND;

        free(path);
        if (found)
            return true;
    }
    return false;
}

static bool module_file_try_folders(struct module_file *file, const struct module *module,
                                    const struct file_roots *roots)
{
    bool found = false;
    char *folder;

    for (unsigned i = 0; !found && (folder = file_roots_debug(roots, i)) != NULL; i++) {
        found = module_file_try_debug(file, module, folder);
        free(folder);
    }
    return found;
}

/* As libdw wants it: beside the file, in .debug there, then the folders. It looks for build ids in
 * absolute ones only. */
static char *module_file_debug_folders(const struct file_roots *roots)
{
    char *all = memory_text(":.debug"), *folder;

    for (unsigned i = 0; (folder = file_roots_debug(roots, i)) != NULL; i++) {
        char *absolute = realpath(folder, NULL);
        char *longer = absolute ? memory_text("%s:%s", all, absolute) : NULL;

        free(absolute);
        free(folder);
        if (!longer)
            continue;
        free(all);
        all = longer;
    }
    return all;
}

/* Asks the debuginfod servers, by a module that consists of nothing but its build id. */
static bool module_file_try_servers(struct module_file *file, const struct module *module)
{
    const char *servers = getenv("DEBUGINFOD_URLS");
    char *path = NULL;
    Elf *elf = NULL;
    int fd = -1;

    if (!servers || !*servers)
        return false;
    Dwfl *dwfl = dwfl_begin(&module_file_callbacks);
    if (!dwfl)
        return false;
    dwfl_report_begin(dwfl);
    Dwfl_Module *asked = dwfl_report_module(dwfl, module->path, 0, module->end - module->start);
    if (asked &&
        dwfl_module_report_build_id(asked, module->build_id, module->build_id_size, 0) == 0)
        fd = dwfl_build_id_find_elf(asked, NULL, module->path, 0, &path, &elf);
    dwfl_report_end(dwfl, NULL, NULL);
    bool found = fd >= 0 && path && module_file_try(file, path, module) == MODULE_FILE_FOUND;
    if (fd >= 0)
        close(fd);
    elf_end(elf);
    free(path);
    dwfl_end(dwfl);
    return found;
}

void module_file_identify(struct module_file_identity *identity, const struct module *module,
                          const struct file_roots *roots)
{
    struct stat status;
    char *path;

    memset(identity, 0, sizeof *identity);
    for (unsigned i = 0; (path = file_roots_path(roots, i, module->path)) != NULL; i++) {
        if (identity->number == 0 && module_file_is_regular(path, &status)) {
            identity->device = status.st_dev;
            identity->number = status.st_ino;
        }
        free(path);
    }
    identity->build_id_size = module->build_id_size;
    memcpy(identity->build_id, module->build_id, module->build_id_size);
    if (module->build_id_size)
        return;
    identity->size = module->file_size;
    identity->inode = module->file_inode;
    identity->time_ns = module->file_time_ns;
}

void module_file_open(struct module_file *file, const struct module *module,
                      const struct file_roots *roots)
{
    elf_version(EV_CURRENT);
    *file = (struct module_file){.state = MODULE_FILE_MISSING};
    file->debug_folders = module_file_debug_folders(roots);
    file->state = module_file_try_roots(file, module, roots);
    if (file->state == MODULE_FILE_FOUND || module->build_id_size == 0)
        return;
    if (module_file_try_folders(file, module, roots) || module_file_try_servers(file, module))
        file->state = MODULE_FILE_FOUND;
}

void module_file_close(struct module_file *file)
{
    if (file->dwfl)
        dwfl_end(file->dwfl);
    free(file->debug_folders);
    file->debug_folders = NULL;
    file->dwfl = NULL;
    file->module = NULL;
}
