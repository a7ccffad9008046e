// Who holds memory: ways from roots (--why), what each holder keeps (--retained) as an icicle, cycles of lost blocks.

/** @typedef {{depth: number, name: string, bytes: number, blocks: number, parent: KeptNode | null, children: KeptNode[]}} KeptNode */

/**
 * Each node of the list stands in front of those below it.
 * @param {{depth: number, name: string, bytes: number, blocks: number}[]} list
 * @returns {KeptNode}
 */
function keptTree(list) {
  /** @type {KeptNode} */
  const root = { depth: 0, name: "all that is held", bytes: 0, blocks: 0, parent: null, children: [] };
  const path = [root];
  for (const node of list) {
    path.length = node.depth;
    const parent = path[node.depth - 1];
    const made = { ...node, parent, children: [] };
    parent.children.push(made);
    path.push(made);
  }
  for (const child of root.children) {
    root.bytes += child.bytes;
    root.blocks += child.blocks;
  }
  return root;
}

/** @param {KeptNode} node */
function keptText(node) {
  return node.name + ": " + grouped(node.bytes) + " bytes in " + counted(node.blocks, "block");
}

/** @param {KeptNode} root @param {string[]} path */
function followKept(root, path) {
  let node = root;
  for (const name of path) node = node.children.find((child) => child.name === name) || node;
  return node;
}

/** @param {KeptNode} node */
function keptPath(node) {
  const path = [];
  for (let at = node; at.parent; at = at.parent) path.unshift(at.name);
  return path;
}

/** @param {Page} page @param {any} retained */
function icicleElements(page, retained) {
  const root = keptTree(retained.tree);
  const top = followKept(root, (page.state.zoom || "").split("\u001f").filter(Boolean));
  const graph = element("div", { id: "flame", role: "tree", "aria-label": "What is kept; the tables below have the largest" });
  const detail = element("div", { class: "detail" }, keptText(top));
  const zoom = (/** @type {KeptNode} */ node) => page.go({ zoom: keptPath(node).join("\u001f") || undefined }, true);
  const draw = () => {
    const width = Math.max(280, graph.clientWidth || page.main.clientWidth || 1000);
    const above = [];
    for (let at = top.parent; at; at = at.parent) above.unshift(at);
    const waiting = above.map((node, row) => ({ node, x: 0, width, row, passed: true }));
    waiting.push({ node: top, x: 0, width, row: above.length, passed: false });
    let rows = 0;
    graph.replaceChildren();
    for (let box = waiting.pop(); box; box = waiting.pop()) {
      const { node } = box;
      rows = Math.max(rows, box.row + 1);
      const one = element("div", { class: "frame" + (box.passed ? " passed" : ""), role: "treeitem", "aria-level": box.row + 1, "aria-label": visible(keptText(node)), title: visible(keptText(node)), tabindex: -1,
        "--hue": node.depth === 1 ? 210 : hue(node.name), "--strength": node.depth ? "58%" : "0%",
        onclick: () => detail.replaceChildren(keptText(node) + " (" + share(node.bytes, root.bytes) + " of all) ", element("button", { type: "button", onclick: () => zoom(node) }, "Zoom")), ondblclick: () => zoom(node) }, box.width > 24 ? node.name : "");
      place(one, box, width);
      // @ts-ignore: what the keyboard needs
      one.box = box;
      graph.append(one);
      if (box.passed) continue;
      let left = box.x;
      for (const child of node.children) {
        const wide = (box.width * child.bytes) / (node.bytes || 1);
        if (wide >= LEAST_PIXELS) waiting.push({ node: child, x: left, width: wide, row: box.row + 1, passed: false });
        left += wide;
      }
    }
    graph.style.height = rows * ROW + "px";
    const first = /** @type {HTMLElement | null} */ (graph.firstElementChild);
    if (first) first.tabIndex = 0;
  };
  graph.addEventListener("keydown", (event) => {
    const here = /** @type {any} */ (document.activeElement);
    if (event.key === "Enter" && here && here.box) zoom(here.box.node);
    else moveInGraph(graph, event);
  });
  page.onresize = draw;
  return { elements: [element("p", { class: "dim" }, "Below each holder stands what would be lost if it went. Blue: roots. ", element("span", { class: "onscreen" }, "Click for figures, click twice to zoom.")),
    page.state.zoom ? element("button", { type: "button", onclick: () => page.go({ zoom: undefined }, true) }, "All") : "", graph, detail], draw };
}

