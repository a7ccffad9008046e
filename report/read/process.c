#include "read/process.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The first namespace's inode (the kernel's PROC_PID_INIT_INO): from there all are seen, by who may
 * look at others' processes, such as 1. */
#define PROCESS_FIRST_NAMESPACE 0xeffffffcu

/* false: errno says why. The name in field 2 may hold blanks and brackets, so counting begins
 * behind the last bracket. */
static bool process_stat(uint32_t pid, char *state, uint64_t *start_ticks)
{
    char path[64], line[1024];

    snprintf(path, sizeof path, "/proc/%" PRIu32 "/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char *found = fgets(line, sizeof line, file);
    fclose(file);
    char *rest = found ? strrchr(line, ')') : NULL;

    errno = ENOENT; /* it ended between the two */
    return rest &&
           sscanf(rest + 1,
                  " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                  "%" SCNu64,
                  state, start_ticks) == 2;
}

bool process_has_ended(uint32_t pid)
{
    char state;
    uint64_t ticks;

    return process_stat(pid, &state, &ticks) ? state == 'Z' || state == 'X' : errno == ENOENT;
}

static bool process_is_alive(uint32_t pid, uint64_t start_ticks)
{
    char state;
    uint64_t ticks;

    return process_stat(pid, &state, &ticks) && ticks == start_ticks && state != 'Z' &&
           state != 'X';
}

/* 0: it may not be looked at, or there is none. */
static uint64_t process_namespace(const char *pid, const char *which)
{
    char path[512];
    struct stat status;

    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, which);
    return stat(path, &status) == 0 ? status.st_ino : 0;
}

/* The last pid of the line NSpid is the process's own. */
static uint32_t process_own_pid(const char *pid)
{
    char path[512], line[256];
    uint32_t own = 0;

    snprintf(path, sizeof path, "/proc/%s/status", pid);
    FILE *file = fopen(path, "re");
    while (file && own == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "NSpid:", 6) == 0)
            own = (uint32_t)strtoul(strrchr(line, '\t') + 1, NULL, 10);
    if (file)
        fclose(file);
    return own;
}

static uint32_t process_find_inside(const struct process_name *name)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    uint32_t found = 0;

    while (folder && !found && (entry = readdir(folder)) != NULL) {
        uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);

        if (pid && process_namespace(entry->d_name, "pid") == name->pid_namespace &&
            process_own_pid(entry->d_name) == name->pid && process_is_alive(pid, name->start_ticks))
            found = pid;
    }
    if (folder)
        closedir(folder);
    return found;
}

static bool process_is_ours(uint64_t pid_namespace)
{
    uint64_t ours = process_namespace("self", "pid");

    return pid_namespace == 0 || ours == 0 || ours == pid_namespace;
}

uint32_t process_find(const struct process_name *name)
{
    if (!process_is_ours(name->pid_namespace))
        return process_find_inside(name);
    return process_is_alive(name->pid, name->start_ticks) ? name->pid : 0;
}

bool process_is_visible(uint64_t pid_namespace)
{
    return process_is_ours(pid_namespace) ||
           (process_namespace("self", "pid") == PROCESS_FIRST_NAMESPACE &&
            process_namespace("1", "pid") != 0);
}

bool process_has_own_root(uint32_t pid)
{
    char path[64];
    struct stat theirs, ours;

    snprintf(path, sizeof path, "%" PRIu32, pid);
    uint64_t mounts = process_namespace(path, "mnt");
    snprintf(path, sizeof path, "/proc/%" PRIu32 "/root", pid);
    if (!mounts || stat(path, &theirs) != 0 || stat("/", &ours) != 0)
        return false;
    return mounts != process_namespace("self", "mnt") || theirs.st_dev != ours.st_dev ||
           theirs.st_ino != ours.st_ino;
}
