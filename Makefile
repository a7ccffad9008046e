# make          build/libtrace.so, build/leakreport, build/demo
# make help     every target
#
# A new file needs no change here: each folder's files are found by their place.

BUILD  ?= build
PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC      = gcc
endif
SAN    ?=

CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wundef
BASE     = -std=gnu11 $(WARN) -D_GNU_SOURCE -MMD -MP -Itracer
VERSION := 0.1.0

# libtrace.so shows only what it interposes; its thread-local storage must be initial-exec (a
# preloaded library may not allocate for it).
TRACER_CFLAGS = $(BASE) $(CFLAGS) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
                -fexceptions -mcx16 -DTRACER_VERSION='"$(VERSION)"'
# What tracer/bytes.c has in libc's place.
TRACER_OWN    = memchr memcmp memcpy memmove memset strchr strcmp strcspn strlen strncmp strnlen strrchr strspn
REPORT_CFLAGS = $(BASE) $(CFLAGS) -Ireport -DREPORT_VERSION='"$(VERSION)"'
REPORT_LIBS   = -ldw -lelf -liberty
DEMO_CFLAGS   = -std=gnu11 -Wall -Wextra -Werror -O0 -g -Idemo -MMD -MP
UNIT_CFLAGS   = $(BASE) $(CFLAGS) -mcx16 -Ireport -Itests/unit

# One line a file, or the whole command with make V=1.
ifndef V
Q       = @
say     = @echo '  $(1)  $@';
endif

# --- what is built from what -------------------------------------------------------------------

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))

