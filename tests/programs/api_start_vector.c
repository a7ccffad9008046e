// flags: -D_GNU_SOURCE
/* Prints what the kernel put above the program's start, walking on from argv, and whether main's third argument, environ and
 * getauxval agree with it. With "setenv" a constructor has made the environment anew before. */
#include "api.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

extern char **environ;

static __attribute__((constructor)) void make_environment(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "setenv") == 0)
        setenv("MADE", "early", 1);
}

static unsigned long words_of(const ElfW(auxv_t) *vector)
{
    for (const ElfW(auxv_t) *a = vector; a->a_type != AT_NULL; a++) {
        say("auxiliary %lu%s\n", (unsigned long)a->a_type, getauxval(a->a_type) == a->a_un.a_val ? "" : " is another for getauxval");
        if (a->a_type == AT_EXECFN)
            say("name %s\n", (char *)a->a_un.a_val);
    }
    return getauxval(AT_PAGESZ);
}

int main(int argc, char **argv, char **envp)
{
    char **word = argv;
    for (int i = 0; i <= argc; i++, word++)
        say("argument %s\n", *word ? *word : "-");
    for (; *word; word++)
        say("environment %s\n", *word);
    say("main's %d, environ %d\n", envp == argv + argc + 1, environ == argv + argc + 1);
    for (char **entry = environ; *entry; entry++)
        say("environ %s\n", *entry);
    say("page size %lu\n", words_of((void *)(word + 1)));
    return 0;
}
