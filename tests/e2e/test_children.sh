# --trace-children=yes: programs that are run with an environment of their own, and such that cannot be traced.
source "$TESTS/e2e/books.sh"

ways=$PROGRAMS/child_ways

# lost: how many of the logs say that 4,321 bytes are lost
lost() {
    for log in *.log; do "$REPORT" "$log" 2>/dev/null; done | grep -c '4,321 bytes in 1 blocks are definitely lost' || true
}
# own_environment WAY: the child is traced, and sees what it sees without the tracer
own_environment() {
    native "$ways" "$1" "$ways"
    OPTIONS='-q --trace-children=yes --trace-file=%p.log' traced "$ways" "$1" "$ways"
    equal 'exit status' "$native_status" "$status"
    cmp native.out out
    equal 'standard error' "$(cat native.err)" "$(cat err)"
    equal 'children that lost 4,321 bytes' "${2:-1}" "$(lost)"
}
for way in execve execve_preloads execve_empty_preload execve_null execle execvpe fexecve fexecve_path execveat execveat_empty syscall syscall_at vfork \
    posix_spawn posix_spawnp clearenv environ_null system popen wordexp; do
    a_case "own_environment_by_$way" own_environment "$way"
done
test_environ_is_the_programs_own_after_system() { own_environment system_changes 2; }
test_environment_that_cannot_be_read() {
    native "$ways" bad "$ways"
    OPTIONS='-q --trace-children=yes' traced "$ways" bad "$ways"
    equal 'exit status' "$native_status" "$status"
    cmp native.out out
}

# --- the log's name ---------------------------------------------------------------------------------

test_logs_lie_where_the_first_program_began() {
    mkdir one two
    for name in --trace-file=%p.log --trace-file=one/%p.log ''; do
        OPTIONS="--trace-children=yes -q $name" traced bash -c "cd one; '$ways' child; cd ../two; (cd /; env -i '$ways' child; exit 0); exit 4"
        equal 'exit status' 4 "$status"
        equal "elsewhere with «$name»" '' "$(ls two)"
        mv ./*.log one/*.log . 2>/dev/null || true
        equal "logs with «$name»" 2 "$(lost)"
        rm ./*.log
    done
}
test_folder_with_every_kind_of_character() {
    mkdir "a 'b' \"c\" %p%%d"
    cd "a 'b' \"c\" %p%%d"
    OPTIONS="--trace-children=yes -q --trace-file=%p.log" traced bash -c "cd /; '$ways' child; exit 0"
    equal 'standard error' '' "$(cat err)"
    equal 'children that lost 4,321 bytes' 1 "$(lost)"
}
# Each is process 1 of a namespace of its own.
test_process_numbers_that_come_again() {
    OPTIONS='--trace-children=yes -q --trace-file=%p.log' traced bash -c "for i in 1 2 3 4; do unshare -r -p -f '$ways' child; done"
    equal 'standard error' '' "$(cat err)"
    equal 'children that lost 4,321 bytes' 4 "$(lost)"
    # A second run takes the first one's place.
    OPTIONS='--trace-children=yes -q --trace-file=%p.log' traced bash -c "unshare -r -p -f '$ways' child; exit 0"
    equal 'logs of process 1' 4 "$(ls 1.log 1.*.log | wc -l)"
}

# --- children that cannot be traced -----------------------------------------------------------------

# foreign COMMAND…: runs as without the tracer, and one line says that it is not traced, by WHY
foreign() {
    local OPTIONS='--trace-children=yes --trace-file=%p.log --log-file=said.%p'
    native "$@"
    traced "$@"
    equal "exit status of $*" "$native_status" "$status"
    cmp native.out out
    equal 'standard error' "$(cat native.err)" "$(cat err)"
    equal "lines about $*" 1 "$(cat said.* | grep -c "is not traced: it is built for another $why")"
    rm -f said.*
}
# make_foreign: ./foreign, whose loader bears the name of musl's, and ends with 127 where something is preloaded, as musl's does
make_foreign() {
    cat >loader.c <<'C'
__asm__(".globl _start\n_start: mov %rsp, %rdi\nand $-16, %rsp\ncall main\n");
static long call(long number, long a, const void *b, long c)
{
    __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return number;
}
void main(char **stack)
{
    long status = *(long *)stack;
    for (char **entry = stack + status + 2; *entry; entry++) {
        long length = 0;
        for (; (*entry)[length]; length++)
            if (length == 10 && (*entry)[3] == 'P' && (*entry)[10] == '=')
                status = 127;
        call(1, 1, *entry, length);
        call(1, 1, "\n", 1);
    }
    call(231, status, 0, 0);
}
C
    gcc -w -O1 -static -nostdlib -ffreestanding -fno-stack-protector -o ld-musl-x86_64.so.1 loader.c
    printf 'int main(void) { return 1; }' >main.c
    gcc -Wl,--dynamic-linker="$PWD/ld-musl-x86_64.so.1" -o foreign main.c
}
test_child_built_for_another_c_library() {
    local why='C library than glibc'
    make_foreign
    printf '#!%s\n' "$PWD/foreign" >script
    chmod +x script
    export _=
    foreign env -i ./foreign one two
    foreign env ONE=1 ./foreign
    foreign env ONE=1 ./script
    foreign sh -c ./foreign
    foreign env PATH="$PWD" foreign
    foreign "$ways" posix_spawn "$PWD/foreign"
    foreign "$ways" posix_spawnp "$PWD/foreign"
    foreign "$ways" fexecve "$PWD/foreign"
}
test_child_built_for_another_processor() {
    local why=processor
    cp "$ways" arm
    printf '\267\000' | dd of=arm bs=1 seek=18 conv=notrunc status=none
    foreign "$ways" execve "$PWD/arm"
    foreign bash -c './arm 2>/dev/null'
    printf '\001' | dd of=arm bs=1 seek=4 conv=notrunc status=none
    foreign "$ways" execve "$PWD/arm"
}
# What no loader reads for: nothing is put in, nothing is said.
test_static_child_keeps_its_environment() {
    make_foreign
    mv ld-musl-x86_64.so.1 static
    native env -i A=1 ./static
    OPTIONS='--trace-children=yes --log-file=said.%p' traced env -i A=1 ./static
    cmp native.out out
    equal 'lines' 0 "$(cat said.* 2>/dev/null | grep -c 'is not traced' || true)"
}
