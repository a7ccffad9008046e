#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "feed.h"
#include "libhandlers.h"

/* --- packets: stands in for a socket -----------------------------------------------------------
 */

static const char *const packets[] = {
    "hello\nis this the right channel for questions about the build\n"
    "yes, go ahead, though most of us are in ",
    "the release meeting until noon\n"
    "the tests pass on my machine and fail on the server, every time, since this morning\n",
    "did anyone change the compiler there over the weekend, or the libraries that it comes with\n",
    "not that I know, but the night shift keeps a diary of what it installs, next to the coffee "
    "machine\nfound it: one upgrade on Saturday, and it rebuilt half the world; ",
    "I will try without it right away\nanother one\n",
};
enum {
    PACKETS = sizeof packets / sizeof packets[0],
    PACKET_SIZE_MAX = 65536, /* the largest datagram there is */
    SEND_SIZE = 8192,
};

struct connection {
    size_t next_packet;
    size_t received; /* bytes, over all packets */
    size_t sent;
    char *receive_buffer;
    char *send_buffer;
};

static struct connection *connection_open(void)
{
    struct connection *connection = must_have(calloc(1, sizeof *connection));
    connection->receive_buffer = must_have(malloc(PACKET_SIZE_MAX));
    connection->send_buffer = must_have(malloc(SEND_SIZE));
    return connection;
}

static size_t connection_receive(struct connection *connection)
{
    if (connection->next_packet == PACKETS)
        return 0;
    const char *packet = packets[connection->next_packet++];
    size_t length = strlen(packet);
    memcpy(connection->receive_buffer, packet, length);
    connection->received += length;
    return length;
}

static void connection_acknowledge(struct connection *connection, size_t number)
{
    int length = snprintf(connection->send_buffer, SEND_SIZE, "ack %zu\n", number);
    connection->sent += (size_t)length;
}

static void connection_close(struct connection *connection)
{
    free(connection->send_buffer);
    free(connection->receive_buffer);
    free(connection);
}

/* --- text: bytes that grow ----------------------------------------------------------------------
 */

struct text {
    char *bytes; /* length <= capacity */
    size_t length;
    size_t capacity;
};

static void text_append(struct text *text, const char *bytes, size_t length)
{
    size_t capacity = text->capacity ? text->capacity : 32;
    while (capacity < text->length + length)
        capacity *= 2;
    if (capacity != text->capacity) {
        text->bytes = must_have(realloc(text->bytes, capacity));
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

/* --- queue: messages, first in, first out --------------------------------------------------------
 */

struct message {
    struct message *next;
    size_t number;
    size_t length;
    char text[]; /* length bytes and a NUL */
};

struct queue {
    struct message *first;
    struct message **end; /* where the next message is linked in */
    size_t received;
};

static struct queue *queue_create(void)
{
    struct queue *queue = must_have(calloc(1, sizeof *queue));
    queue->end = &queue->first;
    return queue;
}

static void queue_push(struct queue *queue, const struct text *line)
{
    struct message *message = must_have(malloc(sizeof *message + line->length + 1));
    message->next = NULL;
    message->number = ++queue->received;
    message->length = line->length;
    memcpy(message->text, line->bytes, line->length);
    message->text[line->length] = '\0';
    *queue->end = message;
    queue->end = &message->next;
}

static struct message *queue_pop(struct queue *queue)
{
    struct message *message = queue->first;
    if (!message)
        return NULL;
    queue->first = message->next;
    if (!queue->first)
        queue->end = &queue->first;
    return message;
}

/* --- the relay -----------------------------------------------------------------------------------
 */

static void cut_into_lines(struct queue *queue, struct text *line, const char *bytes, size_t length)
{
    for (const char *end = bytes + length; bytes < end;) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        text_append(line, bytes, (size_t)((newline ? newline : end) - bytes));
        if (!newline)
            return; /* the rest of the line comes with the next packet */
        queue_push(queue, line);
        line->length = 0;
        bytes = newline + 1;
    }
}

static void write_down(struct text *transcript, const struct message *message)
{
    char heading[32];
    int length = snprintf(heading, sizeof heading, "message %zu: ", message->number);
    text_append(transcript, heading, (size_t)length);
    text_append(transcript, message->text, message->length);
    text_append(transcript, "\n", 1);
}

static void deliver(struct queue *queue, struct connection *connection, struct text *transcript)
{
    struct message *message;
    while ((message = queue_pop(queue))) {
        handlers_dispatch(message->text, message->length);
        write_down(transcript, message);
        connection_acknowledge(connection, message->number);
        free(message);
    }
}

struct feed_counts feed_relay(void)
{
    struct connection *connection = connection_open();
    struct queue *queue = queue_create();
    struct text line = {0}, transcript = {0};
    size_t length;
    while ((length = connection_receive(connection))) {
        cut_into_lines(queue, &line, connection->receive_buffer, length);
        deliver(queue, connection, &transcript);
    }
    struct feed_counts counts = {queue->received, transcript.length};
    free(transcript.bytes);
    free(line.bytes);
    free(queue);
    connection_close(connection);
    return counts;
}
