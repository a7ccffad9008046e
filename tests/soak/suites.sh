# suites.sh: the suites of run.sh. Of each: version_X, ready_X (0 if it can run), units_X long|all (their names), prepare_X
# UNIT (sets `command`, in the folder where it will run), outcomes_X UNIT FILE (reads FILE.out and
# FILE.err, prints "test<TAB>outcome" lines; ok, not ok and skip are counted as such).
suites='python3 python3_malloc perl_core perl_modules git sqlite3 glib dbus gjs bash redis compile'
src=$SOAK/src
# A short run takes every so-manieth of a long run's units; minutes for the whole.
declare -A one_of=([python3]=2 [python3_malloc]=4 [perl_core]=6 [perl_modules]=8 [git]=4 [sqlite3]=5 [glib]=3 [dbus]=2 [gjs]=4 [bash]=2 [redis]=5 [compile]=2)

# named SUFFIX PATTERN…: the files of these names, each without the suffix, once
named() {
    local suffix=$1 pattern
    shift
    for pattern; do compgen -G "$pattern$suffix"; done | sed "s/\\$suffix\$//" | sort -u
}
package_version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null; }
# tap UNIT FILE: Test Anything Protocol, of whatever indentation; numbers go, so that one test
# more does not rename all others, and so do addresses.
tap() {
    sed -E 's/\r$//' "$2.out" | awk -v unit="$1" '
        /^[ ]*(not )?ok( |$)/ {
            outcome = /^[ ]*not/ ? "not ok" : "ok"
            if (/# *[Ss][Kk][Ii][Pp]/) outcome = "skip"
            if (/# *[Tt][Oo][Dd][Oo]/) outcome = "skip, " outcome
            name = $0
            sub(/^[ ]*(not )?ok *[0-9]* *-? */, "", name); sub(/ *# *([Ss][Kk][Ii][Pp]|[Tt][Oo][Dd][Oo]).*/, "", name)
            gsub(/\t/, " ", name); gsub(/0x[0-9a-f]+/, "0xN", name)
            print unit ": " name " #" ++seen[name] "\t" outcome }'
}

# --- python3: Debian's /usr/bin/python3.11 and the modules of libpython3.11-testsuite ----------------

python_long='test_abc test_array test_ast test_atexit test_bytes test_bz2 test_capi test_cmd_line test_code test_collections test_compile test_contextlib
 test_copy test_coroutines test_ctypes test_datetime test_dbm test_decimal test_deque test_dict test_dynamic test_epoll test_exceptions
 test_faulthandler test_fcntl test_file test_float test_fork1 test_functools test_gc test_generators test_getpath test_glob test_gzip
 test_hashlib test_heapq test_import test_inspect test_itertools test_json test_list test_locale test_long test_marshal test_memoryio
 test_mmap test_openpty test_os test_pathlib test_pickle test_popen test_posix test_pty test_pyexpat test_re test_readline test_resource
 test_runpy test_select test_set test_shelve test_shutil test_site test_socketserver test_sqlite3 test_stable_abi_ctypes test_struct
 test_subprocess test_sys test_tempfile test_thread test_threadedtempfile test_threading test_threading_local test_threadsignals test_time
 test_traceback test_tracemalloc test_tuple test_unicode test_unittest test_weakref test_xml_etree test_xml_etree_c test_zlib test_asyncio
 test_eintr test_email test_io test_lzma test_poll test_queue test_selectors test_signal test_socket test_ssl test_tarfile test_urllib
 test_venv test_wait3 test_wait4 test_zipfile test_multiprocessing_fork test_multiprocessing_main_handling test_concurrent_futures'

version_python3() { package_version libpython3.11-testsuite; }
ready_python3() { [ -e /usr/lib/python3.11/test/test_os.py ]; }
units_python3() {
    case $1 in
    long) echo $python_long ;;
    all) ls /usr/lib/python3.11/test | sed -n 's/^\(test_[a-z0-9_]*\)\(\.py\)*$/\1/p' | sort -u ;;
    esac
}
prepare_python3() {
    export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
    # A virtual machine may have a vsock device on which nobody ever answers.
    limit=400 command=(/usr/bin/python3.11 -m test -r --randseed=1 --timeout=350 --ignore '*VSOCK*' --junit-xml=result.xml "$1")
}
outcomes_python3() {
    [ -e result.xml ] || return 0
    /usr/bin/python3.11 - "$1" <<'PYTHON'
import sys, xml.etree.ElementTree as tree
seen = {}
for case in tree.parse("result.xml").iter("testcase"):
    kinds = {child.tag for child in case}
    outcome = "not ok" if kinds & {"failure", "error"} else "skip" if "skipped" in kinds else "ok"
    name = case.get("name").replace("\t", " ").replace("\n", " ")
    seen[name] = seen.get(name, 0) + 1
    print(f"{sys.argv[1]}: {name} #{seen[name]}\t{outcome}")
PYTHON
}
# The same, with every object a malloc of its own.
version_python3_malloc() { version_python3; }
ready_python3_malloc() { ready_python3; }
units_python3_malloc() { units_python3 "$1"; }
prepare_python3_malloc() { export PYTHONMALLOC=malloc; prepare_python3 "$1"; }
outcomes_python3_malloc() { outcomes_python3 "$1"; }

# --- perl: Debian's perl and the tests of its source package -----------------------------------------

perl_source=$src/perl-5.36.0
version_perl_core() { package_version perl; }
ready_perl_core() { [ -d "$src/perl-tree/t/op" ]; }
units_perl_core() {
    local folders='base cmd comp op re uni mro'
    [ "$1" != all ] || folders="$folders io opbasic class lib bigmem"
    (cd "$perl_source/t" && for folder in $folders; do ls "$folder"/*.t 2>/dev/null; done | sed 's,/,--,;s/\.t$//')
}
# The tests want a source tree with a built perl in it: t/ of the source, lib/ and the perl of Debian.
prepare_perl_core() {
    cp -a "$src/perl-tree/t" t
    ln -s "$src/perl-tree/lib" lib
    ln -s /usr/bin/perl perl
    cd t || exit
    export PERL_CORE=1 PERL_HASH_SEED=0
    unset PERL5LIB
    limit=300 command=(./perl -I../lib "${1/--//}.t")
}
outcomes_perl_core() { tap "$@"; }

version_perl_modules() { version_perl_core; }
ready_perl_modules() { ready_perl_core; }
units_perl_modules() {
    local -; set -f
    local chosen='cpan/JSON-PP cpan/Encode cpan/Digest-SHA cpan/Scalar-List-Utils cpan/Text-Balanced dist/Storable dist/Data-Dumper
        dist/threads dist/threads-shared dist/Thread-Queue cpan/Compress-Raw-Zlib ext/POSIX cpan/IPC-Cmd cpan/Time-HiRes dist/IO ext/Hash-Util'
    [ "$1" != all ] || chosen='cpan/* dist/* ext/*'
    (cd "$perl_source" && for folder in $chosen; do named .t "$folder/t/*"; done | sed 's,/,--,g')
}
prepare_perl_modules() {
    local file=${1//--//}.t
    local folder=${file%/t/*}
    cp -a "$perl_source/$folder" module
    ln -s "$perl_source/t" t
    cd module || exit
    export PERL_HASH_SEED=0
    unset PERL_CORE PERL5LIB
    limit=300 command=(/usr/bin/perl -I. -It/lib "t/${file##*/t/}")
}
outcomes_perl_modules() { tap "$@"; }

# --- git: Debian's git and the scripts of its source package ------------------------------------------

git_source=$src/git-2.39.5
version_git() { package_version git; }
ready_git() { [ -x "$git_source/t/helper/test-tool" ]; }
units_git() {
    [ "$1" = all ] || set -- t0000 t0001 t0003 t0005 t0008 t0012 t0020 t0021 t0040 t0060 t0061 t0062 t0110 t0300 t1004 t1006 t1050 t1091 t1300 t1400 \
        t1450 t2000 t3000 t3200 t3301 t3400 t3404 t3501 t3600 t3903 t4001 t4013 t4034 t4150 t4202 t5000 t5300 t5302 t5318 t5400 t5500 t5510 \
        t5601 t6012 t6300 t6501 t7004 t7063 t7102 t7300 t7400 t7500 t7600 t7700 t7810 t7900 t8001 t9300
    (cd "$git_source/t" && for number in "${@/#all/t}"; do ls "$number"[0-9-]*.sh; done | sed 's/\.sh$//' | sort -u)
}
prepare_git() {
    limit=900
    # Its malloc check would take the place of LD_PRELOAD.
    export GIT_TEST_INSTALLED=/usr/bin TEST_NO_MALLOC_CHECK=1 TEST_OUTPUT_DIRECTORY=$PWD/out GIT_TEST_DEFAULT_HASH=sha1
    mkdir out
    local place=$PWD
    cd "$git_source/t" || exit
    command=(/bin/sh "./$1.sh" --root="$place/out/trash")
}
outcomes_git() { tap "$@"; }

# --- sqlite3: the source package's testfixture (sqlite and tcl in one program) ------------------------

sqlite_source=$src/sqlite3-3.40.1
version_sqlite3() { echo 3.40.1; }
ready_sqlite3() { [ -x "$sqlite_source/testfixture" ]; }
units_sqlite3() {
    local -; set -f
    local chosen='select[1-9] select[A-G] index* insert* update* delete* join* where* trigger* view* func* expr* malloc? mallocA mallocB
        malloc5 memsubsys1 memdb mutex1 thread* shared* wal wal2 walmode walthread vacuum* fts3aa fts3ab fts3conf fts3expr fts4aa attach*
        auth* backup* blob bind busy cache capi2 capi3 collate1 conflict date fkey2 incrblob io json101 lock notify1 pager1 pragma
        rollback savepoint schema softheap1 sort tclsqlite temptable tkt-* trans types utf16 window1 with1 zerodamage'
    [ "$1" != all ] || chosen='*'
    (cd "$sqlite_source/test" && named .test $chosen | grep -vE '^(all|full|veryquick|quick|extraquick|permutations|soak|rtree|valgrind|releasetest|async|speed|session|fuzz|fts[345]?rnd|mallocAll|memleak|tester)')
}
prepare_sqlite3() { limit=600 command=("$sqlite_source/testfixture" "$sqlite_source/test/$1.test"); }
outcomes_sqlite3() {
    awk -v unit="$1" '/\.\.\. Ok$/ { sub(/\.\.\. Ok$/, ""); sub(/^\.+/, ""); # threads print dots
            print unit ": " $0 " #" ++seen[$0] "\tok"; next }
        /\.\.\.$/ { next }
        /^! / && /expected|got/ { if (/expected/) print unit ": " $2 "\tnot ok"; next }
        /errors? out of [0-9]+ tests/ { print unit ": total\tsays " $1 " errors of " $5 }
        /^All memory allocations freed|^Unfreed|bytes still allocated/ { print unit ": memory\tsays " $0 }' "$2.out" | tr -s ' '
}

