#!/usr/bin/env bash
# generate.sh SEED COUNT [FIRST]: a C program with COUNT cases on standard output, the first one with holder FIRST
# of those below, or a random one; and in its comments the truth, one line for each: "/* truth CASE definitely indirectly possibly reachable holder ending */", each figure
# BYTES:BLOCKS. `program CASE` builds a structure, lets somebody hold it and ends. The truth follows from who
# holds what at the end, not from any tool. A figure that ends in + may be larger: by what libc and the loader
# allocate for threads, and by a block that is a coroutine's stack.
set -u
seed=$1 count=$2 first=${3:-}
RANDOM=$seed

pick() { # pick NAME WORD…: NAME becomes one of them. No subshell: RANDOM would begin anew in it
    local -n picked=$1
    shift
    local words=("$@")
    picked=${words[RANDOM % ${#words[@]}]}
}
holders=(nobody main_returns main inner middle global per_thread register interior thread thread_returns gone_joined gone_detached gone_not_joined
    sorting sorting_nobody listing listing_nobody handler handler_nobody handler_apart handler_apart_nobody
    coroutine coroutine_nobody coroutine_outside coroutine_block coroutine_block_nobody nobody_returns exit_handler exit_handler_nobody dies_nobody dies)
functions=
cases=

end_call() { # end_call ENDING: the call, by a pointer
    case $1 in
    raise) echo 'enders_raise(SIGTERM)' ;;
    *) echo "enders_$1(0)" ;;
    esac
}

add_case() { # add_case NUMBER HOLDER
    local number=$1 holder=$2 shape n size ending lost=0 possible=0 more= body= own=
    pick shape list queue doubly ring tree table
    n=$((2 + RANDOM % 40)) size=$((32 + 8 * (RANDOM % 30)))
    pick ending exit exit _exit _Exit quick_exit abort raise
    local build="$shape($n, $size)" end
    own="static APART void hide_$number(void) { hidden = ~(uintptr_t)$build; OPAQUE; }"
    case $holder in
    *block_nobody) [[ $ending = *xit ]] || ending=exit ;; # a signal's frame comes to lie in the block
    *returns) ending=return ;; exit_handler*) ending=_exit ;; dies*) ending=fault ;; esac
    end=$(end_call "$ending")
    local last="static APART void last_$number(void) { use_hidden(); $end; OPAQUE; }"
    local holding="static APART void last_$number(void) { struct node *p = take_hidden(); use(p, 4); $end; KEEP(p); }"
    case $holder in
    nobody) lost=1 own+=$'\n'$last body="hide_$number(); forget(); last_$number();" ;;
    nobody_returns) lost=1 body="hide_$number(); use_hidden();" ;;
    main_returns) lost=1 body="struct node *p = $build; use(p, 4); KEEP(p);" ;;
    main) own+=$'\n'$last body="struct node *p = $build; last_$number(); KEEP(p);" ;;
    inner) own+=$'\n'$holding body="hide_$number(); forget(); last_$number();" ;;
    middle)
        own+=$'\n'$last
        own+=$'\n'"static APART void middle_$number(void) { struct node *p = take_hidden(); last_$number(); KEEP(p); }"
        body="hide_$number(); middle_$number();"
        ;;
    global | per_thread) # also when main returns
        own+=$'\n'$last$'\n'"static APART void hold_$number(void) { $holder = $build; OPAQUE; }"
        body="hold_$number();"
        if [ $((RANDOM % 3)) = 0 ]; then ending=return; else body+=" last_$number();"; fi
        ;;
    register)
        local name
        pick name rbx rbp r12 r13 r14 r15
        own+=$'\n'"static APART void last_$number(void) { struct node *p = take_hidden(); __asm__ volatile(\"mov %0, %%$name; xor %%eax, %%eax;\""
        own+=" \"and \$-16, %%rsp; mov %2, %%edi; call *%%rdx\" ::\"a\"(p), \"d\"(enders_$ending), \"i\"($([ $ending = raise ] && echo SIGTERM || echo 0)) : \"memory\"); }"
        body="hide_$number(); forget(); last_$number();"
        ;;
    interior)
        possible=1 own+=$'\n'$last
        own+=$'\n'"static APART void hold_$number(void) { global = (struct node *)((char *)$build + 16); OPAQUE; }"
        body="hold_$number(); forget(); last_$number();"
        ;;
    thread | thread_returns)
        more=+ own+=$'\n'$last
        own+=$'\n'"static void *other_$number(void *unused) { struct node *p = $build; other_tid = (int)syscall(SYS_gettid); sleep_in($((RANDOM % 5))); KEEP(p); return NULL; }"
        body="pthread_t thread; pthread_create(&thread, NULL, other_$number, NULL); while (!other_tid) usleep(500); wait_until('S');"
        [ $ending = return ] || body+=" last_$number();"
        ;;
    gone_*)
        lost=1 more=+ own+=$'\n'$last
        own+=$'\n'"static void *other_$number(void *unused) { struct node *volatile p = $build; use(p, 2); other_tid = (int)syscall(SYS_gettid); return NULL; }"
        body="pthread_t thread; pthread_create(&thread, NULL, other_$number, NULL);"
        case $holder in
        *_joined) body+=" pthread_join(thread, NULL);" ;;
        *detached) body+=" pthread_detach(thread);" ;;
        esac
        [ $holder = gone_not_joined ] && body=${body/ pthread_join(thread, NULL);/}
        body+=" while (!other_tid) usleep(500); wait_until(0); last_$number();"
        [ $((RANDOM % 3)) = 0 ] && ending=return body=${body/ last_$number();/}
        ;;
    sorting*)
        own+=$'\n'$last$'\n'"static int compare_$number(const void *a, const void *b) { last_$number(); return *(int *)a - *(int *)b; }"
        own+=$'\n'"static APART void sort_$number(struct node *p) { int numbers[] = {3, 1, 2}; qsort(numbers, 3, sizeof *numbers, compare_$number); KEEP(p); }"
        body="hide_$number(); forget(); sort_$number(take_hidden());"
        [ $holder = sorting ] || lost=1 body="hide_$number(); forget(); sort_$number(NULL);"
        ;;
    listing*)
        own+=$'\n'$last$'\n'"static int see_$number(struct dl_phdr_info *info, size_t size, void *data) { last_$number(); return 0; }"
        own+=$'\n'"static APART void iterate_$number(struct node *p) { dl_iterate_phdr(see_$number, NULL); KEEP(p); }"
        body="hide_$number(); forget(); iterate_$number(take_hidden());"
        [ $holder = listing ] || lost=1 body="hide_$number(); forget(); iterate_$number(NULL);"
        ;;
    handler*)
        own+=$'\n'$last$'\n'"static void handler_$number(int signal) { last_$number(); }"
        local flags=0 before=
        case $holder in handler_apart*) flags=SA_ONSTACK before="use_signal_stack(); " ;; esac
        own+=$'\n'"static APART void strike_$number(struct node *p) { ${before}strike(handler_$number, $flags); KEEP(p); }"
        body="hide_$number(); forget(); strike_$number(take_hidden());"
        case $holder in *nobody) lost=1 body="hide_$number(); forget(); strike_$number(NULL);" ;; esac
        ;;
    coroutine_outside)
        own+=$'\n'$last
        own+=$'\n'"static APART void start_$number(void) { struct node *p = take_hidden(); run_on(stack_mapped(), last_$number); KEEP(p); }"
        body="hide_$number(); forget(); start_$number();"
        ;;
    coroutine*)
        local stack
        pick stack stack_in_data 'stack_mapped()' 'stack_guarded()'
        own+=$'\n'$holding
        case $holder in
        *block_nobody) lost=1 more=+ own=${own/"$holding"/${last/use_hidden/use_hidden_briefly}} stack="malloc(sizeof stack_in_data)" ;;
        *nobody) lost=1 own=${own/"$holding"/$last} stack='stack_guarded()' ;;
        *block) more=+ stack="malloc(sizeof stack_in_data)" ;;
        esac
        body="hide_$number(); forget(); run_on($stack, last_$number);"
        ;;
    exit_handler*)
        own+=$'\n'$last$'\n'"static APART void begin_$number(struct node *p) { atexit(last_$number); enders_exit(0); KEEP(p); }"
        body="hide_$number(); forget(); begin_$number(take_hidden());"
        [ $holder = exit_handler ] || lost=1 body="hide_$number(); forget(); begin_$number(NULL);"
        ;;
    dies*) # a fault: what lies below the stack pointer may be in use there
        own+=$'\n'"static APART void last_$number(struct node *p) { *(volatile int *)8 = 1; KEEP(p); }"
        body="hide_$number(); forget(); last_$number(take_hidden());"
        [ $holder = dies ] || lost=1 body="hide_$number(); forget(); last_$number(NULL);"
        ;;
    esac
    functions+="/* $number: $shape of $n, held by: $holder, ended by: $ending */"$'\n'$own$'\n\n'
    cases+="    case $number: { $body break; }"$'\n'
    local all=$((n * size)):$n
    case $lost$possible in
    10) all="$size:1 $((n * size - size)):$((n - 1)) 0:0 0:0$more" ;;
    01) all="0:0 0:0 $all 0:0$more" ;;
    *) all="0:0 0:0 0:0 $all$more" ;;
    esac
    echo "/* truth $number $all $holder $ending */"
}

echo '#include "verdict.h"'
[ -n "$first" ] || first=$((RANDOM % ${#holders[@]}))
for ((k = 0; k < count; k++)); do
    add_case $k "${holders[(first + k) % ${#holders[@]}]}"
done
for ending in exit _exit _Exit quick_exit; do echo "static ender *volatile enders_$ending = $ending;"; done
echo 'static ender *volatile enders_abort = (ender *)abort;'
echo 'static ender *volatile enders_raise = (ender *)raise;'
echo 'static ender *volatile enders_return, *volatile enders_fault;'
printf '%s\nint main(int argc, char **argv)\n{\n    switch (atoi(argv[1])) {\n%s    }\n    return 0;\n}\n' "$functions" "$cases"
