/* hunt_resolver: the way out after an error does not pass the line that frees (docs/hunts.md, 2). */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

static int push_names(const char *host)
{
    struct addrinfo hints, *resolved = NULL;
    char name[2];

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    if (getaddrinfo(host, NULL, &hints, &resolved) != 0)
        return -1;
    if (getnameinfo(resolved->ai_addr, resolved->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST) != 0)
        return -1;
    freeaddrinfo(resolved);
    return 0;
}

int main(void)
{
    int failed = 0;

    for (int i = 0; i < 3; i++)
        failed += push_names("127.0.0.1") != 0;
    return failed != 3;
}
