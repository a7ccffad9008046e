# A program that counts its own live blocks in a file, the model, while it allocates with four threads: thread_kill.
source "$TESTS/e2e/books.sh"

# start LOG: thread_kill in the background as $pid, all its threads at work
start() {
    rm -f model
    LIBTRACE_OPTIONS="-q --trace-file=$1" LD_PRELOAD=$LIBTRACE "$PROGRAMS/thread_kill" model 2>err &
    pid=$!
    until [ -s model ] && [ "$(model 1)" = 4 ]; do
        kill -0 $pid || fail "thread_kill does not run: $(head -1 err)"
        sleep 0.002
    done
}
# model N: its Nth word
model() { od -An -td8 -j$((($1 - 1) * 8)) -N8 model | tr -d ' '; }
live_by_model() { echo $(($(model 2) + $(model 3) + $(model 4) + $(model 5))); }
live_by_log() { block_of run | awk '{ blocks += $4 } END { print blocks + 0 }'; }

# judge LOG: leakreport reads it; blocks in it are the model's, within one for each thread
judge() {
    report --show-leak-kinds=all "$1"
    equal "exit status of leakreport ($(head -1 report.err))" 0 "$status"
    local log model difference
    log=$(live_by_log) model=$(live_by_model)
    difference=$((log - model))
    [ ${difference#-} -le 4 ] || fail "the log has $log live blocks, the program counted $model"
    counted=$((${counted:-0} + log))
}
