#!/usr/bin/env python3
"""inputs.py FOLDER: what the programs of slowdown.sh work on; the same bytes at every run."""
import os
import random
import sys

folder = sys.argv[1]
draw = random.Random(1)


def write(name, text):
    with open(os.path.join(folder, name), "w") as out:
        out.write(text)


def expression(depth):
    if depth == 0:
        return draw.choice(["a", "b", "c", "t[i & 7]", str(draw.randrange(1, 999))])
    return f"({expression(depth - 1)} {draw.choice('+-*^|&')} {draw.choice(['a', 'b', 'i', '3'])})"


def function(number):
    body = "".join(f"        if (a > {k}) t[{k}] += {expression(draw.randrange(4, 60))};\n" for k in range(8))
    return (f"int f{number}(int a, int b, int c)\n{{\n    int t[8] = {{0}};\n    for (int i = 0; i < b; i++) {{\n{body}"
            f"        switch (c & 7) {{\n" +
            "".join(f"        case {k}: c = {expression(6)}; break;\n" for k in range(8)) +
            f"        }}\n    }}\n    return t[a & 7] + c{f' + f{number - 1}(b, c, a)' if number else ''};\n}}\n")


write("work.c", "".join(function(n) for n in range(60)))

words = ["".join(draw.choice("etaoinshrdlu") for _ in range(draw.randrange(2, 10))) for _ in range(4000)]
write("work.txt", "\n".join(" ".join(draw.choice(words) for _ in range(12)) for _ in range(8000)))

write("work.sql", """create table t(a integer, b text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000)
insert into t select i * 7919 % 200003, 'row ' || i from n;
create index by_a on t(a);
select count(*), max(b) from (select a % 1000 as g, group_concat(b) as b from t group by g order by g);
""")
write("work.py", """import json
table = {}
for i in range(60000):
    table["key %d" % i] = [str(i), (i, i + 1), {"n": i}]
print(len(json.loads(json.dumps(table))))
""")
write("work.pl", """my %h;
for my $i (1 .. 120000) { $h{"key $i"} = [$i, "value $i", {n => $i}]; }
my $n = 0;
for my $k (sort keys %h) { $n += $h{$k}[2]{n}; }
print "$n\\n";
""")
write("words.cpp", """#include <cstdio>
#include <map>
#include <string>
#include <vector>
int main()
{
    std::map<std::string, std::vector<std::string>> words;
    for (unsigned i = 0; i < 600000; i++)
        words["a word that needs the heap " + std::to_string(i * 7919 % 20011)].push_back(
            "and the place where it stood " + std::to_string(i));
    size_t n = 0;
    for (auto &word : words)
        n += word.second.back().size();
    printf("%zu\\n", n);
}
""")

# A history for git fast-import: 400 commits, each changes 5 of 60 files of 200 lines.
files = {f"dir{n % 6}/file{n}.txt": [" ".join(draw.choice(words) for _ in range(8)) for _ in range(200)] for n in range(60)}
history = []
for commit in range(400):
    changed = list(files) if commit == 0 else draw.sample(sorted(files), 5)
    history.append(f"commit refs/heads/main\ncommitter A <a@example.org> {1600000000 + commit * 60} +0000\n"
                   f"data {len('change %d' % commit)}\nchange {commit}\n")
    for name in changed:
        for _ in range(6):
            files[name][draw.randrange(200)] = " ".join(draw.choice(words) for _ in range(8))
        text = "\n".join(files[name]) + "\n"
        history.append(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n")
write("history", "".join(history))
