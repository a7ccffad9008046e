// Loss records: a table that can be sorted and filtered, with whole call stacks.

const ROWS_AT_FIRST = 100;

/** @param {Process} process @param {number} stack */
function stackElement(process, stack) {
  const { raw } = process;
  const list = element("div", { class: "stack mono" });
  const frames = process.stackFrames(stack);
  frames.forEach((frame, i) => {
    const own = process.ownFrame[frame];
    list.append(element("div", { class: (own ? "own" : "library") + (raw.frames.inlined[frame] ? " inlined" : ""), title: raw.strings[raw.frames.file[frame]] || raw.modules[raw.frames.module[frame]].path },
      (i ? "by " : "at ") + process.described(frame)));
    const source = own && process.sourceAround(frame);
    if (source) list.append(source);
  });
  if (!frames.length) list.append(element("div", {}, "at ???"));
  const end = END_WORDS[raw.stacks.not_whole[String(stack)]];
  if (end) list.append(element("div", {}, end));
  return list;
}

/** @param {Process} process @param {number} stack @param {string} where @param {(text: string) => boolean} matches */
function stackMatches(process, stack, where, matches) {
  const { frames, strings } = process.raw;
  return process.stackFrames(stack).some((frame) =>
    ((where === "any" || where === "function") && matches(process.functionName(frame))) ||
    ((where === "any" || where === "file") && matches(strings[frames.file[frame]])) ||
    ((where === "any" || where === "module") && matches(process.moduleName(frames.module[frame]))));
}

/** @param {Process} process @param {number} record */
function recordText(process, record) {
  const { records } = process.raw;
  const direct = records.bytes[record];
  const indirect = records.indirect_bytes[record];
  const bytes = indirect ? grouped(direct + indirect) + " (" + grouped(direct) + " direct, " + grouped(indirect) + " indirect) bytes" : grouped(direct) + " bytes";
  return bytes + " in " + grouped(records.blocks[record]) + " blocks are " + KIND_WORDS[records.kind[record]] + "\n" + process.stackText(records.stack[record]);
}

