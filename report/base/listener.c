#include "base/listener.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/number_text.h"

enum { LISTENER_PORT = 1500 }; /* valgrind-listener's */

static bool listener_parse(const char *where, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN] = "";
    const char *colon = strchr(where, ':');
    size_t length = colon ? (size_t)(colon - where) : strlen(where);
    uint64_t port = LISTENER_PORT;

    if (length >= sizeof host)
        return false;
    memcpy(host, where, length);
    if (colon && !number_read(colon + 1, strlen(colon + 1), UINT16_MAX, &port))
        return false;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return port > 0 && inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

int listener_connect(const char *option, const char *where, struct failure *failure)
{
    struct sockaddr_in address;

    if (!listener_parse(where, &address))
        return failure_set(failure,
                           "%s=%s is not understood: give an address and a port: 127.0.0.1:1500",
                           option, where);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    failure_set(failure, "%s: nobody listens at %s: %s", option, where, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