# --- glib, dbus, gjs: installed tests, by the Exec line of their .test files --------------------------

installed_units() { # installed_units FOLDER [PATTERN]
    (cd "/usr/share/installed-tests/$1" && ls *.test | sed 's/\.test$//' | grep -E "${2:-.}" | tr ' ' '\n')
}
prepare_installed() { # prepare_installed FOLDER UNIT
    local line
    line=$(sed -n 's/^Exec=//p' "/usr/share/installed-tests/$1/$2.test")
    export XDG_RUNTIME_DIR=$PWD/runtime G_TEST_TMPDIR=$PWD DBUS_TEST_UNINSTALLED= NO_AT_BRIDGE=1
    unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
    mkdir -m 700 runtime
    limit=300
    eval "command=($line)"
}
version_glib() { package_version libglib2.0-tests; }
ready_glib() { [ -d /usr/share/installed-tests/glib ]; }
# performance is a benchmark of minutes.
units_glib() { installed_units glib | grep -v "^performance$"; }
# Random data comes from a seed.
prepare_glib() { prepare_installed glib "$1"; case ${command[0]} in *.py | *.sh) ;; *) grep -q TAP "/usr/share/installed-tests/glib/$1.test" && command+=(--seed R02S00000000000000000000000000000001) ;; esac; }
outcomes_glib() { tap "$@"; }

