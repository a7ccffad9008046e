// many_stacks N [BLOCKS]: N distinct call stacks with BLOCKS live blocks each [1], none of them reachable. Each digit of
// a stack's number, to the base 32, is the line of a call.
#include <stdio.h>
#include <stdlib.h>

static char *grow(unsigned number, int digits);

#define CALL(n)                                                                                    \
    case n:                                                                                        \
        block = grow(number / 32, digits - 1);                                                     \
        break;
static char *grow(unsigned number, int digits)
{
    char *block = NULL;

    if (digits == 0)
        return malloc(24);
    switch (number % 32) {
        CALL(0)
        CALL(1)
        CALL(2)
        CALL(3)
        CALL(4)
        CALL(5)
        CALL(6)
        CALL(7)
        CALL(8)
        CALL(9)
        CALL(10)
        CALL(11)
        CALL(12)
        CALL(13)
        CALL(14)
        CALL(15)
        CALL(16)
        CALL(17)
        CALL(18)
        CALL(19)
        CALL(20)
        CALL(21)
        CALL(22)
        CALL(23)
        CALL(24)
        CALL(25)
        CALL(26)
        CALL(27)
        CALL(28)
        CALL(29)
        CALL(30)
        CALL(31)
    }
    return block;
}

int main(int count, char **arguments)
{
    unsigned wanted = count > 1 ? (unsigned)atoi(arguments[1]) : 100000, made = 0;
    unsigned blocks = count > 2 ? (unsigned)atoi(arguments[2]) : 1;

    for (unsigned number = 0; number < wanted; number++)
        for (unsigned i = 0; i < blocks; i++)
            made += grow(number, 4) != NULL;
    printf("%u\n", made);
    return made != wanted * blocks;
}
