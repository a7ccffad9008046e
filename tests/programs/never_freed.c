// What start() allocates is freed but for one place; nothing that keep() allocates ever is.
#include "leak.h"

struct request {
    char *name, *path, *body, *log;
};
static void *kept[100];

static APART void start(struct request *request)
{
    request->name = malloc(10);
    request->path = malloc(20);
    request->body = malloc(30);
    request->log = malloc(40);
}
static APART void end(struct request *request)
{
    free(request->name);
    free(request->path);
    free(request->body);
}
static APART void keep(int i)
{
    kept[i] = malloc(100);
    if (i % 10 == 0)
        kept[i] = malloc(200);
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        struct request request;
        start(&request);
        keep(i);
        end(&request);
    }
}
