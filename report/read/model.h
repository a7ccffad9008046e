/* model.h: what a log says, in memory: the process, its modules, live blocks, stacks and errors.
 *
 * load fills it, symbolize adds names to frames, group and the renderers read it. A model refers
 * to no byte of the log any more.
 *
 * Frames and stacks are interned: equal stacks have equal numbers, so "the same stack" is one
 * comparison. A stack holds the innermost `depth` frames (--num-callers), as valgrind keeps them;
 * two stacks that differ only further out are one.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/intern.h"
#include "read/graph.h"
#include "read/note.h"
#include "trace_format.h"

struct module {
    char *path; /* as mapped; "" if the log does not say */
    uint64_t start, end, bias;
    uint8_t build_id[40];
    uint32_t build_id_size;
    uint64_t file_size, file_inode; /* as they were then; file_size 0: not known */
    int64_t file_time_ns;
    bool is_program;
    bool present;  /* false: a hole in the table */
    bool unmapped; /* it was gone before the end */
};

/* One source position. An address inside inlined functions has several. */
struct position {
    const char *function; /* as the programmer wrote it, or NULL */
    const char *linked;   /* as the linker knows it (mangled), or NULL */
    const char *inlined;  /* its name alone, if it is inlined here, else NULL */
    const char *file;     /* base name of the source file, or NULL */
    const char *path;     /* the same with its directory, or NULL */
    unsigned line;        /* 0: not known */
};

struct frame {
    uint64_t address; /* return address; the call is in front of it */
    uint32_t module;  /* index into modules, 0: none */
    uint32_t position_count : 31;
    uint32_t is_last : 1; /* main, or below it: nothing further out is shown, as a rule */
    const struct position
        *positions; /* innermost first; NULL until symbolize has looked, whose they are */
};

/* Why a stack ends where it ends. */
enum stack_end {
    STACK_WHOLE = 0,   /* outermost frame reached */
    STACK_LONGER = 1,  /* more than `depth` frames: the rest was not wanted */
    STACK_CUT = 2,     /* the tracer could not record the rest */
    STACK_DAMAGED = 3, /* the log does not hold the rest */
    STACK_UNKNOWN = 4, /* no frame at all */
    STACK_ENDS_COUNT
};
struct stack {
    uint32_t end; /* enum stack_end */
    uint32_t count;
    const uint32_t *frames; /* indices into frames, innermost first */
};

enum block_kind { /* enum trace_leak_kind, and one more */
                  BLOCK_REACHABLE = TRACE_REACHABLE,
                  BLOCK_POSSIBLY_LOST = TRACE_POSSIBLY_LOST,
                  BLOCK_INDIRECTLY_LOST = TRACE_INDIRECTLY_LOST,
                  BLOCK_DEFINITELY_LOST = TRACE_DEFINITELY_LOST,
                  BLOCK_LIVE = 4, /* no leak check was made: the kind cannot be told */
                  BLOCK_KINDS_COUNT
};
#define BLOCK_NO_HEAD UINT32_MAX
struct block {
    uint64_t address;
    uint64_t size;
    uint64_t pointer_at; /* the word that was first seen to point here, or 0 */
    uint32_t stack;
    uint32_t head;     /* indirectly lost: index of its head in blocks, or BLOCK_NO_HEAD */
    uint32_t name;     /* what the program calls it: index into names + 1; 0: nothing */
    uint8_t kind;      /* enum block_kind */
    uint8_t heuristic; /* enum trace_heuristic */
    uint8_t family;    /* enum trace_family */
    bool interior;
};

struct name { /* that the program gave */
    uint64_t begin;
    uint64_t size; /* of a region; 0: it is a block's */
    char *text;
};

