/* valgrind/valgrind.h: valgrind's client requests, for a program that is traced by leakreport.
 *
 * A program that was annotated for valgrind is built with this folder in its include path instead
 * (-I/usr/include/leakreport): what it says of its pools and allocators then reaches the tracer.
 * Nothing is linked; not traced, and under valgrind itself, every request does nothing and answers
 * what it would outside of valgrind. Requests that leakreport has no use for do nothing at all.
 *
 * The names and numbers are valgrind's; what is behind them is leakreport.h. */
#ifndef __VALGRIND_H
#define __VALGRIND_H

#include <leakreport.h>
#include <stdarg.h>

#define __VALGRIND_MAJOR__ 3
#define __VALGRIND_MINOR__ 19

#if defined(NVALGRIND)
#define VALGRIND_DO_CLIENT_REQUEST_EXPR(otherwise, request, a, b, c, d, e) (otherwise)
#else
#define VALGRIND_DO_CLIENT_REQUEST_EXPR(otherwise, request, a, b, c, d, e)                         \
    ((unsigned long)LEAKREPORT_CLIENT_REQUEST(otherwise, request, a, b, c, d, e))
#endif
#define VALGRIND_DO_CLIENT_REQUEST_STMT(request, a, b, c, d, e)                                    \
    do {                                                                                           \
        (void)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, request, a, b, c, d, e);                          \
    } while (0)
#define VALGRIND_DO_CLIENT_REQUEST(result, otherwise, request, a, b, c, d, e)                      \
    ((result) = VALGRIND_DO_CLIENT_REQUEST_EXPR(otherwise, request, a, b, c, d, e))

#define VG_USERREQ_TOOL_BASE(a, b)  ((unsigned int)(((a)&0xff) << 24 | ((b)&0xff) << 16))
#define VG_IS_TOOL_USERREQ(a, b, v) (VG_USERREQ_TOOL_BASE(a, b) == ((v)&0xffff0000))

typedef enum {
    VG_USERREQ__RUNNING_ON_VALGRIND = 0x1001,
    VG_USERREQ__DISCARD_TRANSLATIONS = 0x1002,
    VG_USERREQ__CLIENT_CALL0 = 0x1101,
    VG_USERREQ__CLIENT_CALL1 = 0x1102,
    VG_USERREQ__CLIENT_CALL2 = 0x1103,
    VG_USERREQ__CLIENT_CALL3 = 0x1104,
    VG_USERREQ__COUNT_ERRORS = 0x1201,
    VG_USERREQ__GDB_MONITOR_COMMAND = 0x1202,
    VG_USERREQ__CLO_CHANGE = 0x1203,
    VG_USERREQ__MALLOCLIKE_BLOCK = 0x1301,
    VG_USERREQ__FREELIKE_BLOCK = 0x1302,
    VG_USERREQ__CREATE_MEMPOOL = 0x1303,
    VG_USERREQ__DESTROY_MEMPOOL = 0x1304,
    VG_USERREQ__MEMPOOL_ALLOC = 0x1305,
    VG_USERREQ__MEMPOOL_FREE = 0x1306,
    VG_USERREQ__MEMPOOL_TRIM = 0x1307,
    VG_USERREQ__MOVE_MEMPOOL = 0x1308,
    VG_USERREQ__MEMPOOL_CHANGE = 0x1309,
    VG_USERREQ__MEMPOOL_EXISTS = 0x130a,
    VG_USERREQ__RESIZEINPLACE_BLOCK = 0x130b,
    VG_USERREQ__PRINTF = 0x1401,
    VG_USERREQ__PRINTF_BACKTRACE = 0x1402,
    VG_USERREQ__PRINTF_VALIST_BY_REF = 0x1403,
    VG_USERREQ__PRINTF_BACKTRACE_VALIST_BY_REF = 0x1404,
    VG_USERREQ__STACK_REGISTER = 0x1501,
    VG_USERREQ__STACK_DEREGISTER = 0x1502,
    VG_USERREQ__STACK_CHANGE = 0x1503,
    VG_USERREQ__LOAD_PDB_DEBUGINFO = 0x1601,
    VG_USERREQ__MAP_IP_TO_SRCLOC = 0x1701,
    VG_USERREQ__CHANGE_ERR_DISABLEMENT = 0x1801,
    VG_USERREQ__VEX_INIT_FOR_IRI = 0x1901,
    VG_USERREQ__INNER_THREADS = 0x1902
} Vg_ClientRequest;

/* 0: a program that asks so does something else under valgrind, and would here. */
#define RUNNING_ON_VALGRIND                                                                        \
    ((unsigned)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0))
#define VALGRIND_DISCARD_TRANSLATIONS(address, length)                                             \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__DISCARD_TRANSLATIONS, address, length, 0, 0, 0)
#define VALGRIND_INNER_THREADS(address)                                                            \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__INNER_THREADS, address, 0, 0, 0, 0)

/* --- output -------------------------------------------------------------- */

