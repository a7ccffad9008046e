# leakreport --follow: a program watched while it runs; memory that malloc does not explain.
source "$TESTS/e2e/live.sh"

test_lines_follow_a_program_to_its_end() {
    serve
    "$REPORT" --follow=plain "$server" >lines 2>&1 &
    local watcher=$!
    until [ "$(wc -l <lines)" -ge 3 ]; do sleep 0.1; done
    unharmed
    wait $watcher
    has lines 'seconds     bytes in use       blocks     allocs/s      frees/s' "process $server has ended"
    [ "$(awk 'NR == 3 { gsub(",", ""); print ($2 > 60000 && $3 > 1000 && $4 > 0) }' lines)" = 1 ] || fail "$(cat lines)"
    report --follow
    has report.err 'leakreport: --follow watches one process: leakreport --follow PID'
}

# Keys: s sorts, / filters, Enter opens a stack, c checks; 80 columns, then 60.
test_screen_sorts_filters_opens_and_checks() {
    serve
    cat >terminal.py <<'P'
import fcntl, os, pty, re, select, struct, sys, termios, time
def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
def picture(data, rows, columns):
    cells, y, x, at = [[' '] * columns for _ in range(rows)], 0, 0, 0
    text = data.decode()
    while at < len(text):
        sequence = re.match(r'\033\[\??[0-9;]*([A-Za-z])', text[at:])
        if sequence:
            if sequence.group(1) == 'H':
                y = x = 0
            at += len(sequence.group(0))
            continue
        if text[at] == '\n':
            y += 1
            assert y < rows, 'a line below the screen'
        elif text[at] == '\r':
            x = 0
        else:
            assert x < columns, 'a column beside the screen'
            cells[y][x] = text[at]
            x += 1
        at += 1
    return '\n'.join(''.join(line).rstrip() for line in cells)
child, fd = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
rows, columns = 24, 80
size(fd, rows, columns)
def until(text):
    global rows, columns
    seen, end = b'', time.time() + 60
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            seen += os.read(fd, 65536)
        last = seen.rsplit(b'\033[H', 1)
        if len(last) == 2:
            whole = (seen.rsplit(b'\033[H', 2)[-2], last[1])
            for one in whole:
                try:
                    shown = picture(one, rows, columns)
                except (AssertionError, UnicodeDecodeError):
                    continue
                if text in shown:
                    print(shown)
                    return
    raise SystemExit('never on the screen: ' + text + '\n' + picture(seen.rsplit(b'\033[H', 1)[-1], 200, 300))
until('calls/s trend stack')
os.write(fd, b's'); until('s sort: bytes/s')
os.write(fd, b'/lose\r'); until('/ filter: lose'); until('lose < main')
os.write(fd, b'\r'); until('lose (live_server.c:')
os.write(fd, b'x'); until('calls/s trend stack')
os.write(fd, b'c'); until('1,344 bytes in 21 blocks are lost now')
columns = 60
size(fd, rows, columns); os.kill(child, 28); os.write(fd, b'x'); until('q quit')
os.write(fd, b'q')
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
P
    python3 terminal.py "$REPORT" --follow "$server" >screen || fail "$(tail -60 screen)"
    has screen "leakreport: process $server, 0:00:" 'a second: '
    unharmed
}

# 40,000 blocks of 1,000 bytes, of which each tenth stays; 20 MB that are mapped; 3 threads.
test_report_says_what_malloc_does_not_explain() {
    cat >memory.c <<'C'
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static char *kept[40000];
static void *use_stack(void *unused)
{
    volatile char part[300000];
    memset((void *)part, 1, sizeof part);
    pause();
    return unused;
}
int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 40000; i++)
        memset(kept[i] = malloc(1000), 1, 1000);
    for (int i = 0; i < 39990; i++)
        if (i >= 4000)
            free(kept[i]), kept[i] = NULL;
    memset(mmap(NULL, 20000000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 20000000);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, use_stack, NULL);
    sleep(1);
#if __GLIBC_PREREQ(2, 33)
#define mallinfo mallinfo2
#endif
    printf("%ld\n", (long)mallinfo().fordblks);
    return 0;
}
C
    gcc -g -O0 -pthread -o memory memory.c
    traced ./memory
    report -v trace.log
    has report 'in blocks 4.0, around them 0.' 'free inside malloc 36.' '(malloc_trim would give back 3' 'mmapped by the program 20.0' 'stacks of 3 threads 0.'
    # As glibc has it, but for what of its top has no pages yet.
    awk 'FNR == NR { libc = $1 / 1e6; next } { sub(/.*free inside malloc /, ""); exit !(libc - $1 >= -0.05 && libc - $1 < 0.25) }' \
        out <(grep 'free inside malloc' report) || fail "free inside malloc: $(cat out), $(grep resident report)"
}
