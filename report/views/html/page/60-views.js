// Summary, functions, timeline, errors, sizes and modules.

/** @param {string} text @param {string} label */
function card(text, label) {
  return element("div", { class: "card" }, element("b", {}, text), element("span", {}, label));
}

/**
 * The largest by one metric, a sentence each.
 * @param {Process} process
 * @param {string} metric
 * @param {number} count
 */
function culprits(process, metric, count) {
  const stacks = process.stackValues(metric);
  /** @type {Map<string, {value: number, stack: number, largest: number, stacks: number}>} */
  const sums = new Map();
  stacks.forEach((value, stack) => {
    if (!value) return;
    const name = process.described(process.culprit(stack));
    const sum = sums.get(name) || { value: 0, stack, largest: 0, stacks: 0 };
    sum.value += value;
    sum.stacks++;
    if (value > sum.largest) {
      sum.largest = value;
      sum.stack = stack;
    }
    sums.set(name, sum);
  });
  return [...sums].sort((a, b) => b[1].value - a[1].value).slice(0, count);
}

/**
 * What has changed since the older log.
 * @param {Page} page
 */
function changesElements(page) {
  const { process } = page;
  const { diff } = process.raw;
  if (!diff) return [];
  /** @type {Object<string, string>} */
  const words = { new: "new", increased: "increased", decreased: "decreased", gone: "gone", same: "as before" };
  const metric = process.firstMetric();
  const before = process.stackValues(metric, "before");
  /** @type {Map<string, {more: number, stack: number}>} */
  const grown = new Map();
  process.stackValues(metric, "now").forEach((value, stack) => {
    if (value === before[stack]) return;
    const name = process.described(process.culprit(stack));
    const sum = grown.get(name) || { more: 0, stack };
    sum.more += value - before[stack];
    grown.set(name, sum);
  });
  const most = [...grown].filter(([, sum]) => sum.more > 0).sort((a, b) => b[1].more - a[1].more).slice(0, 3);
  const label = (METRICS.find((known) => known.id === metric) || METRICS[0]).label;
  return [element("h2", {}, "Since " + (diff.log || "nothing: no older log is of this program")),
    element("div", { class: "scroll" }, element("table", {}, element("caption", {}, "Loss records of the kinds that were asked for."), element("thead", {}, element("tr", {}, ...["", "Records", "Bytes before", "Bytes now", "Blocks before", "Blocks now"].map((name, i) => element("th", { scope: "col", class: i ? "number" : "" }, name)))),
      element("tbody", {}, ...Object.keys(words).map((change) => element("tr", {}, element("th", { scope: "row" }, element("a", { href: page.link({ v: "leaks", change, k: undefined, q: undefined }) }, words[change])),
        ...["records", "bytes_before", "bytes", "blocks_before", "blocks"].map((key) => element("td", { class: "number" }, grouped(diff.sums[change][key])))))))),
    diff.errors_known || diff.errors_gone ? element("p", {}, "Bad frees: " + grouped(diff.errors_known) + " that were there before, too, are not listed; " + grouped(diff.errors_gone) + " are gone.") : "",
    most.length ? element("p", {}, "What grew most, in bytes " + label + ":") : element("p", {}, "Nothing grew (" + label + ")."),
    element("ol", { class: "culprits" }, ...most.map(([name, sum]) => element("li", {}, element("code", {}, name), " " + process.figure(sum.more, metric) + " more. ",
      element("a", { href: page.link({ v: "flame", metric, about: process.functionName(process.culprit(sum.stack)), by: "function", zoom: undefined, q: undefined }) }, "Who calls it?"))))];
}

/**
 * What --by has summed up: types, too, which the other views do not know.
 * @param {any} by
 */