struct suppress_entry;
struct block_types;
struct block_ages;
struct stale_pointer { /* to a block that the program gave up */
    struct trace_stale record;
    uint32_t stack_allocated, stack_freed, stack_holder; /* stacks of the model */
    uint32_t stack_taken;                                /* of the fresh block, if record.taken */
};
struct misuse {                                   /* an error of the program */
    struct trace_error record;                    /* count: 1 or more */
    uint64_t first;                               /* record of ERRORS; there may be more */
    uint32_t stack, stack_allocated, stack_freed; /* stacks of the model */
    const char *variable; /* TRACE_ADDRESS_DATA: what lies there, or NULL; select's word */
    /* If no variable is there: the file, or NULL, its part, or NULL, and the access, "r--". */
    const char *place_file;
    const char *place_section;
    char place_access[4];
    uint32_t stack_place;     /* a call stack of that address alone */
    uint64_t variable_offset; /* and how far into it the address is */
    /* TRACE_ADDRESS_STACK: the function whose frame it lies in, or NULL; select's word */
    const struct position *creator;
    const struct suppress_entry *suppressed; /* by this entry, or NULL; select's word */
    uint32_t access_size;       /* INVALID_READ and WRITE: bytes, 0: not known; select's word */
    char *text;                 /* MALLOC_ABORT: what malloc said, or NULL */
    uint32_t stack_overwritten; /* where the block whose header was, was allocated */
};

/* What the program did with one call stack, all its threads together. */
struct stack_use {
    uint64_t allocations, frees; /* frees: of blocks that were allocated with this stack */
    uint64_t bytes_allocated, bytes_freed;
    uint64_t temporary;
    uint64_t bytes_at_peak, blocks_at_peak; /* sums modulo 2^64: "negative" in a damaged log, or
                                             * where threads pass blocks on */
    uint64_t reallocs, moved,
        bytes_copied; /* by realloc: calls with a block, those that moved it */
    uint64_t bytes_mapped, mappings, own_bytes; /* of struct mapped */
};
/* What the program mapped itself and has mapped still (--mmap=yes). */
struct mapped {
    bool is_known;
    uint64_t mappings, bytes;
    uint64_t of_files; /* bytes; of files, and of shared memory */
    uint64_t
        own_bytes; /* pages of the process' alone, in memory or swap, as the check found them */
};
/* What one thread did, or several that came one after another and had one record: tid is the last
 * one's. */
struct thread_use {
    uint32_t tid; /* 0: no thread */
    uint64_t allocations, bytes_allocated;
    uint64_t temporary;
};
struct usage {
    struct stack_use *stacks; /* by the model's stacks; later ones did nothing */
    uint32_t stack_count;
    struct trace_sample *samples; /* in order of time, each moment once */
    uint32_t sample_count;
    uint32_t threads;             /* at the same time, at most */
    struct thread_use *by_thread; /* in the order of their records */
    uint32_t by_thread_count, by_thread_capacity;
    struct intern thread_numbers; /* key: a thread's number in the log */
};

/* What was live of a stack at each moment of the history. */
struct stack_history {
    int64_t bytes[TRACE_MOMENTS_MAX + 1], blocks[TRACE_MOMENTS_MAX + 1];
};
struct history {
    uint32_t count; /* moments, in order of time; the last one is that of all else */
    uint64_t time_ns[TRACE_MOMENTS_MAX + 1];
    bool left_out;                 /* stacks with little live have nothing at some moments */
    struct stack_history **stacks; /* by the model's stacks; NULL: nothing was ever live */
    uint32_t stack_count;
};

/* How the process is doing now. */
enum process_state {
    PROCESS_ENDED,   /* header.ending says how */
    PROCESS_RUNNING, /* it runs on this machine */
    PROCESS_GONE,    /* it is not here, and did not say how it ended */
    PROCESS_UNSEEN,  /* it may run in a container whose processes we cannot see */
    PROCESS_WENT_ON, /* the log is a snapshot, complete; what came of the process it does not say */
};

