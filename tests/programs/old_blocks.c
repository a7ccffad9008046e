// old_blocks SECONDS: start() keeps its first three blocks; each of the others is freed when the next one is made. Of serve()'s
// one in a millisecond stays, at all times. Goes on until eight times as long has passed since SECONDS (of date) as had when
// the first were made.
#include <time.h>
#include "leak.h"

static void *volatile first[3], *volatile kept[100000], *volatile last;

static APART void *start(void)
{
    return malloc(40);
}
static APART void *serve(void)
{
    return malloc(50);
}
static double passed(const char *since)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9 - atof(since);
}

int main(int count, char **arguments)
{
    double age = 0.06, next = 0;
    for (int i = 0, held = 0; i < 1000 || passed(arguments[count - 1]) < 8 * age; i++) {
        double now = passed(arguments[count - 1]);
        void *block = start(), *served = serve();
        if (i < 3) {
            first[i] = block;
            age = age > now ? age : now;
        } else {
            free(last);
            last = block;
        }
        if (now > next && held < 100000) {
            next = now + 0.001;
            kept[held++] = served;
        } else {
            free(served);
        }
    }
}