/** @param {string} caption @param {{name: string, bytes: number, blocks: number}[]} list */
function keptTable(caption, list) {
  return element("table", {}, element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...["Holder", "Bytes", "Blocks"].map((name, i) => element("th", { scope: "col", class: i ? "number" : "" }, name)))),
    element("tbody", {}, ...list.map((one) => element("tr", {}, element("td", {}, visible(one.name)), element("td", { class: "number" }, grouped(one.bytes)), element("td", { class: "number" }, grouped(one.blocks))))));
}

/** @param {any} why */
function whyElements(why) {
  return [element("h2", {}, "Who holds " + visible(why.asked)),
    element("p", {}, grouped(why.bytes) + " bytes in " + counted(why.blocks, "block") + (why.all_ways > why.ways.length ? "; " + counted(why.all_ways, "way") + " that differ, of which the largest are shown" : "")),
    ...why.ways.map((/** @type {any} */ way) => element("div", { class: "stack mono" }, element("div", { class: "library" }, grouped(way.bytes) + " bytes in " + counted(way.blocks, "block")),
      ...way.steps.map((/** @type {any} */ step) => element("div", { class: "own" }, visible(step.text)))))];
}

/** @param {any[]} cycles */
function cycleElements(cycles) {
  return [element("h2", {}, "Lost blocks that hold one another"),
    ...cycles.map((cycle) => element("div", { class: "stack mono" }, element("div", { class: "library" }, counted(cycle.count, "cycle") + ", " + grouped(cycle.bytes) + " bytes in " + counted(cycle.blocks, "block")),
      ...cycle.steps.map((/** @type {any} */ step) => element("div", { class: "own" }, visible(step.text))), element("div", {}, visible(cycle.end))))];
}

/** @param {any[]} places */
function neverElements(places) {
  return [element("h2", {}, "Never freed, where neighbours are"),
    places.length ? element("table", {}, element("caption", {}, "Places none of whose blocks was freed, while other places of the same function free theirs. That is a count, and no verdict."),
      element("thead", {}, element("tr", {}, ...["Place", "Bytes", "Blocks", "Places of the function that free"].map((name, i) => element("th", { scope: "col", class: i ? "number" : "" }, name)))),
      element("tbody", {}, ...places.map((place) => element("tr", {}, element("td", {}, element("code", {}, place.function + (place.file ? " (" + place.file + ":" + place.line + ")" : ""))),
        element("td", { class: "number" }, grouped(place.bytes)), element("td", { class: "number" }, grouped(place.blocks)), element("td", { class: "number" }, grouped(place.freeing) + " of " + grouped(place.places)))))) : element("p", {}, "There are none.")];
}

/** @param {any[]} places */
function oldElements(places) {
  return [element("h2", {}, "Far older than other blocks of their stack"),
    places.length ? element("table", {}, element("caption", {}, "Blocks that are still there, while all that the same stack made later are freed. That is a count, and no verdict."),
      element("thead", {}, element("tr", {}, ...["Place", "Bytes", "Blocks", "From the first", "Freed since"].map((name, i) => element("th", { scope: "col", class: i ? "number" : "" }, name)))),
      element("tbody", {}, ...places.map((place) => element("tr", {}, element("td", {}, element("code", {}, place.function + (place.file ? " (" + place.file + ":" + place.line + ")" : ""))),
        element("td", { class: "number" }, grouped(place.bytes)), element("td", { class: "number" }, grouped(place.blocks)), element("td", { class: "number" }, seconds(place.begin_ns)),
        element("td", { class: "number" }, grouped(place.freed)))))) : element("p", {}, "There are none.")];
}

/** @param {Page} page */
function holdersView(page) {
  const { holders, cycles, never_freed: never, old_blocks: old } = page.process.raw;
  const retained = holders && holders.retained;
  const icicle = retained ? icicleElements(page, retained) : null;
  page.main.replaceChildren(
    ...(holders ? holders.why.flatMap(whyElements) : []),
    ...(icicle ? [element("h2", {}, "What is kept"), ...icicle.elements, keptTable("Variables and other roots.", retained.roots),
      keptTable("Blocks of one stack together.", retained.stacks), keptTable("Single blocks.", retained.blocks)] : []),
    ...(cycles ? cycleElements(cycles) : []),
    ...(never ? neverElements(never) : []),
    ...(old ? oldElements(old) : []),
    holders || cycles || never ? "" : element("p", {}, "Nothing was asked: --why and --retained say who holds memory, --never-freed which places never free theirs."));
  if (icicle) icicle.draw();
}
