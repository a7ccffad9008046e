#include "life/lifecycle.h"

#include "capture/frame_cache.h"
#include "capture/stepper.h"
#include "capture/unwind.h"
#include "check/leak_scan_stacks.h"
#include "events/bypass.h"
#include "events/glib_sites.h"
#include "libc/blank.h"
#include "libc/real.h"
#include "life/ending.h"
#include "life/env.h"
#include "life/env_children.h"
#include "life/env_preload.h"
#include "life/facts.h"
#include "life/fork_gate.h"
#include "life/forked.h"
#include "log/trace_log.h"
#include "log/trace_log_file.h"
#include "log/trace_log_loss.h"
#include "os/memory_map.h"
#include "os/message.h"
#include "os/own_stack.h"
#include "os/sys.h"
#include "tables/module_list.h"
#include "tables/stack_table.h"
#include "tables/usage.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

static struct {
    atomic_uint begun; /* once per process and its forked children */
    atomic_uint beginning;
    struct env_options options;
} life;

bool lifecycle_is_beginning(void)
{
    return atomic_load_explicit(&life.beginning, memory_order_relaxed) != 0;
}

const struct env_options *lifecycle_options(void)
{
    return &life.options;
}

bool lifecycle_is_own_process(void)
{
    return trace_log_header && trace_log_header->pid == (uint32_t)sys_getpid();
}

/* --- the beginning ------------------------------------------------------- */

static bool is_stable(uintptr_t address)
{
    return module_list_find(address) != 0;
}

/* The tracer's own path, absolute, so that a child can be given it. */
static void find_tracer(char *path, size_t size)
{
    module_list_path((uintptr_t)lifecycle_begin, path, size);
}

static void end_by_signal(int signal, const struct stopped_thread *here, uint32_t stack)
{
    lifecycle_end(TRACE_SIGNALED, signal, here, stack);
}

/* What the tables take at first, most of it never touched. */
enum { TABLES_BYTES = 40 << 20 };

/* Release: whoever reads the magic finds the rest of the header. */
static void publish_log(void)
{
    uint64_t magic;
    memcpy(&magic, TRACE_MAGIC, sizeof magic);
    __atomic_store_n((uint64_t *)trace_log_header->magic, magic, __ATOMIC_RELEASE);
}

static bool begin_tables(void)
{
    usage_begin();
    return stack_table_begin(module_list_find, module_list_is_gone) && frame_cache_begin(is_stable);
}

/* --- forked children ----------------------------------------------------- */

/* A child that does not exec must not hold its parent's files open (a reader of a pipe would wait).
 */
static void leave_in_child(void)
{
    if (tracing_is_on())
        return;
    trace_log_forget();
    message_forget();
    memory_map_forked();
}

/* A sanitizer's runtime brings its own malloc, and shadow memory of terabytes, full of what would
 * look like pointers. */
static void face_sanitizers(void)
{
    static const struct {
        const char *symbol;
        const char *name;
    } known[] = {{"__asan_init", "AddressSanitizer"},
                 {"__hwasan_init", "HWAddressSanitizer"},
                 {"__tsan_init", "ThreadSanitizer"},
                 {"__msan_init", "MemorySanitizer"},
                 {"__lsan_init", "LeakSanitizer"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!real_is_bypassed(known[i].symbol) && !real_find(known[i].symbol))
            continue;
        life.options.leak_check = false;
        trace_log_header->losses.not_scanned = TRACE_OBSTACLE_SANITIZER;
        message_line("libtrace: this program is built with %s, which replaces malloc itself: no "
                     "leak check is made; build it without",
                     known[i].name);
    }
}

void lifecycle_before_fork(void)
{
    if (life.options.trace_children && lifecycle_is_own_process() && !lifecycle_is_ending() &&
        !trace_log_loss_is_there())
        forked_prepare();
}

void lifecycle_forked_in_parent(void)
{
    forked_in_parent();
}

