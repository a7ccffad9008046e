/* verdict.h: what the generated programs of generate.sh are made of.
 *
 * A check of the verdict must not depend on luck, and must not look away either. So:
 *   - Whoever shall not hold a structure never sees its address: it is built in functions of their
 *     own and its complement is kept (hidden).
 *   - forget() overwrites what building left on the stack, so that the frames that are live at the
 *     end are clean from the start, alignment holes and all.
 *   - use() then strews addresses over the stack below the frame that ends the process: where the
 *     frames of exit and abort will lie, which must not keep anything.
 *   - The process is ended by a call through a volatile pointer: the compiler cannot know that it
 *     does not return, and keeps alive what KEEP names behind it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define APART   __attribute__((noinline))
#define OPAQUE  __asm__ volatile("" ::: "memory")
#define KEEP(p) __asm__ volatile("" ::"r"(p) : "memory")

struct node {
    struct node *next;
    struct node *back;
};

typedef void ender(int);
static uintptr_t hidden;
struct node *global;
__thread struct node *per_thread;

/* --- shapes: n blocks of `size` bytes each, all that leads to them is the first --- */

static struct node *block(size_t size)
{
    struct node *node = calloc(1, size);
    if (!node)
        abort();
    return node;
}

static APART struct node *list(int n, size_t size)
{
    struct node *head = NULL;
    while (n--) {
        struct node *node = block(size);
        node->next = head;
        head = node;
    }
    return head;
}

/* From the lowest address to the highest, most likely. */
static APART struct node *queue(int n, size_t size)
{
    struct node *head = block(size), *last = head;
    while (--n)
        last = last->next = block(size);
    return head;
}

static APART struct node *doubly(int n, size_t size)
{
    struct node *head = queue(n, size);
    for (struct node *node = head; node->next; node = node->next)
        node->next->back = node;
    return head;
}

static APART struct node *ring(int n, size_t size)
{
    struct node *head = queue(n, size), *node = head;
    while (node->next)
        node = node->next;
    node->next = head;
    return head;
}

static APART struct node *tree(int n, size_t size)
{
    struct node *root = block(size);
    int left = (n - 1) / 2, right = n - 1 - left;
    if (left)
        root->next = tree(left, size);
    if (right)
        root->back = tree(right, size);
    return root;
}

/* As large as its nodes, of which it has as many as there is room for; the last one leads to the
 * rest. */
static APART struct node *table(int n, size_t size)
{
    struct node **places = (struct node **)block(size);
    int room = (int)(size / sizeof *places);
    for (int i = 0; i < room && i < n - 1; i++)
        places[i] = i == room - 1 ? list(n - 1 - i, size) : block(size);
    return (struct node *)places;
}

/* --- the stack --- */

/* 16 KiB from here on, and the registers that a call may change. */
static APART void forget(void)
{
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroall");
    __asm__ volatile("lea -16384(%%rsp), %%rdi; mov $2048, %%ecx; xor %%eax, %%eax; rep stosq;"
                     "xor %%edx, %%edx; xor %%esi, %%esi; xor %%edi, %%edi;"
                     "xor %%r8d, %%r8d; xor %%r9d, %%r9d; xor %%r10d, %%r10d; xor %%r11d, %%r11d" ::
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

static APART long use(struct node *node, int depth)
{
    struct node *volatile seen[48];
    for (int i = 0; i < 48; i++)
        seen[i] = node;
    OPAQUE;
    return depth ? use(seen[depth], depth - 1) : (long)(seen[3]->next != NULL);
}
/* So little that the frames of exit cover it. */
static APART void use_hidden_briefly(void)
{
    struct node *volatile seen[12];
    for (int i = 0; i < 12; i++)
        seen[i] = (struct node *)~hidden;
    OPAQUE;
}
static APART void use_hidden(void)
{
    use((struct node *)~hidden, 4);
    OPAQUE;
}
/* Whoever asks has it, nobody else. */
static APART struct node *take_hidden(void)
{
    struct node *node = (struct node *)~hidden;
    hidden = 0;
    OPAQUE;
    return node;
}

/* --- threads --- */

static volatile int other_tid;
static sem_t ready, never;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static APART void wait_until(char wanted) /* 'S': it sleeps, 0: it is gone */
{
    char path[64];
    for (char state = '?'; state != wanted; usleep(500)) {
        char text[256] = "";
        int fd;
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", other_tid);
        fd = open(path, O_RDONLY);
        ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        close(fd);
        state = length > 0 && strrchr(text, ')') ? strrchr(text, ')')[2] : 0;
    }
}

static APART void sleep_in(int way)
{
    int ends[2];
    char byte;
    switch (way) {
    case 0: pause(); break;
    case 1: sem_wait(&never); break;
    case 2: pipe(ends); read(ends[0], &byte, 1); break;
    case 3:
        pthread_mutex_lock(&mutex);
        pthread_cond_wait(&condition, &mutex);
        break;
    default: sleep(1000);
    }
    OPAQUE;
}

/* --- other stacks --- */

static ucontext_t here, there;
static char stack_in_data[65536] __attribute__((aligned(16)));

static APART void run_on(char *stack, void (*work)(void))
{
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack_in_data;
    there.uc_link = &here;
    makecontext(&there, work, 0);
    swapcontext(&here, &there);
    OPAQUE;
}
static char *stack_mapped(void)
{
    return mmap(NULL, sizeof stack_in_data, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* With inaccessible memory below: then it can be known where it begins. */
static char *stack_guarded(void)
{
    char *guard = mmap(NULL, sizeof stack_in_data + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(guard + 4096, sizeof stack_in_data, PROT_READ | PROT_WRITE);
    return guard + 4096;
}

/* What is used before lies below where a handler on another stack strikes, and is nobody's; on the
 * same stack it would show through the gaps of the kernel's frame. By the bare system call: no function of libc's leaves a frame between. */
static APART void strike(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    if (hidden && flags & SA_ONSTACK)
        use_hidden();
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
    OPAQUE;
}
static APART void use_signal_stack(void)
{
    stack_t stack = {.ss_sp = stack_in_data, .ss_size = sizeof stack_in_data};
    sigaltstack(&stack, NULL);
}