version_dbus() { package_version dbus-tests; }
ready_dbus() { [ -d /usr/share/installed-tests/dbus ]; }
units_dbus() { if [ "$1" = all ]; then installed_units dbus; else installed_units dbus '_with_config$'; fi; }
prepare_dbus() { prepare_installed dbus "$1"; }
outcomes_dbus() { tap "$@"; }

version_gjs() { package_version gjs-tests; }
ready_gjs() { [ -d /usr/share/installed-tests/gjs ]; }
units_gjs() { installed_units gjs; }
prepare_gjs() { prepare_installed gjs "$1"; }
outcomes_gjs() { tap "$@"; }

# --- bash: Debian's bash and the run-* scripts of its source package ----------------------------------

bash_source=$src/bash-5.2.15
version_bash() { package_version bash; }
ready_bash() { [ -x "$bash_source/tests/recho" ]; }
units_bash() { (cd "$bash_source/tests" && ls run-* | grep -vE '^run-(all|minimal|gprof)$'); }
prepare_bash() {
    cp -a "$bash_source/tests" tests
    cd tests || exit
    mkdir tmp
    export THIS_SH=/bin/bash BUILD_DIR=$PWD TMPDIR=$PWD/tmp PATH=$PWD:$PATH BASH_TSTOUT=$PWD/tmp/tstout
    limit=900 command=(/bin/sh "./$1") # ifs-posix makes 15,000 processes
}
# A script prints how its output differs from what is right. Numbers of processes, sizes and times vary.
outcomes_bash() {
    local text
    text=$(sed -E 's/[0-9]{4,}/N/g' "$2.out" "$2.err")
    if [ -z "$text" ]; then printf '%s: output\tok\n' "$1"; else printf '%s: output\tnot ok, %s\n' "$1" "$(cksum <<<"$text" | cut -d' ' -f1)"; fi
}

