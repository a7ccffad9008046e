/* Opens GLib while it runs, and loses 40 objects (960 bytes) and 30 nodes of lists (480 bytes). With an
 * argument it allows itself no executable memory any more before that, as systemd's
 * MemoryDenyWriteExecute does: mprotect with PROT_EXEC fails. */
#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void deny_executable_memory(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        perror("seccomp");
}

static void __attribute__((noinline)) lose(void *library)
{
    void *(*new_object)(size_t, void *) = dlsym(library, "g_object_new");
    void *(*prepend)(void *, void *) = dlsym(library, "g_slist_prepend");
    for (int i = 0; i < 40; i++)
        new_object(20 << 2, NULL); /* G_TYPE_OBJECT */
    for (int i = 0; i < 30; i++)
        prepend(NULL, NULL);
}

static void __attribute__((noinline)) wipe_stack(void)
{
    volatile char room[16384];
    memset((char *)room, 0, sizeof room);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        deny_executable_memory();
    void *library = dlopen("libgobject-2.0.so.0", RTLD_NOW);
    if (!library)
        return puts(dlerror());
    lose(library);
    wipe_stack();
    puts("done");
    return 0;
}
