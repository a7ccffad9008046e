// flags: -pthread
// Blocks of each kind, a thread of its own and freed ones; then it waits.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <pthread.h>
struct node { struct node *next; char text[40]; };
static struct node *held;
static char *interior;
static void lose(void) { struct node *n = malloc(sizeof *n); n->next = malloc(100); n = 0; }
static void *thread(void *x) { void *volatile p = malloc(77); (void)x; for (;;) pause(); return p; }
int main(void)
{
    for (int i = 0; i < 5; i++) { struct node *n = calloc(1, sizeof *n); n->next = held; held = n; }
    interior = (char *)malloc(300) + 50;
    for (int i = 0; i < 3; i++) lose();
    void *volatile big = malloc(1 << 20); big = 0; 
    memset(malloc(200000), 1, 200000);
    pthread_t t; pthread_create(&t, 0, thread, 0);
    char *volatile f = malloc(60); free(f); f = 0;
    char *volatile g = malloc(2000), *volatile h = malloc(30); free(g); g = 0; (void)h;
    usleep(100000);
    puts("ready"); fflush(stdout);
    for (;;) pause();
}
