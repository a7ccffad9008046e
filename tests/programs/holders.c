// flags: -Wno-unused-function
// holders CASE: leaves blocks that are held in one known way, each by functions whose names the table of
// tests/e2e/holders.table has. What is wanted was always allocated by target().
#include "leak.h"
#include <sys/mman.h>
#include <sys/prctl.h>
#include <semaphore.h>

struct list {
    struct list *next, *before;
    void *load;
};
struct config {
    int level;
    struct {
        char name[12];
        void *cache;
    } parts[3];
};

static APART void *target(size_t size)
{
    return calloc(1, size);
}
static APART void *holder(size_t size)
{
    return calloc(1, size);
}

/* --- variables of the module --- */

void *shared_root;
static void *hidden_root;
static struct config config;
static void *table[8];
static void *grid[2][3];
static struct list ring = {&ring, &ring, NULL};
static void *volatile *deep;

static APART void global(void)
{
    shared_root = target(100);
}
static APART void hidden(void)
{
    hidden_root = target(100);
}
static APART void member(void)
{
    config.parts[2].cache = target(100);
}
static APART void element(void)
{
    table[5] = target(100);
}
static APART void two_dimensions(void)
{
    grid[1][2] = target(100);
}
static APART void in_function(void)
{
    static void *kept_here;
    kept_here = target(100);
}

/* --- shapes --- */

static APART void hash_table(void)
{
    void **buckets = hidden_root = holder(64 * sizeof *buckets);
    for (int i = 0; i < 10; i++) {
        struct list *entry = holder(sizeof *entry);
        entry->next = buckets[i % 4];
        entry->load = target(50);
        buckets[i % 4] = entry;
    }
}
static APART void list_of(int count)
{
    struct list **end = (struct list **)&hidden_root;
    for (int i = 0; i < count; i++) {
        struct list *node = holder(sizeof *node);
        *end = node;
        end = &node->next;
        if (i == count - 1)
            node->load = target(100);
    }
}
static APART void doubly(void)
{
    struct list *before = NULL;
    for (int i = 0; i < 5; i++) {
        struct list *node = target(sizeof *node);
        node->before = before;
        if (before)
            before->next = node;
        else
            hidden_root = node;
        before = node;
    }
}
static APART struct list *tree_of(int depth, struct list *parent)
{
    struct list *node = depth ? holder(sizeof *node) : target(sizeof *node);
    node->load = parent;
    if (depth) {
        node->next = tree_of(depth - 1, node);
        node->before = tree_of(depth - 1, node);
    }
    return node;
}
static APART void tree(void)
{
    hidden_root = tree_of(3, NULL);
}
static APART void intrusive(void)
{
    for (int i = 0; i < 3; i++) {
        char *object = target(96);
        struct list *link = (struct list *)(object + 32);
        link->next = ring.next;
        link->before = &ring;
        ring.next->before = link;
        ring.next = link;
    }
}
static APART void shared_by_two(void)
{
    void *both = target(100);
    table[0] = holder(24);
    table[1] = holder(32);
    *(void **)table[0] = both;
    *(void **)table[1] = both;
    hidden_root = holder(16);
    *(void **)hidden_root = table[1];
}
static APART void tagged(void)
{
    hidden_root = (char *)target(100) + 1;
}
static APART void observers(void)
{
    struct list *subject = hidden_root = holder(sizeof *subject);
    void **all = subject->load = holder(4 * sizeof *all);
    for (int i = 0; i < 4; i++) {
        struct list *observer = target(sizeof *observer);
        observer->load = subject;
        all[i] = observer;
    }
}
static APART void pool(void)
{
    char *chunk = hidden_root = holder(4096);
    void **in_pool = (void **)(chunk + 1024);
    *in_pool = target(100);
}
static APART void array_of_pointers(void)
{
    deep = holder(1000 * sizeof *deep);
    for (int i = 0; i < 1000; i++)
        deep[i] = target(10);
}
static APART void lost_list(void)
{
    struct list *node = holder(sizeof *node);
    node->load = target(100);
    node = NULL;
}
static APART void self(void)
{
    struct list *node = hidden_root = target(sizeof *node);
    node->next = node;
}

/* --- threads --- */

static __thread void *of_thread;
static sem_t ready;

static void *wait_with_tls(void *unused)
{
    (void)unused;
    prctl(PR_SET_NAME, "worker");
    of_thread = target(100);
    sem_post(&ready);
    for (;;)
        pause();
}
static void *wait_with_local(void *unused)
{
    void *volatile mine = target(100);
    (void)unused;
    prctl(PR_SET_NAME, "worker");
    sem_post(&ready);
    for (;;)
        pause();
}
static APART void allocate_apart(void)
{
    free(holder(10));
}
static void *wait_with_outer_local(void *unused)
{
    void *volatile mine = target(100);
    (void)unused;
    prctl(PR_SET_NAME, "worker");
    allocate_apart();
    sem_post(&ready);
    for (;;)
        pause();
}
static APART void start(void *(*body)(void *))
{
    pthread_t thread;
    sem_init(&ready, 0, 0);
    pthread_create(&thread, NULL, body, NULL);
    sem_wait(&ready);
}
static APART void tls(void)
{
    of_thread = target(100);
}
static APART void key_low(void)
{
    pthread_key_t key;
    for (int i = 0; i <= 3; i++)
        pthread_key_create(&key, NULL);
    pthread_setspecific(key, target(100));
}
static APART void key_high(void)
{
    pthread_key_t key;
    for (int i = 0; i <= 40; i++)
        pthread_key_create(&key, NULL);
    pthread_setspecific(key, target(100));
}
static APART void leave(void)
{
    forget();
    exit(0);
}
static APART void local(void)
{
    void *volatile mine = target(100);
    leave();
    *(volatile char *)mine = 1;
}
static APART void in_register(void)
{
    __asm__ volatile("mov %0, %%rbx" ::"r"(target(100)) : "rbx");
    forget();
    exit(0);
}
static APART void mapped(void)
{
    /* Between pages that are out of bounds: the kernel would make it one with a mapping that lies beside it. */
    char *pages = mmap(NULL, 4 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void **memory = (void **)(pages + 4096);
    mprotect(memory, 8192, PROT_READ | PROT_WRITE);
    memory[3] = target(100);
}
static APART void mapped_shared(void)
{
    void **memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memory[3] = target(100);
}

static void list_short(void)
{
    list_of(3);
}
static void list_long(void)
{
    list_of(1000);
}
static void tls_of_other(void)
{
    start(wait_with_tls);
}
static void local_of_other(void)
{
    start(wait_with_local);
}
static void outer_local_of_other(void)
{
    start(wait_with_outer_local);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
#define CASE(name) {#name, name}
    CASE(global),        CASE(hidden),         CASE(member),       CASE(element),   CASE(two_dimensions),
    CASE(in_function),   CASE(hash_table),     CASE(list_short),   CASE(list_long), CASE(doubly),
    CASE(tree),          CASE(intrusive),      CASE(shared_by_two), CASE(tagged),   CASE(observers),
    CASE(pool),          CASE(array_of_pointers), CASE(lost_list), CASE(self),      CASE(tls),
    CASE(tls_of_other),  CASE(local_of_other), CASE(outer_local_of_other), CASE(key_low), CASE(key_high),
    CASE(local),         CASE(in_register),    CASE(mapped),       CASE(mapped_shared),
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count > 1 && i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i].name, arguments[1]) == 0)
            cases[i].run();
    forget();
    return 0;
}
