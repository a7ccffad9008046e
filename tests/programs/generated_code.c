/* A block that is lost below code made at run time, which is named as perf wants it.
 *
 *   generated_code frame_pointer | without | junk | unknown | replaced | foreign | killed
 *   generated_code jitdump FILE | jitdump_cut FILE
 */
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
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
#define JUNK                                                                                       \
    "\x55\x53\xbd\x34\x12\0\0\x48\x81\xec\x08\x04\0\0\xff\xd7\x48\x81\xc4\x08\x04\0\0\x5b\x5d\xc3"
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

/* --- the jitdump, byte by byte ------------------------------------------- */

static FILE *dump;

static void words(const char *shape, ...)
{
    va_list list;

    va_start(list, shape);
    for (; *shape; shape++) {
        uint64_t word = va_arg(list, uint64_t);
        fwrite(&word, *shape == '4' ? 4 : 8, 1, dump);
    }
    va_end(list);
}
#define U(value) ((uint64_t)(value))

static void dump_begin(const char *path)
{
    dump = fopen(path, "w+");
    words("44444488", U(0x4a695444), U(1), U(40), U(62), U(0), U(getpid()), U(0), U(0));
    fflush(dump);
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(dump), 0) == MAP_FAILED)
        exit(9);
}

static void dump_load(const void *at, const char *name, uint64_t index)
{
    size_t length = strlen(name) + 1;

    words("448448888", U(0), U(56 + length + 64), U(0), U(getpid()), U(1), U(at), U(at), U(64),
          index);
    fwrite(name, length, 1, dump);
    fwrite(at, 64, 1, dump);
}

static void dump_lines(uint64_t at, const char *path)
{
    size_t length = strlen(path) + 1;

    words("448"
          "88",
          U(2), U(32 + 16 + length + 16 + 2), U(0), at, U(2));
    words("844", at, U(10), U(0));
    fwrite(path, length, 1, dump);
    words("844", at + 5, U(12), U(0));
    fwrite("\xff", 2, 1, dump);
}

/* Another function was there first; this one is loaded elsewhere and moves in. */
static void run_dumped(const char *path, bool is_cut)
{
    memcpy(code, FRAME_POINTER, sizeof FRAME_POINTER);
    dump_begin(path);
    dump_load(code, "other", 1);
    words("4488", U(4), U(24), U(0), U(0)); /* of a kind that nobody needs */
    dump_lines(U(code) + 1024, "/my src/Main.java");
    dump_load(code + 1024, "Main.pack(byte[])", 2);
    words("448448888", U(1), U(64), U(0), U(getpid()), U(1), U(0), U(code) + 1024, U(code), U(64));
    words("8", U(2));
    if (is_cut)
        words("448", U(0), U(1000), U(0));
    fclose(dump);
    run((caller *)code);
}

int main(int count, char **arguments)
{
    char path[64];
    const char *way = count > 1 ? arguments[1] : "";

    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    map = fopen(path, "w");
    code =
        mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *first = code;
    fprintf(map, "not a line\n\nffff\n");
    if (strncmp(way, "jitdump", 7) == 0)
        run_dumped(arguments[2], way[7]);
    else if (strcmp(way, "without") == 0)
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
