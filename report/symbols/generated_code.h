/* generated_code.h: names for code that was made at run time, from perf's map file and the jitdump.
 *
 * Lines START SIZE NAME, in hexadecimal digits; what makes code writes one for each piece of it,
 * and nothing when a piece is given up. So where several lines have an address the last one is
 * taken, and counted. Names that tell a place in a source give file and line as well:
 *
 *     JS:*name /path/x.js:10:5    V8: ~ interpreted, + or ^ compiled, * optimized
 *     py::name:/path/x.py         Python (-X perf)
 *
 * Other names (JVM, .NET, LuaJIT) stay as they are. Lines that are none are passed over. A jitdump
 * tells the lines of addresses besides.
 */
#ifndef GENERATED_CODE_H
#define GENERATED_CODE_H

#include <stddef.h>
#include <stdint.h>
#include "read/model.h"

struct generated_code; /* opaque */

/* text: NUL ended, stays the caller's and as it is until generated_code_free. */
struct generated_code *generated_code_new(const char *text);
/* Adds what a jitdump says, which stays the caller's and as it is, too; where both have an address,
 * this one counts: it tells lines. */
void generated_code_add_jitdump(struct generated_code *code, const char *records, size_t size);
void generated_code_free(struct generated_code *code);
/* One position, good until generated_code_free; NULL: no line has the address. */
const struct position *generated_code_find(struct generated_code *code, uint64_t address);
/* How many of those that were found lie in code that took another one's place. */
uint64_t generated_code_replaced(const struct generated_code *code);

#endif
