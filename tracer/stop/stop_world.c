#include "stop/stop_world.h"

#include <dirent.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>

#include "stop/stop_world_gate.h"
#include "stop/stop_world_resume.h"
#include "stop/stop_world_signal.h"
#include "os/pages.h"
#include "os/signals.h"
#include "os/sys.h"
#include "os/task.h"

/* A thread's way through one hold, in stopped_thread.progress together with the hold's number, so
 * that a handler that comes late cannot write into the slot of a later hold:
 *
 *     ASKED ─(handler)─> WRITING ─(handler)─> HELD
 *       ├─(holder, time is up)─> SILENT
 *       ├─(holder, the thread has ended)─> VANISHED
 *       └─(holder, it has no code of the program to run)─> IGNORED
 */
enum { ASKED, WRITING, HELD, SILENT, VANISHED, IGNORED, PHASES };

#if __has_attribute(no_stack_protector)
#define NO_STACK_PROTECTOR __attribute__((no_stack_protector))
#else /* gcc 10 */
#define NO_STACK_PROTECTOR __attribute__((optimize("no-stack-protector")))
#endif
#define CAPACITY_FIRST    1024
#define SLICE_FIRST       1000000ull
#define SLICE_LAST        50000000ull
#define SHARE_FOR_BLOCKED 8u /* 1/8 of the time limit for threads that block the signal */
#define FUTEX_WAIT_OUR    (FUTEX_WAIT | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_OUR    (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)

/* One hold at a time; `busy` is its lock. */
static struct {
    _Atomic uint32_t busy;
    _Atomic uint32_t answers; /* handlers that came to HELD in this hold */
    _Atomic uint32_t wanted;  /* wake the holder from this many answers on */
    _Atomic(struct stopped_thread *) threads;
    _Atomic size_t capacity;
    size_t count;
    uint32_t *by_tid;  /* hash table: index + 1 of a thread, 0 empty; twice the capacity */
    int translate;     /* /proc counts in another pid namespace */
    int directory;     /* /proc/self/task */
    uint32_t caller;   /* the holder's name there */
    size_t known;      /* threads that the latest pass was shown, but for those that end */
    uint32_t answered; /* answers of the passes before */
    uint64_t blocked;  /* signals, in the holder and the held */
    uint64_t begin;
    uint64_t limit;
} hold;
static char entries[8192]; /* directory entries: the holder's */

static _Atomic uint64_t *progress_of(struct stopped_thread *thread)
{
    return (_Atomic uint64_t *)&thread->progress;
}

static unsigned phase_of(struct stopped_thread *thread)
{
    return (unsigned)(atomic_load_explicit(progress_of(thread), memory_order_acquire) % PHASES);
}

static uint64_t progress(uint32_t number, unsigned phase)
{
    return (uint64_t)number * PHASES + phase;
}

static int advance(struct stopped_thread *thread, uint32_t number, unsigned from, unsigned to)
{
    uint64_t expected = progress(number, from);
    return atomic_compare_exchange_strong(progress_of(thread), &expected, progress(number, to));
}

/* --- in the thread that is held: no TLS, no stack protector, a thread may have neither --- */

static void answer(uint32_t number, uint32_t index, const ucontext_t *context)
{
    if (index >= atomic_load_explicit(&hold.capacity, memory_order_acquire))
        return;
    /* Tables are never unmapped, so an old pointer does no harm, and the phase guards the slot. */
    struct stopped_thread *thread =
        atomic_load_explicit(&hold.threads, memory_order_acquire) + index;
    if (!advance(thread, number, ASKED, WRITING))
        return;
    stop_world_describe(thread, context);
    /* Release: the holder that sees HELD sees the description. */
    atomic_store_explicit(progress_of(thread), progress(number, HELD), memory_order_release);
    if (atomic_fetch_add(&hold.answers, 1) + 1 >= atomic_load(&hold.wanted))
        sys_futex(&hold.answers, FUTEX_WAKE_OUR, 1, NULL);
}

static bool obey(int signal, siginfo_t *info, void *context)
{
    if (info->si_code != SI_QUEUE || info->si_pid != (int)sys_getpid()) {
        stop_world_signal_pass_on(signal, info, context);
        return false;
    }
    uint64_t ticket = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
    uint32_t number = (uint32_t)(ticket >> 32);
    if (stop_world_gate_number() == number)
        answer(number, (uint32_t)ticket, context);
    stop_world_gate_wait(number, context);
    return true;
}

