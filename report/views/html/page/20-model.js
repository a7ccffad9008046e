// One process of the document, with what the views compute from it.

/** @typedef {{pid: number, parent: number | null, command: string | null, executable: string | null, log: string | null, started_ns: number,
 *   ended_ns: number, ending: string, became: string | null, forked: boolean, has_kinds: boolean, sample_bytes: number, doubt: string | null, notes: {kind: string, gap: boolean, text: string}[],
 *   totals: Object<string, number>, leaks: Object<string, {bytes: number, blocks: number}>, error_summary: Object<string, number>,
 *   peak?: Object<string, number>, threads?: number, thread_use?: Object<string, number[]>, timeline: Object<string, number[]>,
 *   records: {kind: string[], stack: number[], blocks: number[], bytes: number[], indirect_blocks: number[], indirect_bytes: number[],
 *     is_error: number[], suppressed: number[]},
 *   errors: any[], ending_stack: number, sizes: {blocks: number[], bytes: number[]},
 *   modules: {path: string, is_program: boolean}[], nodes: {parent: number[], frame: number[]}, stacks: any,
 *   diff?: any, holders?: any, cycles?: any[], never_freed?: any[], old_blocks?: any[], by?: any, frames: Object<string, number[]>, strings: string[], sources?: Object<string, {first: number, lines: string[]}[]>, sources_left_out?: number}} RawProcess */

