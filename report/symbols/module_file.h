/* module_file.h: finds and opens the ELF file of a module, and its debug file.
 *
 * The file at the module's path, below one of the roots, counts only if its build id is the one in
 * the log; of a module without one, if its size is. Otherwise the build id is looked up under the
 * debug folders' .build-id and, when DEBUGINFOD_URLS is set, by libdw's debuginfod client; so a log
 * can be read where the program was never installed. The separate debug file of a stripped module
 * is found by libdw (build id, .gnu_debuglink), in the same folders.
 *
 * A log is not trusted: a path that names a pipe or a device is not opened.
 */
#ifndef MODULE_FILE_H
#define MODULE_FILE_H

#include <elfutils/libdwfl.h>
#include "base/file_roots.h"
#include "read/model.h"

enum module_file_state {
    MODULE_FILE_FOUND,
    MODULE_FILE_MISSING, /* no file there */
    MODULE_FILE_OTHER,   /* a file is there, of another build */
    MODULE_FILE_BAD,     /* a file is there, and it is no readable ELF file */
};

struct module_file {
    enum module_file_state state;
    Dwfl *dwfl;          /* NULL unless found */
    Dwfl_Module *module; /* mapped so that an address is the file's own p_vaddr */
    bool is_doubtful;    /* found, but nothing proves that it is the file that was traced */
    char *debug_folders; /* for libdw, as are the callbacks */
    Dwfl_Callbacks callbacks;
};

/* Modules with equal identities find the same file; all bytes count. */
struct module_file_identity {
    uint64_t device, number; /* inode of the file at the module's path; 0: there is none */
    uint64_t build_id_size;
    uint8_t build_id[40];
    uint64_t size, inode; /* of the file that was traced, where that has no build id */
    int64_t time_ns;
};

/* roots: or NULL; wanted for the call only. */
void module_file_identify(struct module_file_identity *identity, const struct module *module,
                          const struct file_roots *roots);
void module_file_open(struct module_file *file, const struct module *module,
                      const struct file_roots *roots);
void module_file_close(struct module_file *file);

#endif
