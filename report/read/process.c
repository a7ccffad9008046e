#include "read/process.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The name in field 2 may hold blanks and brackets, so counting begins behind the last bracket. A
 * zombie has ended, whatever its parent thinks. */
bool process_is_alive(uint32_t pid, uint64_t start_ticks)
{
    char path[64], line[1024];

    snprintf(path, sizeof path, "/proc/%" PRIu32 "/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char *found = fgets(line, sizeof line, file);
    fclose(file);
    char *rest = found ? strrchr(line, ')') : NULL;
    char state;
    uint64_t ticks;

    return rest &&
           sscanf(rest + 1,
                  " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                  "%" SCNu64,
                  &state, &ticks) == 2 &&
           ticks == start_ticks && state != 'Z' && state != 'X';
}

bool process_is_visible(uint64_t pid_namespace)
{
    struct stat status;

    return pid_namespace == 0 || stat("/proc/self/ns/pid", &status) != 0 ||
           status.st_ino == pid_namespace;
}
