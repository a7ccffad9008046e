/* trace_format.h: the specification of trace.log.
 *
 * trace.log is the tracer's own memory: libtrace.so maps the file shared and keeps its tables in
 * it, so the file is true at every instant, also after SIGKILL and while the program runs.
 * libtrace.so (tracer/) writes it, leakreport (report/) reads it, and this header is all that the
 * two have in common.
 *
 * Shape
 *
 *     offset 0                 struct trace_header
 *     TRACE_DIRECTORY_OFFSET   struct trace_extent [TRACE_EXTENTS_MAX], the directory
 *     TRACE_DATA_OFFSET …      extents: page aligned pieces of tables, in the order they were made
 *
 *   A table is an array of records of one kind that grows by extents; an extent never moves while
 *   it is listed. Numbers are little-endian, offsets count bytes from the start of the file, times
 *   are nanoseconds. Record 0 of every table means "none" and is never filled, but for
 *   VERDICTS, HEADS, TIMELINE, MOMENTS, GROWTH, EARLIER, CHECKS, ROOTS and NAMES, whose first
 *   record is 0, BLOCKS, which is numbered by addresses, and STRINGS, COMMAND, POINTERS,
 *   GENERATED and JITDUMP, which are bytes.
 *
 * Reading a log that is being written
 *
 *   Each record has one commit word (named at its struct), stored last and with release order; a
 *   reader loads it with acquire order and takes a record whose commit word is 0 as absent. What a
 *   committed record refers to (its stack, its module, its string) was committed before it. An
 *   extent's commit word is `kind`. After a kill some records that were claimed stay uncommitted:
 *   a hole in a table is no damage.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC            "leaklog\n"
#define TRACE_MAGIC_SIZE       8
#define TRACE_VERSION          8u
#define TRACE_BYTE_ORDER       0x0a0b0c0du /* reads differently on a machine of the other order */
#define TRACE_PAGE_SIZE        4096u
#define TRACE_DIRECTORY_OFFSET 4096u
#define TRACE_EXTENTS_MAX      1024u
#define TRACE_DATA_OFFSET      (TRACE_DIRECTORY_OFFSET + TRACE_EXTENTS_MAX * 32u)

/* How the process ended, as far as the log knows. */
enum trace_ending {
    TRACE_RUNNING = 0,      /* it runs still, or it ended in a way that nobody can see (SIGKILL) */
    TRACE_RETURNED = 1,     /* from main, or through exit(); ending_value: exit status */
    TRACE_EXITED_FAST = 2,  /* through _exit or _Exit; ending_value: exit status */
    TRACE_QUICK_EXITED = 3, /* through quick_exit; ending_value: exit status */
    TRACE_SIGNALED = 4,     /* by a signal; ending_value: signal number */
    TRACE_EXECED = 5,       /* became another program */
};

/* What kind of leak check the log holds. */
enum trace_scan {
    TRACE_SCAN_NONE = 0,     /* leak kinds cannot be told */
    TRACE_SCAN_RUNNING = 1,  /* was under way: VERDICTS is not complete */
    TRACE_SCAN_DONE = 2,     /* VERDICTS holds every live block */
    TRACE_SCAN_IN_PLACE = 3, /* done, but without freeing libc's own caches first */
};

/* What a sanitizer's files, functions, variable and users call it. LeakSanitizer is a part of
 * others: it comes last. */
#define TRACE_SANITIZERS(X)                                                                        \
    X(asan, ASAN, "AddressSanitizer")                                                              \
    X(hwasan, HWASAN, "HWAddressSanitizer")                                                        \
    X(tsan, TSAN, "ThreadSanitizer")                                                               \
    X(msan, MSAN, "MemorySanitizer")                                                               \
    X(lsan, LSAN, "LeakSanitizer")

/* Why there is no leak check, or why it was made while other threads ran (losses). */
enum trace_obstacle {
    TRACE_OBSTACLE_NONE = 0,
    TRACE_OBSTACLE_UNWANTED = 1,
    TRACE_OBSTACLE_SANITIZER = 2,
    TRACE_OBSTACLE_MEMORY = 3,
    TRACE_OBSTACLE_LOG = 4,
    TRACE_OBSTACLE_PROC = 5,
    TRACE_OBSTACLE_DESCRIPTORS = 6,
    TRACE_OBSTACLE_FORBIDDEN = 7,
    TRACE_OBSTACLE_OTHER = 8,
    TRACE_OBSTACLE_TURNED_OFF = 9,
    TRACE_OBSTACLE_SAMPLED = 10,
    TRACE_OBSTACLES,
};

/* "… : %s"; NULL: there is none, or one that this reader does not know. */
static inline const char *trace_obstacle_text(uint64_t obstacle)
{
    static const char *const texts[TRACE_OBSTACLES] = {
        [TRACE_OBSTACLE_UNWANTED] = "--leak-check=no was given",
        [TRACE_OBSTACLE_SANITIZER] = "the program is built with a sanitizer",
        [TRACE_OBSTACLE_MEMORY] = "too little memory was left",
        [TRACE_OBSTACLE_LOG] = "the log could not grow",
        [TRACE_OBSTACLE_PROC] = "the program cannot see /proc (not mounted, or chroot)",
        [TRACE_OBSTACLE_DESCRIPTORS] = "no file descriptor was left",
        [TRACE_OBSTACLE_FORBIDDEN] = "a sandbox forbids a system call that it needs",
        [TRACE_OBSTACLE_TURNED_OFF] = "the program has turned it off (__lsan_is_turned_off)",
        [TRACE_OBSTACLE_SAMPLED] = "with --sample only some blocks are recorded",
        [TRACE_OBSTACLE_OTHER] = "the kernel refused something that it needs",
    };
    return obstacle < TRACE_OBSTACLES ? texts[obstacle] : (const char *)0;
}

/* Why the program that this process became (TRACE_EXECED) does not go on with the log. */
enum trace_unfollowed {
    TRACE_FOLLOWED = 0, /* it does, or it has one of its own, or nobody has seen why */
    TRACE_UNFOLLOWED_UNWANTED = 1,
    TRACE_UNFOLLOWED_SKIPPED = 2,
    TRACE_UNFOLLOWED_STATIC = 3,
    TRACE_UNFOLLOWED_RIGHTS = 4,
    TRACE_UNFOLLOWED_LIBRARY = 5,
    TRACE_UNFOLLOWED_PROCESSOR = 6,
    TRACE_UNFOLLOWED_TRACER = 7,
    TRACE_UNFOLLOWED_SANDBOX = 8,
    TRACE_UNFOLLOWED_ENVIRONMENT = 9,
    TRACE_UNFOLLOWED_WAYS,
};

/* "… is not traced: %s"; NULL: it is, or for a reason that this reader does not know. */
static inline const char *trace_unfollowed_text(uint32_t why)
{
    static const char *const texts[TRACE_UNFOLLOWED_WAYS] = {
        [TRACE_UNFOLLOWED_UNWANTED] = "--follow-exec=no was given",
        [TRACE_UNFOLLOWED_SKIPPED] = "a pattern of --trace-children-skip names it",
        [TRACE_UNFOLLOWED_STATIC] = "it is statically linked; link it dynamically",
        [TRACE_UNFOLLOWED_RIGHTS] =
            "it has more rights than its caller (set-uid, set-gid, file capabilities)",
        [TRACE_UNFOLLOWED_LIBRARY] = "it is built for another C library than glibc",
        [TRACE_UNFOLLOWED_PROCESSOR] = "it is built for another processor",
        [TRACE_UNFOLLOWED_TRACER] = "libtrace.so cannot be read there (chroot, another user)",
        [TRACE_UNFOLLOWED_SANDBOX] = "a sandbox forbids a system call that tracing needs",
        [TRACE_UNFOLLOWED_ENVIRONMENT] = "its environment leaves no space for the tracer's entries",
    };
    return why < TRACE_UNFOLLOWED_WAYS ? texts[why] : (const char *)0;
}

