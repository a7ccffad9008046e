// flags: -D_GNU_SOURCE
/* A program that asks of every number whether it is an open descriptor, in all the ways there are for that, also in
 * forked children and in another program; and that uses every number for itself. */
#include "api.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* What fstat was in a program that was linked with a libc before 2.33. */
int fstat_of_older(int version, int fd, struct stat *status);
__asm__(".symver fstat_of_older, __fxstat@GLIBC_2.2.5");

enum { FIRST = 900, LAST = 1100 }; /* numbers that the program takes for its own */

static void ask(const char *who)
{
    struct stat status;
    struct rlimit limit;
    long max = sysconf(_SC_OPEN_MAX);
    for (int fd = 0; fd <= max + 100; fd++) {
        int copy = -1;
        if (fstat(fd, &status) == 0)
            say("%s: fstat %d\n", who, fd);
        else
            CHECK(errno == EBADF);
        if (fstat_of_older(1, fd, &status) == 0)
            say("%s: older fstat %d\n", who, fd);
        if (fcntl(fd, F_GETFD) >= 0)
            say("%s: flags %d\n", who, fd);
        if (fcntl(fd, F_GETFL) >= 0)
            say("%s: status %d\n", who, fd);
        if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF)
            say("%s: offset %d\n", who, fd);
        if ((copy = dup(fd)) >= 0)
            say("%s: dup %d is %d\n", who, fd, copy);
        close(copy);
        if ((copy = fcntl(fd, F_DUPFD, 0)) >= 0)
            say("%s: F_DUPFD %d is %d\n", who, fd, copy);
        close(copy);
        if (dup2(fd, fd) == fd)
            say("%s: dup2 %d\n", who, fd);
        if (dup3(fd, 50, 0) == 50)
            say("%s: dup3 %d\n", who, fd);
        close(50);
    }
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    say("%s: limit %lu of %lu, %ld\n", who, (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max, max);
}

static void allocate(size_t size)
{
    for (int i = 0; i < 20000; i++)
        got(malloc(size + i % 7), size + i % 7);
}

static void wait_for(pid_t child)
{
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* What stands in /proc/self/fd can be closed. */
static void close_listed(void)
{
    char buffer[16384];
    int list = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    long length = syscall(SYS_getdents64, list, buffer, sizeof buffer);
    CHECK(length > 0);
    for (long at = 0; at < length; at += ((struct dirent *)(buffer + at))->d_reclen) {
        int fd = atoi(((struct dirent *)(buffer + at))->d_name);
        if (fd > 2 && fd != list)
            CHECK(close(fd) == 0);
    }
    close(list);
}

static void close_all(void)
{
    close_listed();
    for (int fd = 3; fd < 1200; fd++)
        CHECK(close(fd) == 0 || errno == EBADF);
}

/* The file of the program's, under each number that it may have. */
static void take_numbers(int first, int last)
{
    struct stat mine, found;
    char text[8] = "";
    struct rlimit limit;
    int own = open("own_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && write(own, "mine\n", 5) == 5 && fstat(own, &mine) == 0);
    if (last > (int)limit.rlim_cur)
        last = (int)limit.rlim_cur;
    for (int fd = first; fd < last; fd++)
        CHECK(dup2(own, fd) == fd);
    CHECK(dup2(own, (int)limit.rlim_cur) == -1 && errno == EBADF);
    allocate(30);
    for (int fd = first; fd < last; fd++)
        CHECK(fstat(fd, &found) == 0 && found.st_ino == mine.st_ino && found.st_dev == mine.st_dev);
    for (int fd = first; fd < last; fd++)
        CHECK(close(fd) == 0);
    CHECK(pread(own, text, sizeof text, 0) == 5 && strcmp(text, "mine\n") == 0);
    close(own);
}

static void open_all(void)
{
    static int fds[100000];
    int count = 0;
    while (count < 100000 && (fds[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    if (count < 5000)
        say("opened %d, the last is %d\n", count, fds[count - 1]);
    allocate(40);
    for (int i = 0; i < count; i++)
        CHECK(close(fds[i]) == 0);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        ask(argv[1]);
        return books.failures != 0;
    }
    ask("at first");
    pid_t child = fork();
    if (child == 0) {
        ask("forked");
        _exit(books.failures != 0);
    }
    wait_for(child);
    child = fork();
    if (child == 0) {
        execl(argv[0], argv[0], "another program", NULL);
        _exit(9);
    }
    wait_for(child);
    allocate(10);
    close_all();
    allocate(20);
    take_numbers(FIRST, LAST);
    open_all();
    ask("at last");
    return tell();
}