/* The next hold may have begun before this thread is out. */
NO_STACK_PROTECTOR static void park(int signal, siginfo_t *info, void *context)
{
    siginfo_t next = *info;
    stop_world_resume_undo(context);
    bool was_cut_short = stop_world_gate_is_cut_short(context);
    bool is_held = false;
    do
        is_held |= obey(signal, &next, context);
    while (stop_world_signal_comes_again(signal, &next));
    stop_world_gate_leave(context, is_held && was_cut_short);
}

/* --- the table ----------------------------------------------------------- */

static struct stopped_thread *thread_at(size_t index)
{
    return atomic_load_explicit(&hold.threads, memory_order_relaxed) + index;
}

/* Only the holder makes the table larger. */
static size_t capacity_now(void)
{
    return atomic_load_explicit(&hold.capacity, memory_order_relaxed);
}

static uint32_t *slot_of(uint32_t listed)
{
    size_t mask = 2 * capacity_now() - 1;
    size_t slot = listed * 2654435761u & mask;
    while (hold.by_tid[slot] && thread_at(hold.by_tid[slot] - 1)->listed != listed)
        slot = (slot + 1) & mask;
    return &hold.by_tid[slot];
}

/* capacity is a power of two. */
static int make_table(size_t capacity)
{
    char *memory = pages_map(capacity * (sizeof(struct stopped_thread) + 2 * sizeof(uint32_t)));
    if (!memory)
        return -ENOMEM;
    atomic_store(&hold.threads, (struct stopped_thread *)memory);
    atomic_store(&hold.capacity, capacity);
    hold.by_tid = (uint32_t *)(memory + capacity * sizeof(struct stopped_thread));
    return 0;
}

static void clear_table(void)
{
    for (size_t i = 0; i < 2 * capacity_now(); i++)
        hold.by_tid[i] = 0;
    hold.count = 0;
}

/* --- asking -------------------------------------------------------------- */

static uint64_t elapsed(void)
{
    return sys_nanoseconds(CLOCK_MONOTONIC) - hold.begin;
}

static void wait_for_answer(uint32_t seen, uint64_t nanoseconds)
{
    struct timespec limit = {(time_t)(nanoseconds / 1000000000u),
                             (long)(nanoseconds % 1000000000u)};
    sys_futex(&hold.answers, FUTEX_WAIT_OUR, seen, &limit);
}

static long send_signal(uint32_t tid, uint32_t index)
{
    const int signal = stop_world_signal();
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};
    uint64_t ticket = (uint64_t)stop_world_gate_number() << 32 | index;
    info.si_pid = (int)sys_getpid();
    info.si_value.sival_ptr = (void *)(uintptr_t)ticket;
    for (;;) {
        long result = sys_tgsigqueueinfo(info.si_pid, (int)tid, signal, &info);
        /* The user's queue of signals is full; those that answer make space. */
        if (result != -EAGAIN || elapsed() >= hold.limit)
            return result;
        wait_for_answer(atomic_load(&hold.answers), SLICE_FIRST);
    }
}

static int grow_table(void);

/* `listed` is the thread's name in /proc. 1: asked anew, 0: nothing to do, or -errno. */
static int ask_thread(uint32_t listed, uint32_t caller)
{
    uint32_t *slot = slot_of(listed);
    if (*slot && phase_of(thread_at(*slot - 1)) != VANISHED) {
        hold.known++;
        return 0;
    }
    uint32_t tid = hold.translate ? task_translate(listed) : listed;
    if (tid == caller) {
        hold.caller = listed;
        hold.known++;
    }
    if (tid == 0 || tid == caller)
        return 0;
    if (hold.count == capacity_now() && grow_table() != 0)
        return -ENOMEM;
    struct stopped_thread *thread = thread_at(hold.count);
    *thread = (struct stopped_thread){.tid = tid, .listed = listed};
    atomic_store(progress_of(thread), progress(stop_world_gate_number(), ASKED));
    long result = send_signal(tid, (uint32_t)hold.count);
    if (result == -ESRCH)
        return 0;
    if (result != 0 && result != -EAGAIN)
        return (int)result;
    *slot_of(listed) = (uint32_t)++hold.count;
    hold.known++;
    return 1;
}

