/* A program whose use of memory is known by construction: use_phases [kill|kill-at-peak|threads]
 *
 *   keep_many     1,000 blocks of 1,000 bytes; the second half is freed at the end
 *   spike         a block of 5,000,000 bytes and 10 of 100,000, freed at once: the peak, 7,000,000 in 1,011. The last
 *                 one is freed before another is made: one temporary
 *   hurry         3,000 blocks of 10 bytes, each freed before the next one: all temporary
 *   turn_over     20,000 blocks of 16 bytes, of which 100 live at a time: none temporary
 *   hand_over     (threads) 2,000 blocks of 500 bytes by one thread, freed by another */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *kept[1000], *spikes[11], *turning[100], *handed[2000];

static void keep_many(void)
{
    for (int i = 0; i < 1000; i++)
        kept[i] = malloc(1000);
}

static void spike(int die)
{
    spikes[10] = malloc(5000000);
    for (int i = 0; i < 10; i++)
        spikes[i] = malloc(100000);
    if (die)
        kill(getpid(), SIGKILL);
    for (int i = 0; i < 11; i++)
        free(spikes[(i + 5) % 11]);
}

static void hurry(void)
{
    for (int i = 0; i < 3000; i++) {
        char *volatile block = malloc(10);
        free(block);
    }
}

static void turn_over(void)
{
    for (int i = 0; i < 20000; i++) {
        free(turning[i % 100]);
        turning[i % 100] = malloc(16);
    }
}

static void *hand_over(void *argument)
{
    for (int i = 0; i < 2000; i++)
        handed[i] = malloc(500);
    return argument;
}

static void *take_over(void *argument)
{
    for (int i = 0; i < 2000; i++)
        free(handed[i]);
    return argument;
}

static void run(void *(*function)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, function, NULL);
    pthread_join(thread, NULL);
}

int main(int count, char **arguments)
{
    const char *mode = count > 1 ? arguments[1] : "";

    if (strcmp(mode, "threads") == 0) {
        run(hand_over);
        run(take_over);
        return 0;
    }
    keep_many();
    spike(strcmp(mode, "kill-at-peak") == 0);
    hurry();
    turn_over();
    for (int i = 500; i < 1000; i++)
        free(kept[i]);
    if (strcmp(mode, "kill") == 0)
        kill(getpid(), SIGKILL);
    return 0;
}
