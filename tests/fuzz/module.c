/* module.c: a module for the corpus, with inlined functions and data. Its code is around 0x1100
 * (tests/fuzz/corpus_log.c counts on that). */
int module_data[16] = {1};

static inline __attribute__((always_inline)) int inner(int number)
{
    return number * module_data[number & 15];
}
static inline __attribute__((always_inline)) int middle(int number)
{
    return inner(number) + inner(number + 1);
}
__attribute__((noinline)) int outer(int number)
{
    return middle(number) ^ 7;
}
int first(int number)
{
    return outer(number) + outer(number + 2);
}
int _ZN5outer5innerIiEEvRKT_(int number)
{
    return first(number) - 1;
}
