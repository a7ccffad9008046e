// The page: which process and which view, as the address says behind its "#".

/** @type {{id: string, label: string, show: (page: Page) => void}[]} */
const VIEWS = [
  { id: "summary", label: "Summary", show: summaryView },
  { id: "leaks", label: "Leaks", show: leaksView },
  { id: "holders", label: "Holders", show: holdersView },
  { id: "flame", label: "Flame graph", show: flameView },
  { id: "table", label: "Functions", show: tableView },
  { id: "timeline", label: "Timeline", show: timelineView },
  { id: "errors", label: "Errors", show: errorsView },
  { id: "sizes", label: "Sizes, modules, threads", show: sizesView },
];

class Page {
  /** @param {{made_by: string, processes: RawProcess[]}} data */
  constructor(data) {
    this.data = data;
    /** @type {HTMLElement} */
    this.main = /** @type {HTMLElement} */ (document.getElementById("view"));
    /** @type {Process[]} */
    this.made = [];
    /** @type {(() => void) | null} */
    this.onresize = null;
    /** @type {Object<string, string | undefined>} */
    this.state = {};
    this.process = this.processAt(0);
    addEventListener("hashchange", () => this.show());
    addEventListener("resize", () => this.onresize && this.onresize());
    addEventListener("keydown", (event) => this.key(event));
    this.theme();
  }

  /** @param {number} number */
  processAt(number) {
    if (!this.made[number]) this.made[number] = new Process(this.data.processes[number], number);
    return this.made[number];
  }

  /** @param {Object<string, string | undefined>} change */
  link(change) {
    const state = { ...this.state, ...change };
    const parts = Object.entries(state).filter(([, value]) => value !== undefined && value !== "").map(([key, value]) => key + "=" + encodeURIComponent(String(value)));
    return "#" + parts.join("&");
  }

  /**
   * `isStep`: the browser's "back" comes back here.
   * @param {Object<string, string | undefined>} change
   * @param {boolean} isStep
   */
  go(change, isStep) {
    const link = this.link(change);
    if (link === location.hash) return;
    if (isStep) location.hash = link;
    else location.replace(link);
  }

  /**
   * Only the address: what is shown has changed already.
   * @param {Object<string, string | undefined>} change
   */
  note(change) {
    const link = this.link(change);
    this.state = { ...this.state, ...change };
    try {
      history.replaceState(null, "", link);
    } catch (error) {
      // A frame without an origin has no address that can be changed.
    }
  }

