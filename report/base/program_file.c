#include "base/program_file.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/number_text.h"
#include "trace_format.h"

#if defined __x86_64__
#define PROGRAM_MACHINE EM_X86_64
#elif defined __aarch64__
#define PROGRAM_MACHINE EM_AARCH64
#else
#define PROGRAM_MACHINE EM_NONE
#endif

/* --- where it is --------------------------------------------------------- */

static int program_judge_candidate(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return access(path, X_OK) == 0 ? 0 : EACCES;
}

static int program_say_error(const char *name, int error, struct failure *failure)
{
    if (error == EISDIR)
        failure_set(failure,
                    "%s is a directory: name the program in it, or the log that is to be read",
                    name);
    else if (error == EACCES)
        failure_set(failure, "%s may not be executed: chmod +x it, or name the program", name);
    else if (error == ENOENT && !strchr(name, '/'))
        failure_set(failure, "%s is not in any directory of PATH: give its path", name);
    else if (error == ENOENT)
        failure_set(failure, "%s does not exist: name a program, or a log", name);
    else
        failure_set(failure, "%s cannot be run: %s", name, strerror(error));
    failure->status = error == ENOENT ? PROGRAM_NOT_FOUND : PROGRAM_NOT_RUN;
    return -1;
}

/* As execvp: a file that may not be run does not end the search, but is what is complained of. 0 or
 * an errno. */
static int program_search(const char *name, char path[PATH_MAX])
{
    const char *folders = getenv("PATH");
    int worst = ENOENT;

    if (strchr(name, '/')) {
        snprintf(path, PATH_MAX, "%s", name);
        return program_judge_candidate(path);
    }
    for (const char *folder = folders ? folders : "/bin:/usr/bin"; *name && folder;) {
        size_t length = strcspn(folder, ":");

        snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, folder, length ? "/" : "./", name);
        int error = program_judge_candidate(path);
        if (error == 0)
            return 0;
        if (error == EACCES)
            worst = error;
        folder = folder[length] ? folder + length + 1 : NULL;
    }
    return worst;
}

int program_file_find(const char *name, char path[PATH_MAX], struct failure *failure)
{
    int error = program_search(name, path);

    return error ? program_say_error(name, error, failure) : 0;
}

/* --- what is in it ------------------------------------------------------- */

struct program_facts {
    bool has_interpreter; /* PT_INTERP */
    bool is_of_musl;      /* and it is musl's loader */
    bool is_program;      /* ET_EXEC, or marked as a position independent program */
    bool is_loader;       /* ld.so itself: runs programs, and honours LD_PRELOAD */
    bool has_malloc;      /* and shows it to libraries */
    bool has_hooks;       /* names of what all sanitizers have in common */
    const char *sanitizer;
};

/* gcc's library and clang's, a function that clang's shows where it is linked in, the variable that
 * it reads. */
static const struct {
    const char *library, *other_library, *symbol, *variable, *name;
} program_sanitizers[] = {
#define PROGRAM_SANITIZER(lower, upper, name)                                                      \
    {"lib" #lower ".so", "libclang_rt." #lower, "__" #lower "_init", #upper "_OPTIONS", name},
    TRACE_SANITIZERS(PROGRAM_SANITIZER)
#undef PROGRAM_SANITIZER
};
enum { PROGRAM_SANITIZERS = sizeof program_sanitizers / sizeof *program_sanitizers };

static bool program_begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void program_read_dynamic(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                                 struct program_facts *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;

    for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        const char *text = entry.d_tag == DT_NEEDED || entry.d_tag == DT_SONAME
                               ? elf_strptr(elf, header->sh_link, entry.d_un.d_val)
                               : NULL;

        if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE))
            facts->is_program = true;
        if (text && entry.d_tag == DT_SONAME && strncmp(text, "ld-linux", 8) == 0)
            facts->is_loader = true;
        for (int k = 0; text && entry.d_tag == DT_NEEDED && k < PROGRAM_SANITIZERS; k++)
            if (program_begins_with(text, program_sanitizers[k].library) ||
                program_begins_with(text, program_sanitizers[k].other_library))
                facts->sanitizer = program_sanitizers[k].name;
    }
}

