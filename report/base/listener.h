/* listener.h: who listens for a report on a TCP port: --log-socket, --xml-socket. */
#ifndef LISTENER_H
#define LISTENER_H

#include "base/failure.h"

/* where: "192.168.1.2:1500", the port may be left out. A connected socket, closed on exec; -1 with
 * `failure` filled, which begins with the option's name. */
int listener_connect(const char *option, const char *where, struct failure *failure);

#endif
