/* What a program does with file descriptors: api_descriptors list|closefrom|close2|reuse2|all. */
#define _GNU_SOURCE
#include "api.h"
#include "older.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>

/* The open descriptors below 100, and the number that the next open gets. */
static void list(void)
{
    for (int fd = 0; fd < 100; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            say("%d ", fd);
    int fd = open("/dev/null", O_RDONLY);
    say("next %d\n", fd);
    close(fd);
}

static void allocate(size_t size)
{
    for (int i = 0; i < 20000; i++)
        got(malloc(size + i % 7), size + i % 7);
}

int main(int argc, char **argv)
{
    const char *what = argv[1];
    allocate(10);
    if (strcmp(what, "list") == 0) {
        list();
    } else if (strcmp(what, "closefrom") == 0) {
        closefrom(3);
        list();
    } else if (strcmp(what, "close2") == 0) {
        close(2);
        list();
    } else if (strcmp(what, "reuse2") == 0) {
        /* A file of the program's gets number 2: nothing else may come into it. */
        close(2);
        int fd = open("own_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
        CHECK(fd == 2);
        CHECK(write(fd, "mine\n", 5) == 5);
    } else if (strcmp(what, "all") == 0) {
        int copy = dup(1);
        for (int fd = 0; fd < 5000; fd++)
            if (fd != copy)
                close(fd);
        dup2(copy, 1);
        for (int i = 0; i < 300; i++)
            open("/dev/null", O_RDWR);
        list();
    }
    allocate(20); /* the log grows after all this */
    return tell();
}
