// flags: -std=c++17 -faligned-new
// model_events SEED THREADS EVENTS [kill]: random allocation events, of every family, on many threads that
// free and resize each other's blocks. It keeps its own truth, outside of the heap, and prints it at
// the end: for each place that allocates, the bytes and blocks that are live. With "kill" it then kills
// itself.
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 3000, ROUNDS = 4, THREADS_MAX = 64 };
enum family { MALLOC, NEW, NEW_ARRAY, NEW_ALIGNED };

struct block {
    std::atomic_flag taken;
    uintptr_t hidden; // the address, inverted: it is no pointer, so the block is lost
    size_t size, alignment;
    int place;
};
struct worker {
    uint64_t random;
    pthread_t thread;
};
static struct truth {
    block blocks[SLOTS];
    worker workers[THREADS_MAX];
    long events; // of each worker and round
} *truth;

static uint64_t draw(worker &self, uint64_t below)
{
    self.random = self.random * 6364136223846793005u + 1442695040888963407u;
    return (self.random >> 33) % below;
}

// --- the places that allocate: one function each --------------------------------------------------

struct request {
    void *old; // of realloc, else NULL
    size_t size, alignment;
};
template <int PLACE> __attribute__((noinline)) void *place(const request &want)
{
    switch (PLACE % 12) {
    case 0: return malloc(want.size);
    case 1: return calloc(want.size / 4, 4);
    case 2: return realloc(want.old, want.size);
    case 3: return aligned_alloc(want.alignment, want.size);
    case 4: return memalign(want.alignment, want.size);
    case 5: { void *block = NULL; return posix_memalign(&block, want.alignment, want.size) ? NULL : block; }
    case 6: return ::operator new(want.size);
    case 7: return ::operator new[](want.size);
    case 8: return ::operator new(want.size, std::nothrow);
    case 9: return ::operator new(want.size, std::align_val_t(want.alignment));
    case 10: return reallocarray(want.old, want.size / 4, 4);
    default: return strcpy((char *)valloc(want.size + 1), "");
    }
}
#define FOUR(n) place<n>, place<n + 1>, place<n + 2>, place<n + 3>
static void *(*const places[])(const request &) = {FOUR(0), FOUR(4), FOUR(8), FOUR(12), FOUR(16), FOUR(20)};
enum { PLACES = sizeof places / sizeof *places };

static family family_of(int place)
{
    switch (place % 12) {
    case 6: case 8: return NEW;
    case 7: return NEW_ARRAY;
    case 9: return NEW_ALIGNED;
    default: return MALLOC;
    }
}
static bool resizes(int place) { return place % 12 == 2 || place % 12 == 10; }

// --- events ---------------------------------------------------------------------------------------

static size_t draw_size(worker &self)
{
    switch (draw(self, 16)) {
    case 0: return draw(self, 3);
    case 1: return draw(self, 300000); // mapped, and moved by mremap
    case 2: case 3: return draw(self, 5000);
    default: return draw(self, 200);
    }
}
static void allocate(worker &self, block &slot, int place, void *old)
{
    size_t alignment = (size_t)16 << draw(self, 8), size = draw_size(self);
    if (place % 12 == 3)
        size = (size + alignment - 1) / alignment * alignment;
    if (place % 12 == 1 || place % 12 == 10)
        size -= size % 4;
    if (old && size < 4)
        size = 4; // realloc to 0 frees
    void *fresh = places[place]({old, size, alignment});
    if (!fresh)
        _exit(3);
    if (place % 12 == 11)
        size++;
    memset(fresh, 0x5a, size < 64 ? size : 64);
    slot.hidden = ~(uintptr_t)fresh;
    slot.size = size;
    slot.alignment = alignment;
    slot.place = place;
}
static void release(block &slot)
{
    void *old = (void *)~slot.hidden;
    switch (family_of(slot.place)) {
    case MALLOC: free(old); break;
    case NEW: ::operator delete(old); break;
    case NEW_ARRAY: ::operator delete[](old); break;
    case NEW_ALIGNED: ::operator delete(old, std::align_val_t(slot.alignment)); break;
    }
    slot.hidden = 0;
}
static void event(worker &self, block &slot)
{
    int place = (int)draw(self, PLACES);
    uint64_t what = draw(self, 8);
    if (slot.hidden && what < 3 && resizes(place) && family_of(slot.place) == MALLOC) {
        allocate(self, slot, place, (void *)~slot.hidden);
        return;
    }
    if (slot.hidden)
        release(slot);
    if (what < 6)
        allocate(self, slot, place, NULL);
}
static void *work(void *argument)
{
    worker &self = *(worker *)argument;
    for (long i = 0; i < truth->events; i++) {
        block &slot = truth->blocks[draw(self, SLOTS)];
        if (slot.taken.test_and_set(std::memory_order_acquire))
            continue;
        event(self, slot);
        slot.taken.clear(std::memory_order_release);
    }
    return NULL;
}

// --- the whole ------------------------------------------------------------------------------------

static void tell()
{
    static char text[8192];
    int length = 0;
    for (int place = 0; place < PLACES; place++) {
        size_t bytes = 0, count = 0;
        for (block &slot : truth->blocks)
            if (slot.hidden && slot.place == place)
                bytes += slot.size, count++;
        if (count)
            length += snprintf(text + length, sizeof text - length, "place<%d> %zu %zu\n", place, bytes, count);
    }
    if (write(1, text, length) != length)
        _exit(4);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    uint64_t seed = strtoull(argv[1], NULL, 10);
    int threads = atoi(argv[2]);
    truth = (struct truth *)mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    truth->events = atol(argv[3]) / threads / ROUNDS;
    for (int i = 0; i < threads; i++)
        truth->workers[i].random = seed * 0x9e3779b97f4a7c15u + i;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 1; i < threads; i++)
            pthread_create(&truth->workers[i].thread, NULL, work, &truth->workers[i]);
        work(&truth->workers[0]);
        for (int i = 1; i < threads; i++)
            pthread_join(truth->workers[i].thread, NULL);
    }
    tell();
    if (argc > 4)
        kill(getpid(), SIGKILL);
}
