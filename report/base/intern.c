#include "base/intern.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include "base/memory.h"

void intern_free(struct intern *intern)
{
    free(intern->slots);
    free(intern->keys);
    free(intern->words);
    *intern = (struct intern){0};
}

/* Another number in each process. A log's author could otherwise choose addresses that all fall
 * into one slot, and a table of n keys would take n * n steps. */
static uint64_t intern_secret(void)
{
    static uint64_t secret;

    if (!secret) {
        const void *random = (const void *)getauxval(AT_RANDOM); /* 16 bytes from the kernel */

        memcpy(&secret, random, sizeof secret);
        secret |= 1;
    }
    return secret;
}

/* Both halves of the product, so that every bit of the word reaches every bit of the hash; the
 * multiplier is an odd number with well mixed bits. */
static uint64_t intern_mix(uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)word * 0x9e3779b97f4a7c15u;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes a round. */
static uint64_t intern_hash(const void *key, size_t size)
{
    const unsigned char *bytes = key;
    uint64_t hash = intern_secret() ^ size;

    while (size) {
        uint64_t word = 0;
        size_t piece = size < sizeof word ? size : sizeof word;

        memcpy(&word, bytes, piece);
        hash = intern_mix(hash ^ word);
        bytes += piece;
        size -= piece;
    }
    return hash;
}

static void intern_grow(struct intern *intern)
{
    size_t slot_count = intern->slot_count ? intern->slot_count * 2 : 64;

    free(intern->slots);
    intern->slots = memory_zeroed(slot_count, sizeof *intern->slots);
    intern->slot_count = slot_count;
    for (uint32_t i = 0; i < intern->count; i++) {
        size_t slot = intern->keys[i].hash & (slot_count - 1);

        while (intern->slots[slot])
            slot = (slot + 1) & (slot_count - 1);
        intern->slots[slot] = i + 1;
    }
}

static uint32_t intern_add(struct intern *intern, size_t slot, uint64_t hash, const void *key,
                           size_t size)
{
    size_t words = (size + 7) / 8;

    while (intern->word_capacity - intern->word_count < words) {
        intern->word_capacity = intern->word_capacity ? intern->word_capacity * 2 : 1024;
        intern->words = memory_resized(intern->words, intern->word_capacity, sizeof(uint64_t));
    }
    memory_reserve(intern->keys, intern->count, intern->capacity);
    intern->keys[intern->count] =
        (struct intern_key){.hash = hash, .word = intern->word_count, .size = size};
    if (size)
        memcpy(intern->words + intern->word_count, key, size);
    intern->word_count += words;
    intern->slots[slot] = ++intern->count;
    return intern->count - 1;
}

uint32_t intern_put(struct intern *intern, const void *key, size_t size)
{
    if (intern->count * 2ull >= intern->slot_count)
        intern_grow(intern);

    uint64_t hash = intern_hash(key, size);
    size_t slot = hash & (intern->slot_count - 1);

    for (uint32_t found; (found = intern->slots[slot]) != 0;
         slot = (slot + 1) & (intern->slot_count - 1)) {
        const struct intern_key *other = &intern->keys[found - 1];

        if (other->hash == hash && other->size == size &&
            (size == 0 || memcmp(intern->words + other->word, key, size) == 0))
            return found - 1;
    }
    return intern_add(intern, slot, hash, key, size);
}

const void *intern_get(const struct intern *intern, uint32_t number, size_t *size)
{
    if (size)
        *size = intern->keys[number].size;
    return intern->words + intern->keys[number].word;
}
