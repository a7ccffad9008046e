#include "program_file.h"
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

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

static int program_say_error(const char *name, int error, bool searched, struct failure *failure)
{
    if (error == EISDIR)
        return failure_set(failure, "%s is a directory, not a program", name);
    if (error == EACCES)
        return failure_set(failure, "%s may not be executed: chmod +x it, or name the program",
                           name);
    if (error == ENOENT && searched)
        return failure_set(failure, "%s is not in any folder of PATH: give its path", name);
    return failure_set(failure, "%s cannot be run: %s", name, strerror(error));
}

/* As execvp: a file that may not be run does not end the search, but is what is complained of. */
int program_file_find(const char *name, char path[PATH_MAX], struct failure *failure)
{
    const char *folders = getenv("PATH");
    int worst = ENOENT;

    if (strchr(name, '/')) {
        snprintf(path, PATH_MAX, "%s", name);
        int error = program_judge_candidate(path);
        return error ? program_say_error(name, error, false, failure) : 0;
    }
    for (const char *place = folders ? folders : "/bin:/usr/bin"; *name && place;) {
        size_t length = strcspn(place, ":");

        snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, place, length ? "/" : "./", name);
        int error = program_judge_candidate(path);
        if (error == 0)
            return 0;
        if (error == EACCES)
            worst = error;
        place = place[length] ? place + length + 1 : NULL;
    }
    return program_say_error(name, worst, true, failure);
}

/* --- what is in it ------------------------------------------------------- */

struct program_facts {
    bool has_interpreter; /* PT_INTERP */
    bool is_program;      /* ET_EXEC, or marked as a position independent program */
    bool is_loader;       /* ld.so itself: runs programs, and honours LD_PRELOAD */
    const char *sanitizer;
};

static const struct {
    const char *library, *symbol, *name;
} program_sanitizers[] = {
    {"libasan.so", "__asan_init", "AddressSanitizer"},
    {"libhwasan.so", "__hwasan_init", "HWAddressSanitizer"},
    {"libtsan.so", "__tsan_init", "ThreadSanitizer"},
    {"libmsan.so", "__msan_init", "MemorySanitizer"},
    {"liblsan.so", "__lsan_init", "LeakSanitizer"},
};
enum { PROGRAM_SANITIZERS = sizeof program_sanitizers / sizeof *program_sanitizers };

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
            if (strncmp(text, program_sanitizers[k].library,
                        strlen(program_sanitizers[k].library)) == 0)
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
    }
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
            facts->has_interpreter = true;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            continue;
        if (header.sh_type == SHT_DYNAMIC)
            program_read_dynamic(elf, section, &header, facts);
        else if (header.sh_type == SHT_DYNSYM)
            program_read_symbols(elf, section, &header, facts);
    }
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

static int program_check_elf(const char *path, Elf *elf, struct failure *failure)
{
    struct program_facts facts = {0};
    GElf_Ehdr header;

    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        return failure_set(failure, "%s is a damaged ELF file", path);
    if (program_check_header(path, &header, failure) != 0)
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
    if (facts.sanitizer)
        return failure_set(failure,
                           "%s is built with %s, which replaces malloc itself: build it without, "
                           "and trace that",
                           path, facts.sanitizer);
    return 0;
}

/* --- rights -------------------------------------------------------------- */

static int program_check_rights(const char *path, int fd, struct failure *failure)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || geteuid() != getuid())
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
    if (geteuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0)
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

static int program_check_depth(const char *path, int depth, struct failure *failure)
{
    char interpreter[PATH_MAX];
    int result;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && errno == EACCES)
        return 0; /* it may be run without being read: let it */
    if (fd < 0)
        return failure_set(failure, "%s cannot be opened: %s", path, strerror(errno));
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (program_begins_as_elf(fd)) {
        result = program_check_elf(path, elf, failure);
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
    enum { INTERPRETERS_MAX = 5 }; /* the kernel follows no more */

    return program_check_depth(path, INTERPRETERS_MAX, failure);
}