void lifecycle_before_chroot(void)
{
    if (tracing_is_on() && lifecycle_is_own_process())
        memory_map_before_chroot();
}

/* What the parent was about to do, exec for one, this process is not. */
static void begin_in_child(void)
{
    struct trace_header *header = trace_log_header;
    facts_note_identity();
    memory_map_forked();
    header->flags |= TRACE_FLAG_CHILD;
    header->ending = TRACE_RUNNING;
    header->end_realtime_ns = 0;
    header->became = (struct trace_string){0};
    publish_log();
    tracing_set(true);
}

/* With the end under way in another thread, which is not here, there is nothing to go on with. */
void lifecycle_forked_in_child(void)
{
    if (life.options.trace_children && !lifecycle_is_ending() && forked_in_child(&life.options))
        begin_in_child();
    else
        leave_in_child();
    forked_done();
}

/* Registered before the program's own handlers: the first of ours runs last, and the others first.
 */
static void watch_forks(void)
{
    pthread_atfork(lifecycle_before_fork, lifecycle_forked_in_parent, lifecycle_forked_in_child);
}

/* When the first program of this run began, which may be now. */
static uint64_t begin_run(void)
{
    if (!life.options.traced_since)
        life.options.traced_since = sys_nanoseconds(CLOCK_REALTIME);
    return life.options.traced_since;
}

static void begin(void)
{
    static char problem[8192];
    static char tracer[4096];
    const char *reason = NULL;
    real_resolve();
    message_begin();
    if (env_take_options(&life.options, problem, sizeof problem) != 0) {
        message_line("libtrace: LIBTRACE_OPTIONS: %s", problem);
        sys_exit_group(2);
    }
    if (life.options.log_file[0])
        message_to_file(life.options.log_file);
    if (life.options.trace_children)
        trace_log_file_keep_since(begin_run());
    trace_log_begin(life.options.trace_file);
    own_stack_begin();
    module_list_begin();
    find_tracer(tracer, sizeof tracer);
    env_preload_hide(tracer, &life.options);
    if (life.options.trace_children)
        env_children_begin(&life.options, tracer);
    if (!sys_leaves_room(TABLES_BYTES))
        reason = "ulimit -v leaves too little memory";
    if (reason || !tracing_begin() || !begin_tables() || !stepper_load(&reason)) {
        message_line("libtrace: tracing is not possible here: %s; the program runs untraced",
                     reason ? reason : "no memory");
        return;
    }
    facts_note(tracer);
    leak_scan_begin();
    if (real_is_bypassed("malloc"))
        trace_log_header->flags |= TRACE_FLAG_BYPASSED;
    if (!life.options.leak_check)
        trace_log_header->losses.not_scanned = TRACE_OBSTACLE_UNWANTED;
    face_sanitizers();
    if (life.options.leak_check)
        blank_begin();
    unwind_verify(life.options.verify_stacks);
    publish_log();
    if (life.options.glib)
        glib_sites_begin();
    watch_forks();
    ending_watch_signals(end_by_signal);
    tracing_set(true);
}

bool lifecycle_begin(void)
{
    if (atomic_load_explicit(&life.begun, memory_order_acquire))
        return fork_gate_pass();
    if (!env_is_there() || atomic_exchange(&life.beginning, 1))
        return false;
    int saved_errno = errno;
    if (!atomic_exchange(&life.begun, 1))
        begin();
    errno = saved_errno;
    atomic_store(&life.beginning, 0);
    return tracing_is_on();
}

/* --- libraries that go ---------------------------------------------------- */

static void forget_code(uintptr_t begin, uintptr_t end)
{
    stack_table_forget();
    frame_cache_forget(begin, end);
    unwind_forget();
}

void lifecycle_unloading(void)
{
    if (tracing_is_on() && lifecycle_is_own_process())
        bypass_is_there();
}

void lifecycle_unloaded(void)
{
    if (fork_gate_is_on() && lifecycle_is_own_process())
        module_list_refresh(forget_code);
}