TRACER_OBJECTS := $(call objects,tracer)
REPORT_OBJECTS := $(call objects,report)
DEMO_LIBS      := $(patsubst demo/%.c,$(BUILD)/%.so,$(wildcard demo/lib*.c))
DEMO_OBJECTS   := $(patsubst demo/%.c,$(BUILD)/obj/demo/%.o,$(filter-out demo/lib%,$(wildcard demo/*.c)))
UNIT_TESTS     := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_HELPERS   := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

all: $(BUILD)/libtrace.so $(BUILD)/leakreport $(BUILD)/demo

# Flags are part of what an object is made from: a change of them makes it anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(TRACER_CFLAGS) $(REPORT_CFLAGS) $(DEMO_CFLAGS) $(SAN)' | cmp -s - $@ || \
	 echo '$(CC) $(TRACER_CFLAGS) $(REPORT_CFLAGS) $(DEMO_CFLAGS) $(SAN)' > $@

$(BUILD)/obj/tracer/%.o: tracer/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(TRACER_CFLAGS) $(SAN) -c -o $@ $<
$(BUILD)/obj/report/%.o: report/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(REPORT_CFLAGS) $(SAN) -c -o $@ $<
$(BUILD)/obj/demo/%.o: demo/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(DEMO_CFLAGS) -c -o $@ $<
$(BUILD)/obj/tests/unit/%.o: tests/unit/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_CFLAGS) $(SAN) -c -o $@ $<

$(BUILD)/libtrace.so: $(TRACER_OBJECTS)
	$(Q)$(CC) -shared -o $@ $(TRACER_OBJECTS) -Wl,-z,now \
	  -Wl,-z,nodelete -Wl,-z,defs -Wl,-Bsymbolic-functions \
	  $(TRACER_OWN:%=-Wl,--wrap=%)
$(BUILD)/leakreport: $(REPORT_OBJECTS)
	$(Q)$(CC) $(SAN) -o $@ $(REPORT_OBJECTS) $(REPORT_LIBS)
$(BUILD)/lib%.so: demo/lib%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(DEMO_CFLAGS) -MF $(BUILD)/obj/demo/$*.d -fPIC -shared -Wl,-soname,$(@F) -o $@ $<
$(BUILD)/demo: $(DEMO_OBJECTS) $(DEMO_LIBS)
	$(Q)$(CC) -o $@ $(DEMO_OBJECTS) $(DEMO_LIBS) -Wl,-rpath,'$$ORIGIN'

# The rooms as archives, so that a unit test links just those that it names. The interposers stay
# out: a unit test runs on the real malloc.
$(BUILD)/obj/tracer.a: $(filter-out $(BUILD)/obj/tracer/interpose%,$(TRACER_OBJECTS))
	rm -f $@ && ar rcs $@ $^
$(BUILD)/obj/report.a: $(filter-out %/main.o,$(REPORT_OBJECTS))
	rm -f $@ && ar rcs $@ $^
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_HELPERS) $(BUILD)/obj/tracer.a $(BUILD)/obj/report.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) -o $@ $^ -lcmocka -pthread -ldl $(REPORT_LIBS)
.SECONDARY:

# --- hostile input: tests/fuzz -----------------------------------------------------------------

# A harness is linked with the rooms it names, and with a main: FUZZ_MAIN (the fuzzer's), or in a unit
# test one that replays the harness's corpus.
FUZZ_MAIN   ?=
HARNESSES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS     := $(patsubst %,$(BUILD)/tests/unit/test_corpus_%,$(HARNESSES))
FUZZERS     := $(patsubst %,$(BUILD)/fuzz/fuzz_%,$(HARNESSES)) $(BUILD)/fuzz/mutate_log.so
FUZZ_CFLAGS  = $(BASE) $(CFLAGS) -Ireport -Itests/unit -Itests/fuzz -Wno-missing-prototypes -DREPORT_VERSION='"$(VERSION)"'
FUZZ_ROOMS   = $(BUILD)/obj/report.a $(BUILD)/obj/tracer.a

$(HARNESSES:%=$(BUILD)/obj/tests/fuzz/replay_%.o): $(BUILD)/obj/tests/fuzz/replay_%.o: tests/fuzz/replay.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(FUZZ_CFLAGS) $(SAN) -DFUZZ_CORPUS='"$(abspath tests/fuzz/corpus)/$*"' -c -o $@ $<
$(BUILD)/obj/tests/fuzz/%.o: tests/fuzz/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(FUZZ_CFLAGS) $(SAN) -fPIC -c -o $@ $<
$(BUILD)/tests/unit/test_corpus_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay_%.o $(BUILD)/obj/tests/fuzz/pieces.o $(FUZZ_ROOMS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) -o $@ $^ $(REPORT_LIBS)
$(BUILD)/fuzz/fuzz_log: $(BUILD)/obj/tests/fuzz/mutate_log.o
$(BUILD)/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/pieces.o $(FUZZ_ROOMS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) $(FUZZ_MAIN) -o $@ $^ $(REPORT_LIBS)
$(BUILD)/fuzz/corpus_log $(BUILD)/fuzz/large_log: $(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/pieces.o $(BUILD)/obj/tests/unit/log_writer.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) -o $@ $^
# afl-fuzz loads this one: no sanitizer in it.
$(BUILD)/fuzz/mutate_log.so: tests/fuzz/mutate_log.c tests/fuzz/pieces.c
	@mkdir -p $(@D)
	$(Q)gcc $(FUZZ_CFLAGS) -fPIC -shared -o $@ $^
$(BUILD)/fuzz/module.so $(BUILD)/tests/unit/module.so: tests/fuzz/module.c
	@mkdir -p $(@D)
	$(Q)gcc -O1 -g -fPIC -shared -Wl,--build-id=none -o $@ $<
	@cp tests/fuzz/module.supp $(@D)/
$(FUZZERS): | $(BUILD)/fuzz/module.so
$(REPLAYS): | $(BUILD)/tests/unit/module.so
fuzzers: $(FUZZERS)

# --- what a newcomer runs ----------------------------------------------------------------------

deps:
	@sh tests/deps.sh build test
deps-guests:
	@sh tests/deps.sh build test guests
deps-bench:
	@sh tests/deps.sh build test bench
deps-fuzz:
	@sh tests/deps.sh build test fuzz
deps-soak:
	@sh tests/deps.sh build test soak
	@BUILD=$(abspath $(BUILD)) sh tests/soak/deps.sh
deps-commands:
	@sh tests/deps.sh build test commands
deps-releases:
	@sh tests/deps.sh releases

try: all
	@cd $(BUILD) && echo '$$ LD_PRELOAD=./libtrace.so ./demo' && LD_PRELOAD=./libtrace.so ./demo && \
	 echo && echo '$$ ./leakreport trace.log' && ./leakreport trace.log

check: all unit programs
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh

unit: $(UNIT_TESTS) $(REPLAYS)
programs: all $(BUILD)/fuzz/large_log
	@$(MAKE) --no-print-directory -f tests/programs.mk BUILD=$(BUILD)

# The rooms' unit tests under sanitizers, each in a build folder of its own. ThreadSanitizer does not
# know fences (-Wtsan): what stands on both sides of one must be atomic.
asan:
	@$(MAKE) --no-print-directory BUILD=build-asan SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' CFLAGS='-O1 -g' run-unit
tsan:
	@$(MAKE) --no-print-directory BUILD=build-tsan SAN='-fsanitize=thread -Wno-tsan' CFLAGS='-O1 -g' run-unit
run-unit: unit
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh unit

# Each harness under libFuzzer and under AFL++, FUZZ_SECONDS each; what is found lies in build-fuzz/found.
FUZZ_SAN = -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz:
	@$(MAKE) --no-print-directory BUILD=build-fuzz/libfuzzer CC=clang CFLAGS='-O1 -g' \
	  SAN='$(FUZZ_SAN) -fsanitize=fuzzer-no-link' FUZZ_MAIN=-fsanitize=fuzzer fuzzers
	@AFL_QUIET=1 $(MAKE) --no-print-directory BUILD=build-fuzz/afl CC=afl-clang-fast CFLAGS='-O1 -g' \
	  SAN='$(FUZZ_SAN)' FUZZ_MAIN=-fsanitize=fuzzer fuzzers
	@bash tests/fuzz/run.sh build-fuzz

guests: all
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh guests
stress: all programs
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh stress
soak: all
	@BUILD=$(abspath $(BUILD)) nice bash tests/soak/run.sh
releases:
	@bash tests/releases/run.sh $(RELEASE)
commands: all
	@BUILD=$(abspath $(BUILD)) nice bash tests/commands/run.sh
bench: all
	@BUILD=$(abspath $(BUILD)) bash tests/bench/run.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/leakreport $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/leakreport $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BUILD)/libtrace.so $(DESTDIR)$(PREFIX)/lib/leakreport/
	install -m 644 report/leakreport.1 $(DESTDIR)$(PREFIX)/share/man/man1/
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/leakreport $(DESTDIR)$(PREFIX)/share/man/man1/leakreport.1
	rm -rf $(DESTDIR)$(PREFIX)/lib/leakreport

format:
	clang-format -i tracer/*.[ch] report/*.[ch] demo/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch]
clean:
	rm -rf build build-asan build-tsan build-fuzz

help:
	@echo 'make               build/libtrace.so, build/leakreport, build/demo'
	@echo 'make deps try      install what is missing, build, trace the demo, print its report'
	@echo 'make deps check    install what is missing, pass every test'
	@echo 'make unit          build the unit tests;  make asan, make tsan: run them under sanitizers'
	@echo 'make deps-fuzz fuzz   hostile input for FUZZ_SECONDS=60 to each of the six fuzzers'
	@echo 'make guests        other allocators, Go, Java (make deps-guests installs them)'
	@echo 'make stress bench  long tests; the cost compared with other tools'
	@echo "make soak          other people's test suites with and without the tracer (make deps-soak first)"
	@echo "make commands      108 commands of Debian packages: leak kinds beside valgrind's (make deps-commands first)"
	@echo 'make releases      the two commands on Debian 11, 12, 13 and unstable, in folders by debootstrap (make deps-releases first)'
	@echo 'make install       PREFIX=$(PREFIX), DESTDIR honoured'
	@echo 'make format clean'

FORCE:
.PHONY: all commands deps deps-bench deps-commands deps-fuzz deps-guests deps-releases deps-soak guests soak try check unit programs asan tsan run-unit releases fuzz fuzzers stress bench install uninstall format clean help FORCE

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)
