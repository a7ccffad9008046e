/* A C++ library that uses whatever global operator new the process has. */
#include <cstddef>
#include <new>

extern "C" void *libapi_replaced_make(size_t size) { return operator new(size); }
extern "C" void libapi_replaced_drop(void *block) { operator delete(block); }
