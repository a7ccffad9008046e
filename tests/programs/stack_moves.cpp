// flags: -std=c++20 -fcoroutines -O2 -D_GNU_SOURCE
// Stacks that are not one function calling the next: stack_moves WAY. Each way allocates, frees and leaks 10 blocks
// in leak_WAY; none may change what the program does.
#include <alloca.h>
#include <coroutine>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <sys/mman.h>
#include <thread>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

#define APART __attribute__((noinline))
static void *volatile sink;
static volatile unsigned counter;
static APART void churn()
{
    for (int i = 0; i < 3; i++)
        free(malloc(40 + i));
    counter++;
}
static APART void leak_one() { sink = malloc(1000), counter++; }

// --- coroutines by makecontext: on the heap, in a mapping, used again, left in the middle
static ucontext_t home, other[4];
static char *stacks[4];
static APART void inside(int number, int depth)
{
    char room[200];
    memset(room, depth, sizeof room);
    churn();
    if (depth > 0)
        inside(number, depth - 1);
    else
        swapcontext(&other[number], &other[(number + 1) % 4]);
    churn();
    counter += room[0];
}
static void body(int number)
{
    for (int round = 0; round < 50; round++) {
        inside(number, round % 7);
        if (number == 3 && round == 40)
            swapcontext(&other[3], &home); // nobody comes back
    }
    setcontext(&home);
}
static APART void contexts()
{
    for (int turn = 0; turn < 10; turn++) {
        for (int i = 0; i < 4; i++) {
            size_t size = 65536;
            stacks[i] = i % 2 ? static_cast<char *>(malloc(size)) : static_cast<char *>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
            getcontext(&other[i]);
            other[i].uc_stack.ss_sp = stacks[i];
            other[i].uc_stack.ss_size = size;
            other[i].uc_link = &home;
            makecontext(&other[i], reinterpret_cast<void (*)()>(body), 1, i);
        }
        swapcontext(&home, &other[0]);
        leak_one();
        for (int i = 0; i < 4; i++)
            if (i % 2)
                free(stacks[i]);
            else
                munmap(stacks[i], 65536);
    }
}

