#include "os/exec_target.h"

#include "os/message.h"
#include "os/sys.h"

#include <elf.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define HEAD_BYTES   256u /* of a file: the kernel reads no more of a script either */
#define SCRIPTS_MOST 5    /* that a script is run by a script, as for the kernel */

/* --- the loader ---------------------------------------------------------- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* glibc's, also from another folder, and as Debian and others called it until 2.34. The standard
 * names for it of other times are links to it. */
static bool is_of_glibc(const char *loader)
{
    struct stat here, there;
    const char *name = last_part(loader);
    if (begins(name, "ld-linux-x86-64.so") || begins(name, "ld-2."))
        return true;
    return sys_stat("/lib64/ld-linux-x86-64.so.2", &here) == 0 && sys_stat(loader, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* --- ELF ----------------------------------------------------------------- */

static bool read_at(int fd, void *buffer, size_t bytes, uint64_t offset)
{
    return sys_pread(fd, buffer, bytes, offset) == (long)bytes;
}

/* The loader that the program asks for. false: it is static, or damaged. */
static bool find_loader(int fd, const Elf64_Ehdr *header, char *loader, size_t size)
{
    Elf64_Phdr part;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (header->e_phentsize != sizeof part ||
            !read_at(fd, &part, sizeof part, header->e_phoff + i * sizeof part))
            return false;
        if (part.p_type != PT_INTERP)
            continue;
        bool fits = part.p_filesz > 0 && part.p_filesz <= size &&
                    read_at(fd, loader, part.p_filesz, part.p_offset);
        return fits && loader[part.p_filesz - 1] == '\0';
    }
    return false;
}

/* What is static may be a loader that is given a program to run. */
static enum exec_target look_at_elf(int fd, const Elf64_Ehdr *header, const char *path)
{
    char loader[HEAD_BYTES];
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != SYS_MACHINE)
        return EXEC_TARGET_OTHER_PROCESSOR;
    if (find_loader(fd, header, loader, sizeof loader))
        return is_of_glibc(loader) ? EXEC_TARGET_ORDINARY : EXEC_TARGET_OTHER_LIBRARY;
    if (is_of_glibc(path))
        return EXEC_TARGET_ORDINARY;
    return begins(last_part(path), "ld-musl-") ? EXEC_TARGET_OTHER_LIBRARY : EXEC_TARGET_STATIC;
}

/* --- the file ------------------------------------------------------------ */

/* Whether it would run with rights that its caller has not; then the loader reads nothing of the
 * environment. */
