/* demo: programs with known mistakes on the heap, to try a heap tracer on. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aligned.h"
#include "demo.h"
#include "double_free.h"
#include "handle.h"
#include "overrun.h"
#include "pool.h"
#include "refcount.h"
#include "state.h"
#include "tracking.h"
#include "use_after_free.h"
#include "view.h"
#include "zero_copy.h"

struct demo {
    const char *name;
    void (*run)(enum demo_way way);
    bool can_be_tracked;
    bool runs_by_default; /* when no demo is named */
    const char *mistake;  /* for `demo list` */
};

static const struct demo demos[] = {
    {"handle", handle_run, false, true,
     "A boxed handler is cancelled and its box not taken back: 16 bytes definitely\n"
     "lost, 83 bytes in 4 blocks indirectly; the library keeps 136 bytes in 2."},
    {"state", state_run, true, true,
     "100 interactions each forget the old application state: 10 MB definitely and\n"
     "indirectly lost. With --tracked a global array still reaches them."},
    {"view", view_run, false, false,
     "Samples move when they grow and a chart's view stays behind: the old array that it\n"
     "points into is possibly lost, the next one definitely."},
    {"pool", pool_run, false, false,
     "A pool is dropped without its chunks: the newest chunk is definitely lost, the\n"
     "older ones and what the objects in them own indirectly. With --annotated the\n"
     "tracer is told of each parcel, and shows them in place of the chunks."},
    {"refcount", refcount_run, false, false,
     "Two folders hold each other, and a reference to a third is not given back:\n"
     "two blocks definitely lost, one indirectly."},
    {"double-free", double_free_run, false, false,
     "A sender frees the letter that the outbox has freed: the C library ends the\n"
     "program there."},
    {"use-after-free", use_after_free_run, false, false,
     "A loop steps on from a connection that it has just closed: five reads of freed\n"
     "blocks, which --guard=all and valgrind name."},
    {"overrun", overrun_run, false, false,
     "A label has no room for its NUL, which is written behind the block."},
    {"aligned", aligned_run, false, false,
     "What was aligned by hand is freed where it was aligned to, inside its block: the\n"
     "C library ends the program there."},
    {"zero-copy", zero_copy_run, false, false,
     "A view into a shared buffer takes no reference, and is read when the buffer has\n"
     "gone."},
    {"tracking", tracking_run, false, false,
     "An allocator that counts says that nothing is in use; it has not seen what strdup\n"
     "allocated: 29 bytes in 3 blocks definitely lost."},
};
enum { DEMOS = sizeof demos / sizeof demos[0] };

static bool can_be_annotated(const struct demo *demo)
{
    return demo->run == pool_run;
}

/* What the command line asks for. */
struct request {
    const struct demo *demo; /* NULL: those that run by default */
    enum demo_way way;
    bool list;
};

static const struct demo *demo_find(const char *name)
{
    for (size_t i = 0; i < DEMOS; i++) {
        if (strcmp(demos[i].name, name) == 0)
            return &demos[i];
    }
    return NULL;
}

/* false when the argument says nothing new that makes sense. */
static bool request_add_argument(struct request *request, const char *argument)
{
    bool way_is_open = request->way == DEMO_LEAKING;
    if (way_is_open && strcmp(argument, "--fixed") == 0) {
        request->way = DEMO_FIXED;
    } else if (way_is_open && strcmp(argument, "--tracked") == 0) {
        request->way = DEMO_TRACKED;
    } else if (way_is_open && strcmp(argument, "--annotated") == 0) {
        request->way = DEMO_ANNOTATED;
    } else if (request->demo || request->list) {
        return false;
    } else {
        request->list = strcmp(argument, "list") == 0;
        request->demo = demo_find(argument);
        return request->list || request->demo;
    }
    return true;
}

/* What is wrong with the request as a whole, or NULL. */
static const char *request_find_fault(const struct request *request)
{
    if (request->list && request->way != DEMO_LEAKING)
        return "list goes without options";
    if (request->way == DEMO_TRACKED && !(request->demo && request->demo->can_be_tracked))
        return "--tracked goes with state only";
    if (request->way == DEMO_ANNOTATED && !(request->demo && can_be_annotated(request->demo)))
        return "--annotated goes with pool only";
    return NULL;
}

static void print_list(void)
{
    for (size_t i = 0; i < DEMOS; i++) {
        printf("%s%s\n", demos[i].name,
               demos[i].can_be_tracked       ? " [--tracked]"
               : can_be_annotated(&demos[i]) ? " [--annotated]"
                                             : "");
        for (const char *line = demos[i].mistake; line;) {
            int length = (int)strcspn(line, "\n");
            printf("    %.*s\n", length, line);
            line = line[length] ? line + length + 1 : NULL;
        }
    }
    printf("Each with --fixed: the same work, every block freed.\n"
           "Without a name: handle and state.\n");
}

static void run_request(const struct request *request)
{
    for (size_t i = 0; i < DEMOS; i++) {
        if (request->demo ? request->demo == &demos[i] : demos[i].runs_by_default)
            demos[i].run(request->way);
    }
}

/* One line on standard error, and the exit status of a bad command line. */
static int refuse(const char *fault)
{
    fprintf(stderr, "demo: %s; see: demo list\n", fault);
    return 2;
}

int main(int argc, char **argv)
{
    /* A buffer of stdio's own is as large as standard output asks for, be it a terminal, a pipe or
     * a file, and the demos' figures are to be the same everywhere. */
    static char output[4096];
    setvbuf(stdout, output, _IOLBF, sizeof output);

    struct request request = {0};
    for (int i = 1; i < argc; i++) {
        char fault[64];
        snprintf(fault, sizeof fault, "cannot take the argument '%.24s'", argv[i]);
        if (!request_add_argument(&request, argv[i]))
            return refuse(fault);
    }
    const char *fault = request_find_fault(&request);
    if (fault)
        return refuse(fault);
    if (request.list)
        print_list();
    else
        run_request(&request);
    return 0;
}
