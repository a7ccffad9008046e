// As libloader_deep.c, in C++: its operators are libstdc++'s own.
#include <new>

struct alignas(64) aligned { char bytes[64]; };
extern "C" {
void *deep_new() { return new int(7); }
void *deep_new_array() { return new int[7]; }
void *deep_new_aligned() { return new aligned; }
void *deep_new_nothrow() { return new (std::nothrow) int(7); }
void deep_delete(void *block) { delete static_cast<int *>(block); }
void deep_delete_array(void *block) { delete[] static_cast<int *>(block); }
}
