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

# CC, CFLAGS, CPPFLAGS and LDFLAGS are the builder's, for all but the tests' small programs. Without CFLAGS the demo is
# compiled as a user compiles for finding a leak.
ifeq ($(origin CFLAGS),undefined)
CFLAGS      = -O2 -g
DEMO_FLAGS  = -O0
else
DEMO_FLAGS  = $(CFLAGS)
endif
# A newer compiler has newer warnings, and they stop no build: make WERROR=-Werror does. What the compiler said stands beside
# each object, and tests/lint/test_build.sh fails if a compiler that is known said anything.
WERROR  ?=
WARN     = -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wundef $(WERROR)
# The same bytes in whatever folder (a unit test reads its own paths and has them whole).
HERE     = -ffile-prefix-map=$(CURDIR)=.
BASE     = -std=gnu11 $(WARN) -D_GNU_SOURCE -MMD -MP -Itracer $(CPPFLAGS)
# The newest heading of CHANGELOG.md.
VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\) .*/\1/p' CHANGELOG.md | head -n 1)

# libtrace.so shows only what it interposes; its thread-local storage must be initial-exec (a
# preloaded library may not allocate for it). What it cannot do without comes behind the builder's flags. No
# link-time optimization: it loses symbols that only assembler at top level defines, and what it makes calls of
# comes too late for --wrap. No _FORTIFY_SOURCE: its functions are libc's, in place of tracer/os/bytes.c.
TRACER_CFLAGS = $(BASE) $(HERE) $(CFLAGS) -fno-lto -U_FORTIFY_SOURCE -fPIC -fvisibility=hidden -ftls-model=initial-exec \
                -fexceptions -mcx16
