/* below_main.h: where a call stack stops being of interest: at main, or at what calls it.
 *
 * valgrind's rule: show a stack up to the first main; a stack without main, up to the first of
 * libc's start functions, which is then called "(below main)". One whose name has a version,
 * __libc_start_main@@GLIBC_2.34, is a frame as any: it runs constructors.
 */
#ifndef BELOW_MAIN_H
#define BELOW_MAIN_H

#include "read/model.h"

enum below_main { BELOW_MAIN_NO = 0, BELOW_MAIN_IS_MAIN, BELOW_MAIN_IS_BELOW };

/* Of a frame that has been symbolized: its outermost position decides. */
enum below_main below_main_judge(const struct frame *frame);

#endif
