/* fuzz_log.c: leakreport, all of it, on any bytes in the place of a log.
 *
 * The input is a log in pieces (pieces.h) and a choice of options; leakreport's own main() reads
 * the log from a file in memory and writes the report into another. With one bit of the choice
 * there are two logs, the second of another process. Beyond crashes it looks for broken promises:
 * an exit status that is none of leakreport's, a refusal that is not one line, a report with a byte
 * that could steer a terminal, a report that is much longer than its log. Each input is reported
 * twice, as text and in one of the other forms, which must be what that form's readers take.
 *
 * Modules of the corpus lie in /proc/self/cwd: the harness goes to the folder of its own binary,
 * where module.so is. */
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define main      leakreport_main
#define isatty(f) 0 /* progress on a terminal would be a refusal here */
#include "base/program_file.h"
#include "main.c"
#undef main

#include "pieces.h"
#include "well_formed.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    REPORT_FACTOR = 16000, /* a frame of 16 bytes may be printed in each of many stacks */
    REPORT_LEAST = 1 << 20,
    ARGUMENTS_MAX = 29,
};

static int log_fd, second_fd, report_fd;
static char log_name[64], second_name[64], report_option[64];
static FILE *refusal;
static char *refusal_text;
static size_t refusal_size;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    (void)count;
    (void)arguments;
    self[length > 0 ? length : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    if (!slash || chdir(self) != 0)
        abort();
    log_fd = memfd_create("log", 0);
    second_fd = memfd_create("second", 0);
    report_fd = memfd_create("report", 0);
    snprintf(log_name, sizeof log_name, "/proc/self/fd/%d", log_fd);
    snprintf(second_name, sizeof second_name, "/proc/self/fd/%d", second_fd);
    snprintf(report_option, sizeof report_option, "--log-file=/proc/self/fd/%d", report_fd);
    refusal = open_memstream(&refusal_text, &refusal_size);
    unsetenv("DEBUGINFOD_URLS");
    return 0;
}

/* --- options ------------------------------------------------------------- */

static int choose_options(const uint8_t choice[4], char *arguments[ARGUMENTS_MAX])
{
    static const char *const options[8] = {"--show-leak-kinds=all",
                                           "-s",
                                           "-v",
                                           "--gen-suppressions=all",
                                           "--num-callers=500",
                                           "--leak-resolution=low",
                                           "--show-below-main=yes",
                                           "-q"};
    static const char *const more[8] = {"--leak-check=summary",        "--leak-check=no",
                                        "--leak-resolution=med",       "--demangle=no",
                                        "--fullpath-after=/",          "--suppressions=module.supp",
                                        "--errors-for-leak-kinds=all", "--num-callers=1"};
    static const char *const usage[7] = {"--peak",     "--top=7,all", "--growth", "--top=200,live",
                                         "--retained", "--why=main",  "--paths=3"};
    int count = 0;

    arguments[count++] = (char *)"leakreport";
    for (int i = 0; i < 8; i++)
        if (choice[0] >> i & 1)
            arguments[count++] = (char *)options[i];
    for (int i = 0; i < 8 && count < ARGUMENTS_MAX - 13; i++)
        if (choice[1] >> i & 1)
            arguments[count++] = (char *)more[i];
    for (int i = 0; i < 7; i++)
        if (choice[2] >> (i + 1) & 1)
            arguments[count++] = (char *)usage[i];
    arguments[count++] = report_option;
    arguments[count++] = log_name;
    if (choice[2] & 1)
        arguments[count++] = second_name;
    arguments[count] = NULL;
    return count;
}

/* The other forms, and who knows whether a report is one. XML of two processes is two files, for
 * which there is no room here. */
static const struct form {
    const char *option, *more;
    const char *(*fault)(const char *text, size_t size);
    bool one_process;
} forms[] = {
    {"--format=xml", "--xml-protocol=4", xml_fault, true},
    {"--format=xml", "--xml-protocol=6", xml_fault, true},
    {"--format=sarif", "-v", json_fault, false},
    {"--format=junit", "-v", xml_fault, false},
    {"--format=json", "-v", json_fault, false},
};

static const struct form *choose_form(const uint8_t choice[4])
{
    return &forms[(choice[0] + choice[1] + (choice[2] >> 5)) % (sizeof forms / sizeof *forms)];
}

