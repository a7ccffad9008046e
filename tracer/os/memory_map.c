#include "os/memory_map.h"

#include <errno.h>

#include "os/descriptor.h"
#include "os/pages.h"
#include "os/sys.h"

#define TEXT_FIRST     (256u << 10)
#define MAPPINGS_FIRST 128u

/* --- text ---------------------------------------------------------------- */

struct cursor {
    const char *at;
    const char *end; /* of the line */
    int bad;
};

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

static uint64_t take_number(struct cursor *cursor, unsigned base)
{
    uint64_t number = 0;
    const char *first = cursor->at;
    while (cursor->at < cursor->end && digit_value(*cursor->at) < base)
        number = number * base + digit_value(*cursor->at++);
    cursor->bad |= cursor->at == first;
    return number;
}

static void take(struct cursor *cursor, char expected)
{
    if (cursor->at < cursor->end && *cursor->at == expected)
        cursor->at++;
    else
        cursor->bad = 1;
}

static uint32_t take_permissions(struct cursor *cursor)
{
    const char *p = cursor->at;
    if (cursor->end - p < 4) {
        cursor->bad = 1;
        return 0;
    }
    cursor->at += 4;
    return (p[0] == 'r' ? MAPPING_READABLE : 0u) | (p[1] == 'w' ? MAPPING_WRITABLE : 0u) |
           (p[2] == 'x' ? MAPPING_EXECUTABLE : 0u) | (p[3] == 's' ? MAPPING_SHARED : 0u);
}

static bool starts_with(const struct mapping *mapping, const char *prefix)
{
    uint32_t i = 0;
    while (prefix[i] && i < mapping->path_length && mapping->path[i] == prefix[i])
        i++;
    return !prefix[i];
}

/* Plain memory with a name in /dev is no device. An anonymous shared mapping is /dev/zero's. */
static bool is_device(const struct mapping *mapping)
{
    return starts_with(mapping, "/dev/") && !starts_with(mapping, "/dev/zero") &&
           !starts_with(mapping, "/dev/shm/") && !starts_with(mapping, "/dev/hugepages/");
}

static uint32_t flags_of_name(const struct mapping *mapping, uint64_t inode)
{
    if (inode != 0)
        return MAPPING_FILE | (is_device(mapping) ? MAPPING_DEVICE : 0u);
    return starts_with(mapping, "[heap]")    ? MAPPING_HEAP
           : starts_with(mapping, "[stack]") ? MAPPING_STACK
                                             : 0u;
}

/* "55d0-55d1 rw-p 00001000 fe:01 1234    /path"; whether it is such a line. */
static bool parse_line(const char *line, const char *end, struct mapping *mapping)
{
    struct cursor cursor = {line, end, 0};
    mapping->begin = take_number(&cursor, 16);
    take(&cursor, '-');
    mapping->end = take_number(&cursor, 16);
    take(&cursor, ' ');
    mapping->flags = take_permissions(&cursor);
    take(&cursor, ' ');
    take_number(&cursor, 16);
    take(&cursor, ' ');
    take_number(&cursor, 16);
    take(&cursor, ':');
    take_number(&cursor, 16);
    take(&cursor, ' ');
    uint64_t inode = take_number(&cursor, 10);
    while (cursor.at < end && *cursor.at == ' ')
        cursor.at++;
    mapping->path = cursor.at;
    mapping->path_length = (uint32_t)(end - cursor.at);
    mapping->flags |= flags_of_name(mapping, inode);
    return !cursor.bad && mapping->begin < mapping->end;
}

size_t memory_map_parse(const char *text, size_t length, struct mapping *mappings, size_t capacity)
{
    size_t count = 0;
    const char *end = text + length;
    for (const char *line = text; line < end;) {
        const char *line_end = line;
        struct mapping mapping;
        while (line_end < end && *line_end != '\n')
            line_end++;
        if (parse_line(line, line_end, &mapping)) {
            if (count < capacity)
                mappings[count] = mapping;
            count++;
        }
        line = line_end + 1;
    }
    return count;
}

/* --- looking up ---------------------------------------------------------- */

/* The first mapping that ends above the address. */
const struct mapping *memory_map_above(const struct memory_map *map, uint64_t address)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->mappings[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < map->count ? &map->mappings[low] : NULL;
}

const struct mapping *memory_map_find(const struct memory_map *map, uint64_t address)
{
    const struct mapping *mapping = memory_map_above(map, address);
    return mapping && mapping->begin <= address ? mapping : NULL;
}

/* --- reading ------------------------------------------------------------- */

/* Kept from load to load: pages are never given back. */
static struct {
    char *text;
    size_t text_size;
    struct mapping *mappings;
    size_t capacity;
} own;

static int grow_text(void)
{
    size_t size = own.text_size ? 2 * own.text_size : TEXT_FIRST;
    char *text = pages_map(size);
    if (!text)
        return -ENOMEM;
    own.text = text;
    own.text_size = size;
    return 0;
}

static int grow_mappings(size_t count)
{
    struct mapping *mappings = pages_map(2 * count * sizeof *mappings);
    if (!mappings)
        return -ENOMEM;
    own.mappings = mappings;
    own.capacity = 2 * count;
    return 0;
}

void memory_map_before_chroot(void)
{
    long fd = sys_open("/proc/self/maps", O_RDONLY, 0);
    if (sys_is_error(fd))
        return;
    descriptor_let_go(DESCRIPTOR_MAPS);
    descriptor_keep(DESCRIPTOR_MAPS, (int)fd, true);
}

void memory_map_forked(void)
{
    descriptor_let_go(DESCRIPTOR_MAPS);
}

/* From the file that was opened in time; `error` if there is none. */
static long read_kept(long error)
{
    int fd = descriptor_of(DESCRIPTOR_MAPS);
    if (fd < 0)
        return error;
    size_t used = 0;
    long got = 1;
    while (got > 0 && used < own.text_size - 1) {
        got = sys_pread(fd, own.text + used, own.text_size - 1 - used, used);
        used += got > 0 ? (size_t)got : 0;
    }
    return got < 0 ? got : (long)used;
}

/* The whole text; -ENOSPC: it does not fit, and so has to be read anew after the buffer has grown,
 * because growing changes it. */
static long read_text(void)
{
    long length = sys_read_file("/proc/self/maps", own.text, own.text_size);
    if (length == -ENOENT || length == -ENOTDIR)
        length = read_kept(length);
    return length == (long)own.text_size - 1 ? -ENOSPC : length;
}

int memory_map_load(struct memory_map *map)
{
    long length = -ENOSPC;
    *map = (struct memory_map){NULL, 0};
    if (own.text)
        length = read_text();
    while (length == -ENOSPC) {
        int result = grow_text();
        if (result != 0)
            return result;
        length = read_text();
    }
    if (length < 0)
        return (int)length;
    if (!own.mappings && grow_mappings(MAPPINGS_FIRST) != 0)
        return -ENOMEM;
    size_t count = memory_map_parse(own.text, (size_t)length, own.mappings, own.capacity);
    if (count > own.capacity) {
        if (grow_mappings(count) != 0)
            return -ENOMEM;
        memory_map_parse(own.text, (size_t)length, own.mappings, own.capacity);
    }
    *map = (struct memory_map){own.mappings, count};
    return 0;
}