# What tracer/os/bytes.c has in libc's place.
TRACER_OWN    = memchr memcmp memcpy memmove memset strchr strcmp strcspn strlen strncmp strnlen strrchr strspn
REPORT_CFLAGS = $(BASE) $(HERE) $(CFLAGS) -Ireport -DREPORT_VERSION='"$(VERSION)"'
# capstone tells how much an instruction reads or writes; without it errors do not say. Looked for when it is linked: `make deps
# try` reads this before deps has installed it.
HAS_CAPSTONE = $(shell echo '\#include <capstone/capstone.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo -lcapstone)
REPORT_LIBS   = -pthread -ldw -lelf -liberty -lz $(HAS_CAPSTONE)
# valgrind 3.19 cannot read clang 14's DWARF 5.
DEMO_CFLAGS   = -std=gnu11 -Wall -Wextra $(WERROR) $(if $(findstring clang,$(CC)),-gdwarf-4,-g) -Idemo -MMD -MP $(HERE) $(CPPFLAGS) $(DEMO_FLAGS)
# cmocka 2 calls macros deprecated for which cmocka 1 has no others; its cases take a state that few use.
UNIT_CFLAGS   = $(BASE) $(CFLAGS) -mcx16 -Ireport -Itests/unit -Wno-deprecated-declarations -Wno-unused-parameter

# One line a file, or the whole command with make V=1.
ifneq ($(V),1)
Q        = @
say      = @printf '  %-7s %s\n' $(1) $(2);
endif
# $(call compile,FLAGS) makes $@ of $<, and keeps what the compiler says; $(call link,WHAT) makes $@ of WHAT.
define compile
@mkdir -p $(@D)
$(call say,CC,$<)
$(Q)$(CC) $(1) -c -o $@ $< 2>$@.said || { cat $@.said >&2; exit 1; }
@cat $@.said >&2
endef
define link
@mkdir -p $(@D)
$(call say,LINK,$@)
$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(1)
endef

# In an argument of a call.
, := ,

# --- what is built from what -------------------------------------------------------------------

sources = $(sort $(wildcard $(foreach kind,c S,$(1)/*.$(kind) $(1)/*/*.$(kind) $(1)/*/*/*.$(kind))))
objects = $(patsubst %,$(BUILD)/obj/%.o,$(basename $(call sources,$(1))))

TRACER_OBJECTS := $(call objects,tracer)
REPORT_OBJECTS := $(call objects,report)
DEMO_LIBS      := $(patsubst demo/%.c,$(BUILD)/%.so,$(wildcard demo/lib*.c))
DEMO_OBJECTS   := $(patsubst demo/%.c,$(BUILD)/obj/demo/%.o,$(filter-out demo/lib%,$(wildcard demo/*.c)))
UNIT_TESTS     := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_HELPERS   := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

all: $(BUILD)/libtrace.so $(BUILD)/leakreport $(BUILD)/demo

# Flags are part of what an object is made from: a change of them makes it anew.
FLAGS = $(CC) $(TRACER_CFLAGS) $(REPORT_CFLAGS) $(DEMO_CFLAGS) $(SAN) $(LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

# Whether there is capstone is no matter of a header that a list of what is included could name.
$(BUILD)/capstone: FORCE
	@mkdir -p $(@D)
	@echo '$(HAS_CAPSTONE)' | cmp -s - $@ || echo '$(HAS_CAPSTONE)' > $@
$(BUILD)/obj/report/symbols/instruction.o: $(BUILD)/capstone

$(BUILD)/obj/tracer/%.o: tracer/%.c $(BUILD)/flags
	$(call compile,$(TRACER_CFLAGS) $(SAN))
$(BUILD)/obj/report/%.o: report/%.c $(BUILD)/flags
	$(call compile,$(REPORT_CFLAGS) $(SAN))
# The page of --html: its files are in the program as they are, all scripts as one.
PAGE = report/views/html/page
$(BUILD)/page/page.js: $(sort $(wildcard $(PAGE)/*.js))
	@mkdir -p $(@D)
	$(call say,PAGE,$@)
	$(Q)cat $^ > $@
$(BUILD)/page/%: $(PAGE)/%
	@mkdir -p $(@D)
	@cp $< $@
$(BUILD)/obj/report/%.o: report/%.S $(BUILD)/flags $(BUILD)/page/page.js $(patsubst $(PAGE)/%,$(BUILD)/page/%,$(wildcard $(PAGE)/page.*))
	$(call compile,$(REPORT_CFLAGS) -I$(BUILD) $(SAN))
$(BUILD)/obj/demo/%.o: demo/%.c $(BUILD)/flags
	$(call compile,$(DEMO_CFLAGS))
$(BUILD)/obj/demo/lib%.o: demo/lib%.c $(BUILD)/flags
	$(call compile,$(DEMO_CFLAGS) -fPIC)
$(BUILD)/obj/tests/unit/%.o: tests/unit/%.c $(BUILD)/flags
	$(call compile,$(UNIT_CFLAGS) $(SAN))

$(BUILD)/libtrace.so: $(TRACER_OBJECTS)
	$(call link,$^ -shared -Wl$(,)-z$(,)now -Wl$(,)-z$(,)nodelete -Wl$(,)-z$(,)defs -Wl$(,)-Bsymbolic-functions $(TRACER_OWN:%=-Wl$(,)--wrap=%))
# With the rooms of the tracer's that layers.list calls shared, and what those are made of.
$(BUILD)/leakreport: $(REPORT_OBJECTS) $(BUILD)/obj/tracer.a
	$(call link,$^ $(SAN) $(REPORT_LIBS))
$(BUILD)/lib%.so: $(BUILD)/obj/demo/lib%.o
	$(call link,$(filter %.o,$^) -shared -Wl$(,)-soname$(,)$(@F))
$(BUILD)/demo: $(DEMO_OBJECTS) $(DEMO_LIBS)
	$(call link,$^ -Wl$(,)-rpath$(,)'$$ORIGIN')

# The rooms as archives, so that a unit test links just those that it names. The interposers stay
# out: a unit test runs on the real malloc.
$(BUILD)/obj/tracer.a: $(filter-out $(BUILD)/obj/tracer/hooks/interpose%,$(TRACER_OBJECTS))
$(BUILD)/obj/report.a: $(filter-out %/main.o,$(REPORT_OBJECTS))
$(BUILD)/obj/%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_HELPERS) $(BUILD)/obj/tracer.a $(BUILD)/obj/report.a
	$(call link,$^ $(BUILD)/obj/tracer.a $(SAN) -lcmocka -pthread -ldl -lm $(REPORT_LIBS))
.SECONDARY:

# --- hostile input: tests/fuzz -----------------------------------------------------------------

# A harness is linked with the rooms it names, and with a main: FUZZ_MAIN (the fuzzer's), or in a unit
# test one that replays the harness's corpus.
FUZZ_MAIN   ?=
HARNESSES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS     := $(patsubst %,$(BUILD)/tests/unit/test_corpus_%,$(HARNESSES))
FUZZERS     := $(patsubst %,$(BUILD)/fuzz/fuzz_%,$(HARNESSES)) $(BUILD)/fuzz/mutate_log.so
FUZZ_CFLAGS  = $(BASE) $(CFLAGS) -Ireport -Itests/unit -Itests/fuzz -Wno-missing-prototypes -DREPORT_VERSION='"$(VERSION)"'
FUZZ_ROOMS   = $(BUILD)/obj/tests/fuzz/well_formed.o $(BUILD)/obj/report.a $(BUILD)/obj/tracer.a

$(HARNESSES:%=$(BUILD)/obj/tests/fuzz/replay_%.o): $(BUILD)/obj/tests/fuzz/replay_%.o: tests/fuzz/replay.c $(BUILD)/flags
	$(call compile,$(FUZZ_CFLAGS) $(SAN) -DFUZZ_CORPUS='"$(abspath tests/fuzz/corpus)/$*"')
$(BUILD)/obj/tests/fuzz/%.o: tests/fuzz/%.c $(BUILD)/flags
	$(call compile,$(FUZZ_CFLAGS) $(SAN) -fPIC)
$(BUILD)/tests/unit/test_corpus_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay_%.o $(BUILD)/obj/tests/fuzz/pieces.o $(FUZZ_ROOMS)
	$(call link,$^ $(SAN) $(REPORT_LIBS))
$(BUILD)/fuzz/fuzz_log: $(BUILD)/obj/tests/fuzz/mutate_log.o
$(BUILD)/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/pieces.o $(FUZZ_ROOMS)
	$(call link,$^ $(SAN) $(FUZZ_MAIN) $(REPORT_LIBS))
$(BUILD)/fuzz/corpus_log $(BUILD)/fuzz/large_log: $(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/pieces.o $(BUILD)/obj/tests/unit/log_writer.o
	$(call link,$^ $(SAN))
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

# What the goals beside it need: make deps try brings the compiler and four libraries; make deps check all that the tests want.
TESTING = $(filter check unit programs asan tsan run-unit stress,$(MAKECMDGOALS))
deps:
	@sh tests/deps.sh build $(if $(TESTING),test)
	@$(if $(filter-out deps,$(MAKECMDGOALS)),,echo 'make deps: all for building and make try is there; what the tests need comes with: make deps check')
deps-recipes:
	@sh tests/deps.sh build test recipes
deps-pages:
	@sh tests/deps.sh build test pages
	@test -d $(BUILD)/npm/node_modules/speedscope || npm install --silent --no-audit --no-fund --prefix $(BUILD)/npm speedscope@1.25.0
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
deps-deb:
	@sh tests/deps.sh build deb

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

recipes: all
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh recipes
# The page of --html in a browser, and the exports that need a large reader.
pages: all programs
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh pages
guests: all
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh guests
stress: all programs
	@BUILD=$(abspath $(BUILD)) bash tests/run.sh stress
soak: all
	@BUILD=$(abspath $(BUILD)) nice bash tests/soak/run.sh
releases:
	@bash tests/releases/run.sh $(RELEASE)
compilers:
	@bash tests/releases/compilers.sh $(COMPILER)
commands: all programs
	@BUILD=$(abspath $(BUILD)) nice bash tests/commands/run.sh
	@BUILD=$(abspath $(BUILD)) nice bash tests/commands/lines.sh
bench: all
	@BUILD=$(abspath $(BUILD)) bash tests/bench/run.sh

# --- packages ----------------------------------------------------------------------------------

# leakreport looks for libtrace.so in ../lib/leakreport from where it is.
SHARE = $(DESTDIR)$(PREFIX)/share
install: $(BUILD)/libtrace.so $(BUILD)/leakreport
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/leakreport $(SHARE)/man/man1 \
	  $(SHARE)/bash-completion/completions $(SHARE)/zsh/vendor-completions
	install -m 755 $(BUILD)/leakreport $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BUILD)/libtrace.so $(DESTDIR)$(PREFIX)/lib/leakreport/
	ln -sf ../../bin/leakreport $(DESTDIR)$(PREFIX)/lib/leakreport/valgrind
	install -d $(SHARE)/leakreport
	install -m 644 packaging/suppressions/*.supp $(SHARE)/leakreport/
	install -m 644 report/leakreport.1 $(SHARE)/man/man1/
	install -d $(DESTDIR)$(PREFIX)/include
	install -m 644 tracer/leakreport.h $(DESTDIR)$(PREFIX)/include/
	install -d $(DESTDIR)$(PREFIX)/include/leakreport/valgrind
	install -m 644 include/valgrind/*.h $(DESTDIR)$(PREFIX)/include/leakreport/valgrind/
	install -m 644 packaging/completion/leakreport.bash $(SHARE)/bash-completion/completions/leakreport
	install -m 644 packaging/completion/_leakreport $(SHARE)/zsh/vendor-completions/
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/leakreport $(DESTDIR)$(PREFIX)/include/leakreport.h $(SHARE)/man/man1/leakreport.1 \
	  $(SHARE)/bash-completion/completions/leakreport $(SHARE)/zsh/vendor-completions/_leakreport
	rm -rf $(DESTDIR)$(PREFIX)/lib/leakreport $(SHARE)/leakreport $(DESTDIR)$(PREFIX)/include/leakreport
dist:
	@bash packaging/dist.sh $(VERSION) $(BUILD)/dist
deb:
	@sh packaging/deb.sh $(VERSION) $(BUILD)/deb

format:
	find tracer report demo tests/unit tests/fuzz -name '*.[ch]' -exec clang-format -i {} +
clean:
	rm -rf build build-asan build-tsan build-fuzz

help:
	@echo 'make               build/libtrace.so, build/leakreport, build/demo'
	@echo 'make deps try      install what building needs, build, trace the demo, print its report'
	@echo 'make deps check    install what the tests need, too, and pass every one'
	@echo 'make unit          build the unit tests;  make asan, make tsan: run them under sanitizers'
	@echo 'make deps-fuzz fuzz   hostile input for FUZZ_SECONDS=60 to each of the six fuzzers'
	@echo 'make recipes       docs/*.md with the tools that they are for (make deps-recipes installs those)'
	@echo 'make guests        other allocators, Go, Java (make deps-guests installs them)'
	@echo 'make stress bench  long tests; the cost compared with other tools'
	@echo "make soak          other people's test suites with and without the tracer (make deps-soak first)"
	@echo "make commands      108 commands of Debian packages: leak kinds beside valgrind's (make deps-commands first)"
	@echo 'make compilers     warnings, unit tests and demo with every gcc-N and clang-N that is installed, eight sets of flags each'
	@echo 'make releases      the two commands on Debian 11, 12, 13 and unstable, in folders by debootstrap (make deps-releases first)'
	@echo 'make install       PREFIX=$(PREFIX), DESTDIR honoured'
	@echo 'make dist          $(BUILD)/dist/leakreport-$(VERSION).tar.gz'
	@echo 'make deb           $(BUILD)/deb/leakreport_$(VERSION)_amd64.deb (make deps-deb first)'
	@echo 'make CC=clang CFLAGS=-O3 CPPFLAGS= LDFLAGS= V=1   the builder'"'"'s compiler and flags; V=1 shows the commands'
	@echo 'make format clean'

FORCE:
.PHONY: all compilers commands deps deps-bench deps-commands deps-deb deps-fuzz deps-guests deps-recipes deps-releases deps-soak guests recipes soak try check unit programs asan tsan run-unit releases fuzz fuzzers stress bench install uninstall dist deb format clean help FORCE

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)
