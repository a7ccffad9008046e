#include "os/task.h"

#include <errno.h>

#include "os/decimal.h"
#include "os/sys.h"

#define PF_IO_WORKER 0x10u /* the kernel's flag of io_uring's threads */

static char text[4096];

uint32_t task_parse_number(const char *digits)
{
    return (uint32_t)decimal_read(&digits);
}

static char *append(char *end, const char *part)
{
    while (*part)
        *end++ = *part++;
    *end = '\0';
    return end;
}

static char *append_number(char *end, uint32_t number)
{
    char digits[12], *first = digits + sizeof digits;
    *--first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    return append(end, first);
}

static void make_path(char *path, uint32_t listed, const char *file)
{
    append(append(append_number(append(path, "/proc/self/task/"), listed), "/"), file);
}

/* Reads /proc/self/task/LISTED/FILE into `text`; 0 or -errno. */
static long read_text(uint32_t listed, const char *file)
{
    char path[64];
    make_path(path, listed, file);
    long length = sys_read_file(path, text, sizeof text);
    return length > 0 ? 0 : length < 0 ? length : -ESRCH;
}

const char *task_status_line(const char *status, const char *name)
{
    for (const char *line = status; *line;) {
        size_t i = 0;
        while (name[i] && line[i] == name[i])
            i++;
        if (!name[i])
            return line + i;
        while (*line && *line++ != '\n')
            ;
    }
    return NULL;
}

bool task_numbers_differ(void)
{
    char self[16];
    long length = sys_readlink("/proc/self", self, sizeof self - 1);
    if (length < 0)
        return false;
    self[length] = '\0';
    return task_parse_number(self) != (uint32_t)sys_getpid();
}

/* NSpid has the number in every pid namespace from /proc's inwards; the thread's own is the last.
 */
uint32_t task_translate(uint32_t listed)
{
    uint32_t last = 0;
    if (read_text(listed, "status") != 0)
        return 0;
    const char *ids = task_status_line(text, "NSpid:");
    for (; ids && *ids && *ids != '\n'; ids++)
        if (*ids == '\t')
            last = task_parse_number(ids + 1);
    return last;
}

/* "TID (name) S ppid pgrp session tty tpgid flags …"; the name may contain anything. */
static const char *behind_name(const char *stat)
{
    const char *field = stat;
    for (const char *c = stat; *c; c++)
        if (*c == ')')
            field = c + 1;
    return field;
}

enum task_state task_state_of_stat(const char *stat)
{
    const char *field = behind_name(stat);
    if (field[0] != ' ' || field[1] == 'X' || field[1] == 'x')
        return TASK_VANISHED;
    if (field[1] == 'Z')
        return TASK_WITHOUT_CODE;
    for (int spaces = 7; *field && spaces > 0; field++)
        spaces -= *field == ' ';
    return task_parse_number(field) & PF_IO_WORKER ? TASK_WITHOUT_CODE : TASK_ALIVE;
}

enum task_state task_state(uint32_t listed)
{
    long result = read_text(listed, "stat");
    if (result == -ENOENT || result == -ESRCH)
        return TASK_VANISHED;
    return result == 0 ? task_state_of_stat(text) : TASK_ALIVE;
}

bool task_sleeps(uint32_t listed)
{
    char path[64];
    char stat[512];
    make_path(path, listed, "stat");
    if (sys_read_file(path, stat, sizeof stat) <= 0)
        return false;
    const char *field = behind_name(stat);
    return field[0] == ' ' && field[1] == 'S';
}

static uint64_t parse_hexadecimal(const char *digit)
{
    uint64_t number = 0;
    for (;; digit++)
        if (*digit >= '0' && *digit <= '9')
            number = number << 4 | (uint64_t)(*digit - '0');
        else if (*digit >= 'a' && *digit <= 'f')
            number = number << 4 | (uint64_t)(*digit - 'a' + 10);
        else
            return number;
}

/* "NUMBER 0xARGUMENT … (six) 0xSTACK 0xINSTRUCTION"; "-1 0xSTACK 0xINSTRUCTION" where it sleeps and
 * has called nothing: a page fault. */
bool task_call_of_text(const char *syscall, struct task_call *call)
{
    uint64_t *const wanted[9] = {[1] = &call->first_argument, [8] = &call->instruction};
    if (*syscall < '0' || *syscall > '9')
        return false;
    call->number = task_parse_number(syscall);
    for (int field = 1; field < 9; field++) {
        while (*syscall && *syscall != ' ')
            syscall++;
        if (syscall[0] != ' ' || syscall[1] != '0' || syscall[2] != 'x')
            return false;
        syscall += 3;
        if (wanted[field])
            *wanted[field] = parse_hexadecimal(syscall);
    }
    return true;
}

enum task_rest task_rest(uint32_t listed, struct task_call *call)
{
    char path[64];
    char line[256];
    make_path(path, listed, "syscall");
    long length = sys_read_file(path, line, sizeof line);
    if (length == -ESRCH)
        return TASK_RUNS;
    if (length <= 0)
        return TASK_NOT_TOLD;
    return task_call_of_text(line, call) ? TASK_CALLS : TASK_RUNS;
}

bool task_blocks_signal(uint32_t listed, int signal)
{
    if (read_text(listed, "status") != 0)
        return false;
    const char *mask = task_status_line(text, "SigBlk:\t");
    return mask ? parse_hexadecimal(mask) >> (signal - 1) & 1 : 0;
}

long task_sleep(uint32_t listed)
{
    long result = read_text(listed, "status");
    if (result != 0)
        return result;
    const char *state = task_status_line(text, "State:\t");
    const char *times = task_status_line(text, "voluntary_ctxt_switches:\t");
    return state && times && *state == 'S' ? 1 + (long)task_parse_number(times) : 0;
}

uint64_t task_place(uint32_t listed)
{
    if (read_text(listed, "syscall") != 0 || *text == 'r')
        return 0;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = text; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash | 1;
}
