/* One line a second. */
#include <stdio.h>
#include <unistd.h>
#include "base/number_text.h"
#include "live/follow_plain.h"
#include "live/follow_data.h"

enum { HEAD_EACH = 20 };

#define NUMBER(n) number_text((uint64_t)(n)).text

static void follow_put_head(void)
{
    printf("%10s %16s %12s %12s %12s %16s %16s\n", "seconds", "bytes in use", "blocks", "allocs/s",
           "frees/s", "bytes/s", "resident bytes");
}

static void follow_put_line(const struct follow_data *data)
{
    printf("%10.1f %16s %12s %12s %12s %16s %16s\n", follow_data_seconds(data),
           NUMBER(data->model.bytes_in_use), NUMBER(data->model.blocks_in_use),
           NUMBER(data->allocations_per_second), NUMBER(data->frees_per_second),
           NUMBER(data->bytes_per_second), data->resident ? NUMBER(data->resident) : "-");
    fflush(stdout);
}

int follow_plain(const struct options *options, const char *word, struct failure *failure)
{
    struct follow_data data;
    bool runs = true;
    int result = 0;

    if (follow_data_begin(&data, options, word, failure) != 0)
        return -1;
    for (unsigned line = 0; runs && result == 0 && !ferror(stdout); line++) {
        if (line)
            sleep(1);
        runs = follow_data_runs(&data);
        result = follow_data_look(&data, failure);
        if (result == 0 && line % HEAD_EACH == 0)
            follow_put_head();
        if (result == 0)
            follow_put_line(&data);
    }
    if (result == 0 && !runs)
        printf("process %d has ended\n", data.log.pid);
    follow_data_end(&data);
    return result;
}
