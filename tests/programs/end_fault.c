/* end_fault WAY: a fault that ends the process, status 7 if it does not. below BYTES: that much below a large
 * block, where nothing is; thread BYTES: below a thread's stack; file: in a page of the file ./grows that is not
 * there yet. */
#define _GNU_SOURCE
#include "leak.h"
#include <fcntl.h>
#include <sys/mman.h>

static volatile char *place;

static void *below_stack(void *bytes)
{
    pthread_attr_t attributes;
    void *begin;
    size_t size, guard;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &begin, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    place = (char *)begin - guard - (long)bytes;
    return (void *)(long)*place;
}

int main(int argc, char **argv)
{
    long bytes = argc > 2 ? atol(argv[2]) : 0;
    pthread_t thread;
    node(100, NULL);
    forget();
    if (strcmp(argv[1], "below") == 0) {
        char *block = malloc(1 << 20);
        memset(block, 0, 10);
        place = block - bytes;
    } else if (strcmp(argv[1], "thread") == 0) {
        pthread_create(&thread, NULL, below_stack, (void *)bytes);
        pthread_join(thread, NULL);
    } else {
        place = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open("grows", O_RDWR | O_CREAT | O_TRUNC, 0600), 0);
    }
    return *place ? 6 : 7;
}