/* The same log once more; the choice says whose child its process is, and how old. */
static void make_second(const uint8_t *data, size_t size)
{
    struct pieces_head head;

    pieces_unpack(data, size, second_fd, &head);
    if (pwrite(second_fd, &head.options[3], 1, offsetof(struct trace_header, pid)) != 1 ||
        pwrite(second_fd, &head.options[2], 1, offsetof(struct trace_header, start_ticks)) != 1)
        abort();
}

/* --- promises ------------------------------------------------------------ */

static void broken(const char *promise)
{
    fprintf(stderr, "broken promise: %s\n", promise);
    abort();
}

#ifdef __clang__
#define NOT_MEASURED __attribute__((no_sanitize("coverage")))
#else
#define NOT_MEASURED
#endif

/* Bytes that a terminal obeys: C0, DEL, and C1 as UTF-8 has it, or as a byte outside of UTF-8. */
NOT_MEASURED static bool steers_terminal(const unsigned char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7f)
            return true;
        if (text[i] == 0xc2 && i + 1 < size && text[i + 1] >= 0x80 && text[i + 1] < 0xa0)
            return true;
        if (text[i] >= 0x80 && text[i] < 0xa0 && (i == 0 || text[i - 1] < 0x80))
            return true;
    }
    return false;
}

static void check_form(const struct form *form, const char *text, size_t size)
{
    const char *fault = form ? form->fault(text, size) : NULL;

    if (fault)
        broken(fault);
}

static void check_report(size_t log_size, const struct form *form)
{
    off_t size = lseek(report_fd, 0, SEEK_END);

    if ((size_t)size > log_size * REPORT_FACTOR + REPORT_LEAST)
        broken("a report is not longer than its log deserves");
    if (size == 0)
        return;
    unsigned char *text = calloc(1, (size_t)size + 1);
    if (!text || pread(report_fd, text, (size_t)size, 0) != size)
        abort();
    if (steers_terminal(text, (size_t)size))
        broken("a report does not steer the terminal");
    check_form(form, (const char *)text, (size_t)size);
    free(text);
}

static unsigned refusal_lines(void)
{
    unsigned lines = 0;

    fflush(refusal);
    for (size_t i = 0; i < refusal_size; i++)
        lines += refusal_text[i] == '\n';
    return lines;
}

static void check_refusal(int status, unsigned logs)
{
    unsigned lines = refusal_lines();

    if (status != 0 && status != EXIT_TROUBLE && status != PROGRAM_NOT_RUN &&
        status != PROGRAM_NOT_FOUND)
        broken("the exit status is 0, 2, or that of a program that cannot be run");
    /* -q says so where nothing else would. */
    bool doubt = refusal_size && strstr(refusal_text, "it is not known whether there are errors");
    if ((status != 0) != (refusal_size > 0) && !(status == 0 && doubt))
        broken("any other status than 0 comes with a line on standard error, and only that");
    if (lines > logs || (refusal_size && refusal_text[refusal_size - 1] != '\n'))
        broken("a refusal is one line");
    if (steers_terminal((unsigned char *)refusal_text, refusal_size))
        broken("a refusal does not steer the terminal");
}

static void report(const struct pieces_head *head, const struct form *form)
{
    char *arguments[ARGUMENTS_MAX];
    FILE *kept = stderr;
    int count = choose_options(head->options, arguments);
    unsigned logs = 1 + (head->options[2] & 1);

    if (form) {
        bool leave_second = form->one_process && logs == 2;

        count -= leave_second;
        logs -= leave_second;
        arguments[count++] = (char *)form->option;
        arguments[count++] = (char *)form->more;
        arguments[count] = NULL;
    }
    if (ftruncate(report_fd, 0) != 0)
        abort();
    rewind(refusal);
    stderr = refusal;
    int status = leakreport_main(count, arguments);
    stderr = kept;
    check_refusal(status, logs);
    check_report(2 * head->size, form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pieces_head head;

    pieces_unpack(data, size, log_fd, &head);
    if (head.options[2] & 1)
        make_second(data, size);
    report(&head, NULL);
    report(&head, choose_form(head.options));
    return 0;
}
