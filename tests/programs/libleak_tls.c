/* A library with thread-local and plain data that hold what they are given. */
static __thread void *of_thread;
static void *of_library;
void leak_tls_hold(void *block)
{
    of_thread = block;
}
void leak_library_hold(void *block)
{
    of_library = block;
}
