/* scan_sparse KIND: maps 256 MiB, of which it uses three pages, which hold what it allocates: 88, 99 and 111 bytes. A child of its
 * waits for its end and prints by how many pages the mapping, or the file below it, has grown meanwhile. With
 * UNDUMPABLE it is like a daemon that was root once: it may not open what /proc says of its pages. */
#define _GNU_SOURCE
#include "leak.h"
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>

enum { SIZE = 256 << 20, PAGE = 4096, PAGES = SIZE / PAGE };
static char *mapping, *watched;

static int sparse_file(const char *path)
{
    int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) : memfd_create("sparse", 0);
    return ftruncate(fd, SIZE) == 0 ? fd : -1;
}
static char *map(int flags, int fd)
{
    return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);
}
static char *map_kind(const char *kind, const char *path)
{
    int fd = strstr(kind, "memory_file") ? sparse_file(NULL) : strstr(kind, "file") ? sparse_file(path) : -1;
    if (strcmp(kind, "anonymous") == 0)
        return map(MAP_SHARED | MAP_ANONYMOUS, -1);
    if (strcmp(kind, "zero") == 0)
        return map(MAP_SHARED, open("/dev/zero", O_RDWR));
    if (strcmp(kind, "segment") == 0) {
        int segment = shmget(IPC_PRIVATE, SIZE, 0600);
        char *at = shmat(segment, NULL, 0);
        shmctl(segment, IPC_RMID, NULL);
        return at;
    }
    if (strncmp(kind, "private", 7) == 0) {
        watched = map(MAP_SHARED, fd);
        return map(MAP_PRIVATE, fd);
    }
    return map(MAP_SHARED, fd);
}
static long resident(void)
{
    static unsigned char pages[PAGES];
    long count = 0;
    mincore(watched, SIZE, pages);
    for (int i = 0; i < PAGES; i++)
        count += pages[i] & 1;
    return count;
}
static APART void use(void)
{
    static const int pages[] = {1000, 1001, PAGES - 1};
    for (int i = 0; i < 3; i++)
        *(void **)(mapping + (size_t)pages[i] * PAGE + 64) = malloc((size_t)(88 + 11 * i + i / 2));
}

int main(int count, char **arguments)
{
    int ends[2];
    if (getenv("UNDUMPABLE"))
        prctl(PR_SET_DUMPABLE, 0);
    mapping = map_kind(arguments[1], arguments[count - 1]);
    if (mapping == MAP_FAILED)
        return 77;
    if (!watched)
        watched = mapping;
    use();
    forget();
    if (pipe(ends) != 0 || fork() != 0)
        return 3;
    long before = resident();
    close(ends[1]);
    read(ends[0], &count, 1);
    printf("grown by %ld pages\n", resident() - before);
    return 0;
}
