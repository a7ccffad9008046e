/* 200 bad frees in as many places of the program. */
#include <stdlib.h>
#define PLACE(n) free((void *)(0x7000L + 16 * n));
#define TEN(n) PLACE(n) PLACE(n + 1) PLACE(n + 2) PLACE(n + 3) PLACE(n + 4) PLACE(n + 5) PLACE(n + 6) PLACE(n + 7) PLACE(n + 8) PLACE(n + 9)
#define FIFTY(n) TEN(n) TEN(n + 10) TEN(n + 20) TEN(n + 30) TEN(n + 40)

int main(void)
{
    FIFTY(0) FIFTY(50) FIFTY(100) FIFTY(150)
    return 0;
}
