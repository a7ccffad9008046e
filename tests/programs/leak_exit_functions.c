// flags: -lleak_exit
// Exit functions that a library registered before the program began: libc has given their memory back
// when the last of them has run.
int leak_exit_calls(void);
int main(void)
{
    return leak_exit_calls();
}
