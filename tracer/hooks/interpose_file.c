/* fread and fwrite, as far as they hand the program's buffer to the kernel: see guard/handed.h.
 *
 * A stream reads and writes what is small through a buffer of its own, where a wrong address is a
 * fault like any other; so here it is not looked before. The kernel's EFAULT says that it was
 * handed over, and how much was done by then. */
#include "hooks/interpose.h"

#include "hooks/hand_over.h"

#include <stdio.h>

typedef size_t file_function(void *, size_t, size_t, FILE *);

static struct {
    int (*is_failed)(FILE *);
    void (*forget)(FILE *);
} stream;

static bool find_stream(void)
{
    stream.forget = (void (*)(FILE *))real_find("clearerr");
    stream.is_failed = (int (*)(FILE *))real_find("ferror");
    return stream.forget && stream.is_failed;
}

/* The bytes are counted, because of an element some may be done. */
static size_t move(file_function *next, char *at, size_t bytes, FILE *file,
                   enum trace_parameter parameter, const struct call_site *site)
{
    const struct handed handed = {at, bytes, HANDED_BYTES, parameter};
    bool failed_before = stream.is_failed(file);
    size_t done = next(at, 1, bytes, file);
    for (int again = 0; again < 2 && done < bytes; again++) {
        if (failed_before || errno != EFAULT || !stream.is_failed(file))
            break;
        handed_look_at(&handed, 1, site);
        stream.forget(file);
        done += next(at + done, 1, bytes - done, file);
    }
    return done;
}

#define FILE_CALL(symbol, at, parameter)                                                           \
    size_t handed_##symbol(void *, size_t, size_t, FILE *) __asm__(#symbol);                       \
    INTERPOSE size_t handed_##symbol(void *at, size_t size, size_t count, FILE *file)              \
    {                                                                                              \
        static file_function *next;                                                                \
        size_t bytes;                                                                              \
        if (__builtin_expect(!next, 0) && !(next = (file_function *)real_find(#symbol)))           \
            return 0;                                                                              \
        if (__builtin_expect(guard_area_owns(at), 0) && size &&                                    \
            !__builtin_mul_overflow(size, count, &bytes) && find_stream()) {                       \
            struct call_site site = UNWIND_CALL_SITE(handed_##symbol);                             \
            return move(next, at, bytes, file, TRACE_PARAMETER_##parameter, &site) / size;         \
        }                                                                                          \
        return next(at, size, count, file);                                                        \
    }
FILE_CALL(fread, to, READ)
FILE_CALL(fread_unlocked, to, READ)
FILE_CALL(fwrite, from, WRITE)
FILE_CALL(fwrite_unlocked, from, WRITE)

/* Where the compiler knows how much room there is. */
size_t __fread_chk(void *, size_t, size_t, size_t, FILE *);
INTERPOSE size_t __fread_chk(void *to, size_t room, size_t size, size_t count, FILE *file)
{
    static size_t (*next)(void *, size_t, size_t, size_t, FILE *);
    size_t bytes;
    if (__builtin_expect(!next, 0))
        next = (size_t(*)(void *, size_t, size_t, size_t, FILE *))real_find("__fread_chk");
    if (__builtin_expect(guard_area_owns(to), 0) && !__builtin_mul_overflow(size, count, &bytes) &&
        bytes <= room)
        return handed_fread(to, size, count, file);
    return next(to, room, size, count, file);
}