  read() {
    this.state = {};
    for (const part of location.hash.slice(1).split("&")) {
      const at = part.indexOf("=");
      if (at <= 0) continue;
      try {
        this.state[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1));
      } catch (error) {
        say("The address could not be read whole");
      }
    }
  }

  show() {
    this.read();
    const number = Number(this.state.p) || 0;
    this.process = this.processAt(number < this.data.processes.length ? number : 0);
    const view = VIEWS.find((known) => known.id === this.state.v) || VIEWS[0];
    this.onresize = null;
    const name = this.process.name;
    document.title = visible(name.slice(0, 60)) + " - leakreport";
    /** @type {HTMLElement} */ (document.getElementById("title")).textContent = visible(name);
    /** @type {HTMLElement} */ (document.getElementById("subtitle")).textContent = visible("process " + this.process.raw.pid + ", " + this.process.raw.ending + " · " + this.data.made_by);
    const focus = this.focused();
    this.showTabs(view.id);
    this.showProcesses();
    view.show(this);
    focus();
  }

  /** What has the focus is made anew by a view: what is returned gives it to the same one, or to the chosen tab. */
  focused() {
    const name = (/** @type {Element} */ one) => one.tagName + one.id + (one.getAttribute("aria-label") || (one.closest("label") ? "" : (one.textContent || "").replace(/ [▲▼]$/, "")));
    const same = (/** @type {Element} */ one) => [...document.querySelectorAll(one.tagName)].filter((other) => name(other) === name(one));
    const here = document.activeElement;
    if (!here || here === document.body) return () => {};
    const isTab = here.getAttribute("role") === "tab";
    const which = same(here).indexOf(here);
    return () => {
      const there = isTab ? document.querySelector("[role=tab][aria-selected=true]") : same(here)[which];
      if (there instanceof HTMLElement && document.activeElement !== there) there.focus();
    };
  }

  /** @param {string} chosen */
  showTabs(chosen) {
    const tabs = /** @type {HTMLElement} */ (document.getElementById("tabs"));
    const counts = { leaks: this.process.firstKinds().reduce((sum, kind) => sum + this.process.recordCount(kind), 0), errors: this.process.raw.errors.length };
    tabs.replaceChildren(...VIEWS.map((view) => {
      const count = /** @type {Object<string, number>} */ (counts)[view.id];
      return element("button", { type: "button", role: "tab", id: "tab-" + view.id, "aria-selected": String(view.id === chosen), tabindex: view.id === chosen ? 0 : -1, "aria-controls": "view",
        onclick: () => this.go({ v: view.id, zoom: undefined, about: undefined, q: undefined, sort: undefined, up: undefined, change: undefined, open: undefined }, true) }, view.label + (count ? " (" + grouped(count) + ")" : ""));
    }));
    this.main.setAttribute("role", "tabpanel");
    this.main.setAttribute("aria-labelledby", "tab-" + chosen);
  }

  showProcesses() {
    const list = /** @type {HTMLElement} */ (document.getElementById("processes"));
    const { processes } = this.data;
    list.hidden = processes.length < 2;
    if (list.hidden) return;
    const depth = (/** @type {number} */ i) => {
      let steps = 0;
      for (let at = processes[i].parent; at !== null && at !== undefined && steps < 40; at = processes[at] ? processes[at].parent : null) steps++;
      return steps;
    };
    list.replaceChildren(...processes.map((raw, i) => {
      const lost = raw.leaks.definite.bytes + raw.leaks.indirect.bytes + raw.leaks.possible.bytes;
      return element("button", { type: "button", "aria-current": String(i === this.process.number), style: "padding-left:" + (6 + 18 * depth(i)) + "px", onclick: () => this.go({ p: String(i), zoom: undefined, about: undefined, open: undefined }, true) },
        raw.pid + " " + (raw.command || raw.executable || "").slice(0, 90) + ": " + (raw.has_kinds ? size(lost) + " lost, " : "") + size(raw.totals.bytes_in_use) + " in use, " + raw.ending);
    }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    if (target.getAttribute("role") === "tab" && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const at = VIEWS.findIndex((view) => "tab-" + view.id === target.id) + (event.key === "ArrowRight" ? 1 : VIEWS.length - 1);
      const next = VIEWS[at % VIEWS.length].id;
      /** @type {HTMLElement} */ (document.getElementById("tab-" + next)).click();
      setTimeout(() => document.getElementById("tab-" + next)?.focus(), 0);
    } else if (event.key === "/" && !inField && !event.ctrlKey) {
      const search = this.main.querySelector("input[type=search]");
      if (search instanceof HTMLElement) {
        event.preventDefault();
        search.focus();
      }
    } else if (event.key === "Escape" && this.state.v === "flame" && (this.state.zoom || this.state.about)) {
      this.go({ zoom: undefined, about: undefined }, true);
    } else if (!inField && !event.ctrlKey && !event.altKey && !event.metaKey && event.key >= "1" && event.key <= String(VIEWS.length)) {
      document.getElementById("tab-" + VIEWS[Number(event.key) - 1].id)?.click();
    }
  }

  theme() {
    const button = /** @type {HTMLElement} */ (document.getElementById("theme"));
    button.addEventListener("click", () => {
      const root = document.documentElement;
      const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = isDark ? "light" : "dark";
    });
  }
}

const generator = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=generator]"));
const elements = [...document.querySelectorAll("script.process")];
new Page({ made_by: generator.content, processes: elements.map((one) => JSON.parse(one.textContent || "")) }).show();