struct model {
    const char *log_path;
    struct trace_header header;
    enum process_state process;
    char *root;      /* a running process's, where it is not ours, or NULL */
    bool is_export;  /* of a JSON document: old_export's word. There are records, no blocks */
    bool is_copy;    /* the file is not the one that the tracer made */
    bool has_gaps;   /* records of blocks or errors are missing, or damaged: a note says so */
    char *command;   /* its arguments, separated by blanks */
    char *arguments; /* the same, each ended by NUL, or NULL; its size */
    size_t arguments_size;
    char *executable;   /* or NULL */
    char *tracer;       /* path of libtrace.so, or NULL */
    char *became;       /* TRACE_EXECED: path, or NULL */
    char *suppressions; /* the program's own, or NULL */
    char *generated;    /* perf's map of code that was made at run time, or NULL */
    char *jitdump; /* struct trace_jitdump_record, as many as there are in the bytes; or NULL */
    size_t jitdump_bytes;
    char *open_files; /* a line each, as in header.open_files; NULL: it was not asked for */

    struct module *modules; /* [0] is none */
    uint32_t module_count;

    struct intern frame_keys;
    struct frame *frames;
    uint32_t frame_count, frame_capacity;
    struct intern stack_keys; /* key: end, then frame indices; stack 0 is the unknown one */
    uint64_t *stack_ages;     /* lowest node with this stack: when it was first seen */
    uint32_t stack_age_capacity;

    struct block *blocks; /* by address */
    size_t block_count;
    bool has_verdicts;
    bool kinds_forgotten; /* it had them, but what it is compared with has not: log_diff's word */
    struct trace_totals totals;
    bool totals_summed; /* summed up here, because the process never did */
    uint64_t bytes_in_use, blocks_in_use;

    uint32_t ending_stack; /* of a signal, of abort; 0: none */
    struct misuse *misuses;
    uint32_t misuse_count, misuse_capacity;
    struct name *names; /* those of blocks first */
    uint32_t name_count, named_blocks;
    struct stale_pointer *stale; /* with --stale-pointers=yes, in no order */
    uint32_t stale_count;

    struct mapped mapped;
    struct usage *usage;       /* NULL: nobody asked for it */
    struct graph *graph;       /* NULL: nobody asked for it */
    struct block_types *types; /* NULL: nobody asked for them. block_types' word */
    struct history *history;   /* NULL: nobody asked for it */
    struct block_ages *ages;   /* NULL: nobody asked for them */
    bool only_errors;          /* before load_log: blocks are left out */
    bool wants_graph;          /* before load_log */
    bool wants_cycles;         /* before load_log: the graph is, if lost blocks hold one another */
    bool *left_out; /* by stack: --filter does not want it; NULL: there is none. filter's word */
    struct trace_sample most_resident; /* the sample with the largest resident size; or zero */
    uint64_t log_bytes;                /* of the log itself, which the process had mapped */

    struct note *notes; /* what is missing, lost or damaged */
    uint32_t note_count, note_capacity;
};

void model_init(struct model *model, const char *log_path);
void model_free(struct model *model);
/* Before load_log: usage is to be filled, which takes every stack that ever allocated. */
void model_want_usage(struct model *model);
/* The same for history, which takes usage, too. */
void model_want_history(struct model *model);

/* The same for the ages of blocks. */
void model_want_ages(struct model *model);

/* Index of the module, one that was there to the end if there is a choice; 0: none. */
uint32_t model_module_at(const struct model *model, uint64_t address);

/* The number of the frame, of the stack; new ones are added. */
uint32_t model_put_frame(struct model *model, uint64_t address, uint32_t module);
/* `words`: space for the end in [0], then the frames from [1]; age: the node's number. */
uint32_t model_put_stack(struct model *model, const uint32_t *words, uint32_t frame_count,
                         uint64_t age);
/* Good until the next model_put_stack. */
struct stack model_stack(const struct model *model, uint32_t stack);
uint32_t model_stack_count(const struct model *model);

/* The texts are copied; NULL: none. */
void model_add_note(struct model *model, enum note_kind kind, uint64_t number, const char *subject,
                    const char *detail);

/* "definitely lost", "definite": the words of reports and of options. */
const char *model_kind_words(enum block_kind kind);

#endif
