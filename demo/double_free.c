/* It is what this demo shows. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "double_free.h"

enum { OUTBOX_SIZE = 4 };

/* --- outbox: letters wait here to be sent
 * --------------------------------------------------------- */

struct letter {
    char to[16];
    char text[48];
};

/* Owns its letters. */
struct outbox {
    struct letter *letters[OUTBOX_SIZE]; /* the first count */
    size_t count;
};

static void outbox_add(struct outbox *outbox, struct letter *letter)
{
    if (outbox->count < OUTBOX_SIZE)
        outbox->letters[outbox->count++] = letter;
}

static void outbox_send(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++) {
        printf("double-free: sent to %s: %s\n", outbox->letters[i]->to, outbox->letters[i]->text);
        free(outbox->letters[i]);
    }
    outbox->count = 0;
}

/* --- sender
 * ------------------------------------------------------------------------------------------- */

struct sender {
    struct letter *draft; /* owned, or NULL */
};

static void sender_write(struct sender *sender, const char *to, const char *text)
{
    sender->draft = must_have(malloc(sizeof *sender->draft));
    snprintf(sender->draft->to, sizeof sender->draft->to, "%s", to);
    snprintf(sender->draft->text, sizeof sender->draft->text, "%s", text);
}

static void sender_hand_over(struct sender *sender, struct outbox *outbox, enum demo_way way)
{
    outbox_add(outbox, sender->draft);
    if (way == DEMO_FIXED)
        sender->draft = NULL; /* the outbox owns it now */
}

static void sender_close(struct sender *sender)
{
    free(sender->draft);
    sender->draft = NULL;
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static void write_and_send(enum demo_way way)
{
    struct outbox outbox = {0};
    struct sender sender = {0};
    sender_write(&sender, "bob", "the parcel came, thank you");
    sender_hand_over(&sender, &outbox, way);
    outbox_send(&outbox);
    sender_close(&sender);
}

void double_free_run(enum demo_way way)
{
    write_and_send(way);
    if (way == DEMO_FIXED)
        printf("double-free: the sender gave its letter away and left it alone\n");
    else
        printf("double-free: still running after freeing one letter twice\n");
}