/* Asks every listed thread that was not asked yet. Returns how many, or -errno. */
static int ask_new_threads(uint32_t caller)
{
    int fresh = 0;
    long length;
    hold.known = 0;
    sys_lseek(hold.directory, 0, SEEK_SET);
    while ((length = sys_getdents(hold.directory, entries, sizeof entries)) > 0)
        for (long at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            uint32_t listed = task_parse_number(entry->d_name);
            at += entry->d_reclen;
            int result = listed ? ask_thread(listed, caller) : 0;
            if (result < 0)
                return result;
            fresh += result;
        }
    return length < 0 ? (int)length : fresh;
}

/* The threads that there are: the folder's links less two. 0: not known. */
static size_t count_threads(void)
{
    struct stat status;
    return sys_fstat(hold.directory, &status) == 0 && status.st_nlink > 2 ? status.st_nlink - 2 : 0;
}

/* The kernel ends its list early when the thread that it stands at ends at that moment. What is
 * behind has not been shown then. A thread that ends does not count as shown: it may be gone from
 * the kernel's count by now, and one that was not shown have taken its place there. */
static bool was_cut_short(void)
{
    return hold.known < count_threads() && elapsed() < hold.limit;
}

/* --- waiting ------------------------------------------------------------- */

/* Looks at one thread that has not answered; returns 1 if it may still do so soon. */
static int look_at(struct stopped_thread *thread)
{
    uint32_t listed = (uint32_t)thread->listed;
    enum task_state state = task_state(listed);
    if (state == TASK_ALIVE)
        return !task_blocks_signal(listed, stop_world_signal());
    return !advance(thread, stop_world_gate_number(), ASKED,
                    state == TASK_VANISHED ? VANISHED : IGNORED);
}

/* Counts the threads that have yet to answer; *hopeful of them do not block the signal. */
static uint32_t look_at_rest(uint32_t *hopeful)
{
    uint32_t rest = 0;
    *hopeful = 0;
    for (size_t i = 0; i < hold.count; i++) {
        struct stopped_thread *thread = thread_at(i);
        if (phase_of(thread) > WRITING)
            continue;
        int soon = look_at(thread);
        rest += phase_of(thread) <= WRITING;
        *hopeful += soon != 0;
    }
    return rest;
}

/* Looks round and says from how many answers on all is done. The answers are read first: one that
 * comes meanwhile makes the holder look once more, never wait for nothing. */
static uint32_t look_round(uint32_t *hopeful)
{
    uint32_t answers = atomic_load(&hold.answers);
    uint32_t rest = look_at_rest(hopeful);
    atomic_store(&hold.wanted, answers + rest);
    return rest;
}

/* Until all that were asked have answered or ended, or time is up (1). */
static int wait_for_answers(int asked)
{
    uint64_t slice = SLICE_FIRST;
    uint32_t hopeful = 1, rest = (uint32_t)asked;
    atomic_store(&hold.wanted, hold.answered + rest);
    while (rest > 0) {
        uint64_t past = elapsed();
        if (past >= (hopeful ? hold.limit : hold.limit / SHARE_FOR_BLOCKED))
            return 1;
        uint32_t seen = atomic_load(&hold.answers);
        if (seen < atomic_load(&hold.wanted))
            wait_for_answer(seen, slice < hold.limit - past ? slice : hold.limit - past);
        uint32_t now = atomic_load(&hold.answers);
        if (now != seen && now < atomic_load(&hold.wanted))
            continue;
        rest = look_round(&hopeful);
        slice = slice < SLICE_LAST ? slice * 2 : slice;
    }
    return 0;
}

/* Nobody writes to a slot any longer when this returns; 0 if that cannot be had. */
static int close_slot(struct stopped_thread *thread)
{
    if (advance(thread, stop_world_gate_number(), ASKED, SILENT))
        return 1;
    for (int patience = 0; phase_of(thread) == WRITING; patience++) {
        if (patience == 100000)
            return 0;
        sys_sched_yield();
    }
    return 1;
}

/* Nobody may be let go for a larger table. So all slots are closed first: a handler that comes late
 * finds its slot closed in either table, and waits without one. */
