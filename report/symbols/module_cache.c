#include "symbols/module_cache.h"
#include <stdlib.h>
#include "base/intern.h"
#include "base/memory.h"

struct cached {
    struct module_symbols *symbols; /* NULL: not open */
    uint64_t used;                  /* the clock at the last use */
};

struct cache_key { /* no padding */
    struct module_file_identity identity;
    uint64_t with_lines;
};

struct module_cache {
    bool demangle;
    const struct file_roots *roots;
    struct intern keys; /* number → modules[number] */
    struct cached *modules;
    uint32_t capacity;
    uint32_t open_count;
    uint64_t clock;
};

struct module_cache *module_cache_new(bool demangle)
{
    struct module_cache *cache = memory_zeroed(1, sizeof *cache);

    cache->demangle = demangle;
    return cache;
}

void module_cache_look_in(struct module_cache *cache, const struct file_roots *roots)
{
    cache->roots = roots;
}

static void cache_close(struct module_cache *cache, struct cached *cached)
{
    module_symbols_close(cached->symbols);
    free(cached->symbols);
    cached->symbols = NULL;
    cache->open_count--;
}

void module_cache_free(struct module_cache *cache)
{
    for (uint32_t i = 0; i < cache->keys.count; i++)
        if (cache->modules[i].symbols)
            cache_close(cache, &cache->modules[i]);
    intern_free(&cache->keys);
    free(cache->modules);
    free(cache);
}

static struct cached *cache_find(struct module_cache *cache, const struct module *module,
                                 bool with_lines)
{
    struct cache_key key = {.with_lines = with_lines};

    module_file_identify(&key.identity, module, cache->roots);
    uint32_t known = cache->keys.count, number = intern_put(&cache->keys, &key, sizeof key);
    if (number == known) {
        memory_reserve(cache->modules, known, cache->capacity);
        cache->modules[number] = (struct cached){0};
    }
    return &cache->modules[number];
}

bool module_cache_has(struct module_cache *cache, const struct module *module, bool with_lines)
{
    return cache_find(cache, module, with_lines)->symbols != NULL;
}

struct module_symbols *module_cache_get(struct module_cache *cache, const struct module *module,
                                        bool with_lines)
{
    struct cached *cached = cache_find(cache, module, with_lines);

    if (!cached->symbols) {
        cached->symbols = memory_zeroed(1, sizeof *cached->symbols);
        module_symbols_open(cached->symbols, module, cache->roots, with_lines, cache->demangle);
        cache->open_count++;
    }
    cached->used = ++cache->clock;
    return cached->symbols;
}

static struct cached *cache_oldest(struct module_cache *cache)
{
    struct cached *oldest = NULL;

    for (uint32_t i = 0; i < cache->keys.count; i++) {
        struct cached *cached = &cache->modules[i];

        if (cached->symbols && (!oldest || cached->used < oldest->used))
            oldest = cached;
    }
    return oldest;
}

void module_cache_trim(struct module_cache *cache)
{
    while (cache->open_count > MODULE_CACHE_MAX)
        cache_close(cache, cache_oldest(cache));
}
