// The flame graph: frames as boxes, the outermost on top, and its twin with callers and callees of one function.

const ROW = 20;
const LEAST_PIXELS = 2;

/** @param {string} text */
function hue(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % 360;
}

/**
 * How a branch of a comparison is drawn, and what is said of it.
 * @param {Branch} branch
 */
function changeOf(branch) {
  const now = branch.valueOf("now");
  const before = branch.valueOf("before");
  const depth = Math.min(1, Math.abs(now - before) / (Math.max(now, before) || 1));
  const kind = !before ? "new" : !now ? "gone" : now > before ? "more" : now < before ? "less" : "same";
  return { now, before, depth, kind, hue: now > before ? 18 : 212, sign: { new: "new ", gone: "gone ", more: "+ ", less: "- ", same: "" }[kind] };
}

/**
 * In parts of the whole width, because paper has another one.
 * @param {HTMLElement} one @param {{x: number, width: number, row: number}} box @param {number} width
 */
function place(one, box, width) {
  one.style.left = (100 * box.x) / width + "%";
  one.style.width = (100 * Math.max(1, box.width)) / width + "%";
  one.style.top = box.row * ROW + "px";
}

/** Boxes of a tree, from `branch` on, with those that lead to it on top. */
class FlameDrawing {
  /** @param {CallTree} tree @param {Branch} top @param {number} width @param {((text: string) => boolean) | null} matches */
  constructor(tree, top, width, matches) {
    this.tree = tree;
    this.width = width;
    this.matches = matches;
    /** @type {{branch: Branch, x: number, width: number, row: number, passed: boolean}[]} */
    this.boxes = [];
    this.hidden = 0;
    this.rows = 0;
    const above = [];
    for (let branch = top.parent; branch; branch = branch.parent) above.unshift(branch);
    above.forEach((branch, row) => this.boxes.push({ branch, x: 0, width, row, passed: true }));
    this.place(top, 0, width, above.length);
  }

  /** @param {Branch} top @param {number} x @param {number} width @param {number} row */
  place(top, x, width, row) {
    const waiting = [{ branch: top, x, width, row, passed: false }];
    for (let box = waiting.pop(); box; box = waiting.pop()) {
      this.boxes.push(box);
      this.rows = Math.max(this.rows, box.row + 1);
      let left = box.x;
      for (const child of box.branch.children) {
        const wide = (box.width * child.value) / (box.branch.value || 1);
        if (wide < LEAST_PIXELS) this.hidden++;
        else waiting.push({ branch: child, x: left, width: wide, row: box.row + 1, passed: false });
        left += wide;
      }
    }
  }

  /** @param {(branch: Branch) => void} choose @param {(branch: Branch) => void} zoom */
  elements(choose, zoom) {
    const { process, total } = this.tree;
    const made = document.createDocumentFragment();
    this.boxes.sort((a, b) => a.row - b.row || a.x - b.x);
    for (const box of this.boxes) {
      const { branch } = box;
      const frame = branch.frame;
      const own = frame < 0 || process.ownFrame[frame];
      const module = frame < 0 ? "" : process.moduleName(process.raw.frames.module[frame]);
      const change = this.tree.wish.side === "most" ? changeOf(branch) : null;
      const label = branch.name + ", " + (change ? grouped(change.before) + " → " + process.figure(change.now, this.tree.wish.metric) + " (" + signed(change.now, change.before) + ")" : process.figure(branch.value, this.tree.wish.metric) + ", " + share(branch.value, total));
      const text = box.width > 24 ? (change ? change.sign : "") + branch.name : "";
      const one = element("div", {
        class: "frame" + (box.passed ? " passed" : "") + (branch === this.tree.root && branch.id >= 0 ? " about" : "") + (this.matches && branch.id >= 0 && this.matches(branch.name) ? " match" : "") + (change ? " changed " + change.kind : ""),
        role: "treeitem", "aria-level": box.row + 1, "aria-label": visible(label), title: visible(label + (module ? "\n" + process.where(frame) : "")), tabindex: -1,
        "--hue": change ? change.hue : frame < 0 ? 210 : hue(own ? branch.name : module), "--strength": change ? (change.depth ? "85%" : "0%") : frame < 0 ? "0%" : own ? "58%" : "14%",
        "--depth": change ? 0.25 * Math.sign(change.depth) + 0.75 * change.depth : undefined,
        onclick: () => choose(branch), ondblclick: () => zoom(branch),
      }, text);
      place(one, box, this.width);
      // @ts-ignore: what the keyboard needs
      one.box = box;
      made.append(one);
    }
    return made;
  }
}

