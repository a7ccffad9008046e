// flags: -Itracer
/* invariants_broken WHAT: breaks one rule of the tracer's tables, in ./trace.log, behind the tracer's back. */
#include "trace_format.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SIZE 12344 /* of the one block with its stack, which tells the stack's account */

static struct trace_account *find_account(char *log, off_t size)
{
    for (off_t at = 4096; at + (off_t)sizeof(struct trace_account) <= size; at += 8) {
        struct trace_account *account = (void *)(log + at);
        if (account->bytes_allocated == SIZE && account->allocations == 1 && account->bytes_freed == 0)
            return account;
    }
    abort();
}

int main(int count, char **words)
{
    void *volatile block = malloc(SIZE);
    struct stat status;
    int fd = open("trace.log", O_RDWR);
    fstat(fd, &status);
    char *log = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct trace_header *header = (void *)log;
    if (log == MAP_FAILED || !block || count != 2)
        return 1;
    if (strcmp(words[1], "live") == 0)
        header->peak.live_bytes -= 8;
    else if (strcmp(words[1], "peak") == 0)
        header->peak.bytes += 8;
    else if (strcmp(words[1], "blocks") == 0)
        find_account(log, status.st_size)->allocations++;
    else if (strcmp(words[1], "bytes") == 0)
        find_account(log, status.st_size)->bytes_allocated += 8;
    return 0;
}
