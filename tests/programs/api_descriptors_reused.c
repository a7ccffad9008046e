/* A program that closes what it did not open and then has files of its own under the first numbers. Its code without
 * unwind information must be walked all the same, and its files stay as they are: neither read from nor written to. */
#define _GNU_SOURCE
#include "api.h"
#include "older.h"

#include <fcntl.h>

/* A caller of malloc that no table describes and that uses %rbp for something else. */
void *bare_malloc(size_t size);
__asm__(".text\n"
        ".globl bare_malloc\n"
        ".type bare_malloc, @function\n"
        "bare_malloc:\n"
        "    push %rbp\n"
        "    push %rbx\n"
        "    sub $24, %rsp\n"
        "    mov $0x12345678, %ebp\n"
        "    call malloc@PLT\n"
        "    add $24, %rsp\n"
        "    pop %rbx\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size bare_malloc, .-bare_malloc\n"
        ".section .note.GNU-stack, \"\", @progbits\n"
        ".text\n");

int main(void)
{
    closefrom(3);
    char name[20];
    for (int fd = 3; fd < 40; fd++) {
        snprintf(name, sizeof name, "own%d", fd);
        CHECK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600) == fd);
        CHECK(write(fd, "0123456789", 10) == 10);
        CHECK(lseek(fd, 2, SEEK_SET) == 2);
    }
    for (int i = 0; i < 50; i++)
        got(bare_malloc(40 + i), 40 + i);
    for (int fd = 3; fd < 40; fd++) {
        char text[21] = "";
        CHECK(lseek(fd, 0, SEEK_CUR) == 2);
        CHECK(pread(fd, text, 20, 0) == 10 && strcmp(text, "0123456789") == 0);
    }
    return tell();
}
