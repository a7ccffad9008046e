/* gzip.h: compresses onto a stream. */
#ifndef GZIP_H
#define GZIP_H

#include <stdio.h>
#include <zlib.h>

struct gzip {
    FILE *out;
    z_stream stream;
};

void gzip_begin(struct gzip *gzip, FILE *out);
void gzip_put(struct gzip *gzip, const void *bytes, size_t size);
void gzip_end(struct gzip *gzip);

#endif
