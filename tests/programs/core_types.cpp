// Objects of two classes, held and lost, for who has nothing but their memory; then it waits.
#include <cstdio>
#include <unistd.h>

struct Session {
    virtual ~Session() = default;
    long number = 1;
};
struct Timer : Session {
    long when[6] = {};
};
static Session *held[4];

static void lose()
{
    for (int i = 0; i < 3; i++)
        new Timer;
}

int main()
{
    for (auto &one : held)
        one = new Session;
    lose();
    for (int i = 0; i < 8; i++) /* over what lose() has left in registers and on the stack */
        printf("%s", "");
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}