function byElements(by) {
  const label = (METRICS.find((known) => known.id === by.metric) || METRICS[0]);
  return [element("h2", {}, (label.unit === "bytes" ? "Bytes " : "") + label.label + ", by " + by.what),
    element("table", {}, element("thead", {}, element("tr", {}, ...[by.what, label.unit, by.second, "Share"].map((name, i) => element("th", { scope: "col", class: i ? "number" : "" }, name)))),
      element("tbody", {}, ...by.names.slice(0, 50).map((/** @type {string} */ name, /** @type {number} */ i) => element("tr", {}, element("td", {}, element("code", {}, name)),
        element("td", { class: "number" }, grouped(by.figures[i])), element("td", { class: "number" }, grouped(by.seconds[i])), element("td", { class: "number" }, share(by.figures[i], by.total)))))),
    by.names.length > 50 || by.more ? element("p", { class: "dim" }, grouped(Math.max(0, by.names.length - 50) + by.more) + " more are left out.") : ""];
}

/**
 * What is possibly lost is told apart: the program has pointers to it.
 * @param {Object<string, {bytes: number, blocks: number}>} leaks
 */
function lostSentence(leaks) {
  const { definite, indirect, possible } = leaks;
  const blocks = definite.blocks + indirect.blocks;
  const maybe = (/** @type {string} */ words) => grouped(possible.bytes) + " bytes in " + counted(possible.blocks, "block") + words;
  if (!blocks) return maybe(" may be lost: the program points only to their inside.");
  return grouped(definite.bytes + indirect.bytes) + " bytes in " + counted(blocks, "block") + (blocks === 1 ? " is" : " are") + " lost: nothing in the program points to " + (blocks === 1 ? "it" : "them") + " any more." +
    (possible.blocks ? " Of " + maybe(" it points only to the inside: they may be lost, too.") : "");
}

/** @param {Page} page */
function summaryView(page) {
  const { process } = page;
  const { raw } = process;
  const { totals, leaks, peak } = raw;
  const lost = leaks.definite.bytes + leaks.indirect.bytes + leaks.possible.bytes;
  const lostBlocks = leaks.definite.blocks + leaks.indirect.blocks + leaks.possible.blocks;
  const verdict = !raw.has_kinds && (totals.blocks_in_use || raw.sample_bytes) ? "Which of the blocks are lost is not known."
    : lostBlocks ? lostSentence(leaks)
    : totals.blocks_in_use ? "Nothing is lost. What was in use at the end can still be reached." : "All heap blocks were freed. No leaks are possible.";
  const metric = lost ? "lost" : totals.bytes_in_use ? "in-use" : "peak";
  const label = { lost: "lost", "in-use": "still in use", peak: "in use at the peak" }[metric];
  const whole = process.values(metric)[0];
  const kinds = KINDS.filter((kind) => leaks[kind].blocks);
  page.main.replaceChildren(
    element("p", {}, element("strong", {}, verdict), raw.doubt ? " Whether there are errors is not known: " + raw.doubt : ""),
    element("div", { class: "cards" },
      raw.has_kinds ? card(size(lost), (lostBlocks && lostBlocks === leaks.possible.blocks ? "possibly lost, in " : "lost, in ") + counted(lostBlocks, "block")) : "",
      card(size(totals.bytes_in_use), "in use at the end, in " + counted(totals.blocks_in_use, "block")),
      peak ? card(size(peak.bytes), "at the peak, in " + counted(peak.blocks, "block") + (peak.resident_bytes ? "; resident " + size(peak.resident_bytes) : "")) : "",
      card(size(totals.bytes_allocated), "allocated in all, by " + counted(totals.allocations, "call")),
      card(grouped(raw.errors.length), raw.errors.length === 1 ? "error besides leaks, such as a bad free" : "errors besides leaks, such as bad frees")),
    ...process.stripped().map((path) => element("p", { class: "note" }, "Most functions of " + path + " have no names, because it was stripped: install its debug symbols (Debian has them in packages whose names end in -dbgsym), or build it with -g, and make the page anew.")),
    ...changesElements(page),
    whole ? element("h2", {}, "The largest") : "",
    whole ? element("ol", { class: "culprits" }, ...culprits(process, metric, 3).map(([name, sum]) => element("li", {},
      element("code", {}, name), " allocated " + process.figure(sum.value, metric) + " that are " + label + ", " + share(sum.value, whole) + " of all" + (sum.stacks > 1 ? ", by " + counted(sum.stacks, "call stack") : "") + ". ",
      element("a", { href: page.link({ v: "flame", metric, about: process.functionName(process.culprit(sum.stack)), by: "function", zoom: undefined, q: undefined }) }, "Who calls it?")))) : "",
    ...(raw.by ? byElements(raw.by) : []),
    kinds.length ? element("h2", {}, "In use at the end") : "",
    kinds.length ? element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Kind"), element("th", { scope: "col", class: "number" }, "Bytes"), element("th", { scope: "col", class: "number" }, "Blocks"))),
      element("tbody", {}, ...kinds.map((kind) => element("tr", {}, element("td", {}, element("a", { class: "kind " + kind, href: page.link({ v: "leaks", k: kind, q: undefined }) }, KIND_WORDS[kind])),
        element("td", { class: "number" }, grouped(leaks[kind].bytes)), element("td", { class: "number" }, grouped(leaks[kind].blocks)))),
        leaks.suppressed.blocks ? element("tr", {}, element("td", {}, "suppressed"), element("td", { class: "number" }, grouped(leaks.suppressed.bytes)), element("td", { class: "number" }, grouped(leaks.suppressed.blocks))) : "")) : "",
    element("h2", {}, "The process"),
    element("table", {}, element("tbody", {}, ...[
      ["Command", raw.command || "not recorded"], ["Program", raw.executable || "not recorded"], ["Process", String(raw.pid)],
      ["Started", new Date(raw.started_ns / 1e6).toISOString().replace("T", " ").replace(/\..*/, " UTC")],
      ["Ran for", raw.ended_ns ? seconds(raw.ended_ns - raw.started_ns) : "not recorded"],
      ["Ended", raw.ending + (raw.became ? ", became " + raw.became : "")], ["Log", raw.log || "not kept"],
    ].map(([name, text]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text))))),
    raw.notes.length ? element("h2", {}, "What the log could not hold, and what to know") : "",
    ...raw.notes.map((note) => element("p", { class: "note" }, note.text)),
    raw.sources_left_out ? element("p", { class: "note" }, "The source text around " + counted(raw.sources_left_out, "place") + " is left out: a page holds 256 kB of it.") : "",
    raw.ending_stack ? element("h2", {}, "Where it ended") : "", raw.ending_stack ? stackElement(process, raw.ending_stack) : "");
}