static bool gives_rights(int fd)
{
    struct stat status;
    char value[32];
    if (sys_prctl(PR_GET_NO_NEW_PRIVS, 0) == 1 || sys_fstat(fd, &status) != 0)
        return false;
    long user = sys_call(SYS_getuid, 0, 0, 0, 0, 0, 0);
    if (status.st_mode & S_ISUID && status.st_uid != user)
        return true;
    if ((status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
        status.st_gid != sys_call(SYS_getgid, 0, 0, 0, 0, 0, 0))
        return true;
    return user != 0 && sys_call(SYS_fgetxattr, fd, (long)"security.capability", (long)value,
                                 sizeof value, 0, 0) > 0;
}

/* The path behind "#!", which is cut out of `head`. NULL: it is no script that says by whom. */
static char *interpreter_of(char *head)
{
    if (head[0] != '#' || head[1] != '!')
        return NULL;
    char *name = head + 2 + strspn(head + 2, " \t");
    name[strcspn(name, " \t\n")] = '\0';
    return *name ? name : NULL;
}

/* *next: the interpreter of a script, which is what is to be looked at then; `head` holds it. */
static enum exec_target look_at_file(int fd, const char *path, char head[HEAD_BYTES + 1],
                                     const char **next)
{
    Elf64_Ehdr header;
    long length = sys_pread(fd, head, HEAD_BYTES, 0);
    head[length > 0 ? length : 0] = '\0';
    *next = interpreter_of(head);
    if (*next || length < (long)sizeof header || memcmp(head, ELFMAG, SELFMAG) != 0)
        return EXEC_TARGET_ORDINARY;
    memcpy(&header, head, sizeof header);
    enum exec_target target = look_at_elf(fd, &header, path);
    bool would_be_traced = target == EXEC_TARGET_ORDINARY;
    return would_be_traced && gives_rights(fd) ? EXEC_TARGET_RIGHTS : target;
}

/* Only a plain file is opened: a device may notice. */
static long open_target(int directory, const char *path, int flags)
{
    struct stat status;
    char by_number[32];
    if (!sys_can_read((uintptr_t)path & ~(uintptr_t)7))
        return -EFAULT;
    if (!*path && flags & AT_EMPTY_PATH) {
        message_format(by_number, sizeof by_number, "/proc/self/fd/%d", (int64_t)directory);
        path = by_number;
    }
    if (sys_call(SYS_newfstatat, directory, (long)path, (long)&status, 0, 0, 0) != 0 ||
        !S_ISREG(status.st_mode))
        return -EACCES;
    return sys_call(SYS_openat, directory, (long)path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0, 0, 0);
}

enum exec_target exec_target_look(int directory, const char *path, int flags)
{
    char heads[2][HEAD_BYTES + 1]; /* a script's path lies in the one before */
    enum exec_target target = EXEC_TARGET_ORDINARY;
    for (int round = 0; path && round <= SCRIPTS_MOST; round++) {
        long fd = open_target(directory, path, flags);
        if (sys_is_error(fd))
            return EXEC_TARGET_ORDINARY;
        target = look_at_file((int)fd, path, heads[round % 2], &path);
        sys_close((int)fd);
        directory = AT_FDCWD;
        flags = 0;
    }
    return target;
}

/* --- PATH ---------------------------------------------------------------- */

static bool is_program(const char *path)
{
    struct stat status;
    return sys_stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           sys_call(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0) == 0;
}

/* "folder/name"; an empty folder is the current one. */
static bool join(char path[EXEC_TARGET_PATH], const char *folder, size_t length, const char *name)
{
    size_t rest = strlen(name) + 1;
    if (length + 1 + rest > EXEC_TARGET_PATH)
        return false;
    memcpy(path, folder, length);
    if (length > 0)
        path[length++] = '/';
    memcpy(path + length, name, rest);
    return true;
}

enum exec_target exec_target_look_in_path(const char *name, const char *list,
                                          char path[EXEC_TARGET_PATH])
{
    path[0] = '\0';
    if (!sys_can_read((uintptr_t)name & ~(uintptr_t)7))
        return EXEC_TARGET_ORDINARY;
    if (strchr(name, '/')) {
        size_t length = strlen(name);
        memcpy(path, name, length < EXEC_TARGET_PATH ? length + 1 : 0);
        return exec_target_look(AT_FDCWD, name, 0);
    }
    for (const char *folder = list ? list : "/bin:/usr/bin"; *name;) {
        size_t length = strcspn(folder, ":");
        if (join(path, folder, length, name) && is_program(path))
            return exec_target_look(AT_FDCWD, path, 0);
        if (!folder[length])
            break;
        folder += length + 1;
    }
    path[0] = '\0';
    return EXEC_TARGET_ORDINARY;
}

/* --- what that means ------------------------------------------------------ */

bool exec_target_is_hurt(enum exec_target target)
{
    return target == EXEC_TARGET_OTHER_LIBRARY || target == EXEC_TARGET_OTHER_PROCESSOR ||
           target == EXEC_TARGET_SKIPPED;
}

bool exec_target_is_deaf(enum exec_target target)
{
    return target == EXEC_TARGET_STATIC || target == EXEC_TARGET_RIGHTS;
}

enum trace_unfollowed exec_target_obstacle(enum exec_target target)
{
    static const enum trace_unfollowed obstacles[] = {
        [EXEC_TARGET_ORDINARY] = TRACE_FOLLOWED,
        [EXEC_TARGET_STATIC] = TRACE_UNFOLLOWED_STATIC,
        [EXEC_TARGET_RIGHTS] = TRACE_UNFOLLOWED_RIGHTS,
        [EXEC_TARGET_OTHER_LIBRARY] = TRACE_UNFOLLOWED_LIBRARY,
        [EXEC_TARGET_OTHER_PROCESSOR] = TRACE_UNFOLLOWED_PROCESSOR,
        [EXEC_TARGET_SKIPPED] = TRACE_UNFOLLOWED_SKIPPED,
    };
    return obstacles[target];
}