/* A sanitizer that is linked in shows its start function to libraries. */
static void program_read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                                 struct program_facts *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

        for (int k = 0; name && k < PROGRAM_SANITIZERS; k++)
            if (strcmp(name, program_sanitizers[k].symbol) == 0)
                facts->sanitizer = program_sanitizers[k].name;
        if (name && strcmp(name, "malloc") == 0 && symbol.st_shndx != SHN_UNDEF)
            facts->has_malloc = true;
        if (name && program_begins_with(name, "__sanitizer_"))
            facts->has_hooks = true;
    }
}

static bool program_has_text(const Elf_Data *data, const char *text)
{
    char whole[32] = ""; /* with the end of the text before it */

    snprintf(whole + 1, sizeof whole - 1, "%s", text);
    return memmem(data->d_buf, data->d_size, whole, strlen(text) + 2) != NULL;
}

/* gcc's -static-libasan and its kin show malloc and no name of their own. In a stripped program
 * they are known by the variable that they read. */
static void program_search_variables(Elf *elf, struct program_facts *facts)
{
    GElf_Shdr header;
    Elf_Scn *section = NULL;

    while (!facts->sanitizer && (section = elf_nextscn(elf, section)) != NULL) {
        bool is_constant = gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS &&
                           header.sh_flags & SHF_ALLOC &&
                           !(header.sh_flags & (SHF_EXECINSTR | SHF_WRITE));
        Elf_Data *data = is_constant ? elf_getdata(section, NULL) : NULL;

        for (int k = 0; data && data->d_buf && !facts->sanitizer && k < PROGRAM_SANITIZERS; k++)
            if (program_has_text(data, program_sanitizers[k].variable))
                facts->sanitizer = program_sanitizers[k].name;
    }
}

/* The loader that the program asks for. */
static void program_read_interpreter(Elf *elf, const GElf_Phdr *segment,
                                     struct program_facts *facts)
{
    size_t size = 0;
    const char *bytes = elf_rawfile(elf, &size);

    facts->has_interpreter = true;
    if (!bytes || segment->p_offset >= size || segment->p_filesz >= size - segment->p_offset)
        return;
    facts->is_of_musl = memmem(bytes + segment->p_offset, segment->p_filesz, "/ld-musl-", 9);
}

static void program_read_facts(Elf *elf, struct program_facts *facts)
{
    size_t segments = 0;
    GElf_Phdr segment;
    GElf_Shdr header;
    Elf_Scn *section = NULL;

    elf_getphdrnum(elf, &segments);
    for (size_t i = 0; i < segments; i++)
        if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_INTERP)
            program_read_interpreter(elf, &segment, facts);
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_DYNAMIC)
            program_read_dynamic(elf, section, &header, facts);
        else if (header.sh_type == SHT_DYNSYM)
            program_read_symbols(elf, section, &header, facts);
    }
    if (facts->has_malloc && facts->has_hooks && !facts->sanitizer)
        program_search_variables(elf, facts);
}

/* --- what is missing ----------------------------------------------------- */

/* How many bytes the file must have for what its headers name and the kernel maps. */
static uint64_t program_least_size(Elf *elf, const GElf_Ehdr *header)
{
    uint64_t least = header->e_phoff + (uint64_t)header->e_phnum * header->e_phentsize;
    GElf_Phdr segment;

    for (int i = 0; i < header->e_phnum && gelf_getphdr(elf, i, &segment); i++)
        if (segment.p_type == PT_LOAD && segment.p_offset + segment.p_filesz > least)
            least = segment.p_offset + segment.p_filesz;
    return least;
}

static int program_check_whole(const char *path, int fd, Elf *elf, const GElf_Ehdr *header,
                               struct failure *failure)
{
    uint64_t least = program_least_size(elf, header);
    struct stat status;

