#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

enum {
    CACHE_SIZE = 102400,
    INTERACTIONS = 100,
    LOG_FIRST_CAPACITY = 4, /* entries */
    TOKEN_SIZE = 32,
};

struct activity_log {
    char **entries; /* count <= capacity */
    size_t count;
    size_t capacity;
};

/* Owned as a whole by whoever holds the pointer. */
struct app_state {
    unsigned user_id;
    char *username;
    char *session_token;
    char *theme;
    char *language;
    unsigned char *cache; /* CACHE_SIZE bytes */
    struct activity_log log;
};

/* --- activity log
 * ----------------------------------------------------------------------------------- */

static void activity_log_start(struct activity_log *log, size_t capacity)
{
    log->entries = must_have(calloc(capacity, sizeof *log->entries));
    log->count = 0;
    log->capacity = capacity;
}

static void activity_log_append(struct activity_log *log, const char *entry)
{
    if (log->count == log->capacity) {
        log->capacity *= 2;
        log->entries = must_have(realloc(log->entries, log->capacity * sizeof *log->entries));
        memset(log->entries + log->count, 0, log->count * sizeof *log->entries);
    }
    log->entries[log->count++] = must_have(strdup(entry));
}

static void activity_log_copy(struct activity_log *to, const struct activity_log *from)
{
    activity_log_start(to, from->capacity);
    for (; to->count < from->count; to->count++)
        to->entries[to->count] = must_have(strdup(from->entries[to->count]));
}

static void activity_log_free(struct activity_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        free(log->entries[i]);
    free(log->entries);
}

/* --- application state
 * ------------------------------------------------------------------------------- */

static char *make_session_token(unsigned user_id, const char *username)
{
    unsigned long hash = 5381 + user_id;
    for (const char *c = username; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    char *token = must_have(calloc(1, TOKEN_SIZE));
    snprintf(token, TOKEN_SIZE, "token_%016lx", hash);
    return token;
}

static struct app_state *create_app_state(unsigned user_id, const char *username)
{
    struct app_state *state = must_have(calloc(1, sizeof *state));
    state->user_id = user_id;
    state->username = must_have(strdup(username));
    state->session_token = make_session_token(user_id, username);
    state->theme = must_have(strdup("dark"));
    state->language = must_have(strdup("en"));
    state->cache = must_have(malloc(CACHE_SIZE));
    memset(state->cache, 0, CACHE_SIZE);
    activity_log_start(&state->log, LOG_FIRST_CAPACITY);
    return state;
}

/* A copy of the state in which one more activity has happened. The caller owns both. */
static struct app_state *update_app_state(const struct app_state *state, const char *activity)
{
    struct app_state *updated = must_have(malloc(sizeof *updated));
    updated->user_id = state->user_id;
    updated->username = must_have(strdup(state->username));
    updated->session_token = must_have(strdup(state->session_token));
    updated->theme = must_have(strdup(state->theme));
    updated->language = must_have(strdup(state->language));
    updated->cache = must_have(malloc(CACHE_SIZE));
    memcpy(updated->cache, state->cache, CACHE_SIZE);
    activity_log_copy(&updated->log, &state->log);
    activity_log_append(&updated->log, activity);
    return updated;
}

static void free_app_state(struct app_state *state)
{
    activity_log_free(&state->log);
    free(state->cache);
    free(state->language);
    free(state->theme);
    free(state->session_token);
    free(state->username);
    free(state);
}

/* --- the program
 * --------------------------------------------------------------------------------------- */

/* Every state there ever was, "to be freed some day". Nobody reads it: without volatile an
 * optimizing compiler leaves it out. */
static struct app_state *volatile tracked_states[INTERACTIONS + 1];
static size_t tracked_count;

/* The program has no more use for this state. */
static void leave_state(struct app_state *state, enum demo_way way)
{
    if (way == DEMO_FIXED)
        free_app_state(state);
    else if (way == DEMO_TRACKED)
        tracked_states[tracked_count++] = state;
}

static void interact(enum demo_way way)
{
    struct app_state *state = create_app_state(42, "alice");
    for (int i = 1; i <= INTERACTIONS; i++) {
        char activity[32];
        snprintf(activity, sizeof activity, "clicked button %d", i);
        struct app_state *updated = update_app_state(state, activity);
        leave_state(state, way);
        state = updated;
    }
    printf("state: %s had %zu interactions in session %s\n", state->username, state->log.count,
           state->session_token);
    leave_state(state, way);
}

void state_run(enum demo_way way)
{
    static const char *const words[] = {
        [DEMO_LEAKING] = "each left its old state behind, %d bytes and more\n",
        [DEMO_FIXED] = "each freed its old state, %d bytes and more\n",
        [DEMO_TRACKED] = "each put its old state into a global array, %d bytes and more\n",
    };
    interact(way);
    printf("state: ");
    printf(words[way], CACHE_SIZE);
}