/**
 * What each name comes to with all that it called, and by itself.
 * @param {Process} process @param {string} metric @param {string} side @param {Int32Array} ids @param {number} count
 */
function sumsByName(process, metric, side, ids, count) {
  const inclusive = new Float64Array(count);
  const self = new Float64Array(count);
  const seen = new Int32Array(count).fill(-1);
  process.stackValues(metric, side).forEach((value, stack) => {
    if (!value) return;
    let isSelf = true;
    for (let node = process.stackNodes[stack]; node > 0; node = process.parents[node]) {
      const frame = process.nodeFrames[node];
      const id = ids[frame];
      if (isSelf && process.raw.frames.module[frame] !== process.tracer) {
        self[id] += value;
        isSelf = false;
      }
      if (seen[id] !== stack) inclusive[id] += value;
      seen[id] = stack;
    }
  });
  return { inclusive, self };
}

/**
 * Self and inclusive figures by name: the graph's figures as a table.
 * @param {Page} page
 */
function tableView(page) {
  const { process, state } = page;
  const metric = state.metric || process.firstMetric();
  const by = state.by || "function";
  const { ids, names } = process.grouping(by);
  const matches = matcher(state.q || "");
  const { diff } = process.raw;
  const values = process.values(metric);
  const { inclusive, self } = sumsByName(process, metric, "now", ids, names.length);
  const before = diff ? sumsByName(process, metric, "before", ids, names.length).inclusive : inclusive;
  const change = inclusive.map((value, id) => value - before[id]);
  const sorts = /** @type {Object<string, Float64Array>} */ ({ self, inclusive, change: change.map(Math.abs) });
  const sorted = state.sort && sorts[state.sort] ? state.sort : diff ? "change" : "inclusive";
  const sort = sorts[sorted];
  const rows = names.map((_, id) => id).filter((id) => (inclusive[id] > 0 || before[id] > 0) && (!matches || matches(names[id]))).sort((a, b) => sort[b] - sort[a]);
  const total = values[0];
  const select = (/** @type {string} */ label, /** @type {string} */ value, /** @type {[string, string][]} */ options, /** @type {string} */ key) =>
    element("label", {}, label, element("select", { onchange: (/** @type {any} */ event) => page.go({ [key]: event.target.value }, false) }, ...options.map(([id, text]) => element("option", { value: id, selected: id === value }, text))));
  const head = (/** @type {string} */ id, /** @type {string} */ text) => element("th", { scope: "col", class: "number", "aria-sort": sorted === id ? "descending" : "none" },
    element("button", { type: "button", onclick: () => page.go({ sort: id }, false) }, text + (sorted === id ? " ▼" : "")));
  page.main.replaceChildren(
    element("div", { class: "controls" },
      select("Show", metric, process.metrics().map((known) => /** @type {[string, string]} */ ([known.id, known.unit === "bytes" ? "bytes " + known.label : known.label])), "metric"),
      select("by", by, GROUPINGS.map((name) => /** @type {[string, string]} */ ([name, name])), "by"),
      element("input", { type: "search", placeholder: "Filter: text or /expression/", "aria-label": "Filter", value: state.q || "", onchange: (/** @type {any} */ event) => page.go({ q: event.target.value || undefined }, false) })),
    element("div", { class: "scroll" }, element("table", { class: "sums" },
      element("caption", {}, "With all that it called, and by itself: as the function that called the allocator. " + grouped(rows.length) + " rows" + (rows.length > 500 ? ", the first 500 are shown." : ".")),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, by), diff ? head("change", "Change") : "", head("inclusive", "With callees"), element("th", { scope: "col", class: "number" }, "Share"), head("self", "Itself"))),
      element("tbody", {}, ...rows.slice(0, 500).map((id) => element("tr", {},
        element("td", {}, element("a", { href: page.link({ v: "flame", metric, by, about: names[id], q: undefined }) }, names[id])),
        diff ? element("td", { class: "number" }, signed(inclusive[id], before[id])) : "",
        element("td", { class: "number" }, grouped(inclusive[id])), element("td", { class: "number" }, share(inclusive[id], total), " ", element("span", { class: "bar", style: "width:" + (60 * inclusive[id]) / (total || 1) + "px" })),
        element("td", { class: "number" }, grouped(self[id]))))))));
}

