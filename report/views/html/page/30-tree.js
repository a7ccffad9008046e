// Call trees, made as far as they are looked at.
//
// A branch is a set of nodes of the process's tree whose names are equal; its children are found when
// they are asked for. So a graph of a million nodes costs what is seen of it.

class Branch {
  /** @param {CallTree} tree @param {number} id @param {Branch | null} parent @param {number[]} nodes @param {number[]} values */
  constructor(tree, id, parent, nodes, values) {
    this.tree = tree;
    this.id = id;
    this.parent = parent;
    this.nodes = nodes;
    this.values = values;
    /** @type {Branch[] | null} */
    this.made = null;
    /** @type {Object<string, Branch | null>} */
    this.twins = {};
    this.value = 0;
    for (const value of values) this.value += value;
    /** @type {number} */
    this.depth = parent ? parent.depth + 1 : 0;
  }

  /**
   * The same branch of one side of a comparison; null: it is not there.
   * @param {string} side
   * @returns {Branch | null}
   */
  twin(side) {
    if (this.twins[side] === undefined) {
      const above = this.parent && this.parent.twin(side);
      this.twins[side] = this.parent ? (above && above.children.find((child) => child.id === this.id)) || null : this.tree.sides[side].root;
    }
    return this.twins[side];
  }

  /** @param {string} side */
  valueOf(side) {
    const twin = this.twin(side);
    return twin ? twin.value : 0;
  }

  get name() {
    return this.id < 0 ? this.tree.rootName : this.tree.names[this.id];
  }

  /** A frame of this branch, for its place in the source; -1: the root. */
  get frame() {
    return this.nodes.length && this.id >= 0 ? this.tree.process.nodeFrames[this.nodes[0]] : -1;
  }

  /**
   * Largest first.
   * @returns {Branch[]}
   */
  get children() {
    if (!this.made) this.made = this.tree.childrenOf(this);
    return this.made;
  }

  /** From the root to here. */
  get path() {
    const path = [];
    /** @type {Branch | null} */
    let branch = this;
    while (branch && branch.id >= 0) {
      path.unshift(branch.name);
      branch = branch.parent;
    }
    return path;
  }
}

class CallTree {
  /** @param {Process} process @param {{metric: string, by: string, direction: "callees" | "callers", fold: boolean, about?: string | null, side?: string}} wish */
  constructor(process, wish) {
    this.process = process;
    this.wish = wish;
    this.total = process.values(wish.metric, wish.side)[0];
    /** @type {Object<string, CallTree>} */
    this.sides = {};
    if (wish.side === "most") for (const side of ["now", "before"]) this.sides[side] = new CallTree(process, { ...wish, side });
    const grouping = process.grouping(wish.by);
    this.ids = grouping.ids;
    this.names = grouping.names;
    const metric = METRICS.find((known) => known.id === wish.metric);
    this.rootName = "all " + (metric ? metric.label : "");
    this.root = this.makeRoot();
  }

  makeRoot() {
    const { process, wish } = this;
    const values = process.values(wish.metric, wish.side);
    if (wish.about) {
      const nodes = this.topmost((id) => this.names[id] === wish.about);
      const id = this.names.indexOf(wish.about);
      return new Branch(this, id, null, nodes, nodes.map((node) => values[node]));
    }
    if (wish.direction === "callees") return new Branch(this, -1, null, [0], [values[0]]);
    const self = process.selfValues(wish.metric, wish.side);
    const nodes = [];
    for (let node = 1; node < process.nodeCount; node++) if (self[node] > 0) nodes.push(node);
    const root = new Branch(this, -1, null, nodes, nodes.map((node) => self[node]));
    root.made = this.group(root, nodes, root.values);
    return root;
  }

  /**
   * Nodes whose name is looked for and that lie below no other such: their values add up.
   * @param {(id: number) => boolean} wanted
   */
  topmost(wanted) {
    const { parents, nodeFrames, nodeCount } = this.process;
    const within = new Uint8Array(nodeCount);
    const nodes = [];
    for (let node = 1; node < nodeCount; node++) {
      const matches = wanted(this.ids[nodeFrames[node]]);
      if (matches && !within[parents[node]]) nodes.push(node);
      within[node] = matches || within[parents[node]] ? 1 : 0;
    }
    return nodes;
  }

  /** @param {Branch} branch @param {number[]} nodes @param {number[]} values */
  group(branch, nodes, values) {
    /** @type {Map<number, {nodes: number[], values: number[]}>} */
    const groups = new Map();
    for (let i = 0; i < nodes.length; i++) {
      if (!(values[i] > 0)) continue;
      const id = this.ids[this.process.nodeFrames[nodes[i]]];
      let group = groups.get(id);
      if (!group) groups.set(id, (group = { nodes: [], values: [] }));
      group.nodes.push(nodes[i]);
      group.values.push(values[i]);
    }
    const children = [...groups].map(([id, group]) => new Branch(this, id, branch, group.nodes, group.values));
    return children.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  }

  /** @param {Branch} branch */
  childrenOf(branch) {
    return this.wish.direction === "callers" ? this.callersOf(branch) : this.calleesOf(branch);
  }

  /** @param {Branch} branch */
  calleesOf(branch) {
    const { process, wish } = this;
    const values = process.values(wish.metric, wish.side);
    /** @type {number[]} */
    const found = [];
    const waiting = branch.nodes.slice();
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
      for (let i = process.firstChild[node]; i < process.firstChild[node + 1]; i++) {
        const child = process.children[i];
        if (wish.fold && this.ids[process.nodeFrames[child]] === branch.id) waiting.push(child);
        else found.push(child);
      }
    return this.group(branch, found, found.map((node) => values[node]));
  }

  /** @param {Branch} branch */
  callersOf(branch) {
    const { parents, nodeFrames } = this.process;
    /** @type {Map<number, number>} */
    const carried = new Map();
    for (let i = 0; i < branch.nodes.length; i++) {
      let caller = parents[branch.nodes[i]];
      while (this.wish.fold && caller > 0 && this.ids[nodeFrames[caller]] === branch.id) caller = parents[caller];
      if (caller > 0) carried.set(caller, (carried.get(caller) || 0) + branch.values[i]);
    }
    return this.group(branch, [...carried.keys()], [...carried.values()]);
  }

  /**
   * What all matching frames come to, none counted twice.
   * @param {(text: string) => boolean} matches
   */
  matched(matches) {
    const wanted = this.names.map(matches);
    const values = this.process.values(this.wish.metric, this.wish.side);
    return this.topmost((id) => wanted[id]).reduce((sum, node) => sum + values[node], 0);
  }
}
