#include "scratch.h"

#include "os/message.h"
#include "log/trace_log.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <cmocka.h>

static char folder[256];
static pid_t owner;

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (getpid() == owner)
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    if (!folder[0]) {
        const char *place = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/leakreport-unit-XXXXXX", place ? place : "/tmp");
        if (!mkdtemp(folder))
            abort();
        owner = getpid();
        atexit(remove_folder);
    }
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void scratch_begin_log(const char *name)
{
    message_begin();
    trace_log_begin(scratch_path(name));
}

int scratch_in_child(void (*act)(void))
{
    int status = -1;
    scratch_path(""); /* the folder is the parent's, who removes it */
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        act();
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return status;
}

int scratch_run_apart(const struct CMUnitTest *tests, size_t count, int (*set_up)(void **state))
{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        int status = 1;
        pid_t child = fork();
        if (child == 0)
            exit(_cmocka_run_group_tests(tests[i].name, &tests[i], 1, set_up, NULL));
        waitpid(child, &status, 0);
        failed |= status;
    }
    return failed != 0;
}

const char *scratch_read(const char *path)
{
    static char text[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

void scratch_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        abort();
    close(fd);
}