static __inline__ __attribute__((unused, format(printf, 1, 2))) int VALGRIND_PRINTF(
    const char *format, ...)
{
    (void)format;
    return 0;
}
static __inline__ __attribute__((unused, format(printf, 1, 2))) int VALGRIND_PRINTF_BACKTRACE(
    const char *format, ...)
{
    (void)format;
    return 0;
}

/* --- calls on the real processor: nothing is called outside of valgrind --- */

#define VALGRIND_NON_SIMD_CALL0(function)                                                          \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__CLIENT_CALL0, function, 0, 0, 0, 0)
#define VALGRIND_NON_SIMD_CALL1(function, a)                                                       \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__CLIENT_CALL1, function, a, 0, 0, 0)
#define VALGRIND_NON_SIMD_CALL2(function, a, b)                                                    \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__CLIENT_CALL2, function, a, b, 0, 0)
#define VALGRIND_NON_SIMD_CALL3(function, a, b, c)                                                 \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__CLIENT_CALL3, function, a, b, c, 0)

/* --- errors -------------------------------------------------------------- */

#define VALGRIND_COUNT_ERRORS                                                                      \
    ((unsigned)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__COUNT_ERRORS, 0, 0, 0, 0, 0))
#define VALGRIND_DISABLE_ERROR_REPORTING                                                           \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__CHANGE_ERR_DISABLEMENT, 1, 0, 0, 0, 0)
#define VALGRIND_ENABLE_ERROR_REPORTING                                                            \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__CHANGE_ERR_DISABLEMENT, -1, 0, 0, 0, 0)
#define VALGRIND_MONITOR_COMMAND(command)                                                          \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__GDB_MONITOR_COMMAND, command, 0, 0, 0, 0)
#define VALGRIND_CLO_CHANGE(option)                                                                \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__CLO_CHANGE, option, 0, 0, 0, 0)
#define VALGRIND_LOAD_PDB_DEBUGINFO(fd, address, delta)                                            \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__LOAD_PDB_DEBUGINFO, fd, address, delta, 0, 0)
#define VALGRIND_MAP_IP_TO_SRCLOC(address, buffer)                                                 \
    ((unsigned)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__MAP_IP_TO_SRCLOC, address, buffer,   \
                                               0, 0, 0))

/* --- blocks and pools: leakreport.h says what they mean ------------------- */

#define VALGRIND_MALLOCLIKE_BLOCK(address, size, red_zone, is_zeroed)                              \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MALLOCLIKE_BLOCK, address, size, red_zone,         \
                                    is_zeroed, 0)
#define VALGRIND_RESIZEINPLACE_BLOCK(address, old_size, new_size, red_zone)                        \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__RESIZEINPLACE_BLOCK, address, old_size, new_size,  \
                                    red_zone, 0)
#define VALGRIND_FREELIKE_BLOCK(address, red_zone)                                                 \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__FREELIKE_BLOCK, address, red_zone, 0, 0, 0)
#define VALGRIND_CREATE_MEMPOOL(pool, red_zone, is_zeroed)                                         \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__CREATE_MEMPOOL, pool, red_zone, is_zeroed, 0, 0)
#define VALGRIND_MEMPOOL_AUTO_FREE 1
#define VALGRIND_MEMPOOL_METAPOOL  2
#define VALGRIND_CREATE_MEMPOOL_EXT(pool, red_zone, is_zeroed, flags)                              \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__CREATE_MEMPOOL, pool, red_zone, is_zeroed, flags, 0)
#define VALGRIND_DESTROY_MEMPOOL(pool)                                                             \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__DESTROY_MEMPOOL, pool, 0, 0, 0, 0)
#define VALGRIND_MEMPOOL_ALLOC(pool, address, size)                                                \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MEMPOOL_ALLOC, pool, address, size, 0, 0)
#define VALGRIND_MEMPOOL_FREE(pool, address)                                                       \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MEMPOOL_FREE, pool, address, 0, 0, 0)
#define VALGRIND_MEMPOOL_TRIM(pool, address, size)                                                 \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MEMPOOL_TRIM, pool, address, size, 0, 0)
#define VALGRIND_MOVE_MEMPOOL(pool, new_pool)                                                      \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MOVE_MEMPOOL, pool, new_pool, 0, 0, 0)
#define VALGRIND_MEMPOOL_CHANGE(pool, address, new_address, size)                                  \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__MEMPOOL_CHANGE, pool, address, new_address, size, 0)
#define VALGRIND_MEMPOOL_EXISTS(pool)                                                              \
    ((unsigned)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__MEMPOOL_EXISTS, pool, 0, 0, 0, 0))

/* --- stacks: found by leakreport itself ----------------------------------- */

#define VALGRIND_STACK_REGISTER(start, end)                                                        \
    ((unsigned)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, VG_USERREQ__STACK_REGISTER, start, end, 0, 0, 0))
#define VALGRIND_STACK_DEREGISTER(number)                                                          \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__STACK_DEREGISTER, number, 0, 0, 0, 0)
#define VALGRIND_STACK_CHANGE(number, start, end)                                                  \
    VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__STACK_CHANGE, number, start, end, 0, 0)

#endif
