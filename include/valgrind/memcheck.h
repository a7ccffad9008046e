/* valgrind/memcheck.h: memcheck's client requests, for a program that is traced by leakreport; see
 * valgrind.h beside it. What concerns memory's contents does nothing and answers what memcheck
 * answers outside of valgrind. */
#ifndef __MEMCHECK_H
#define __MEMCHECK_H

#include "valgrind.h"

typedef enum {
    VG_USERREQ__MAKE_MEM_NOACCESS = 0x4d430000,
    VG_USERREQ__MAKE_MEM_UNDEFINED,
    VG_USERREQ__MAKE_MEM_DEFINED,
    VG_USERREQ__DISCARD,
    VG_USERREQ__CHECK_MEM_IS_ADDRESSABLE,
    VG_USERREQ__CHECK_MEM_IS_DEFINED,
    VG_USERREQ__DO_LEAK_CHECK,
    VG_USERREQ__COUNT_LEAKS,
    VG_USERREQ__GET_VBITS,
    VG_USERREQ__SET_VBITS,
    VG_USERREQ__CREATE_BLOCK,
    VG_USERREQ__MAKE_MEM_DEFINED_IF_ADDRESSABLE,
    VG_USERREQ__COUNT_LEAK_BLOCKS,
    VG_USERREQ__ENABLE_ADDR_ERROR_REPORTING_IN_RANGE,
    VG_USERREQ__DISABLE_ADDR_ERROR_REPORTING_IN_RANGE
} Vg_MemCheckClientRequest;

#define MEMCHECK_ASK_(otherwise, request, a, b, c)                                                 \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(otherwise, request, a, b, c, 0, 0)

/* --- memory's contents ---------------------------------------------------- */

#define VALGRIND_MAKE_MEM_NOACCESS(address, length)                                                \
    MEMCHECK_ASK_(0, VG_USERREQ__MAKE_MEM_NOACCESS, address, length, 0)
#define VALGRIND_MAKE_MEM_UNDEFINED(address, length)                                               \
    MEMCHECK_ASK_(0, VG_USERREQ__MAKE_MEM_UNDEFINED, address, length, 0)
#define VALGRIND_MAKE_MEM_DEFINED(address, length)                                                 \
    MEMCHECK_ASK_(0, VG_USERREQ__MAKE_MEM_DEFINED, address, length, 0)
#define VALGRIND_MAKE_MEM_DEFINED_IF_ADDRESSABLE(address, length)                                  \
    MEMCHECK_ASK_(0, VG_USERREQ__MAKE_MEM_DEFINED_IF_ADDRESSABLE, address, length, 0)
#define VALGRIND_CHECK_MEM_IS_ADDRESSABLE(address, length)                                         \
    MEMCHECK_ASK_(0, VG_USERREQ__CHECK_MEM_IS_ADDRESSABLE, address, length, 0)
#define VALGRIND_CHECK_MEM_IS_DEFINED(address, length)                                             \
    MEMCHECK_ASK_(0, VG_USERREQ__CHECK_MEM_IS_DEFINED, address, length, 0)
#define VALGRIND_CHECK_VALUE_IS_DEFINED(value)                                                     \
    VALGRIND_CHECK_MEM_IS_DEFINED((const volatile unsigned char *)&(value), sizeof(value))
#define VALGRIND_GET_VBITS(address, bits, bytes)                                                   \
    ((unsigned)MEMCHECK_ASK_(0, VG_USERREQ__GET_VBITS, address, bits, bytes))
#define VALGRIND_SET_VBITS(address, bits, bytes)                                                   \
    ((unsigned)MEMCHECK_ASK_(0, VG_USERREQ__SET_VBITS, address, bits, bytes))
#define VALGRIND_DISABLE_ADDR_ERROR_REPORTING_IN_RANGE(address, length)                            \
    MEMCHECK_ASK_(0, VG_USERREQ__DISABLE_ADDR_ERROR_REPORTING_IN_RANGE, address, length, 0)
#define VALGRIND_ENABLE_ADDR_ERROR_REPORTING_IN_RANGE(address, length)                             \
    MEMCHECK_ASK_(0, VG_USERREQ__ENABLE_ADDR_ERROR_REPORTING_IN_RANGE, address, length, 0)

/* --- names: the report shows them with the leaks of the region ------------- */

#define VALGRIND_CREATE_BLOCK(address, length, name)                                               \
    MEMCHECK_ASK_(0, VG_USERREQ__CREATE_BLOCK, address, length, name)
#define VALGRIND_DISCARD(number) MEMCHECK_ASK_(0, VG_USERREQ__DISCARD, 0, number, 0)

/* --- leak checks: each of them is a whole one ------------------------------ */

#define MEMCHECK_LEAK_CHECK_()         (void)MEMCHECK_ASK_(0, VG_USERREQ__DO_LEAK_CHECK, 0, 0, 0)
#define VALGRIND_DO_LEAK_CHECK         MEMCHECK_LEAK_CHECK_()
#define VALGRIND_DO_ADDED_LEAK_CHECK   MEMCHECK_LEAK_CHECK_()
#define VALGRIND_DO_CHANGED_LEAK_CHECK MEMCHECK_LEAK_CHECK_()
#define VALGRIND_DO_NEW_LEAK_CHECK     MEMCHECK_LEAK_CHECK_()
#define VALGRIND_DO_QUICK_LEAK_CHECK   MEMCHECK_LEAK_CHECK_()

/* Of the latest such check. Nothing is suppressed there. */
#define MEMCHECK_COUNT_(request, leaked, dubious, reachable, suppressed)                           \
    do {                                                                                           \
        unsigned long leaked_ = 0, dubious_ = 0, reachable_ = 0, suppressed_ = 0;                  \
        (void)VALGRIND_DO_CLIENT_REQUEST_EXPR(0, request, &leaked_, &dubious_, &reachable_,        \
                                              &suppressed_, 0);                                    \
        (leaked) = leaked_;                                                                        \
        (dubious) = dubious_;                                                                      \
        (reachable) = reachable_;                                                                  \
        (suppressed) = suppressed_;                                                                \
    } while (0)
#define VALGRIND_COUNT_LEAKS(leaked, dubious, reachable, suppressed)                               \
    MEMCHECK_COUNT_(VG_USERREQ__COUNT_LEAKS, leaked, dubious, reachable, suppressed)
#define VALGRIND_COUNT_LEAK_BLOCKS(leaked, dubious, reachable, suppressed)                         \
    MEMCHECK_COUNT_(VG_USERREQ__COUNT_LEAK_BLOCKS, leaked, dubious, reachable, suppressed)

#endif