    if (fstat(fd, &status) != 0 || (uint64_t)status.st_size >= least)
        return 0;
    return failure_set(failure,
                       "%s is truncated: it has %s of the at least %s bytes that its headers name; "
                       "copy or build it again",
                       path, number_text((uint64_t)status.st_size).text, number_text(least).text);
}

/* What an ELF file that is no program is. */
static const char *program_other_kind(unsigned type)
{
    return type == ET_REL    ? "an object file: link it first"
           : type == ET_CORE ? "a core dump"
                             : "of a kind that is not known";
}

static int program_check_header(const char *path, const GElf_Ehdr *header, struct failure *failure)
{
    int bits = header->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;

    if (header->e_machine != PROGRAM_MACHINE || bits != 64)
        return failure_set(failure,
                           "%s is for another machine (ELF machine %u, %d bits): trace it with the "
                           "libtrace.so of that machine",
                           path, header->e_machine, bits);
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return failure_set(failure, "%s is an ELF file, but not a program (it is %s)", path,
                           program_other_kind(header->e_type));
    return 0;
}

static int program_check_elf(const char *path, int fd, Elf *elf, struct failure *failure)
{
    struct program_facts facts = {0};
    GElf_Ehdr header;

    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        return failure_set(failure, "%s is a damaged ELF file", path);
    if (program_check_header(path, &header, failure) != 0 ||
        program_check_whole(path, fd, elf, &header, failure) != 0)
        return -1;
    facts.is_program = header.e_type == ET_EXEC;
    program_read_facts(elf, &facts);
    if (facts.is_loader)
        return 0;
    if (!facts.has_interpreter && !facts.is_program)
        return failure_set(
            failure, "%s is a shared library, not a program: name the program that uses it", path);
    if (!facts.has_interpreter)
        return failure_set(failure,
                           "%s is statically linked: LD_PRELOAD cannot reach it, so it cannot be "
                           "traced; link it dynamically (without -static)",
                           path);
    if (facts.is_of_musl)
        return failure_set(failure,
                           "%s is built for musl, and libtrace.so is for glibc: build it for "
                           "glibc, and trace that",
                           path);
    if (facts.sanitizer)
        return failure_set(failure,
                           "%s is built with %s, which replaces malloc itself: build it without, "
                           "and trace that",
                           path, facts.sanitizer);
    return 0;
}

/* --- rights -------------------------------------------------------------- */

/* Nobody gains rights by a file where the process has given that up, or on such a filesystem. */
static bool program_gains_nothing(int fd)
{
    struct statvfs filesystem;

    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
           (fstatvfs(fd, &filesystem) == 0 && filesystem.f_flag & ST_NOSUID);
}

/* The kernel makes a process secure by capabilities that the file wants in effect, also where it
 * does not grant them (no_new_privs). */
static bool program_has_capabilities(int fd)
{
    struct vfs_ns_cap_data data = {0};
    struct statvfs filesystem;
    ssize_t size = fgetxattr(fd, "security.capability", &data, sizeof data);

    if (size <= 0 || geteuid() == 0 ||
        (fstatvfs(fd, &filesystem) == 0 && filesystem.f_flag & ST_NOSUID))
        return false;
    return !program_gains_nothing(fd) || le32toh(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE;
}

static int program_check_set_id(const char *path, int fd, struct failure *failure)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || program_gains_nothing(fd))
        return 0;
    if ((status.st_mode & S_ISUID) && status.st_uid != geteuid())
        return failure_set(failure,
                           "%s is set-uid: the loader ignores LD_PRELOAD in it; trace a copy "
                           "without that bit, or run leakreport as its owner",
                           path);
    if ((status.st_mode & S_ISGID) && (status.st_mode & S_IXGRP) && status.st_gid != getegid())
        return failure_set(failure,
                           "%s is set-gid: the loader ignores LD_PRELOAD in it; trace a copy "
                           "without that bit",
                           path);
    return 0;
}