/* header.flags */
enum {
    TRACE_FLAG_INCOMPLETE = 1u << 0,  /* a table could not grow (disk full): records are missing */
    TRACE_FLAG_CUT_TO_SIZE = 1u << 1, /* the clean end: unused space was given back */
    TRACE_FLAG_OTHER_ALLOCATOR = 1u << 2, /* malloc is not glibc's */
    TRACE_FLAG_BYPASSED = 1u << 4,        /* the program's own malloc comes before the tracer's */
    /* Forked by a traced process, parent_pid: all counts, blocks and times go on from its log. */
    TRACE_FLAG_CHILD = 1u << 3,
    /* Another program made the file shorter while it was written. This header, of which only the
     * first fields and pid are there, is all that the file has. */
    TRACE_FLAG_LOST = 1u << 5,
    /* glibc's malloc, but its memory is laid out otherwise than the tracer knows it. */
    TRACE_FLAG_MALLOC_UNKNOWN = 1u << 6,
    TRACE_FLAG_OPEN_FILES = 1u << 7, /* header.open_* say what was open at the end */
    /* A copy of a process' log, made and judged while that went on: header.snapshot.number. Its
     * process had not ended (TRACE_RUNNING); end_realtime_ns says when the copy was made. */
    TRACE_FLAG_SNAPSHOT = 1u << 8,
    /* leakreport's own work: a log whose leak check was made of a core file, or of a copy that
     * stood still. UNTRACED: there was no tracer, and the blocks are those that glibc's heap shows;
     * the innermost frame of a stack, the only one, is no call then, but says what they are. */
    TRACE_FLAG_FROM_OUTSIDE = 1u << 9,
    TRACE_FLAG_UNTRACED = 1u << 10,
    /* A library is bound to libc's malloc past the tracer's (RTLD_DEEPBIND, __libc_malloc), or is
     * in a namespace of its own (dlmopen); looked for when the program returns or calls exit. */
    TRACE_FLAG_PAST_TRACER = 1u << 11,
    /* The environment has PYTHONMALLOC, or G_SLICE: whose user knows of those allocators. */
    TRACE_FLAG_PYTHONMALLOC = 1u << 16,
    TRACE_FLAG_G_SLICE = 1u << 17,
    TRACE_FLAG_GUARD_UNKNOWN = 1u << 18, /* --guard=FUNCTION, and no file in a stack has it */
};

/* GLib's libraries helped as they help valgrind (header.glib), where that was asked for. */
struct trace_glib {
    uint32_t libraries; /* that were, and those of this process that could not be */
    uint32_t refused;
    uint32_t sites; /* places of their code that were changed, and how many pages are therefore */
    uint32_t pages; /* the process's own */
};

/* A run of bytes in STRINGS. length 0: no string. The bytes are not NUL terminated. */
struct trace_string {
    uint64_t offset; /* index into STRINGS; the whole run lies in one extent */
    uint32_t length; /* bytes */
    uint32_t reserved;
};

/* Everything that was not recorded, each counted. 0 everywhere: the log is complete. */
struct trace_losses {
    uint64_t blocks;         /* allocations that found no space in BLOCKS or RARE */
    uint64_t block_bytes;    /* and their bytes */
    uint64_t stacks_unknown; /* allocations recorded without a call stack */
    uint64_t stacks_cut;     /* call stacks whose outermost frames are missing */
    uint64_t frees_unknown;  /* frees of blocks that the tracer had not seen allocated */
    uint64_t modules;        /* modules, threads, errors that found no space */
    uint64_t threads;
    uint64_t errors;
    uint64_t fork_failed;  /* leak checks that had to run in place */
    uint64_t fork_threads; /* other threads that were at work while it was forked */
    uint64_t pointers;     /* of --heap-graph=yes, and records of ROOTS */
    uint64_t unguarded;    /* blocks that --guard had no place for */
    uint64_t stale;        /* records of STALE */
    uint64_t newer; /* blocks that the core file, which is judged, has not (yet, or any longer) */
    uint64_t moves; /* calls of realloc, in MOVES */
    uint64_t mappings; /* of the program, in MAPPINGS */
    uint64_t jitdump;  /* bytes of a jitdump whose records are not in JITDUMP */
    uint64_t reserved[3];
};

/* What the leak check found, by kind (enum trace_leak_kind). Indirectly lost blocks count there
 * only. */
struct trace_leaks {
    uint64_t bytes[4];
    uint64_t blocks[4];
    uint64_t heuristic_bytes[5]; /* reachable through a heuristic, by enum trace_heuristic */
    uint64_t heuristic_blocks[5];
};

/* Why a leak check was made. */
enum trace_reason {
    TRACE_CHECK_ENDING = 0,
    TRACE_CHECK_CALLED = 1, /* the program asked for it */
    TRACE_CHECK_ASKED = 2,  /* from outside, for a snapshot */
};

/* One leak check. */
struct trace_check {
    uint32_t number;   /* commit word: 1 for the first that was made before the end; 0 at the end */
    uint32_t reason;   /* enum trace_reason */
    uint32_t scan;     /* enum trace_scan */
    uint32_t threads;  /* that it saw, the calling one included */
    uint32_t obstacle; /* why there is none, enum trace_obstacle */
    uint32_t not_held; /* why no other thread was stopped for it, enum trace_obstacle */
    uint64_t time_ns;  /* since the start; 0 at the end */
    uint64_t duration_ns;
    uint64_t verdicts;               /* blocks that were judged */
    uint64_t threads_not_stopped;    /* scanned whole, registers unknown */
    uint64_t mapping_bytes_not_read; /* memory that could not be read */
    uint64_t ranges_not_excluded;    /* of the tracer's own memory */
    struct trace_leaks leaks;        /* when scan is DONE or IN_PLACE */
    uint64_t fresh_bytes[4];         /* of these kinds, and not found lost by the check before, */
    uint64_t fresh_blocks[4];        /* whereby possibly lost is another thing than lost */
};

/* How far the latest snapshot has come. */
enum trace_snapshot_state {
    TRACE_SNAPSHOT_NONE = 0,
    TRACE_SNAPSHOT_COPYING = 1, /* the process stands still */
    TRACE_SNAPSHOT_JUDGING = 2, /* it goes on, and a child of it works on the copy */
    TRACE_SNAPSHOT_DONE = 3,    /* its log is complete */
    TRACE_SNAPSHOT_FAILED = 4,
};

/* What failed; `error` says why: an errno value, or the signal that killed the child. */
enum trace_snapshot_step {
    TRACE_SNAPSHOT_FORK = 0,
    TRACE_SNAPSHOT_COPY = 1,
    TRACE_SNAPSHOT_FILE = 2,
    TRACE_SNAPSHOT_CHILD = 3,
    TRACE_SNAPSHOT_LOG = 4,  /* the process' own log is not whole */
    TRACE_SNAPSHOT_EXEC = 5, /* the process became another program meanwhile */
    TRACE_SNAPSHOT_TIME = 6, /* the copy took too long */
};

/* The byte of the log, far behind its end, that is locked (F_OFD_SETLK) by whoever asks for a
 * check, for reading, from before it looks whether the process is still what it was until it has
 * sent the signal; and for writing by the process from before it calls exec until that has
 * happened. */
#define TRACE_ASK_LOCK ((uint64_t)1 << 62)

/* Snapshots of a running process. Who wants one sends the process `signal` with a number of its
 * own, by rt_sigqueueinfo, and finds that in `request` when the process has begun with it. In a
 * snapshot's own log: which one it is. Commit word: state. */
#define TRACE_SNAPSHOT_NAME 224u
struct trace_snapshot {
    uint32_t signal;  /* 0: none can be asked for */
    uint32_t request; /* 0: nobody asked, a signal of --check-on-signal came */
    uint32_t number;
    uint32_t state; /* enum trace_snapshot_state */
    uint32_t step;  /* enum trace_snapshot_step, of what failed */
    int32_t error;
    uint64_t pause_ns;   /* for which the process stood still */
    uint64_t lost_bytes; /* definitely and indirectly */
    uint64_t lost_blocks;
    char name[TRACE_SNAPSHOT_NAME]; /* its file, in the folder of this log; ended by NUL */
};

/* What the process had in memory when its leak check was made; bytes. */
struct trace_memory {
    uint64_t is_known; /* 1: pages could be asked for, and the allocator's ranges are known */
    uint64_t
        resident; /* of the process; 0: could not be asked. The rest are pages in memory or swap */
    uint64_t of_malloc; /* the allocator's */
    uint64_t in_blocks; /* of these: requested, and not freed */
    uint64_t free;      /* neither in blocks nor in what malloc puts around them */
    uint64_t trimmable; /* of these: whole pages */
    uint64_t mapped;    /* private memory of the program that is none of these */
    uint64_t stacks;
    uint64_t threads;
    uint64_t tracer;
};

