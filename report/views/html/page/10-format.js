// Numbers, names and elements as all views write them.

/** @param {number} value */
function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** @param {number} value */
function size(value) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 1024 && unit + 1 < units.length) {
    rest /= 1024;
    unit++;
  }
  return unit === 0 ? grouped(value) + " bytes" : rest.toFixed(rest < 10 ? 2 : rest < 100 ? 1 : 0) + " " + units[unit];
}

/**
 * "+1,234", "-5".
 * @param {number} now
 * @param {number} before
 */
function signed(now, before) {
  return (now < before ? "-" : "+") + grouped(Math.abs(now - before));
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  if (!whole) return "0 %";
  const percent = (100 * part) / whole;
  return percent.toFixed(percent < 10 ? 2 : 1) + " %";
}

/** @param {number} ns */
function seconds(ns) {
  return (ns / 1e9).toFixed(3) + " s";
}

/**
 * "1 block", "2 blocks".
 * @param {number} count
 * @param {string} noun
 */
function counted(count, noun) {
  return grouped(count) + " " + noun + (count === 1 ? "" : "s");
}

/**
 * Control and direction characters are shown, not obeyed.
 * @param {string} text
 */
function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

/**
 * An element. Text becomes a text node, whatever it holds; no markup is ever parsed.
 * @param {string} name @param {Object<string, any>} [properties] @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) made.style.setProperty(key, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.map((child) => (typeof child === "string" ? visible(child) : child)));
  return made;
}

/** @param {string} name @param {Object<string, any>} properties @param {...(Node | string)} children @returns {SVGElement} */
function drawn(name, properties, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", name));
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** @param {string} text */
function say(text) {
  const status = /** @type {HTMLElement} */ (document.getElementById("status"));
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (status.textContent = ""), 2500);
}
/** @type {any} */
say.timer = 0;

/** @param {string} text @param {string} what */
function copy(text, what) {
  const done = () => say(what + " copied");
  const area = /** @type {HTMLTextAreaElement} */ (element("textarea", { class: "mono" }));
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (copied) done();
  else if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => say("The browser does not allow copying"));
}

/**
 * A text to search for, or a regular expression between slashes.
 * @param {string} text
 * @returns {((text: string) => boolean) | null}
 */
function matcher(text) {
  if (!text) return null;
  const slashed = /^\/(.+)\/$/.exec(text);
  if (slashed) {
    try {
      const expression = new RegExp(slashed[1], "i");
      return (candidate) => expression.test(candidate);
    } catch (error) {
      return () => false;
    }
  }
  const lower = text.toLowerCase();
  return (candidate) => candidate.toLowerCase().includes(lower);
}