/** @param {Page} page */
function timelineView(page) {
  const { process } = page;
  const { timeline, peak } = process.raw;
  const count = timeline.time_ns.length;
  if (!count || !peak) {
    page.main.replaceChildren(element("p", {}, "The log has no samples of the use of memory over time."));
    return;
  }
  // As wide as it is shown, for letters keep their size then.
  const width = () => Math.round(Math.min(1000, Math.max(360, page.main.clientWidth || 1000)));
  const W = width(), H = W < 600 ? 260 : 360, L = 74, R = 16, T = 18, B = 40;
  page.onresize = () => width() !== W && timelineView(page);
  const end = timeline.time_ns[count - 1] || 1;
  const most = Math.max(...timeline.resident_bytes, ...timeline.bytes, peak.bytes, 1);
  const mostBlocks = Math.max(...timeline.blocks, 1);
  const x = (/** @type {number} */ ns) => L + ((W - L - R) * ns) / end;
  const y = (/** @type {number} */ bytes) => H - B - ((H - T - B) * bytes) / most;
  const line = (/** @type {number[]} */ column, /** @type {number} */ scale) => timeline.time_ns.map((ns, i) => x(ns).toFixed(1) + "," + y(column[i] * scale).toFixed(1)).join(" ");
  const text = element("p", { class: "dim onscreen" }, "Move over the picture for figures.");
  const cursor = drawn("line", { class: "cursor", y1: T, y2: H - B, x1: -9, x2: -9 });
  const peakX = x(Math.min(end, peak.before_ns || end));
  const svg = drawn("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "Memory over time; the table below has the figures" },
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
      drawn("line", { class: "grid", x1: L, x2: W - R, y1: y(most * part), y2: y(most * part) }),
      drawn("text", { x: L - 6, y: y(most * part) + 4, "text-anchor": "end" }, size(most * part)),
      drawn("text", { x: x(end * part), y: H - B + 18, "text-anchor": part === 1 ? "end" : part === 0 ? "start" : "middle" }, seconds(end * part))]),
    drawn("polygon", { class: "area", points: `${x(timeline.time_ns[0])},${y(0)} ${line(timeline.bytes, 1)} ${x(end)},${y(0)}` }),
    drawn("polyline", { class: "blocks", points: line(timeline.blocks, most / mostBlocks) }),
    timeline.resident_bytes.some(Boolean) ? drawn("polyline", { class: "resident", points: line(timeline.resident_bytes, 1) }) : drawn("g", {}),
    drawn("polyline", { class: "live", points: line(timeline.bytes, 1) }),
    drawn("line", { class: "peak", x1: peakX, x2: peakX, y1: y(peak.bytes), y2: H - B }),
    drawn("text", { class: "peak-text", x: Math.min(W - R - 4, peakX + 4), y: Math.max(T + 10, y(peak.bytes) - 5), "text-anchor": peakX > W / 2 ? "end" : "start" }, "peak " + size(peak.bytes)),
    cursor);
  svg.addEventListener("mousemove", (event) => {
    const box = svg.getBoundingClientRect();
    const ns = (((/** @type {MouseEvent} */ (event).clientX - box.left) / box.width) * W - L) / (W - L - R) * end;
    let i = 0;
    while (i + 1 < count && timeline.time_ns[i + 1] <= ns) i++;
    cursor.setAttribute("x1", String(x(timeline.time_ns[i])));
    cursor.setAttribute("x2", String(x(timeline.time_ns[i])));
    text.textContent = seconds(timeline.time_ns[i]) + ": " + grouped(timeline.bytes[i]) + " bytes in " + grouped(timeline.blocks[i]) + " blocks in use" + (timeline.resident_bytes[i] ? ", " + size(timeline.resident_bytes[i]) + " resident" : "");
  });
  const step = Math.max(1, Math.floor(count / 30));
  page.main.replaceChildren(
    element("h2", {}, "Memory over time"), svg,
    element("p", {}, "Line: bytes in use. Dashes: resident set of the process. Dots: blocks in use (their own scale, ", grouped(mostBlocks), " at the top)."), text,
    element("p", {}, "The peak was " + grouped(peak.bytes) + " bytes in " + counted(peak.blocks, "block") + (peak.before_ns ? ", between " + seconds(peak.after_ns) + " and " + seconds(peak.before_ns) : ", after " + seconds(peak.after_ns)) + ". ", element("a", { href: page.link({ v: "flame", metric: "peak", zoom: undefined, about: undefined }) }, "What was in use then?")),
    element("details", {}, element("summary", {}, "As a table"), element("div", { class: "scroll" }, element("table", {},
      element("thead", {}, element("tr", {}, ...["Time", "Bytes in use", "Blocks", "Resident"].map((name) => element("th", { scope: "col", class: "number" }, name)))),
      element("tbody", {}, ...timeline.time_ns.map((_, i) => i).filter((i) => i % step === 0 || i === count - 1).map((i) => element("tr", {}, element("td", { class: "number" }, seconds(timeline.time_ns[i])),
        element("td", { class: "number" }, grouped(timeline.bytes[i])), element("td", { class: "number" }, grouped(timeline.blocks[i])), element("td", { class: "number" }, grouped(timeline.resident_bytes[i])))))))));
}

