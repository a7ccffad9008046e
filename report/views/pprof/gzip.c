#include "views/pprof/gzip.h"
#include <stdlib.h>
#include "base/memory.h"

static void *gzip_allocate(void *context, unsigned count, unsigned size)
{
    (void)context;
    return memory_zeroed(count, size);
}

static void gzip_free(void *context, void *memory)
{
    (void)context;
    free(memory);
}

void gzip_begin(struct gzip *gzip, FILE *out)
{
    enum { GZIP_HEADER = 16, MEMORY_LEVEL = 8 };

    *gzip = (struct gzip){.out = out};
    gzip->stream = (z_stream){.zalloc = gzip_allocate, .zfree = gzip_free};
    deflateInit2(&gzip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP_HEADER,
                 MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
}

static void gzip_run(struct gzip *gzip, int flush)
{
    unsigned char piece[16384];

    do {
        gzip->stream.next_out = piece;
        gzip->stream.avail_out = sizeof piece;
        deflate(&gzip->stream, flush);
        fwrite(piece, 1, sizeof piece - gzip->stream.avail_out, gzip->out);
    } while (gzip->stream.avail_out == 0);
}

void gzip_put(struct gzip *gzip, const void *bytes, size_t size)
{
    gzip->stream.next_in = (Bytef *)bytes;
    gzip->stream.avail_in = (uInt)size;
    gzip_run(gzip, Z_NO_FLUSH);
}

void gzip_end(struct gzip *gzip)
{
    gzip_run(gzip, Z_FINISH);
    deflateEnd(&gzip->stream);
}