/* The program's totals at the moment its summary was printed (the exact text is valgrind's).
 * Before that, sum THREADS. */
struct trace_totals {
    uint64_t allocations;
    uint64_t frees;     /* of live blocks; free(NULL) is not counted */
    uint64_t bad_frees; /* of anything else; what valgrind prints as frees is frees + bad_frees */
    uint64_t bytes_allocated;
    uint64_t bytes_freed;
};

/* The live bytes now, and what they were at their most. The blocks and each stack's share at that
 * moment are in ACCOUNTS. With one thread all of it is exact. With several, each keeps up to
 * `quantum` bytes to itself before it adds them, so that the peak may be too low by as much for
 * each thread. */
struct trace_peak {
    int64_t live_bytes;
    int64_t bytes;    /* the most that live_bytes ever was */
    uint64_t time_ns; /* since the start, when a sample noticed the peak: it came after the sample
                       * before that one */
    uint32_t epoch;   /* goes up with every new peak; see trace_account */
    uint32_t timed;   /* the epoch whose time that is; another one than `epoch`: the peak came after
                       * the last sample */
    uint64_t quantum;
    uint64_t unused[3];
};

/* Which file the tracer made. A reader that has another one before it reads a copy. */
struct trace_file {
    uint64_t device;  /* st_dev */
    uint64_t inode;   /* 0: none of it is known */
    uint64_t born_ns; /* since 1970, by the file system; 0: it does not say */
};

/* The signal that ended the process (TRACE_SIGNALED), as its handler was told. */
struct trace_signal {
    int32_t code;     /* si_code */
    uint32_t tid;     /* the thread that it struck */
    uint64_t address; /* si_addr, where the signal is a fault: SIGSEGV, SIGBUS, SIGILL, SIGFPE */
};

struct trace_header {
    char magic[TRACE_MAGIC_SIZE]; /* commit word of the whole file */
    uint32_t version;
    uint32_t byte_order;
    uint32_t header_size; /* sizeof(struct trace_header) */
    uint32_t extents_max; /* TRACE_EXTENTS_MAX */
    uint32_t machine;     /* ELF e_machine of the traced program */
    uint32_t flags;
    uint64_t end; /* bytes of the file that are given out; extents lie below it */

    uint32_t pid;
    uint32_t parent_pid;
    uint64_t pid_namespace;           /* inode of /proc/self/ns/pid */
    uint64_t start_ticks;             /* field 22 of /proc/PID/stat: with pid, names the process */
    uint64_t start_realtime_ns;       /* since 1970 */
    uint64_t end_realtime_ns;         /* 0 while running */
    struct trace_string executable;   /* absolute path */
    struct trace_string directory;    /* working directory at the start */
    struct trace_string tracer;       /* the path of libtrace.so */
    struct trace_string became;       /* TRACE_EXECED: the path of the new program */
    struct trace_string suppressions; /* the program's own, as a file of --suppressions has them */
    struct trace_file file;           /* this very log */

    uint32_t ending; /* enum trace_ending; stored last of the four */
    int32_t ending_value;
    uint32_t ending_stack; /* call stack of the ending (a signal's, abort's), or 0 */
    uint32_t unfollowed;   /* TRACE_EXECED: enum trace_unfollowed */
    uint32_t earlier;      /* programs that this process was before, by exec; see trace_earlier */
    uint32_t unused;
    uint64_t errors; /* TRACE_EXECED: how often an error was seen, all together */
    /* Where a reader watches: the latest record of ERRORS, and the latest that it has shown, so
     * that the report need not speak of it again. The second one is the reader's to write. */
    uint32_t errors_seen;
    uint32_t errors_shown;

    struct trace_totals totals;
    struct trace_losses losses;
    struct trace_check check; /* the one at the end; its verdicts are in VERDICTS */
    uint64_t checks;          /* made before the end: see CHECKS */
    uint64_t lost;            /* what the latest of them found lost: see LOST */
    struct trace_glib glib;

    /* For each descriptor that was open at the end "i", if it was at the start, or "o"; then what
     * it is, in valgrind's words; then NUL. What found no space is in the count alone. */
    struct trace_string open_files;
    uint32_t open_count;
    uint32_t open_standard; /* of these: 0, 1 and 2 */

    uint64_t generated_bytes; /* of perf's map file: GENERATED has the first of them */

    /* On a cache line of its own. */
    struct trace_peak peak __attribute__((aligned(64)));

    struct trace_signal signal;
    struct trace_snapshot snapshot;
    struct trace_memory memory;

    uint64_t sample_bytes; /* 0: every block is recorded; see trace_weight */
};

/* Each counter of what could not be recorded or done, whether records of blocks or errors are
 * missing for it, and the sentence that says so behind its number, at the end and in the report. */
#define TRACE_LOSSES(X)                                                                            \
    X(BLOCKS, losses.blocks, true,                                                                 \
      "allocations did not fit into the log: they are in the totals, but in no "                   \
      "record.")                                                                                   \
    X(BLOCK_BYTES, losses.block_bytes, true, "bytes were in those allocations.")                   \
    X(STACKS_UNKNOWN, losses.stacks_unknown, false,                                                \
      "allocations were recorded without a call stack.")                                           \
    X(STACKS_CUT, losses.stacks_cut, false,                                                        \
      "call stacks are truncated: their outermost frames are missing.")                            \
    X(FREES_UNKNOWN, losses.frees_unknown, false,                                                  \
      "frees were of blocks that the tracer had not seen allocated: they were carried "            \
      "out, and are not in the totals.")                                                           \
    X(MODULES, losses.modules, false,                                                              \
      "modules did not fit into the log: their frames have no names.")                             \
    X(THREADS, losses.threads, false, "threads did not fit into the log.")                         \
    X(ERRORS, losses.errors, true, "errors of the program did not fit into the log.")              \
    X(UNGUARDED, losses.unguarded, false,                                                          \
      "blocks found no place among the guarded ones, which are bounded by the "                    \
      "machine's memory: a wrong access to one of them was not noticed.")                          \
    X(STALE, losses.stale, false,                                                                  \
      "pointers to blocks that were given up did not fit into the log.")                           \
    X(MOVES, losses.moves, false,                                                                  \
      "calls of realloc are not among those that --top=moved counts: they came from more stacks "  \
      "than "                                                                                      \
      "there is room for.")                                                                        \
    X(MAPPINGS, losses.mappings, false,                                                            \
      "calls of mmap and its kin (--mmap=yes) are not recorded: there was no space, or a handler " \
      "made them in the midst of another one.")                                                    \
    X(JITDUMP, losses.jitdump, false,                                                              \
      "bytes of the program's jitdump found no space in the log, or are invalid: code that was "   \
      "generated late has no name.")                                                               \
    X(RANGES_NOT_EXCLUDED, check.ranges_not_excluded, false,                                       \
      "pieces of the tracer's own memory were searched by the leak check, because its "            \
      "list of them is full: a lost block may count as reachable.")                                \
    X(THREADS_NOT_STOPPED, check.threads_not_stopped, false,                                       \
      "threads did not stop for the leak check: their stacks were scanned completely "             \
      "and their registers are unknown, so a lost block may count as reachable.")                  \
    X(MAPPING_BYTES_NOT_READ, check.mapping_bytes_not_read, false,                                 \
      "bytes of memory could not be read by the leak check: a block that only they "               \
      "point to counts as lost.")                                                                  \
    X(FORK_THREADS, losses.fork_threads, false,                                                    \
      "threads of the parent were using the heap while this process was forked: "                  \
      "individual blocks may be missing, or listed although they were freed.")                     \
    X(FORK_FAILED, losses.fork_failed, false,                                                      \
      "leak checks had to run inside the program, because a process of their own "                 \
      "could not be made or did not finish.")                                                      \
    X(POINTERS, losses.pointers, false,                                                            \
      "pointers or roots found no space in the log (--heap-graph=yes): who holds a "               \
      "block is not known in full.")                                                               \
    X(NEWER, losses.newer, true,                                                                   \
      "blocks of the log are not in the core file: the two are of different moments. They "        \
      "are in no record, and others may count as lost because of them.")