/** @param {Page} page */
function leaksView(page) {
  const { process, state } = page;
  const { records, leaks, diff } = process.raw;
  const wanted = new Set((state.k || process.firstKinds().join(",")).split(","));
  const least = Number(state.least || 0) || 0;
  const where = state.in || "any";
  const matches = matcher(state.q || "");
  const total = (/** @type {number} */ i) => records.bytes[i] + records.indirect_bytes[i];
  const before = (/** @type {number} */ i) => diff.records.bytes_before[i] + diff.records.indirect_bytes_before[i];
  const change = diff ? state.change || "changed" : "any";
  const isWanted = (/** @type {number} */ i) => change === "any" || (change === "changed" ? diff.records.change[i] !== "same" : diff.records.change[i] === change);
  /** @type {Object<string, (i: number) => number | string>} */
  const columns = { size: total, blocks: (i) => records.blocks[i], change: (i) => (diff ? total(i) - before(i) : 0), kind: (i) => -KINDS.indexOf(records.kind[i]), place: (i) => process.described(process.culprit(records.stack[i])) };
  const sort = columns[state.sort || ""] ? /** @type {string} */ (state.sort) : diff ? "change" : "size";
  const up = state.up === "yes";
  const rows = records.kind.map((_, i) => i)
    .filter((i) => wanted.has(records.kind[i]) && (diff ? Math.max(total(i), before(i)) : total(i)) >= least && isWanted(i) && (state.supp === "yes" || !records.suppressed[i]) && (!matches || stackMatches(process, records.stack[i], where, matches)))
    .sort((a, b) => {
      const left = columns[sort](a);
      const right = columns[sort](b);
      return (left < right ? -1 : left > right ? 1 : 0) * (up ? 1 : -1) || a - b;
    });

  const head = (/** @type {string} */ id, /** @type {string} */ text, /** @type {boolean} */ number) =>
    element("th", { scope: "col", class: number ? "number" : "", "aria-sort": sort === id ? (up ? "ascending" : "descending") : "none" },
      element("button", { type: "button", onclick: () => page.go({ sort: id, up: sort === id && !up ? "yes" : undefined }, false) }, text + (sort === id ? (up ? " ▲" : " ▼") : "")));
  /** Records whose stacks are shown; the address has them, too. */
  const opened = new Set((state.open || "").split(",").filter(Boolean).map(Number));
  const body = element("tbody");
  const more = element("button", { type: "button" });
  let shown = 0;
  const show = (/** @type {number} */ count) => {
    for (const i of rows.slice(shown, shown + count)) body.append(recordRow(i));
    shown = Math.min(rows.length, shown + count);
    more.hidden = shown >= rows.length;
    more.textContent = "Show " + grouped(Math.min(500, rows.length - shown)) + " more of " + grouped(rows.length - shown);
  };
  const recordRow = (/** @type {number} */ i) => {
    const row = element("tr", {},
      element("td", {}, element("span", { class: "kind " + records.kind[i] }, KIND_WORDS[records.kind[i]]), records.suppressed[i] ? " (suppressed)" : "",
        diff ? element("div", { class: "dim" }, diff.records.change[i] + (diff.records.kind_before[i] ? ": " + KIND_WORDS[diff.records.kind_before[i]] + " before" : "")) : ""),
      diff ? element("td", { class: "number" }, signed(total(i), before(i)), element("div", { class: "dim" }, signed(records.blocks[i], diff.records.blocks_before[i]) + " blocks")) : "",
      element("td", { class: "number", title: grouped(total(i)) + " bytes" }, grouped(total(i)), records.indirect_bytes[i] ? element("div", { class: "dim" }, grouped(records.bytes[i]) + " direct") : ""),
      element("td", { class: "number" }, grouped(records.blocks[i])));
    const cell = element("td");
    const open = element("button", { type: "button", class: "open", "aria-expanded": "false", onclick: () => toggle() }, process.described(process.culprit(records.stack[i])));
    const toggle = () => {
      if (opened.delete(i)) {
        while (cell.children.length > 1) cell.lastElementChild?.remove();
        open.setAttribute("aria-expanded", "false");
      } else {
        opened.add(i);
        unfold();
      }
      page.note({ open: [...opened].join(",") || undefined });
    };
    const unfold = () => {
      open.setAttribute("aria-expanded", "true");
      cell.append(stackElement(process, records.stack[i]), element("div", { class: "onscreen" },
        element("button", { type: "button", onclick: () => copy(recordText(process, i), "The record") }, "Copy as text"), " ",
        element("button", { type: "button", onclick: () => page.go({ v: "flame", metric: records.kind[i] === "reachable" || records.kind[i] === "unknown" ? "in-use" : "lost", by: undefined, dir: undefined, about: undefined, q: undefined, zoom: process.graphFrames(records.stack[i]).reverse().map((frame) => process.functionName(frame)).join("\u001f") }, true) }, "Show in the flame graph")));
    };
    cell.append(open);
    row.append(cell);
    if (opened.has(i)) unfold();
    return row;
  };
  const bytes = rows.reduce((sum, i) => sum + records.bytes[i], 0);
  const blocks = rows.reduce((sum, i) => sum + records.blocks[i], 0);
  page.main.replaceChildren(
    element("div", { class: "controls" },
      ...KINDS.filter((kind) => leaks[kind] && (leaks[kind].blocks || (diff && diff.leaks[kind].blocks))).map((kind) => element("label", {},
        element("input", { type: "checkbox", checked: wanted.has(kind), onchange: (/** @type {any} */ event) => {
          if (event.target.checked) wanted.add(kind);
          else wanted.delete(kind);
          page.go({ k: [...wanted].join(",") || "none" }, false);
        } }), element("span", { class: "kind " + kind }, KIND_WORDS[kind]), element("span", { class: "dim" }, "(" + grouped(process.recordCount(kind)) + ")")))),
    element("div", { class: "controls" },
      element("input", { type: "search", placeholder: "Filter: text or /expression/", "aria-label": "Filter loss records", value: state.q || "", onchange: (/** @type {any} */ event) => page.go({ q: event.target.value || undefined }, false) }),
      element("label", {}, "in", element("select", { onchange: (/** @type {any} */ event) => page.go({ in: event.target.value }, false) },
        ...["any", "function", "file", "module"].map((name) => element("option", { value: name, selected: name === where }, name)))),
      element("label", {}, "of at least", element("input", { type: "number", min: 0, value: least || "", "aria-label": "bytes at least", style: "width: 8em", onchange: (/** @type {any} */ event) => page.go({ least: event.target.value || undefined }, false) }), "bytes"),
      diff ? element("label", {}, "that are", element("select", { onchange: (/** @type {any} */ event) => page.go({ change: event.target.value }, false) },
        ...[["changed", "not as before"], ["new", "new"], ["increased", "increased"], ["decreased", "decreased"], ["gone", "gone"], ["same", "as before"], ["any", "any"]].map(([name, text]) => element("option", { value: name, selected: name === change }, text)))) : "",
      leaks.suppressed.blocks ? element("label", {}, element("input", { type: "checkbox", checked: state.supp === "yes", onchange: (/** @type {any} */ event) => page.go({ supp: event.target.checked ? "yes" : undefined }, false) }), "suppressed, too") : ""),
    element("div", { class: "scroll" }, element("table", { class: "records" },
      element("caption", {}, counted(rows.length, "loss record") + ": " + grouped(bytes) + " bytes in " + counted(blocks, "block") + ". A record is named after the innermost function of the program's own."),
      element("thead", {}, element("tr", {}, head("kind", "Kind", false), diff ? head("change", "Change", true) : "", head("size", "Bytes", true), head("blocks", "Blocks", true), head("place", "Allocated by", false))), body)), more);
  more.addEventListener("click", () => show(500));
  show(Math.max(ROWS_AT_FIRST, rows.findIndex((i) => opened.has(i)) + 1));
}
