#include "check/libc_caches.h"

#include "libc/glibc_layout.h"
#include "libc/guard_area.h"
#include "libc/real.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"

#include <stdio.h>
#include <wchar.h>

static void (*free_block)(void *);
static bool is_glibcs; /* what it frees */

/* What lies in glibc's heap counts as glibc's either way, and a free could make it look through all
 * of its free chunks, each on a page to be copied first. */
static bool need_not_be_freed(const void *pointer)
{
    return guard_area_owns(pointer) ||
           (is_glibcs && !(((const uint64_t *)pointer)[-1] & GLIBC_IS_MMAPPED));
}

/* What the caches held leaves the table of live blocks and the counts. Nobody will ask where it was
 * freed, nor whether twice. */
static void free_and_forget(void *pointer)
{
    struct thread *thread = thread_current();
    struct block block;
    bool is_known = thread && block_table_remove((uint64_t)pointer, &block);
    if (is_known)
        stack_accounts_freed(thread, stack_accounts_at(block.account), block.size,
                             thread->latest == pointer);
    if (!is_known || !need_not_be_freed(pointer))
        free_block(pointer);
}

/* glibc's list of all streams. */
extern FILE *_IO_list_all;

/* Of a wide stream: where it reads and writes, in this order since there are wide streams. */
struct wide {
    wchar_t *read_at, *read_end, *read_base, *write_base, *write_at;
};

/* Freeing stdio's buffers begins with writing what is in them, and with going back to what was not
 * read. That is the parent's to do; and where the program made the stream (fopencookie), its own
 * functions would run here. So there is nothing to write and nothing left unread. */
static void empty_streams(void)
{
    for (FILE *stream = _IO_list_all; stream; stream = stream->_chain) {
        struct wide *wide = (struct wide *)stream->_wide_data;
        stream->_IO_write_ptr = stream->_IO_write_base;
        stream->_IO_read_ptr = stream->_IO_read_end;
        if (stream->_mode <= 0 || !wide)
            continue;
        wide->write_at = wide->write_base;
        wide->read_at = wide->read_end;
    }
}

/* With tracing off every free goes straight to the real one. */
void libc_caches_free(bool of_libc, bool of_cxx, bool malloc_is_glibcs)
{
    free_block = real_found.free;
    is_glibcs = malloc_is_glibcs;
    real.free = free_and_forget;
    empty_streams();
    if (real.cxx_freeres && of_cxx)
        real.cxx_freeres();
    if (real.libc_freeres && of_libc)
        real.libc_freeres();
}
