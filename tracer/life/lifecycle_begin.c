#include "life/lifecycle_begin.h"

#include "capture/frame_cache.h"
#include "capture/stepper.h"
#include "capture/unwind.h"
#include "check/leak_scan_stacks.h"
#include "events/glib_sites.h"
#include "events/live_errors.h"
#include "events/mapped.h"
#include "events/sampling.h"
#include "guard/guarded_malloc.h"
#include "libc/blank.h"
#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "life/ending.h"
#include "life/env_children.h"
#include "life/env_preload.h"
#include "life/facts.h"
#include "life/fork_gate.h"
#include "life/lifecycle.h"
#include "life/lifecycle_end.h"
#include "life/lifecycle_fork.h"
#include "life/lifecycle_snapshot.h"
#include "life/open_files.h"
#include "life/sanitizers.h"
#include "log/trace_log.h"
#include "log/trace_log_earlier.h"
#include "log/trace_log_file.h"
#include "os/message.h"
#include "os/own_stack.h"
#include "os/sys.h"
#include "tables/ages.h"
#include "tables/module_list.h"
#include "tables/stack_table.h"
#include "tables/usage.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

static atomic_uint begun; /* once per process and its forked children */
static atomic_uint beginning;

bool lifecycle_is_beginning(void)
{
    return atomic_load_explicit(&beginning, memory_order_relaxed) != 0;
}

/* --- the options, and what they say of files and the environment ----------- */

static void take_options(void)
{
    static char problem[8192];
    if (lifecycle_take_options(problem, sizeof problem) == 0)
        return;
    message_line("libtrace: LIBTRACE_OPTIONS: %s", problem);
    sys_exit_group(2);
}

/* What the program before has said stays. */
static void open_log_file(const struct env_options *options)
{
    if (options->words_descriptor >= 0)
        message_to_open_file(options->log_file, options->words_descriptor);
    else
        message_to_file(options->log_file, options->log_descriptor >= 0);
}

static void begin_log(const struct env_options *options)
{
    if (options->log_file[0])
        open_log_file(options);
    if (options->trace_children)
        trace_log_file_keep_since(options->traced_since);
    if (options->skipped) /* the tables, which nothing is put into, lie in plain memory */
        trace_log_begin_in(NULL, -1);
    else
        trace_log_begin_in(options->trace_file, trace_log_earlier_take(options->log_descriptor));
    trace_log_earlier_write();
}

/* The tracer's own path, absolute, so that a child can be given it. */
static void find_tracer(char *path, size_t size)
{
    module_list_path((uintptr_t)lifecycle_begin, path, size);
}

static void hide_from_environment(const struct env_options *options, const char *tracer)
{
    env_preload_hide(tracer, options);
    if (options->trace_children)
        env_children_begin(options, tracer);
    else if (options->follow_exec)
        env_children_begin_heir(options, tracer, trace_log_path());
}

/* --- the tables ------------------------------------------------------------ */

/* What the tables take at first, most of it never touched. */
enum { TABLES_BYTES = 40 << 20 };

static bool is_stable(uintptr_t address)
{
    return module_list_find(address) != 0;
}

static bool begin_tables(void)
{
    usage_begin();
    return stack_table_begin(module_list_find, module_list_is_gone) && frame_cache_begin(is_stable);
}

/* false: *reason says why, or there is no memory. */
static bool begin_recording(const char **reason)
{
    *reason = sys_leaves_space(TABLES_BYTES) ? NULL : "ulimit -v leaves too little memory";
    return !*reason && tracing_begin() && begin_tables() && stepper_load(reason) &&
           (!lifecycle_options()->sample || sampling_begin(lifecycle_options()->sample)) &&
           (!lifecycle_options()->mmap || mapped_begin()) &&
           (!lifecycle_options()->ages || ages_begin(unwind_forget));
}

/* --- the check ------------------------------------------------------------- */

/* Before anything goes by malloc's own marks. */
static void look_at_malloc(void)
{
    const struct glibc_layout_malloc libc = {real_found.malloc, real_found.free,
                                             real_found.malloc_usable_size};
    if (real_provider("malloc") == real_provider("gnu_get_libc_version") &&
        !glibc_layout_verify(&libc))
        trace_log_header->flags |= TRACE_FLAG_MALLOC_UNKNOWN;
}

static void begin_check(const struct env_options *options)
{
    look_at_malloc();
    leak_scan_begin();
    if (options->sample)
        lifecycle_skip_leak_check(TRACE_OBSTACLE_SAMPLED);
    else if (!options->leak_check)
        lifecycle_skip_leak_check(TRACE_OBSTACLE_UNWANTED);
    sanitizers_skip_check();
    if (options->leak_check && !options->sample)
        blank_begin();
}

static void begin_guard(const struct guard_options *options)
{
    if (guard_is_wanted(options) && !guarded_malloc_begin(options))
        message_line("libtrace: --guard is not possible here: there is no memory for it");
}

static void end_by_signal(const struct ending_signal *signal, const struct stopped_thread *here)
{
    lifecycle_end(TRACE_SIGNALED, signal->number, here, signal);
}

static void begin(void)
{
    static char tracer[4096];
    const struct env_options *options = lifecycle_options();
    const char *reason;
    real_resolve();
    message_begin();
    if (real_comes_late()) {
        message_line("libtrace: libtrace.so comes after libc (a running program opened it, or it "
                     "is linked behind libc): no call comes here, and nothing is traced. Preload "
                     "it (LD_PRELOAD), or run: leakreport PROGRAM");
        return;
    }
    take_options();
    begin_log(options);
    own_stack_begin();
    module_list_begin();
    find_tracer(tracer, sizeof tracer);
    hide_from_environment(options, tracer);
    if (options->skipped)
        return;
    if (!begin_recording(&reason)) {
        message_line("libtrace: tracing is not possible here: %s; the program runs untraced",
                     reason ? reason : "no memory");
        return;
    }
    facts_note(tracer);
    if (real_is_bypassed("malloc"))
        trace_log_header->flags |= TRACE_FLAG_BYPASSED;
    begin_check(options);
    if (options->track_fds)
        open_files_begin();
    begin_guard(&options->guard);
    unwind_verify(options->verify_stacks);
    live_errors_begin(options->errors_live);
    lifecycle_publish_log();
    if (options->glib && !options->sample)
        glib_sites_begin();
    lifecycle_watch_forks();
    ending_watch_signals(end_by_signal);
    lifecycle_snapshot_begin(options->check_signal);
    tracing_set(true);
}

bool lifecycle_begin(void)
{
    if (atomic_load_explicit(&begun, memory_order_acquire))
        return fork_gate_pass();
    if (!env_is_there() || atomic_exchange(&beginning, 1))
        return false;
    int saved_errno = errno;
    if (!atomic_exchange(&begun, 1))
        begin();
    errno = saved_errno;
    atomic_store(&beginning, 0);
    return tracing_is_on();
}