/** @param {Page} page */
function errorsView(page) {
  const { process } = page;
  const { errors } = process.raw;
  page.main.replaceChildren(element("p", {}, errors.length ? counted(errors.length, "different error") + ", in the order in which they were first seen." : "There were no bad frees."),
    ...errors.map((error) => {
      const parts = [element("h2", {}, error.text + (error.count > 1 ? ", " + grouped(error.count) + " times" : "") + (error.suppressed ? " (suppressed)" : "")), element("p", { class: "dim" }, "First after " + seconds(error.time_ns) + ", by thread " + error.tid), stackElement(process, error.stack), element("p", {}, error.address_text + ".")];
      if (error.stack_freed) parts.push(element("p", {}, "It was freed here:"), stackElement(process, error.stack_freed));
      if (error.stack_allocated) parts.push(element("p", {}, "It was allocated here:"), stackElement(process, error.stack_allocated));
      if (error.overwritten_text) parts.push(element("p", {}, error.overwritten_text + "."));
      if (error.stack_overwritten) parts.push(stackElement(process, error.stack_overwritten));
      return element("section", { class: "error" }, ...parts);
    }));
}

/** @param {Page} page */
function sizesView(page) {
  const { process } = page;
  const { sizes, modules, thread_use: threads } = process.raw;
  const rows = sizes.blocks.map((_, i) => i).filter((i) => sizes.blocks[i]);
  const most = Math.max(...rows.map((i) => sizes.bytes[i]), 1);
  const metric = process.firstMetric();
  const sums = new Float64Array(modules.length);
  process.stackValues(metric).forEach((value, stack) => {
    const frame = value ? process.culprit(stack) : -1;
    if (frame >= 0) sums[process.raw.frames.module[frame]] += value;
  });
  const total = process.values(metric)[0];
  const label = (METRICS.find((known) => known.id === metric) || METRICS[0]).label;
  const range = (/** @type {number} */ i) => (i === 0 ? "0" : i === 1 ? "1" : grouped(2 ** (i - 1)) + " to " + grouped(2 ** i - 1));
  page.main.replaceChildren(
    element("h2", {}, "Sizes of the blocks in use at the end"),
    rows.length ? element("table", {}, element("thead", {}, element("tr", {}, ...["Bytes each", "Blocks", "Bytes in all", ""].map((name, i) => element("th", { scope: "col", class: i < 3 ? "number" : "" }, name)))),
      element("tbody", {}, ...rows.map((i) => element("tr", {}, element("td", { class: "number" }, range(i)), element("td", { class: "number" }, grouped(sizes.blocks[i])), element("td", { class: "number" }, grouped(sizes.bytes[i])),
        element("td", { style: "width: 45%" }, element("span", { class: "bar", style: "width:" + (100 * sizes.bytes[i]) / most + "%" })))))) : element("p", {}, "None was."),
    element("h2", {}, "Modules"),
    element("table", {}, element("caption", {}, "Bytes " + label + ", counted for the module of the innermost function that is not a library's."),
      element("tbody", {}, ...modules.map((_, i) => i).filter((i) => modules[i].path).sort((a, b) => sums[b] - sums[a]).map((i) => element("tr", {}, element("td", {}, modules[i].path), element("td", { class: "number" }, grouped(sums[i])), element("td", { class: "number" }, share(sums[i], total)))))),
    threads && threads.tid.length ? element("h2", {}, "Threads") : "",
    threads && threads.tid.length ? element("div", { class: "scroll" }, element("table", {}, element("caption", {}, "Threads that ran one after another may share a row: then the latest one's number stands for all."), element("thead", {}, element("tr", {}, ...["Thread", "Calls", "Bytes allocated", "Temporary"].map((name) => element("th", { scope: "col", class: "number" }, name)))),
      element("tbody", {}, ...threads.tid.map((tid, i) => i).sort((a, b) => threads.bytes_allocated[b] - threads.bytes_allocated[a]).slice(0, 200).map((i) => element("tr", {}, ...[threads.tid[i], threads.allocations[i], threads.bytes_allocated[i], threads.temporary[i]].map((value) => element("td", { class: "number" }, grouped(value)))))))) : "");
}
