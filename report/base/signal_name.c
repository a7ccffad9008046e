#include "base/signal_name.h"

#include <signal.h>
#include <stddef.h>

const char *signal_name(int number)
{
    static const char *const names[] = {
#define X(name) [name] = #name
        X(SIGHUP),    X(SIGINT),  X(SIGQUIT),  X(SIGILL),  X(SIGTRAP), X(SIGABRT),
        X(SIGBUS),    X(SIGFPE),  X(SIGKILL),  X(SIGUSR1), X(SIGSEGV), X(SIGUSR2),
        X(SIGPIPE),   X(SIGALRM), X(SIGTERM),  X(SIGCHLD), X(SIGCONT), X(SIGSTOP),
        X(SIGTSTP),   X(SIGTTIN), X(SIGTTOU),  X(SIGURG),  X(SIGXCPU), X(SIGXFSZ),
        X(SIGVTALRM), X(SIGPROF), X(SIGWINCH), X(SIGPOLL), X(SIGPWR),  X(SIGSYS),
#ifdef SIGSTKFLT
        X(SIGSTKFLT),
#endif
#undef X
    };
    return number > 0 && (size_t)number < sizeof names / sizeof *names ? names[number] : NULL;
}
