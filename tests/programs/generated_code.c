/* A block that is lost below code made at run time, which is named as perf wants it.
 *
 *   generated_code frame_pointer | without | junk | unknown | replaced | foreign | killed
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static FILE *map;
static unsigned char *code;

typedef void caller(void (*called)(void));

static caller *make(const char *name, const char *bytes, size_t size)
{
    unsigned char *at = code;

    memcpy(at, bytes, size);
    code += 64;
    fprintf(map, "%lx 40 %s\n", (unsigned long)at, name);
    fflush(map);
    return (caller *)at;
}

#define MAKE(name, bytes) make(name, bytes, sizeof(bytes) - 1)
#define FRAME_POINTER     "\x55\x48\x89\xe5\xff\xd7\x5d\xc3"
/* Python's trampoline: the caller's frame pointer stays in its register. */
#define WITHOUT "\x48\x83\xec\x08\xff\xd7\x48\x83\xc4\x08\xc3"
/* push rbp, rbx; mov $0x1234, ebp; sub $0x408, rsp; call; add, pop, pop, ret: no frame pointer */
#define JUNK "\x55\x53\xbd\x34\x12\0\0\x48\x81\xec\x08\x04\0\0\xff\xd7\x48\x81\xc4\x08\x04\0\0\x5b\x5d\xc3"
/* The same, and something else comes before the end. */
#define UNKNOWN "\x55\xbd\x34\x12\0\0\xff\xd7\x31\xc0\x5d\xc3"

__attribute__((noinline)) static void leak(void)
{
    char *volatile lost = malloc(100);
    lost = NULL;
}

__attribute__((noinline)) static void run(caller *called)
{
    called(leak);
}

int main(int count, char **arguments)
{
    char path[64];
    const char *way = count > 1 ? arguments[1] : "";

    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    map = fopen(path, "w");
    code = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *first = code;
    fprintf(map, "not a line\n\nffff\n");
    if (strcmp(way, "without") == 0)
        run(MAKE("py::outer loop:/src/prog.py", WITHOUT));
    else if (strcmp(way, "junk") == 0)
        run(MAKE("int Z.pack(byte[])", JUNK));
    else if (strcmp(way, "unknown") == 0)
        run(MAKE("nobody", UNKNOWN));
    else
        run(MAKE("JS:*get size /my src/x.js:10:5", FRAME_POINTER));
    if (strcmp(way, "replaced") == 0) {
        code = first;
        MAKE("JS:~later node:zlib:7:1", FRAME_POINTER);
    }
    if (strcmp(way, "foreign") == 0)
        remove(path), symlink("/etc/passwd", path);
    fclose(map);
    if (strcmp(way, "killed") == 0)
        kill(getpid(), SIGKILL);
    return 0;
}