/* With --sample=BYTES a block is recorded if one of its bytes is drawn, of which each has the same
 * chance, 1 in sample_bytes, independent of all others (a Poisson process, as tcmalloc and jemalloc
 * have it); so a block of `size` bytes is with a chance of 1 - e^(-size / sample_bytes). It then
 * stands for as many blocks as the inverse of its chance, and their bytes, which makes each sum an
 * estimate without bias. Sums (ACCOUNTS, and what is made of them) have these weights;
 * BLOCKS has the blocks as they are. Blocks of no bytes are never drawn. The standard error of a
 * sum of bytes is at most sqrt(bytes * sample_bytes). */

/* 1 - e^-x, to 12 digits. */
static inline double trace_sample_chance(double x)
{
    unsigned halvings = 0;
    if (x > 40)
        return 1;
    for (; x > 1.0 / 64; x /= 2)
        halvings++;
    double chance = x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5))));
    while (halvings-- > 0)
        chance *= 2 - chance;
    return chance;
}

struct trace_weight {
    uint64_t blocks;
    uint64_t bytes;
};

/* What a recorded block stands for. A part of a block is rounded up or down by a hash of its
 * address, so that sums have no bias and a free takes away what the allocation has added. */
static inline struct trace_weight trace_weight(uint64_t sample_bytes, uint64_t address,
                                               uint64_t size)
{
    struct trace_weight one = {1, size};
    if (sample_bytes == 0 || size == 0)
        return one;
    double times = 1 / trace_sample_chance((double)size / (double)sample_bytes);
    double part = (double)(address * 0x9e3779b97f4a7c15u >> 11) * 0x1p-53;
    return (struct trace_weight){(uint64_t)(times + part), (uint64_t)((double)size * times + part)};
}

/* At most the standard error of an estimated sum of bytes: sqrt(bytes * sample_bytes); and at least
 * what one byte stands for. */
static inline uint64_t trace_sample_error(uint64_t sample_bytes, uint64_t bytes)
{
    double variance = (double)(bytes > sample_bytes ? bytes : sample_bytes) * (double)sample_bytes;
    uint64_t error = 0;
    for (uint64_t bit = 1ull << 52; bit; bit >>= 1)
        if ((double)(error | bit) * (double)(error | bit) <= variance)
            error |= bit;
    return error;
}

/* What an extent holds. */
enum trace_table {
    TRACE_FREE = 0,       /* not in use (yet, or any longer) */
    TRACE_STRINGS = 1,    /* bytes */
    TRACE_COMMAND = 2,    /* bytes: the arguments, each ended by NUL; one extent */
    TRACE_MODULES = 3,    /* struct trace_module */
    TRACE_THREADS = 4,    /* struct trace_thread */
    TRACE_NODES = 5,      /* struct trace_node */
    TRACE_BLOCKS = 6,     /* uint64_t: slots, see struct trace_region */
    TRACE_ERRORS = 7,     /* struct trace_error */
    TRACE_VERDICTS = 8,   /* struct trace_verdict */
    TRACE_RARE = 9,       /* struct trace_rare */
    TRACE_ACCOUNTS = 10,  /* struct trace_account */
    TRACE_TIMELINE = 11,  /* struct trace_sample; one extent */
    TRACE_HEADS = 12,     /* struct trace_heads; none where nothing is indirectly lost */
    TRACE_REGIONS = 13,   /* struct trace_region */
    TRACE_EARLIER = 14,   /* struct trace_earlier; one extent */
    TRACE_CHECKS = 15,    /* struct trace_check; one extent */
    TRACE_LOST = 16,      /* struct trace_lost */
    TRACE_POINTERS = 17,  /* bytes; one extent. It and ROOTS are there with --heap-graph=yes only */
    TRACE_ROOTS = 18,     /* struct trace_root; one extent */
    TRACE_NAMES = 19,     /* struct trace_name; one extent */
    TRACE_MOMENTS = 20,   /* struct trace_moment; one extent */
    TRACE_GROWTH = 21,    /* struct trace_growth */
    TRACE_STALE = 22,     /* struct trace_stale; one extent, with --stale-pointers=yes only */
    TRACE_GENERATED = 23, /* bytes: perf's map file of the process, as it was; one extent */
    TRACE_MOVES = 24,     /* struct trace_move; one extent */
    TRACE_MAPPINGS = 25,  /* struct trace_mapping; with --mmap=yes only */
    TRACE_JITDUMP = 26,   /* bytes: see struct trace_jitdump_record; one extent */
    TRACE_AGES = 27,      /* struct trace_age; one extent, with --ages=yes only */
    TRACE_TABLES_COUNT
};

/* One piece of a table: records first … first + length / record size - 1. Commit word: kind. */
struct trace_extent {
    uint32_t kind;   /* enum trace_table */
    uint32_t number; /* 0, 1, 2 … within its table */
    uint64_t offset; /* bytes, a multiple of TRACE_PAGE_SIZE */
    uint64_t length; /* bytes; what follows up to the page's end belongs to no table */
    uint64_t first;  /* index of its first record in the table */
};

/* A jitdump: this header, then records (Linux, tools/perf/Documentation/jitdump-specification.txt).
 * JITDUMP has its records of the three kinds below, in their order, without the header; of a load
 * the name alone, without the code behind it, which `size` counts no longer. */
#define TRACE_JITDUMP_MAGIC 0x4a695444u
struct trace_jitdump_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size; /* bytes of this header */
    uint32_t machine;
    uint32_t unused;
    uint32_t pid;
    uint64_t time;
    uint64_t flags;
};
enum trace_jitdump_kind {
    TRACE_JITDUMP_LOAD = 0,
    TRACE_JITDUMP_MOVE = 1,
    TRACE_JITDUMP_LINES = 2, /* of the load that comes after it */
};
struct trace_jitdump_record {
    uint32_t kind;
    uint32_t size; /* bytes, of all of the record */
    uint64_t time;
};
/* Behind it the name, NUL ended. */
struct trace_jitdump_load {
    struct trace_jitdump_record record;
    uint32_t pid, tid;
    uint64_t unused;
    uint64_t address;
    uint64_t code_size; /* bytes */
    uint64_t index;     /* of the function */
};
struct trace_jitdump_move {
    struct trace_jitdump_record record;
    uint32_t pid, tid;
    uint64_t unused;
    uint64_t from, to;
    uint64_t code_size; /* bytes */
    uint64_t index;
};
/* Behind it `count` times struct trace_jitdump_line with the source's path, NUL ended; "\xff": the
 * path of the one before. */
struct trace_jitdump_lines {
    struct trace_jitdump_record record;
    uint64_t address;
    uint64_t count;
};
struct trace_jitdump_line {
    uint64_t address;
    uint32_t line;
    uint32_t discriminator;
};

/* A program that this process was before it became, by exec, the one that the log is of: the latest
 * TRACE_EARLIER_MAX of them, in their order. There is no more of it than this. Commit word:
 * start_realtime_ns. */
#define TRACE_EARLIER_MAX     16u
#define TRACE_EARLIER_COMMAND 192u
struct trace_earlier {
    uint64_t start_realtime_ns;
    struct trace_totals totals; /* at the exec */
    uint64_t errors;            /* how often one was seen */
    uint64_t length;            /* of its command, bytes; here are TRACE_EARLIER_COMMAND of them */
    char command[TRACE_EARLIER_COMMAND]; /* the arguments, each ended by NUL */
};

/* An ELF file (or the vdso) mapped into the process. Commit word: start. */
struct trace_module {
    uint64_t start; /* lowest address mapped */
    uint64_t end;   /* first address behind it */
    uint64_t bias;  /* address in memory minus p_vaddr */
    struct trace_string path;
    uint64_t unmapped_ns; /* since the start, when found gone; 0: there at the end */
    uint8_t build_id[40];
    uint32_t build_id_size; /* bytes, 0: it has none */
    uint32_t is_program;    /* 1: the executable itself */
    /* The file at `path` when the module was first seen: what tells it from a later one where there
     * is no build id. file_size 0: not known, or another file was there already. */
    uint64_t file_size, file_inode;
    int64_t file_time_ns; /* of its last change, since 1970 */
};

