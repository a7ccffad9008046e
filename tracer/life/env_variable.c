#include "life/env_variable.h"

#include "libc/real.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

char **env_variable_find(const char *name)
{
    size_t length = strlen(name);
    for (char **entry = __environ; entry && *entry; entry++)
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
            return entry;
    return NULL;
}

const char *env_variable_value(const char *name)
{
    char **entry = env_variable_find(name);
    return entry ? *entry + strlen(name) + 1 : NULL;
}

const char *env_variable_trusted(const char *name)
{
    return real_libc()->getauxval(AT_SECURE) ? NULL : env_variable_value(name);
}