/** What a stack can be measured by. */
const METRICS = [
  { id: "lost", label: "lost", unit: "bytes" },
  { id: "in-use", label: "in use at the end", unit: "bytes" },
  { id: "peak", label: "in use at the peak", unit: "bytes" },
  { id: "allocated", label: "allocated", unit: "bytes" },
  { id: "calls", label: "calls", unit: "calls" },
  { id: "temporary", label: "temporary", unit: "calls" },
  { id: "moved", label: "copied by realloc", unit: "bytes" },
];
const KINDS = ["definite", "indirect", "possible", "reachable", "unknown"];
/** @type {Object<string, string>} */
const KIND_WORDS = {
  definite: "definitely lost",
  indirect: "indirectly lost",
  possible: "possibly lost",
  reachable: "still reachable",
  unknown: "in use, kind not known",
};
/** Functions that stand in malloc's place, which is not what anybody looks for (judge/own_frame). */
const WRAPPERS = /^_*(([a-z0-9]+_)?(x|z|g|em|ck|safe_?|z?try)?(malloc|calloc|realloc|strn?dup|memdup)|(x|z|g|em|ck)?alloc)(_usable|_array|_num|_n|0)?(?=$|[.@(<])/i;
/** What stands in the place of the outer frames of a stack that was cut (judge/call_tree). */
const ENDS = ["[outer frames left out]", "[outer frames not recorded]", "[outer frames damaged in the log]"];
/** @type {Object<string, string>} */
const END_WORDS = {
  cut: "(the outer frames were not recorded)",
  damaged: "(the outer frames are damaged in the log)",
  longer: "(further callers are left out: --num-callers)",
};
const GROUPINGS = ["function", "line", "file", "module"];

class Process {
  /** @param {RawProcess} raw @param {number} number */
  constructor(raw, number) {
    this.raw = raw;
    this.number = number;
    this.nodeCount = raw.nodes.parent.length;
    this.parents = Int32Array.from(raw.nodes.parent);
    this.nodeFrames = Int32Array.from(raw.nodes.frame);
    this.stackNodes = Int32Array.from(raw.stacks.node);
    /** @type {Object<string, Float64Array>} */
    this.nodeValues = {};
    /** @type {Object<string, {ids: Int32Array, names: string[]}>} */
    this.groupings = {};
    this.tracer = raw.modules.findIndex((module) => module.path.endsWith("/libtrace.so"));
    const system = /^(\/usr)?\/lib|^\/usr\/(local\/)?lib|^\[/;
    this.ownModule = raw.modules.map((module, i) => i !== this.tracer && (module.is_program || (module.path !== "" && !system.test(module.path))));
    this.endFrame = raw.frames.function.map((name, i) => raw.frames.module[i] === 0 && ENDS.includes(raw.strings[name]));
    this.wrapperFrame = raw.frames.function.map((name) => WRAPPERS.test(raw.strings[name]));
    this.ownFrame = this.findOwn();
    this.firstChild = new Int32Array(this.nodeCount + 1);
    this.children = new Int32Array(Math.max(0, this.nodeCount - 1));
    this.listChildren();
  }

  /** The program's own code and what came with it, as against the system's libraries. */
  findOwn() {
    const sources = /^\/usr\/(include|lib|src)|\/rustc\/|\/(bits|ext)\/[a-z_]+\.(h|tcc)$/;
    const names = /^(std::|__gnu_cxx::|operator new|core::|alloc::|<?std::|__rust|_start$|\(below main\))/;
    const frames = this.raw.frames;
    return frames.module.map((module, i) => this.ownModule[module] && !sources.test(this.raw.strings[frames.file[i]]) && !names.test(this.raw.strings[frames.function[i]]) && !this.wrapperFrame[i]);
  }

  listChildren() {
    const first = this.firstChild;
    for (let node = 1; node < this.nodeCount; node++) first[this.parents[node] + 1]++;
    for (let node = 0; node < this.nodeCount; node++) first[node + 1] += first[node];
    const next = first.slice();
    for (let node = 1; node < this.nodeCount; node++) this.children[next[this.parents[node]]++] = node;
  }

  get name() {
    const command = this.raw.command || this.raw.executable || "a process";
    return command.length > 90 ? command.slice(0, 87) + "…" : command;
  }

  // --- figures of stacks ---------------------------------------------------

  /**
   * Per stack, by metric. side: "now", "before" of what it is compared with, or "most": the larger of both.
   * @param {string} metric
   * @param {string} [side]
   * @returns {Float64Array}
   */
  stackValues(metric, side) {
    const { diff } = this.raw;
    if (side === "most") {
      const before = this.stackValues(metric, "before");
      return this.stackValues(metric, "now").map((value, stack) => Math.max(value, before[stack]));
    }
    return side === "before" ? this.valuesOf(metric, diff.stacks, diff.records.bytes_before) : this.valuesOf(metric, this.raw.stacks, this.raw.records.bytes);
  }

  /** @param {string} metric @param {any} stacks @param {number[]} bytes */
  valuesOf(metric, stacks, bytes) {
    const { records } = this.raw;
    const values = new Float64Array(this.stackNodes.length);
    if (metric === "lost" || metric === "in-use") {
      for (let i = 0; i < records.kind.length; i++)
        if (metric === "in-use" || (records.kind[i] !== "reachable" && records.kind[i] !== "unknown" && !records.suppressed[i])) values[records.stack[i]] += bytes[i];
    } else {
      /** @type {Object<string, string>} */
      const columns = { peak: "bytes_at_peak", allocated: "bytes_allocated", calls: "allocations", temporary: "temporary", moved: "bytes_copied" };
      const column = stacks[columns[metric]] || [];
      for (let i = 0; i < column.length; i++) values[i] = Math.max(0, column[i]);
    }
    return values;
  }

  /**
   * Per node, what it and all below it come to.
   * @param {string} metric
   * @param {string} [side]
   */
  values(metric, side) {
    const key = (side || "now") + " " + metric;
    if (!this.nodeValues[key]) {
      const values = new Float64Array(this.nodeCount);
      const stacks = this.stackValues(metric, side);
      for (let i = 0; i < stacks.length; i++) values[this.stackNodes[i]] += stacks[i];
      const own = values.slice();
      for (let node = this.nodeCount - 1; node > 0; node--) values[this.parents[node]] += values[node];
      this.nodeValues[key] = values;
      this.nodeValues["self " + key] = own;
    }
    return this.nodeValues[key];
  }

  /** @param {string} metric @param {string} [side] */
  selfValues(metric, side) {
    this.values(metric, side);
    return this.nodeValues["self " + (side || "now") + " " + metric];
  }

  /** Loss records that are looked at first: what is lost, or all where nothing is. Suppressed ones come by choice. */
  firstKinds() {
    const { leaks, diff } = this.raw;
    return KINDS.filter((kind) => kind !== "reachable" || !KINDS.slice(0, 3).some((lost) => leaks[lost].blocks || (diff && diff.leaks[lost].blocks)));
  }

  /**
   * How many records of a kind there are, but for suppressed ones.
   * @param {string} kind
   */
  recordCount(kind) {
    const { records } = this.raw;
    return records.kind.filter((known, i) => known === kind && !records.suppressed[i]).length;
  }

  /** Modules of the program's own most of whose functions have no names. */
  stripped() {
    const { frames, modules } = this.raw;
    return modules.map((module) => module.path).filter((path, module) => {
      const own = this.ownModule[module] ? frames.module.map((_, i) => i).filter((i) => frames.module[i] === module) : [];
      return own.length >= 4 && own.filter((i) => !frames.function[i]).length > own.length / 2;
    });
  }

  /** What there is something of; the last one is asked for by few. */
  metrics() {
    return METRICS.filter((metric) => metric.id !== "moved" || this.values("moved", this.raw.diff ? "most" : "now")[0] > 0);
  }

  /** The metric to begin with: what there is most reason to look at. */
  firstMetric() {
    const has = (/** @type {string} */ metric) => this.values(metric, this.raw.diff ? "most" : "now")[0] > 0;
    return METRICS.map((metric) => metric.id).find(has) || "allocated";
  }

  // --- names ---------------------------------------------------------------

  /** @param {number} frame */
  functionName(frame) {
    const { frames, strings } = this.raw;
    return strings[frames.function[frame]] || "0x" + frames.address[frame].toString(16) + " in " + this.moduleName(frames.module[frame]);
  }

  /** @param {number} module */
  moduleName(module) {
    return this.raw.modules[module].path.replace(/.*\//, "") || "(no module)";
  }

  /** @param {number} frame */
  where(frame) {
    const { frames, strings, modules } = this.raw;
    const file = strings[frames.file[frame]];
    if (!file) return modules[frames.module[frame]].path ? "in " + modules[frames.module[frame]].path : "";
    return file.replace(/.*\//, "") + (frames.line[frame] ? ":" + frames.line[frame] : "");
  }

  /** @param {number} frame @param {string} grouping */
  groupName(frame, grouping) {
    const { frames, strings } = this.raw;
    if (grouping === "function") return this.functionName(frame);
    if (grouping === "module") return this.moduleName(frames.module[frame]);
    const file = strings[frames.file[frame]];
    if (!file) return grouping === "file" ? "(" + this.moduleName(frames.module[frame]) + ")" : this.functionName(frame);
    return grouping === "file" ? file : this.functionName(frame) + " " + this.where(frame);
  }

  /**
   * Per frame, the number of its name.
   * @param {string} grouping
   */
  grouping(grouping) {
    if (!this.groupings[grouping]) {
      /** @type {Map<string, number>} */
      const numbers = new Map();
      /** @type {string[]} */
      const names = [];
      const ids = new Int32Array(this.raw.frames.line.length);
      for (let frame = 0; frame < ids.length; frame++) {
        const name = this.groupName(frame, grouping);
        let id = numbers.get(name);
        if (id === undefined) {
          id = names.length;
          numbers.set(name, id);
          names.push(name);
        }
        ids[frame] = id;
      }
      this.groupings[grouping] = { ids, names };
    }
    return this.groupings[grouping];
  }

  // --- call stacks ---------------------------------------------------------

  /**
   * Frames, innermost first.
   * @param {number} stack
   */
  stackFrames(stack) {
    return this.graphFrames(stack).filter((frame) => !this.endFrame[frame]);
  }

  /**
   * The same as the graphs have them: what says that the stack was cut is one.
   * @param {number} stack
   */
  graphFrames(stack) {
    const frames = [];
    for (let node = this.stackNodes[stack]; node > 0; node = this.parents[node]) frames.push(this.nodeFrames[node]);
    return frames;
  }

  /**
   * The innermost frame of the program's own, else the first that is not the tracer's, nor a wrapper's if there is another; -1: none.
   * @param {number} stack
   */
  culprit(stack) {
    let other = -1;
    let wrapper = -1;
    for (let node = this.stackNodes[stack]; node > 0; node = this.parents[node]) {
      const frame = this.nodeFrames[node];
      if (this.ownFrame[frame]) return frame;
      if (this.raw.frames.module[frame] === this.tracer || this.endFrame[frame]) continue;
      if (this.wrapperFrame[frame]) wrapper = wrapper < 0 ? frame : wrapper;
      else if (other < 0) other = frame;
    }
    return other < 0 ? wrapper : other;
  }

  /** @param {number} frame */
  described(frame) {
    if (frame < 0) return "an unknown function";
    const where = this.where(frame);
    const { frames, strings } = this.raw;
    return (strings[frames.function[frame]] || "0x" + frames.address[frame].toString(16)) + (where ? " (" + where + ")" : "");
  }

  /**
   * As leakreport prints it.
   * @param {number} stack
   */
  stackText(stack) {
    const frames = this.stackFrames(stack);
    const lines = frames.map((frame, i) => "   " + (i ? "by " : "at ") + this.described(frame));
    const end = END_WORDS[this.raw.stacks.not_whole[String(stack)]];
    if (end) lines.push("   " + end);
    return lines.length ? lines.join("\n") : "   at ???";
  }

  /**
   * "1,234 bytes", "5 calls".
   * @param {number} value
   * @param {string} metric
   */
  figure(value, metric) {
    const known = METRICS.find((one) => one.id === metric);
    return grouped(value) + " " + (known ? known.unit : "");
  }

  /**
   * The lines around a frame's, where the document has them.
   * @param {number} frame
   * @returns {HTMLElement | null}
   */
  sourceAround(frame) {
    const { frames, strings, sources } = this.raw;
    const pieces = sources && sources[strings[frames.file[frame]]];
    const line = frames.line[frame];
    const piece = pieces && pieces.find((one) => line >= one.first && line < one.first + one.lines.length);
    if (!piece) return null;
    const from = Math.max(piece.first, line - 2);
    const shown = element("pre", { class: "source" });
    for (let at = from; at <= Math.min(piece.first + piece.lines.length - 1, line + 2); at++) {
      const text = String(at).padStart(5) + "  " + piece.lines[at - piece.first] + "\n";
      shown.append(at === line ? element("b", {}, text.replace(/\n$/, "")) : text.replace(/\n$/, ""), "\n");
    }
    return shown;
  }
}
