#!/usr/bin/env python3
"""big_debug.py FOLDER UNITS FUNCTIONS: C sources of a program with UNITS * FUNCTIONS functions, each of
which loses one block, allocated two inlined functions deep. big_debug.sh builds and measures it."""
import os
import sys

folder, units, functions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
STRUCTS = 4000
INLINED = 60

with open(os.path.join(folder, "types.h"), "w") as out:
    out.write("#include <stdlib.h>\n")
    for s in range(STRUCTS):
        members = "".join(f"    {'long' if m % 2 else 'unsigned char'} member_{s}_{m};\n" for m in range(12))
        out.write(f"struct record_{s} {{\n{members}    struct record_{max(s - 1, 0)} *next;\n}};\n")
    for i in range(INLINED):
        out.write(f"static inline __attribute__((always_inline)) void *take_{i}(unsigned n)\n"
                  f"{{\n    struct record_{i} *r = malloc(n);\n    if (r)\n        r->member_{i}_0 = 1;\n    return r;\n}}\n"
                  f"static inline __attribute__((always_inline)) void *keep_{i}(unsigned n)\n"
                  f"{{\n    void *r = take_{i}(n + {i});\n    return r;\n}}\n")
for u in range(units):
    with open(os.path.join(folder, f"unit_{u}.c"), "w") as out:
        out.write('#include "types.h"\nvoid *volatile last_%d;\n' % u)
        for f in range(functions):
            out.write(f"static __attribute__((noinline)) void lose_{u}_{f}(unsigned n)\n"
                      f"{{\n    last_{u} = keep_{f % INLINED}(n % 7 + 8);\n    last_{u} = 0;\n}}\n")
        out.write(f"void unit_{u}(unsigned n)\n{{\n" +
                  "".join(f"    lose_{u}_{f}(n + {f});\n" for f in range(functions)) + "}\n")
with open(os.path.join(folder, "main.c"), "w") as out:
    out.write("".join(f"void unit_{u}(unsigned n);\n" for u in range(units)))
    out.write("int main(int count, char **arguments)\n{\n    (void)arguments;\n" +
              "".join(f"    unit_{u}((unsigned)count);\n" for u in range(units)) + "    return 0;\n}\n")