/* A thread (or several, one after another). Commit word: tid. */
struct trace_thread {
    uint32_t tid; /* of the latest owner */
    uint32_t reserved;
    uint64_t bad_frees; /* frees of what was no live block */
    uint64_t unused[6];
};

/* Call stacks form a trie: a node is one frame together with all frames outside it. A stack is
 * named by its innermost node, so its frames, innermost first, are its node's address, its
 * parent's, and so on until TRACE_NODE_END, or TRACE_NODE_CUT where outer frames are missing.
 * The innermost frame is always the allocation function itself, an address inside libtrace.so.
 * Every address is a return address: look up address - 1. Commit word: address. */
struct trace_node {
    uint64_t address;
    uint32_t parent;
    uint32_t module;    /* index into MODULES, 0: in none (code made at run time) */
    uint32_t writer[4]; /* the writer's own, no news to a reader */
};
#define TRACE_NODE_END   0u
#define TRACE_NODE_CUT   1u
#define TRACE_NODE_FIRST 2u
#define TRACE_NODE_MAX   ((1u << 28) - 1u)

/* What one thread did with blocks of one call stack. Commit word: thread. Each record is written by
 * its thread only; a stack's figures are the sums over all threads' records of it (a block that one
 * thread allocated and another freed makes one record's differences too high and the other's too
 * low by as much), and the program's totals are the sums over all records.
 *
 * at_peak: allocated minus freed as they were at the program's peak, if peak_epoch is the header's
 * peak.epoch. If it is not, the record has not changed since: it is still what it was then. */
struct trace_account {
    uint32_t thread; /* index into THREADS */
    uint32_t stack;  /* a node; 0: not known; with TRACE_STACK_IGNORED the program said that its
                      * blocks are no leaks, with TRACE_STACK_NAMED what they are called */
    uint64_t allocations;
    uint64_t frees; /* of blocks that were allocated with this stack */
    uint64_t bytes_allocated;
    uint64_t bytes_freed;
    uint64_t temporary; /* frees of the block that the same thread had just allocated */
    int64_t bytes_at_peak;
    int32_t blocks_at_peak;
    uint32_t peak_epoch;
};

#define TRACE_ACCOUNT_MAX   ((1u << 24) - 1u)
#define TRACE_STACK_IGNORED (1u << 31)
#define TRACE_STACK_NAMED   (1u << 30) /* its blocks have names: see struct trace_name */
#define TRACE_STACK_MASK    TRACE_NODE_MAX

/* What realloc did with the blocks that it was given, by the stack of its call; records lie where a
 * hash of the stack leads. Commit word: stack. */
#define TRACE_MOVES_LOG2 12
#define TRACE_MOVES_MAX  (1u << TRACE_MOVES_LOG2)
struct trace_move {
    uint32_t stack; /* a node */
    uint32_t unused;
    uint64_t calls;
    uint64_t moved;  /* of them, where the block got another address */
    uint64_t copied; /* bytes, by these */
};

/* What the program mapped itself, and has not unmapped: by mmap, mremap, brk and sbrk; no two
 * overlap. Of one that was unmapped in part there is what is left of it. Commit word: begin. */
#define TRACE_MAPPINGS_MAX (1u << 18)
struct trace_mapping {
    uint64_t begin; /* [begin, end) */
    uint64_t end;
    uint64_t own_bytes; /* in memory or swap, and the process' alone; of the latest leak check */
    uint32_t stack;     /* a node: the call that mapped it, or moved it here, or made it larger */
    uint32_t kind;      /* enum trace_root_mapping */
};

/* How the program's use of memory went on. In order of time; when the table is full every other
 * sample is left out and samples are taken half as often. Commit word: time_ns. */
struct trace_sample {
    uint64_t time_ns; /* since the start */
    uint64_t live_bytes;
    uint64_t live_blocks;
    uint64_t resident_bytes; /* of the process; 0: could not be asked */
};
#define TRACE_SAMPLES_MAX 1024u

/* What was live of each call stack at a moment. When MOMENTS is full every other one is left out,
 * as in TIMELINE. Commit word: time_ns. */
#define TRACE_MOMENTS_MAX         48u
#define TRACE_GROWTH_ROWS         16384u /* of a moment, at most */
#define TRACE_GROWTH_NUMBER_SHIFT 32     /* extent i of GROWTH begins with record i << it */
struct trace_moment {
    uint64_t time_ns;  /* since the start */
    uint64_t first;    /* its rows in GROWTH */
    uint64_t left_out; /* records of ACCOUNTS with fewer live bytes have no row */
    uint32_t rows;
    uint32_t unused;
};
/* A record of ACCOUNTS: allocated minus freed, then. */
struct trace_growth {
    uint32_t account;
    int32_t blocks;
    int64_t bytes;
};

/* With --ages=yes threads go on in new records of ACCOUNTS from time to time, each time after twice
 * as long: blocks of records before first_account are older. Commit word: time_ns. */
#define TRACE_AGES_MAX 36u
struct trace_age {
    uint64_t time_ns; /* since the start */
    uint32_t first_account;
    uint32_t unused;
};

/* --- live blocks ---
 *
 * The live blocks that begin in one page of the program's memory (TRACE_LEAF_SPAN bytes) stand
 * together in a leaf, a run of 8 to 512 slots in BLOCKS. REGIONS says which leaf a page has:
 * one record for each 2 MiB that have blocks, with a word for each of its pages. A leaf that is too
 * small is replaced by a larger copy, and changed no more: the word decides at every instant which
 * of them is the page's, so that a reader finds each block once. BLOCKS is numbered by the
 * address that a slot has in the program, divided by 8; the leaves that no word names are waste.
 *
 *   leaf word   bits 6-47 those of the address of its first slot · 48-63 how many slots it has,
 *               less one · 0-5 the writer's own. 0: no leaf
 *
 * Blocks at odd addresses (no multiples of 8), of 8 MiB or more, and what else does not fit into a
 * slot are in RARE and have no slot. */
#define TRACE_LEAF_SPAN_LOG2   12u
#define TRACE_LEAF_SPAN        (1u << TRACE_LEAF_SPAN_LOG2)
#define TRACE_REGION_SPAN_LOG2 21u
#define TRACE_REGION_LEAVES    (1u << (TRACE_REGION_SPAN_LOG2 - TRACE_LEAF_SPAN_LOG2))
#define TRACE_LEAF_SLOTS_MIN   8u
#define TRACE_LEAF_SLOTS_MAX   512u

/* Commit word: begin. */
struct trace_region {
    uint64_t begin; /* its lowest address + 1 */
    uint64_t leaves[TRACE_REGION_LEAVES];
};
static inline uint64_t trace_region_address(uint64_t begin)
{
    return begin & ~((1ull << TRACE_REGION_SPAN_LOG2) - 1u);
}
static inline uint64_t trace_leaf_address(uint64_t leaf)
{
    return leaf & 0xffffffffffc0u;
}
static inline uint32_t trace_leaf_slots(uint64_t leaf)
{
    return (uint32_t)(leaf >> 48) + 1;
}

/* A slot: 0, empty, or
 *
 *   bits 0-8 where in the page the block begins, divided by 8 · 9 one · 10 frozen · 11-12 family ·
 *   13-16 alignment · 17-40 its stack's record in ACCOUNTS, 0: not known · 41-63 requested size
 *
 * frozen: the leaf is about to be replaced; the block counts as any other. A slot that is frozen
 * and empty has nothing but that bit. Which of the leaf's slots a block has is no matter.
 * alignment: log2 of the alignment that was asked for, 0 where none was. */
#define TRACE_SLOT_OFFSET_MASK     511u
#define TRACE_SLOT_TAKEN           (1u << 9)
#define TRACE_SLOT_FROZEN          (1u << 10)
#define TRACE_SLOT_FAMILY_SHIFT    11
#define TRACE_SLOT_ALIGNMENT_SHIFT 13
#define TRACE_SLOT_ACCOUNT_SHIFT   17
#define TRACE_SLOT_SIZE_SHIFT      41
#define TRACE_SLOT_ALIGNMENTS      16u        /* alignments below it fit into a slot, */
#define TRACE_SLOT_SIZES           (1u << 23) /* and so for sizes */