static int program_check_rights(const char *path, int fd, struct failure *failure)
{
    if (geteuid() != getuid())
        return 0;
    if (program_check_set_id(path, fd, failure) != 0)
        return -1;
    if (program_has_capabilities(fd))
        return failure_set(failure,
                           "%s has file capabilities: the loader ignores LD_PRELOAD in it; trace a "
                           "copy without them",
                           path);
    return 0;
}

/* --- the whole ----------------------------------------------------------- */

/* The interpreter of a "#!" line; a file of no known kind goes to the shell, as execvp has it. */
static void program_interpreter(int fd, char interpreter[PATH_MAX])
{
    char line[256];
    ssize_t length = pread(fd, line, sizeof line - 1, 0);

    snprintf(interpreter, PATH_MAX, "/bin/sh");
    if (length < 3 || line[0] != '#' || line[1] != '!')
        return;
    line[length] = 0;
    char *start = line + 2 + strspn(line + 2, " \t");
    start[strcspn(start, " \t\n")] = 0;
    if (*start)
        snprintf(interpreter, PATH_MAX, "%s", start);
}

static bool program_begins_as_elf(int fd)
{
    char magic[SELFMAG];

    return pread(fd, magic, SELFMAG, 0) == SELFMAG && memcmp(magic, ELFMAG, SELFMAG) == 0;
}

enum { INTERPRETERS_MAX = 5 }; /* the kernel follows no more */

static int program_say_unopened(const char *path, int depth, struct failure *failure)
{
    return failure_set(failure, "%s%s cannot be opened: %s", path,
                       depth < INTERPRETERS_MAX ? ", the interpreter that the script names," : "",
                       strerror(errno));
}

static int program_check_depth(const char *path, int depth, struct failure *failure)
{
    char interpreter[PATH_MAX];
    int result;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && errno == EACCES)
        return 0; /* it may be run without being read: let it */
    if (fd < 0)
        return program_say_unopened(path, depth, failure);
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (program_begins_as_elf(fd)) {
        result = program_check_elf(path, fd, elf, failure);
        if (result == 0)
            result = program_check_rights(path, fd, failure);
    } else if (depth == 0) {
        result = failure_set(failure,
                             "%s names an interpreter that names an interpreter, and so "
                             "on: start the last one by hand",
                             path);
    } else {
        program_interpreter(fd, interpreter);
        result = program_check_depth(interpreter, depth - 1, failure);
    }
    elf_end(elf);
    close(fd);
    return result;
}

int program_file_check(const char *path, struct failure *failure)
{
    int result = program_check_depth(path, INTERPRETERS_MAX, failure);
    if (result != 0)
        failure->status = PROGRAM_NOT_RUN;
    return result;
}

static bool program_file_begins_with(const char *path, const char *bytes)
{
    char begin[8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool same =
        fd >= 0 && read(fd, begin, sizeof begin) > 0 && memcmp(begin, bytes, strlen(bytes)) == 0;

    if (fd >= 0)
        close(fd);
    return same;
}

bool program_file_is_core(const char *name)
{
    Elf64_Ehdr header;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool is_core = fd >= 0 && pread(fd, &header, sizeof header, 0) == sizeof header &&
                   memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_type == ET_CORE;

    if (fd >= 0)
        close(fd);
    return is_core;
}

/* A file that may be run and not be read can only be a program. A bare name that is a file's here
 * is that file's, be it a damaged log, and none of PATH. */
bool program_file_is_program(const char *name)
{
    char path[PATH_MAX];
    struct stat status;
    size_t length = strlen(name);

    if (!strchr(name, '/') && stat(name, &status) == 0)
        return false;
    if (program_file_begins_with(name, TRACE_MAGIC) || program_file_is_core(name))
        return false;
    int error = program_search(name, path);
    if (error == ENOENT)
        return length < 4 || strcmp(name + length - 4, ".log") != 0;
    return error == EISDIR || program_file_begins_with(path, ELFMAG) ||
           program_file_begins_with(path, "#!") || (!error && access(path, R_OK) != 0);
}