/**
 * Arrows go through the boxes as they lie.
 * @param {HTMLElement} graph
 * @param {KeyboardEvent} event
 */
function moveInGraph(graph, event) {
  const here = /** @type {any} */ (document.activeElement);
  if (!here || !here.box) return;
  const all = /** @type {any[]} */ ([...graph.children]).filter((child) => child.box);
  const { box } = here;
  const nearest = (/** @type {any[]} */ some) => some.sort((a, b) => Math.abs(a.box.x - box.x) - Math.abs(b.box.x - box.x))[0];
  const row = (/** @type {number} */ number) => all.filter((one) => one.box.row === number);
  const at = all.filter((one) => one.box.row === box.row).indexOf(here);
  /** @type {Object<string, any>} */
  const goal = {
    ArrowUp: () => row(box.row - 1).filter((one) => one.box.x <= box.x + 0.5).pop(),
    ArrowDown: () => nearest(row(box.row + 1).filter((one) => one.box.x >= box.x - 0.5 && one.box.x < box.x + box.width)),
    ArrowLeft: () => row(box.row)[at - 1],
    ArrowRight: () => row(box.row)[at + 1],
  };
  const next = goal[event.key] && goal[event.key]();
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/**
 * The branch that a path of names leads to, as far as it goes.
 * @param {Branch} root
 * @param {string[]} path
 */
function followPath(root, path) {
  let branch = root;
  for (const name of path) {
    const next = branch.children.find((child) => child.name === name);
    if (!next) break;
    branch = next;
  }
  return branch;
}

/** @param {Page} page */
function flameView(page) {
  const { process, state } = page;
  const metric = state.metric || process.firstMetric();
  const by = state.by || "function";
  const callers = state.dir === "callers";
  const fold = state.fold !== "no";
  const sandwich = state.about || null;
  const side = process.raw.diff ? state.side || "most" : "now";
  const graph = element("div", { id: "flame", role: "tree", "aria-label": "Flame graph; the table under Functions has the same figures" });
  const detail = element("div", { class: "detail" });
  const found = element("span", { class: "dim" });
  const matches = matcher(state.q || "");
  const trees = sandwich
    ? [new CallTree(process, { metric, by, direction: "callers", fold, about: sandwich, side }), new CallTree(process, { metric, by, direction: "callees", fold, about: sandwich, side })]
    : [new CallTree(process, { metric, by, direction: callers ? "callers" : "callees", fold, side })];
  const zoomed = sandwich ? null : followPath(trees[0].root, (state.zoom || "").split("\u001f").filter(Boolean));

  const zoom = (/** @type {Branch} */ branch) => page.go({ zoom: branch.path.join("\u001f") }, true);
  const choose = (/** @type {Branch} */ branch, /** @type {CallTree} */ tree) => {
    graph.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
    for (const one of /** @type {any} */ (graph.children)) if (one.box && one.box.branch === branch) { one.classList.add("chosen"); one.tabIndex = 0; }
    const frame = branch.frame;
    detail.replaceChildren(
      element("strong", {}, branch.name), " ", frame >= 0 && process.where(frame) ? element("span", { class: "dim" }, process.where(frame) + " in " + process.moduleName(process.raw.frames.module[frame]) + " ") : "",
      element("span", {}, (side === "most" ? grouped(branch.valueOf("before")) + " → " + process.figure(branch.valueOf("now"), metric) + " (" + signed(branch.valueOf("now"), branch.valueOf("before")) + "), " : process.figure(branch.value, metric) + ", ") + share(branch.value, tree.total) + " of all" + (zoomed && zoomed.id >= 0 ? ", " + share(branch.value, zoomed.value) + " of what is shown" : "") + ". "),
      element("button", { type: "button", onclick: () => zoom(branch) }, "Zoom"), " ",
      branch.id >= 0 ? element("button", { type: "button", onclick: () => page.go({ about: branch.name, zoom: undefined, by }, true) }, "Callers and callees") : "", " ",
      branch.id >= 0 ? element("button", { type: "button", onclick: () => page.go({ v: "leaks", q: branch.name, in: undefined, zoom: undefined, about: undefined }, true) }, "Loss records") : "", " ",
      element("button", { type: "button", onclick: () => copy(branch.path.join("\n"), "The path") }, "Copy the path"),
    );
  };

  const draw = () => {
    const width = Math.max(280, graph.clientWidth || page.main.clientWidth || 1000);
    graph.replaceChildren();
    let hidden = 0;
    if (sandwich) {
      const up = new FlameDrawing(trees[0], trees[0].root, width, matches);
      const down = new FlameDrawing(trees[1], trees[1].root, width, matches);
      for (const box of up.boxes) box.row = up.rows - 1 - box.row;
      for (const box of down.boxes) box.row += up.rows - 1;
      up.boxes = up.boxes.filter((box) => box.branch !== trees[0].root);
      graph.append(up.elements((branch) => choose(branch, trees[0]), zoomSandwich), down.elements((branch) => choose(branch, trees[1]), zoomSandwich));
      graph.style.height = (up.rows + down.rows) * ROW + "px";
      hidden = up.hidden + down.hidden;
    } else {
      const drawing = new FlameDrawing(trees[0], zoomed || trees[0].root, width, matches);
      graph.append(drawing.elements((branch) => choose(branch, trees[0]), zoom));
      graph.style.height = drawing.rows * ROW + "px";
      hidden = drawing.hidden;
    }
    const first = /** @type {HTMLElement | null} */ (graph.firstElementChild);
    if (first) first.tabIndex = 0;
    const total = trees[0].total;
    found.textContent = (matches ? "Found: " + share(trees[0].matched(matches), total) + ". " : "") + (hidden ? counted(hidden, "frame") + " too narrow to draw: zoom in to see them." : "");
  };
  const zoomSandwich = (/** @type {Branch} */ branch) => page.go({ about: branch.name }, true);

  const select = (/** @type {string} */ label, /** @type {string} */ value, /** @type {[string, string][]} */ options, /** @type {string} */ key) =>
    element("label", {}, label, element("select", { onchange: (/** @type {any} */ event) => page.go({ [key]: event.target.value, zoom: undefined, about: key === "by" ? undefined : state.about }, true) },
      ...options.map(([id, text]) => element("option", { value: id, selected: id === value }, text))));
  const search = element("input", { type: "search", placeholder: "Search: text or /expression/", "aria-label": "Search in the graph", value: state.q || "",
    onchange: (/** @type {any} */ event) => page.go({ q: event.target.value }, false) });
  page.main.replaceChildren(
    element("div", { class: "controls" },
      process.raw.diff ? select("Compare", side, [["most", "both logs"], ["now", "this log alone"], ["before", "the older log alone"]], "side") : "",
      select("Show", metric, process.metrics().map((known) => /** @type {[string, string]} */ ([known.id, known.unit === "bytes" ? "bytes " + known.label : known.label])), "metric"),
      select("by", by, GROUPINGS.map((name) => /** @type {[string, string]} */ ([name, name])), "by"),
      select("from", callers ? "callers" : "callees", [["callees", "main inwards"], ["callers", "the allocation outwards"]], "dir"),
      select("recursion", fold ? "yes" : "no", [["yes", "folded"], ["no", "as it was"]], "fold"),
      search,
      state.zoom || sandwich ? element("button", { type: "button", onclick: () => page.go({ zoom: undefined, about: undefined }, true) }, "Whole graph") : ""),
    element("p", { class: "dim" }, sandwich ? "Above: who called " + sandwich + ". Below: what it called." : "A frame's width is its share. ", sandwich ? "" : element("span", { class: "onscreen" }, "Click for its figures, click twice to zoom, Esc goes back; arrows move. "), sandwich ? "" : (side === "most" ? "" : "Coloured: the program's own code; grey: libraries. "),
      side === "most" ? "Orange and +: more than in the older log; dashed: new. Blue and -: less; dotted: gone. Grey: as it was. Widths are of the larger of both. " : "", found),
    trees[0].total ? graph : element("p", {}, "Nothing was " + (METRICS.find((known) => known.id === metric) || METRICS[0]).label + "."), detail);
  graph.addEventListener("keydown", (event) => {
    const here = /** @type {any} */ (document.activeElement);
    if (event.key === "Enter" && here && here.box) zoom(here.box.branch);
    else moveInGraph(graph, event);
  });
  draw();
  page.onresize = draw;
  if (sandwich) graph.querySelector(".frame.about")?.scrollIntoView({ block: "center" });
  const shown = zoomed || trees[trees.length - 1].root;
  choose(shown, trees[trees.length - 1]);
}