enum trace_family {
    TRACE_BY_MALLOC = 0,
    TRACE_BY_NEW = 1,
    TRACE_BY_NEW_ARRAY = 2,
    TRACE_BY_REQUEST = 3, /* its alignment says what it is: */
};

/* A block that the program itself divides (valgrind's request MALLOCLIKE_BLOCK). The parts lie in
 * the whole, which malloc gave; all of them are live blocks and count in the totals. The leak check
 * has no verdict on a whole that has parts: they take its place. */
enum trace_part { TRACE_PART = 0, TRACE_WHOLE = 1 };

/* One live block in two words.
 *
 *   where  bits 0-47 address · 48-49 zero · 50-52 family · 53-58 alignment · 59-63 zero
 *   what   bits 0-35 requested size in bytes · 36-63 its stack's record in ACCOUNTS, 0: not known
 */
struct trace_block {
    uint64_t where;
    uint64_t what;
};
#define TRACE_ADDRESS_BITS    48
#define TRACE_FAMILY_SHIFT    50
#define TRACE_ALIGNMENT_SHIFT 53
#define TRACE_SIZE_BITS       36
#define TRACE_SIZE_ELSEWHERE  ((1ull << TRACE_SIZE_BITS) - 1u) /* the size is in RARE */

static inline uint64_t trace_block_address(uint64_t where)
{
    return where & ((1ull << TRACE_ADDRESS_BITS) - 1u);
}
static inline enum trace_family trace_block_family(uint64_t where)
{
    return (enum trace_family)(where >> TRACE_FAMILY_SHIFT & 7u);
}
static inline uint32_t trace_block_alignment_log2(uint64_t where)
{
    return (uint32_t)(where >> TRACE_ALIGNMENT_SHIFT & 63u);
}
static inline uint64_t trace_block_size(uint64_t what)
{
    return what & TRACE_SIZE_ELSEWHERE;
}
static inline uint32_t trace_block_account(uint64_t what)
{
    return (uint32_t)(what >> TRACE_SIZE_BITS);
}

/* The block of a taken slot in the leaf of the page at `page`. */
static inline struct trace_block trace_slot_block(uint64_t slot, uint64_t page)
{
    uint64_t family = slot >> TRACE_SLOT_FAMILY_SHIFT & 3u;
    uint64_t alignment = slot >> TRACE_SLOT_ALIGNMENT_SHIFT & (TRACE_SLOT_ALIGNMENTS - 1);
    uint64_t account = slot >> TRACE_SLOT_ACCOUNT_SHIFT & TRACE_ACCOUNT_MAX;
    struct trace_block block = {(page + (slot & TRACE_SLOT_OFFSET_MASK) * 8u) |
                                    family << TRACE_FAMILY_SHIFT |
                                    alignment << TRACE_ALIGNMENT_SHIFT,
                                slot >> TRACE_SLOT_SIZE_SHIFT | account << TRACE_SIZE_BITS};
    return block;
}

/* A live block that has no slot in a leaf. Commit word: block.where; one without
 * an address is of no block. */
struct trace_rare {
    struct trace_block block; /* its size is TRACE_SIZE_ELSEWHERE where it is as much or more */
    uint64_t size;            /* exactly */
};

/* Something wrong that the program did. Commit word: kind. */
enum trace_error_kind {
    TRACE_INVALID_FREE = 1,    /* of memory that is not a live block: see `block` */
    TRACE_MISMATCHED_FREE = 2, /* by a function of another family than the allocation's */
    TRACE_WRONG_SIZE = 3,      /* sized delete, free_sized: given says the size */
    TRACE_WRONG_ALIGNMENT = 4, /* aligned delete, free_aligned_sized: given says the alignment */
    TRACE_REALLOC_ZERO = 5,    /* realloc to size 0 */
    /* Of memory that may not be touched: `instruction` has done it. */
    TRACE_INVALID_READ = 6,
    TRACE_INVALID_WRITE = 7,
    /* Found later: `address` is the first byte that was changed, `given` how far that is from the
     * block's begin (two's complement). */
    TRACE_CHANGED_FREED = 8, /* after it was freed, by `stack` */
    TRACE_OVERRUN = 9,       /* beside the block; found by `stack`, or at the end (0) */
    /* A system call was given memory that is no block: given is its enum trace_parameter. */
    TRACE_SYSCALL_PARAM = 10,
    /* glibc's malloc ended the process and said `text`, because it found its marks overwritten.
     * `address` is the first byte that was, `block` the block that it was overwritten from, as far
     * as can be told; `overwritten` is whose header it was, and given has
     * trace_overwritten_given().
     */
    TRACE_MALLOC_ABORT = 11,
};
#define TRACE_ERROR_LAST 11u
/* What an abort of malloc's found overwritten. */
enum trace_overwritten_kind {
    TRACE_OVERWRITTEN_UNKNOWN = 0, /* nothing was found */
    TRACE_OVERWRITTEN_LIVE = 1,    /* the header of a live block, */
    TRACE_OVERWRITTEN_FREED = 2,   /* of one that was freed, or is being freed, */
    TRACE_OVERWRITTEN_FREE = 3,    /* of free memory, */
    TRACE_OVERWRITTEN_TOP = 4,     /* of memory that malloc has never given out */
    TRACE_OVERWRITTEN_LINK = 5,    /* what malloc has put into a freed block */
    TRACE_OVERWRITTEN_KINDS,
};
/* `bytes`: so many behind the block's end, at least, were written; 0: not known. */
static inline uint64_t trace_overwritten_given(enum trace_overwritten_kind kind, uint64_t bytes)
{
    return (uint64_t)kind | bytes << 8;
}
struct trace_overwritten {
    uint64_t
        size; /* of the block whose header it was; 0 with both stacks 0: of none that is known */
    uint32_t stack_allocated;
    uint32_t stack_freed;
};
/* What system calls are given memory for, as valgrind names it. New ones go to the end. */
#define TRACE_PARAMETERS(X)                                                                        \
    X(READ, "read(buf)")                                                                           \
    X(WRITE, "write(buf)")                                                                         \
    X(PREAD, "pread64(buf)")                                                                       \
    X(PWRITE, "pwrite64(buf)")                                                                     \
    X(READV, "readv(vector)")                                                                      \
    X(READV_PARTS, "readv(vector[...])")                                                           \
    X(WRITEV, "writev(vector)")                                                                    \
    X(WRITEV_PARTS, "writev(vector[...])")                                                         \
    X(PREADV, "preadv(vector)")                                                                    \
    X(PREADV_PARTS, "preadv(vector[...])")                                                         \
    X(PWRITEV, "pwritev(vector)")                                                                  \
    X(PWRITEV_PARTS, "pwritev(vector[...])")                                                       \
    X(RECV, "socketcall.recvfrom(buf)")                                                            \
    X(RECV_FROM, "socketcall.recvfrom(from)")                                                      \
    X(SEND, "socketcall.sendto(msg)")                                                              \
    X(SEND_TO, "socketcall.sendto(to)")                                                            \
    X(RECVMSG, "recvmsg(msg)")                                                                     \
    X(RECVMSG_PARTS, "recvmsg(msg.msg_iov)")                                                       \
    X(SENDMSG, "sendmsg(msg)")                                                                     \
    X(SENDMSG_PARTS, "sendmsg(msg.msg_iov)")                                                       \
    X(BIND, "socketcall.bind(my_addr.sa_family)")                                                  \
    X(CONNECT, "socketcall.connect(serv_addr.sa_family)")                                          \
    X(GETSOCKOPT, "socketcall.getsockopt(optval)")                                                 \
    X(SETSOCKOPT, "socketcall.setsockopt(optval)")                                                 \
    X(GETRANDOM, "getrandom(buf)")                                                                 \
    X(POLL, "poll(ufds.fd)")                                                                       \
    X(EPOLL_WAIT, "epoll_wait(events)")                                                            \
    X(EPOLL_CTL, "epoll_ctl(event)")                                                               \
    X(OPEN, "openat(filename)")                                                                    \
    X(ACCESS, "access(pathname)")                                                                  \
    X(STAT_NAME, "fstatat(file_name)")                                                             \
    X(STAT, "fstatat(buf)")                                                                        \
    X(UNLINK, "unlink(pathname)")                                                                  \
    X(MKDIR, "mkdir(pathname)")                                                                    \
    X(RMDIR, "rmdir(pathname)")                                                                    \
    X(CHDIR, "chdir(path)")                                                                        \
    X(RENAME_OLD, "rename(oldpath)")                                                               \
    X(RENAME_NEW, "rename(newpath)")                                                               \
    X(READLINK_NAME, "readlink(path)")                                                             \
    X(READLINK, "readlink(buf)")                                                                   \
    X(GETCWD, "getcwd(buf)")                                                                       \
    X(PIPE, "pipe2(filedes)")                                                                      \
    X(WAIT, "wait4(status)")                                                                       \
    X(NANOSLEEP, "clock_nanosleep(rqtp)")                                                          \
    X(UNAME, "uname(buf)")                                                                         \
    X(FUTEX, "futex(futex)")                                                                       \
    X(IOCTL, "ioctl(generic)")                                                                     \
    X(IOCTL_FIONREAD, "ioctl(FIONREAD)")                                                           \
    X(IOCTL_FIONBIO, "ioctl(FIONBIO)")                                                             \
    X(IOCTL_TCGETS, "ioctl(TCGETS)")                                                               \
    X(IOCTL_TCSET, "ioctl(TCSET{S,SW,SF})")                                                        \
    X(IOCTL_TIOCGWINSZ, "ioctl(TIOCGWINSZ)")                                                       \
    X(FCNTL_LOCK, "fcntl(lock->l_type)")                                                           \
    X(FCNTL, "fcntl(arg)")                                                                         \
    X(SELECT_READ, "pselect6(readfds)")                                                            \
    X(SELECT_WRITE, "pselect6(writefds)")                                                          \
    X(SELECT_EXCEPT, "pselect6(exceptfds)")                                                        \
    X(SELECT_TIME, "pselect6(tsp)")                                                                \
    X(PPOLL, "ppoll(ufds.fd)")                                                                     \
    X(PPOLL_TIME, "ppoll(tsp)")                                                                    \
    X(FSTAT, "fstat(buf)")                                                                         \
    X(ACCEPT, "socketcall.accept(addr)")                                                           \
    X(ACCEPT_LENGTH, "socketcall.accept(addrlen_in)")                                              \
    X(GETSOCKOPT_LENGTH, "socketcall.getsockopt(optlen)")                                          \
    X(GETSOCKNAME, "socketcall.getsockname(name)")                                                 \
    X(GETSOCKNAME_LENGTH, "socketcall.getsockname(namelen_in)")                                    \
    X(GETPEERNAME, "socketcall.getpeername(name)")                                                 \
    X(GETPEERNAME_LENGTH, "socketcall.getpeername(namelen_in)")                                    \
    X(STATX_NAME, "statx(filename)")                                                               \
    X(STATX, "statx(buf)")                                                                         \
    X(RECV_FROM_LENGTH, "socketcall.recvfrom(fromlen_in)")
