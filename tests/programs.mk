# The small programs of the end-to-end tests: tests/programs/*.c, *.cpp, *.rs → build/tests/programs/.
# Compiled as a user compiles them for finding a leak: -O0 -g. lib*.c and lib*.cpp are shared libraries.
# A first line "// flags: …" adds compiler or linker flags; PROGRAMS is where the results go.
PROGRAMS := $(BUILD)/tests/programs
SOURCES  := $(wildcard tests/programs/*.c tests/programs/*.cpp tests/programs/*.rs)
LIBS     := $(patsubst tests/programs/%,$(PROGRAMS)/%.so,$(basename $(wildcard tests/programs/lib*.c tests/programs/lib*.cpp)))
TARGETS  := $(patsubst tests/programs/%,$(PROGRAMS)/%,$(basename $(filter-out tests/programs/lib%,$(SOURCES))))
flags     = $(shell sed -n '1s|^// flags: ||p' $<)

all: $(LIBS) $(TARGETS)
$(TARGETS): $(wildcard tests/programs/*.h) | $(LIBS)
$(TARGETS) $(LIBS): tests/programs.mk
$(PROGRAMS)/%: tests/programs/%.c
	@mkdir -p $(@D)
	gcc -std=gnu11 -O0 -g -w -o $@ $< -L$(PROGRAMS) -Wl,-rpath,'$$ORIGIN' -pthread -ldl $(flags)
$(PROGRAMS)/%: tests/programs/%.cpp
	@mkdir -p $(@D)
	g++ -std=c++17 -O0 -g -w -o $@ $< -L$(PROGRAMS) -Wl,-rpath,'$$ORIGIN' -pthread -ldl $(flags)
$(PROGRAMS)/%: tests/programs/%.rs
	@mkdir -p $(@D)
	/usr/bin/rustc -g -C debuginfo=2 -o $@ $< -L native=$(PROGRAMS) -C link-arg=-Wl,-rpath,'$$ORIGIN' $(flags)
$(PROGRAMS)/%.so: tests/programs/%.c
	@mkdir -p $(@D)
	gcc -std=gnu11 -O0 -g -w -fPIC -shared -Wl,-soname,$(@F) -o $@ $< -ldl $(flags)
$(PROGRAMS)/%.so: tests/programs/%.cpp
	@mkdir -p $(@D)
	g++ -std=c++17 -O0 -g -w -fPIC -shared -Wl,-soname,$(@F) -o $@ $< -ldl $(flags)
.PHONY: all
