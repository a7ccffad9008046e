/* exec and its kin with what cannot be read, is too long or is not there: what comes back, and why. */
#define _GNU_SOURCE
#include "leak.h"
#include "older.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>

extern char **environ;

static void tell(const char *name, int result)
{
    printf("%s: %d, %s\n", name, result, strerrorname_np(result < 0 ? errno : result));
    errno = 0;
}
#define TELL(call) tell(#call, call)

/* Bytes up to the end of what is mapped, without a NUL. */
static char *endless(void)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    memset(pages, 'x', 4096);
    return pages + 4000;
}

int main(void)
{
    char *words[] = {"true", NULL}, *bad_words[] = {"true", (char *)1, NULL};
    char *volatile null = NULL, *volatile one = (char *)1, *cut = endless();
    char **bad = (char **)1;
    char longest[5000];
    int root = open("/", O_RDONLY);
    pid_t child;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    node(100, NULL);
    forget();
    TELL(execve(null, words, environ));
    TELL(execve(one, words, environ));
    TELL(execve(cut, words, environ));
    TELL(execve(longest, words, environ));
    TELL(execve("", words, environ));
    TELL(execve("/bin/true", bad, environ));
    TELL(execve("/bin/true", bad_words, environ));
    TELL(execve("/bin/true", words, bad));
    TELL(execv(null, words));
    TELL(execv(one, words));
    TELL(execl(null, "a", (char *)0));
    TELL(execle(one, "a", (char *)0, environ));
    TELL(execveat(AT_FDCWD, null, words, environ, 0));
    TELL(execveat(AT_FDCWD, one, words, environ, 0));
    TELL(execveat(root, null, words, environ, 0));
    TELL(execveat(root, cut, words, environ, 0));
    TELL(execveat(root, one, words, environ, AT_EMPTY_PATH));
    TELL(execveat(root, "", words, environ, AT_EMPTY_PATH));
    TELL(execveat(-1, "true", words, environ, 0));
    TELL(fexecve(-1, words, environ));
    TELL(fexecve(root, words, environ));
    TELL(execvp("", words));
    TELL(execvp(longest, words));
    TELL(posix_spawn(&child, null, NULL, NULL, words, environ));
    TELL(posix_spawn(&child, "/bin/true", NULL, NULL, bad_words, environ));
    return 0;
}
