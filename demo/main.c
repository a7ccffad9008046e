/* demo: programs with known mistakes on the heap, to try a heap tracer on. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "handle.h"
#include "state.h"

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
     "lost, 83 bytes in 4 blocks through them; the library keeps 136 bytes in 2."},
    {"state", state_run, true, true,
     "100 interactions each forget the old application state: 10 MB definitely and\n"
     "indirectly lost. With --tracked a global array still reaches them."},
};
enum { DEMOS = sizeof demos / sizeof demos[0] };

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

/* false when the argument makes no sense. */
static bool request_add_argument(struct request *request, const char *argument)
{
    if (strcmp(argument, "--fixed") == 0 && request->way == DEMO_LEAKING) {
        request->way = DEMO_FIXED;
        return true;
    }
    if (strcmp(argument, "--tracked") == 0 && request->way == DEMO_LEAKING) {
        request->way = DEMO_TRACKED;
        return request->demo && request->demo->can_be_tracked;
    }
    if (request->demo || request->list)
        return false;
    request->list = strcmp(argument, "list") == 0;
    request->demo = demo_find(argument);
    return request->list || request->demo;
}

static void print_list(void)
{
    for (size_t i = 0; i < DEMOS; i++) {
        printf("%s%s\n", demos[i].name, demos[i].can_be_tracked ? " [--tracked]" : "");
        for (const char *line = demos[i].mistake; line;) {
            int length = (int)strcspn(line, "\n");
            printf("    %.*s\n", length, line);
            line = line[length] ? line + length + 1 : NULL;
        }
    }
    printf("Each with --fixed: the same work, every block freed.\n");
}

static void run_request(const struct request *request)
{
    for (size_t i = 0; i < DEMOS; i++) {
        if (request->demo ? request->demo == &demos[i] : demos[i].runs_by_default)
            demos[i].run(request->way);
    }
}

int main(int argc, char **argv)
{
    /* A buffer of stdio's own is as large as standard output asks for, be it a terminal, a pipe or
     * a file, and the demos' figures are to be the same everywhere. */
    static char output[4096];
    setvbuf(stdout, output, _IOLBF, sizeof output);

    struct request request = {0};
    for (int i = 1; i < argc; i++) {
        if (!request_add_argument(&request, argv[i])) {
            fprintf(stderr, "demo: cannot take '%s' here; try: demo list\n", argv[i]);
            return 2;
        }
    }
    if (request.list)
        print_list();
    else
        run_request(&request);
    return 0;
}