enum trace_parameter {
#define TRACE_PARAMETER_NAME(name, text) TRACE_PARAMETER_##name,
    TRACE_PARAMETERS(TRACE_PARAMETER_NAME)
#undef TRACE_PARAMETER_NAME
        TRACE_PARAMETERS_COUNT
};
/* What is known about the address of an error. */
enum trace_address_kind {
    TRACE_ADDRESS_UNKNOWN = 0, /* "not stack'd, malloc'd or (recently) free'd" */
    TRACE_ADDRESS_LIVE_BLOCK =
        1, /* at or inside a live block: block, block_size, stack_allocated */
    TRACE_ADDRESS_FREED_BLOCK = 2, /* at or inside a block freed lately: stack_freed too */
    TRACE_ADDRESS_STACK = 3,       /* on a thread's stack */
    TRACE_ADDRESS_DATA = 4,        /* in a module's data */
};
struct trace_error {
    uint32_t kind;         /* enum trace_error_kind */
    uint32_t address_kind; /* enum trace_address_kind */
    uint64_t address;      /* what the program gave */
    uint64_t block; /* start of the block that it belongs to, or belonged to; ADDRESS_STACK: the
                     * number of the frame of `stack` that it lies in, 0: not known */
    uint64_t block_size;
    uint64_t given; /* size or alignment that the program named; 0: no alignment */
    union {
        struct {
            uint32_t family;         /* enum trace_family, of the block */
            uint32_t alignment_log2; /* of the block's, as it was asked for; 0: none was */
        };
        struct { /* MALLOC_ABORT: what it said, in STRINGS */
            uint32_t text;
            uint32_t text_length;
        };
    };
    uint32_t stack;           /* the bad call */
    uint32_t stack_allocated; /* where the block was allocated, or 0 */
    uint32_t stack_freed;     /* where the block was freed, or 0 */
    uint32_t tid;
    uint64_t count;   /* times that the same was seen */
    uint64_t time_ns; /* since the start, of the first */
    union {
        uint8_t instruction[16]; /* INVALID_READ and WRITE: machine code from there on; zeros: not
                                  * known */
        struct trace_overwritten overwritten; /* MALLOC_ABORT */
    };
};

/* The leak check's verdict on one live block. VERDICTS is sorted by address; the first
 * header.check.verdicts records count.
 *
 *   where  as in trace_block, and besides: bits 48-49 kind · 59-61 heuristic · 62 interior
 *
 * interior: the pointer at pointer_at is not to the block's start. */
enum trace_leak_kind {
    TRACE_REACHABLE = 0,
    TRACE_POSSIBLY_LOST = 1,
    TRACE_INDIRECTLY_LOST = 2,
    TRACE_DEFINITELY_LOST = 3,
};
enum trace_heuristic { /* the interior pointer's excuse, as valgrind names them */
                       TRACE_NO_HEURISTIC = 0,
                       TRACE_STDSTRING = 1,
                       TRACE_LENGTH64 = 2,
                       TRACE_NEWARRAY = 3,
                       TRACE_MULTIPLE_INHERITANCE = 4,
};
/* Each with valgrind's name of it, as options and reports have it. */
#define TRACE_HEURISTICS(X)                                                                        \
    X(TRACE_STDSTRING, "stdstring")                                                                \
    X(TRACE_LENGTH64, "length64")                                                                  \
    X(TRACE_NEWARRAY, "newarray")                                                                  \
    X(TRACE_MULTIPLE_INHERITANCE, "multipleinheritance")
#define TRACE_HEURISTICS_COUNT (TRACE_MULTIPLE_INHERITANCE + 1u)
#define TRACE_HEURISTICS_ALL   ((1u << TRACE_HEURISTICS_COUNT) - 2u) /* bit n: heuristic n */
#define TRACE_KIND_SHIFT       48
#define TRACE_HEURISTIC_SHIFT  59
#define TRACE_INTERIOR_SHIFT   62
struct trace_verdict {
    uint64_t where;
    uint64_t what;       /* as in trace_block */
    uint64_t pointer_at; /* address of the word that was first seen to point here; 0: none */
};
/* Record i of HEADS is about the records 2 i and 2 i + 1 of VERDICTS. Of an indirectly lost block
 * it has the number of its definitely lost head's record; of any other it means nothing. */
struct trace_heads {
    uint32_t head[2];
};
#define TRACE_HEAD_NONE 0xffffffffu

static inline enum trace_leak_kind trace_verdict_kind(uint64_t where)
{
    return (enum trace_leak_kind)(where >> TRACE_KIND_SHIFT & 3u);
}
static inline unsigned trace_verdict_heuristic(uint64_t where)
{
    return where >> TRACE_HEURISTIC_SHIFT & 7u; /* enum trace_heuristic, if the log is whole */
}
static inline unsigned trace_verdict_interior(uint64_t where)
{
    return where >> TRACE_INTERIOR_SHIFT & 1u;
}

/* --- checks while the program runs ---
 *
 * CHECKS has the last TRACE_CHECKS_KEPT of header.checks: number n is record (n - 1) %
 * TRACE_CHECKS_KEPT.
 *
 * LOST has the blocks that the latest one did not find reachable, sorted by address. There are
 * two extents, which the checks fill in turn, or larger ones in their place; header.lost says which
 * one counts: its first record in LOST, plus TRACE_LOST_COUNT_BITS lower bits with how many there
 * are. Extent i begins with record i << TRACE_LOST_COUNT_BITS. */