// --- C++20 coroutines, nested, resumed from elsewhere
struct task {
    struct promise_type {
        int value = 0;
        task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int v) { value = v; return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
};
static task generate(int count)
{
    std::vector<int> kept(100);
    for (int i = 0; i < count; i++) {
        churn();
        if (i % 7 == 3) {
            task inner = generate(i / 2);
            while (!inner.handle.done())
                inner.handle.resume();
            inner.handle.destroy();
        }
        co_yield i;
    }
    leak_one();
}
static APART void coroutines()
{
    std::vector<task> tasks;
    for (int i = 0; i < 10; i++)
        tasks.push_back(generate(20));
    for (int i = 0; i < 25; i++)
        for (auto &t : tasks)
            if (!t.handle.done())
                i % 3 ? t.handle.resume() : std::thread([&] { t.handle.resume(); }).join();
    for (auto &t : tasks)
        t.handle.destroy();
}

// --- exceptions through many frames, with allocations in the destructors
struct holder {
    void *block = malloc(64);
    ~holder() { churn(), free(block); }
};
static APART int thrower(int depth)
{
    holder held;
    churn();
    if (depth == 0)
        throw std::runtime_error("from below");
    return thrower(depth - 1) + 1;
}
static APART void exceptions()
{
    for (int i = 0; i < 10; i++)
        try {
            thrower(i * 40);
        } catch (const std::exception &error) {
            churn();
            leak_one();
        }
}

// --- frames of every size
static APART int sizes(unsigned depth)
{
    volatile char *room = static_cast<volatile char *>(alloca(depth * 997 % 60000 + 1));
    room[0] = 1;
    alignas(256) char aligned[256];
    aligned[depth % 256] = 2;
    churn();
    if (depth == 0)
        return leak_one(), 0;
    return sizes(depth - 1) + room[0] + aligned[depth % 256];
}
static APART void frames()
{
    for (int i = 0; i < 10; i++)
        sizes(i * 12);
}

// --- longjmp out of frames that have allocated
static jmp_buf target;
static APART void jumper(int depth)
{
    churn();
    if (depth == 0)
        longjmp(target, 1);
    jumper(depth - 1);
    churn();
}
static APART void jumps()
{
    for (volatile int i = 0; i < 10; i++) {
        if (setjmp(target) == 0)
            jumper(i * 5);
        leak_one();
        churn();
    }
}

// --- code that nobody describes: assembly without CFI, code made at run time, either with %rbp used for something else
extern "C" void call_bare(void (*)());
extern "C" void call_with_frame(void (*)());
extern "C" void call_with_rubbish(void (*)(), uintptr_t);
extern "C" void call_on(void (*)(), void *top);
__asm__(".text\n"
        ".globl call_bare\ncall_bare: sub $24, %rsp\n call *%rdi\n add $24, %rsp\n ret\n"
        ".globl call_with_frame\ncall_with_frame: push %rbp\n mov %rsp, %rbp\n sub $16, %rsp\n call *%rdi\n leave\n ret\n"
        ".globl call_with_rubbish\ncall_with_rubbish: push %rbp\n mov %rsi, %rbp\n call *%rdi\n pop %rbp\n ret\n"
        ".globl call_on\ncall_on: push %rbp\n mov %rsp, %rbp\n mov %rsi, %rsp\n call *%rdi\n mov %rbp, %rsp\n pop %rbp\n ret\n");
static void churn_and_leak() { churn(), leak_one(), counter++; }
static APART void undescribed()
{
    static char area[64];
    const uintptr_t rubbish[] = {0, 1, 8, 0xdeadbeef, ~0ul, 1ul << 63, (uintptr_t)area, (uintptr_t)&area[1], (uintptr_t)churn, 0x7fffffffe000};
    for (int i = 0; i < 10; i++) {
        call_bare(churn);
        call_with_frame(churn);
        call_with_rubbish(churn_and_leak, rubbish[i]);
    }
}
static APART void made_at_run_time()
{
    // push rbp; mov rbp, rsp; call rdi; pop rbp; ret   and   sub rsp, 8; call rdi; add rsp, 8; ret
    static const unsigned char framed[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};
    static const unsigned char bare[] = {0x48, 0x83, 0xec, 8, 0xff, 0xd7, 0x48, 0x83, 0xc4, 8, 0xc3};
    for (int i = 0; i < 10; i++) {
        // The same place is used for other code in the next round, then unmapped.
        char *code = static_cast<char *>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        memcpy(code, framed, sizeof framed);
        reinterpret_cast<void (*)(void (*)())>(code)(churn);
        memcpy(code, bare, sizeof bare);
        reinterpret_cast<void (*)(void (*)())>(code)(churn_and_leak);
        memcpy(code + 100, framed, sizeof framed);
        reinterpret_cast<void (*)(void (*)())>(code + 100)(churn);
        munmap(code, 4096);
    }
}

// --- stacks in odd places: ending at the end of memory, in .bss, in a block
static APART void elsewhere()
{
    static char area[32768] __attribute__((aligned(16)));
    char *mapping = static_cast<char *>(mmap(nullptr, 65536 + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(mapping, 65536, PROT_READ | PROT_WRITE);
    char *block = static_cast<char *>(malloc(32768));
    for (int i = 0; i < 10; i++) {
        call_on(churn, area + sizeof area);
        call_on(churn, block + 32768);
        call_on(churn_and_leak, mapping + 65536); // the word behind the last one is not there
    }
    munmap(mapping, 65536 + 4096);
    free(block);
}

// --- a stack smashed on purpose: the outer frames' words are overwritten while malloc is called, and put back
extern "C" char __executable_start, etext;
static bool keep_returns; // the way out is right, %rbp is not
static APART void smash(uintptr_t with)
{
    auto *frame = static_cast<volatile uintptr_t *>(__builtin_frame_address(0));
    uintptr_t saved[64];
    for (int i = 0; i < 64; i++) {
        saved[i] = frame[i];
        if (!keep_returns || saved[i] < (uintptr_t)&__executable_start || saved[i] > (uintptr_t)&etext)
            frame[i] = with + (with > 1 ? i * 8 : 0);
    }
    sink = malloc(1000);
    free(sink);
    sink = malloc(1000);
    for (int i = 0; i < 64; i++)
        frame[i] = saved[i];
}
static APART void deeper(int depth, uintptr_t with)
{
    volatile char *room = static_cast<volatile char *>(alloca(100 + depth)); // so that its frame is found by %rbp
    room[0] = 1;
    if (depth == 0)
        smash(with);
    else
        deeper(depth - 1, with);
    counter += room[0];
}
static APART void smashed()
{
    const uintptr_t values[] = {0, 1, 0x4141414141414140, ~0ul << 20, 0xffffffffff600000, (uintptr_t)&home, (uintptr_t)smashed, (uintptr_t)stacks, 1ul << 46, 0x7ffffffff000};
    for (int i = 0; i < 10; i++) {
        churn();
        keep_returns = false;
        deeper(5, values[i]);
        keep_returns = true;
        deeper(5, values[i]);
        churn();
    }
}

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        void (*run)();
    } ways[] = {{"contexts", contexts}, {"coroutines", coroutines}, {"exceptions", exceptions}, {"frames", frames}, {"jumps", jumps},
                {"undescribed", undescribed}, {"made_at_run_time", made_at_run_time}, {"elsewhere", elsewhere}, {"smashed", smashed}};
    for (auto &way : ways)
        if (argc > 1 && strcmp(argv[1], way.name) == 0) {
            way.run();
            std::thread(way.run).join();
        }
    printf("done %u\n", counter);
    return 3;
}