static int grow_table(void)
{
    struct stopped_thread *before = thread_at(0);
    wait_for_answers(1);
    for (size_t i = 0; i < hold.count; i++)
        close_slot(&before[i]);
    if (make_table(2 * capacity_now()) != 0)
        return -ENOMEM;
    for (size_t i = 0; i < hold.count; i++) {
        *thread_at(i) = before[i];
        if (phase_of(&before[i]) == WRITING)
            atomic_store(progress_of(thread_at(i)), progress(stop_world_gate_number(), SILENT));
        *slot_of((uint32_t)before[i].listed) = (uint32_t)i + 1;
    }
    return 0;
}

/* Moves what was held or stayed silent to the front, in the order of the table. */
static void collect(struct stopped_world *world)
{
    int abandoned = 0;
    world->threads = thread_at(0);
    for (size_t i = 0; i < hold.count; i++) {
        struct stopped_thread *thread = thread_at(i);
        int closed = close_slot(thread);
        unsigned phase = closed ? phase_of(thread) : SILENT;
        abandoned |= !closed;
        if (phase != HELD && phase != SILENT)
            continue;
        world->held += phase == HELD;
        world->silent += phase == SILENT;
        struct stopped_thread found = *thread;
        if (phase == SILENT)
            found = (struct stopped_thread){.tid = thread->tid};
        world->threads[world->count++] = found;
    }
    /* A handler stands in the middle of a slot: the next hold takes a table of its own. */
    if (abandoned)
        atomic_store(&hold.capacity, 0);
}

/* --- the whole ----------------------------------------------------------- */

static void open_gate(void)
{
    stop_world_signal_give_back(atomic_load(&hold.answers) == hold.count);
    stop_world_gate_open();
}

/* Room for twice the threads that there are. */
static int prepare_table(void)
{
    size_t wanted = CAPACITY_FIRST, threads = count_threads();
    while (wanted < 2 * threads)
        wanted *= 2;
    if (capacity_now() < wanted && make_table(wanted) != 0)
        return -ENOMEM;
    clear_table();
    return 0;
}

/* Passes over the whole list until one finds nobody new. An error after the first was asked ends
 * the passes: whoever stands still by then is not let go for it. */
static int stop_everybody(void)
{
    hold.count = 0;
    int result = prepare_table();
    if (result == 0)
        result = (int)stop_world_signal_take(park, hold.blocked);
    if (result != 0)
        return result;
    atomic_store(&hold.answers, 0);
    atomic_store(&hold.wanted, 1);
    stop_world_gate_close();
    do {
        hold.answered = atomic_load(&hold.answers);
        result = ask_new_threads((uint32_t)sys_gettid());
    } while ((result > 0 && wait_for_answers(result) == 0) || (result == 0 && was_cut_short()));
    if (result < 0 && hold.count == 0)
        open_gate();
    return result;
}

static int hold_all(struct stopped_world *world)
{
    long directory = sys_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    if (directory < 0)
        return (int)directory;
    hold.directory = (int)directory;
    hold.translate = task_numbers_differ();
    int result = stop_everybody();
    sys_close(hold.directory);
    world->unlisted = result < 0;
    if (result < 0 && hold.count == 0)
        return result;
    collect(world);
    return 0;
}

int stop_world_hold(struct stopped_world *world, uint64_t limit_ns)
{
    *world = (struct stopped_world){.unlisted = true};
    if (atomic_exchange(&hold.busy, 1))
        return -EBUSY;
    hold.blocked = signals_to_block();
    sys_sigprocmask(SIG_BLOCK, &hold.blocked, &world->mask_before);
    hold.begin = sys_nanoseconds(CLOCK_MONOTONIC);
    hold.limit = limit_ns;
    int result = hold_all(world);
    if (result == 0)
        return 0;
    atomic_store(&hold.busy, 0);
    sys_sigprocmask(SIG_SETMASK, &world->mask_before, NULL);
    return result;
}

void stop_world_release(struct stopped_world *world)
{
    open_gate();
    atomic_store(&hold.busy, 0);
    sys_sigprocmask(SIG_SETMASK, &world->mask_before, NULL);
}

void stop_world_forked(void)
{
    atomic_store(&hold.busy, 0);
}

void stop_world_keep(const struct stopped_world *world, bool may_wait)
{
    if (may_wait)
        stop_world_gate_keep(hold.caller);
    sys_sigprocmask(SIG_SETMASK, &world->mask_before, NULL);
}