#define TRACE_CHECKS_KEPT     64u
#define TRACE_LOST_COUNT_BITS 36u

struct trace_lost {
    uint64_t where; /* as in trace_verdict */
    uint64_t what;  /* as in trace_block */
    uint32_t since; /* the first check that found it so, without a gap until now */
    uint32_t unused;
};

/* --- who points at whom (--heap-graph=yes) ---
 *
 * POINTERS has every pointer that the leak check at the end found, in numbers of 7 bits a byte, the
 * lowest first, the highest bit of a byte set where more follow (LEB128). A signed number n is
 * written as 2 n, or -2 n - 1 where it is negative. First those that stand in roots:
 *
 *     2 * signed(step) + interior · signed(target) [· offset]
 *
 * step: from the address of the pointer before (the first one: from 0), in words of 8 bytes; 0 ends
 * this part. target: the block's number in VERDICTS less that of the pointer before, whichever part
 * that stands in. interior: the pointer is not to the block's start but `offset` bytes behind it.
 * Then those that stand in blocks, by the blocks' numbers:
 *
 *     4 * step + enum trace_pointer · place · signed(target) [· offset]
 *     4 * step + TRACE_POINTER_TO_MODULE · signed(word)
 *
 * step: from the number of the block that the pointer before stood in (the first one: from -1).
 * place: in which word of the block the pointer stands, a word lying at a multiple of 8 and word 0
 * being the one that the block begins in; where step is 0, less that of the pointer before.
 * TO_MODULE: the block begins with a pointer to constants or data of a file that is mapped, of a
 * C++ object its vtable; it comes before the block's others and counts as one at place 0. word: its
 * address less that of the one before, in words of 8 bytes, and thus a multiple of them. Both
 * parts end, and no number may be larger than 64 bits; the table ends behind a whole pointer.
 *
 * A root that is no memory has an address of its own, from TRACE_ROOT_REGISTERS and
 * TRACE_ROOT_IN_USE on: the table ROOTS says what it is. */
#define TRACE_ROOT_REGISTERS (1ull << 56) /* 16 words for each thread, in the order of ROOTS */
#define TRACE_ROOT_IN_USE    (1ull << 57) /* + 8 * enum trace_use, or 16 more */

enum trace_pointer {
    TRACE_POINTER_TO_START = 0,
    TRACE_POINTER_TO_INSIDE = 1,
    TRACE_POINTER_TO_MODULE = 2,
};
enum trace_use { TRACE_USED_BY_LOADER = 0, TRACE_USED_IGNORED = 1 };

/* What is known of an address that a root may have. Of several records that hold an address the
 * one with the smallest extent says most. */
enum trace_root_kind {
    TRACE_ROOT_MAPPING = 1, /* memory that was searched; value: enum trace_root_mapping */
    TRACE_ROOT_STACK = 2,   /* a thread's, from its stack pointer on; value: where it stands,
 as if it returned to there: look up value - 1 */
    TRACE_ROOT_THREAD = 3,  /* libc's descriptor of a thread; value: its address */
    TRACE_ROOT_KEYS = 4,    /* in it: values of its pthread keys from `value` on, 16 bytes each */
    TRACE_ROOT_KEY_BLOCKS = 5, /* in it: where the values of 32 keys each are, 8 bytes each */
    TRACE_ROOT_TLS = 6,        /* value: an address in the module whose variables lie here in the
                                * thread that made the check */
    TRACE_ROOT_FRAME = 7,      /* of a function; value: where it is returned to in it */
    TRACE_ROOT_REGISTER = 8,   /* from TRACE_ROOT_REGISTERS on, a thread's; value: as STACK's */
    TRACE_ROOT_VECTORS = 9,    /* a thread's vector registers */
    TRACE_ROOT_REGION = 10,    /* the program itself named it (__lsan_register_root_region) */
    TRACE_ROOT_KINDS,
};
enum trace_root_mapping {
    TRACE_MAPPED_PRIVATE = 0,
    TRACE_MAPPED_SHARED = 1,
    TRACE_MAPPED_FILE = 2
};
/* Commit word: begin. */
struct trace_root {
    uint64_t begin; /* [begin, end) */
    uint64_t end;
    uint32_t kind; /* enum trace_root_kind */
    uint32_t tid;  /* 0: of no thread */
    uint64_t value;
    uint64_t thread_pointer; /* STACK: 0, not known */
    char name[16];           /* STACK, REGISTER: the thread's, ended by NUL */
    uint64_t unused;
};

_Static_assert(sizeof(struct trace_root) == 64, "trace_root");
/* What the program calls a block, or a region of its memory. A block's name counts only if the
 * account of the block that begins there is TRACE_STACK_NAMED: a later block at the address has
 * another. Commit word: begin. */
#define TRACE_NAMES_MAX 4096u
struct trace_name {
    uint64_t begin;
    uint64_t size; /* 0: it is a block's name */
    struct trace_string name;
};

_Static_assert(sizeof(struct trace_name) == 32, "trace_name");

/* A word that points into a block that the program gave up. Commit word: at. */
#define TRACE_STALE_MAX 4096u
struct trace_stale {
    uint64_t at;    /* where the word stands, */
    uint64_t word;  /* and what it is */
    uint64_t block; /* the block that it points into */
    uint64_t block_size;
    uint64_t moved_to;  /* by realloc; 0: it was freed, or nobody knows */
    uint64_t holder_at; /* the block that the word stands in; 0: in none */
    uint64_t holder_size;
    uint32_t account;     /* of the block: as in trace_block */
    uint32_t stack_freed; /* 0: it was not freed, but nobody has a pointer to its begin */
    uint32_t holder;      /* the other block's, if holder_at */
    uint32_t taken; /* 1 + the account of a fresh block that has taken its place, or a part of it;
                     * 0: none has */
};
_Static_assert(sizeof(struct trace_stale) == 72, "trace_stale");
_Static_assert(sizeof(struct trace_string) == 16, "trace_string");
_Static_assert(sizeof(struct trace_check) == 280, "trace_check");
_Static_assert(sizeof(struct trace_lost) == 24, "trace_lost");
_Static_assert(sizeof(struct trace_losses) == 160, "trace_losses");
_Static_assert(sizeof(struct trace_peak) == 64, "trace_peak: a cache line");
_Static_assert(sizeof(struct trace_memory) == 80, "trace_memory");
_Static_assert(sizeof(struct trace_snapshot) == 272, "trace_snapshot");
_Static_assert(sizeof(struct trace_header) == 1216, "trace_header");
_Static_assert(sizeof(struct trace_header) <= TRACE_DIRECTORY_OFFSET, "the header has one page");
_Static_assert(sizeof(struct trace_extent) == 32, "trace_extent");
_Static_assert(TRACE_DATA_OFFSET % TRACE_PAGE_SIZE == 0, "extents are page aligned");
_Static_assert(sizeof(struct trace_earlier) == 256, "trace_earlier");
_Static_assert(sizeof(struct trace_module) == 120, "trace_module");
_Static_assert(sizeof(struct trace_thread) == 64, "trace_thread: a cache line");
_Static_assert(sizeof(struct trace_node) == 32, "trace_node");
_Static_assert(sizeof(struct trace_account) == 64, "trace_account: a cache line");
_Static_assert(sizeof(struct trace_moment) == 32, "trace_moment");
_Static_assert(sizeof(struct trace_move) == 32, "trace_move");
_Static_assert(sizeof(struct trace_mapping) == 32, "trace_mapping");
_Static_assert(sizeof(struct trace_growth) == 16, "trace_growth");
_Static_assert(sizeof(struct trace_age) == 16, "trace_age");
_Static_assert(sizeof(struct trace_sample) == 32, "trace_sample");
_Static_assert(sizeof(struct trace_block) == 16, "trace_block");
_Static_assert(sizeof(struct trace_rare) == 24, "trace_rare");
_Static_assert(sizeof(struct trace_region) == 4104, "trace_region");
_Static_assert(sizeof(struct trace_error) == 96, "trace_error");
_Static_assert(sizeof(struct trace_verdict) == 24, "trace_verdict");
_Static_assert(sizeof(struct trace_heads) == 8, "trace_heads");

#endif
