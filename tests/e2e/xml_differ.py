#!/usr/bin/env python3
"""xml_differ.py [--accesses] [--called] VALGRIND.xml OURS.xml: what the errors of two XML reports differ in.

Compared are the kinds (with --accesses also wrong reads and writes), sentences of errors, leaked bytes and blocks,
functions and lines of each stack. Not compared are what no two runs have in common: addresses, numbers of records and
threads; with --called not inlined frames either, of which valgrind 3.19 leaves out some that addr2line has, and then the
line of the frame that they lie in. Prints a line for each error that only one of them has, and exits 1 then; exits 0 when both say the same.
"""
import re
import sys
import xml.etree.ElementTree as tree
from collections import Counter

# Frames of an allocation function that one version of valgrind shows and another does not.
ALLOCATORS = {"memalign", "posix_memalign", "aligned_alloc", "valloc", "pvalloc", "reallocarray", "realloc"}


def plain(name):
    """A function's name without namespaces, classes, arguments and what is in <>, which may hold brackets and
    arrows of its own. A closure of Rust has a number in one, and none in the other."""
    name = re.sub(r"\{closure#\d+\}", "{{closure}}", name.replace("->", ""))
    while re.search("<[^<>]*>", name):
        name = re.sub("<[^<>]*>", "", name)
    return re.sub(r"\(.*", "", name).split("::")[-1]


def frames(stack):
    """(function, file:line) of each frame; without a source the function alone. Allocation functions' own
    frames, which have no source in either, are one. Of an inlined function valgrind has only the plain name."""
    result = []
    every = list(stack.iter("frame"))
    if "--called" in sys.argv:
        return tuple(frame.findtext("fn") or "???" for frame, outer in zip(every, every[1:] + [None])
                     if outer is None or frame.findtext("ip") != outer.findtext("ip"))
    for frame, outer in zip(every, every[1:] + [None]):
        if outer is not None and frame.findtext("ip") == outer.findtext("ip"):
            result.append((plain(frame.findtext("fn") or "???"), f"{frame.findtext('file')}:{frame.findtext('line')}"))
            continue
        # Some releases' valgrind comes with lines of its own.
        line = frame.findtext("line") if frame.findtext("file") != "vg_replace_malloc.c" else ""
        source = f"{frame.findtext('file')}:{line}" if line else ""
        if frame.findtext("fn") == "clone3":  # valgrind hides it from glibc
            result.append(("clone", ""))
            continue
        source = "" if frame.findtext("fn") == "clone" else source
        result.append((frame.findtext("fn") or "???", source))
    while len(result) > 1 and result[0][0] in ALLOCATORS and result[1][0] in ALLOCATORS:
        del result[0]
    if result and result[0][0] in ALLOCATORS and not result[0][1]:
        result[0] = ("(allocation)", "")
    return tuple(result)


def errors(name, kinds):
    found = Counter()
    for error in tree.parse(name).getroot().iter("error"):
        if not re.match(kinds, error.findtext("kind")):
            continue  # reads and writes of memory are valgrind's alone, but for --guard
        if any(frame.text == "allocate_dtv" for frame in error.iter("fn")):
            continue  # a running thread's, whose kind and size leak_kinds.table explains
        bytes_, blocks = error.findtext("xwhat/leakedbytes"), error.findtext("xwhat/leakedblocks")
        what = error.findtext("what") or re.sub(r" in loss record.*", "", error.findtext("xwhat/text"))
        if re.search("(size|dealloc) value:", what):
            continue  # valgrind has these from 3.22 on
        told = tuple(re.sub(r"0x[0-9a-fA-F]+", "0x", also.text) for also in error.iter("auxwhat"))
        stacks = tuple(frames(stack) for stack in error.iter("stack"))
        found[(error.findtext("kind"), what, bytes_, blocks, told, stacks)] += 1
    return found


def show(sign, error, times):
    kind, what, bytes_, blocks, told, stacks = error
    print(f"{sign} {times} {kind}: {what} {' | '.join(told)}")
    for stack in stacks:
        print("     " + " < ".join(frame if isinstance(frame, str) else " ".join(frame).strip() for frame in stack))


def main():
    kinds = "Leak_|InvalidFree|MismatchedFree" + ("|InvalidRead|InvalidWrite" if "--accesses" in sys.argv else "")
    valgrinds, ours = (errors(name, kinds) for name in sys.argv[-2:])
    for error, times in (valgrinds - ours).items():
        show("-", error, times)
    for error, times in (ours - valgrinds).items():
        show("+", error, times)
    sys.exit(valgrinds != ours)


main()