# --- redis: Debian's redis-server (with its libjemalloc) and the tcl tests of its source package ------

redis_source=$src/redis-7.0.15
version_redis() { package_version redis-server; }
ready_redis() { [ -d "$redis_source/tests/unit" ]; }
units_redis() {
    local -; set -f
    local chosen='unit/type/* unit/auth unit/protocol unit/keyspace unit/scan unit/info unit/expire unit/other unit/quit unit/sort unit/multi unit/pubsub
        unit/scripting unit/bitops unit/bitfield unit/geo unit/hyperloglog unit/dump unit/introspection unit/memefficiency unit/maxmemory
        unit/lazyfree integration/aof integration/rdb integration/redis-cli integration/logging integration/replication'
    [ "$1" != all ] || chosen='unit/* unit/type/* unit/cluster/* integration/*'
    (cd "$redis_source/tests" && named .tcl $chosen | sed 's,/,--,g')
}
prepare_redis() {
    cp -a "$redis_source/tests" tests
    cp "$redis_source/redis.conf" "$redis_source/sentinel.conf" .
    mkdir src
    for name in server cli benchmark check-aof check-rdb; do ln -s "/usr/bin/redis-$name" src/; done
    limit=900 command=(tclsh tests/test_helper.tcl --clients 1 --timeout 600 --tags '-large-memory -needs:debug' --single "${1//--//}")
}
outcomes_redis() {
    sed -E 's/\x1b\[[0-9;]*m//g' "$2.out" | awk -v unit="$1" '
        /^\[(ok|err|skip|exception|ignore)\]/ {
            outcome = /^\[ok/ ? "ok" : /^\[(skip|ignore)/ ? "skip" : "not ok"
            sub(/^\[[a-z]*\]: /, ""); sub(/ \([0-9.]+ m?s\)$/, ""); gsub(/[0-9]+(\.[0-9]+)?/, "N")
            print unit ": " $0 " #" ++seen[$0] "\t" outcome }'
}

# --- compile: object files by g++, gcc, clang++, equal byte for byte ----------------------------------

version_compile() { echo "g++ $(package_version g++-12), clang $(package_version clang-14)"; }
ready_compile() { [ -e "$src/simdjson-3.0.1/singleheader/simdjson.cpp" ]; }
compile_simdjson="-std=c++17 $src/simdjson-3.0.1/singleheader/simdjson.cpp"
compile_json="-std=c++17 -I$src/nlohmann-json3-3.11.2/single_include -I$src/nlohmann-json3-3.11.2/tests/thirdparty/doctest $src/nlohmann-json3-3.11.2/tests/src/unit-class_parser.cpp"
compile_sqlite="-w -I$sqlite_source $sqlite_source/sqlite3.c"
units_compile() { echo simdjson-g++ simdjson-g++-g simdjson-clang++ json-g++ json-clang++ sqlite-gcc sqlite-gcc-lto sqlite-clang; }
prepare_compile() {
    limit=900
    case $1 in
    simdjson-g++) command=(g++ -O2 -c -o out.o $compile_simdjson) ;;
    simdjson-g++-g) command=(g++ -O2 -g3 -save-temps -c -o out.o $compile_simdjson) ;;
    simdjson-clang++) command=(clang++ -O1 -c -o out.o $compile_simdjson) ;;
    json-g++) command=(g++ -O1 -c -o out.o $compile_json) ;;
    json-clang++) command=(clang++ -O1 -c -o out.o $compile_json) ;;
    sqlite-gcc) command=(gcc -O2 -g -fPIC -shared -o out.o $compile_sqlite) ;;
    sqlite-gcc-lto) command=(gcc -O1 -flto -frandom-seed=1 -fPIC -shared -o out.o $compile_sqlite) ;;
    sqlite-clang) command=(clang -O2 -g -c -o out.o $compile_sqlite) ;;
    esac
}
outcomes_compile() {
    printf '%s: object file\t%s\n' "$1" "$([ -s out.o ] && echo "says $(sha256sum <out.o | cut -c1-16)")"
    printf '%s: diagnostics\tsays %s\n' "$1" "$(cksum <"$2.err")"
}
