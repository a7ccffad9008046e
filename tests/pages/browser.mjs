// browser.mjs: opens pages in Chromium through its driver, and says what is in them.
//
//   node browser.mjs PAGE.html[#STATE] SCRIPT...
//
// Each SCRIPT is the body of a function that runs in the page; what it returns is printed, a line or a text each. It may
// be asynchronous, and has wait(MILLISECONDS) and text(SELECTOR). A message on the browser's console is printed as
// "console: ...", and makes the exit status 1; with "console=severe", for pages that are not ours, only an error. In place of a
// script may stand "screenshot=FILE", "size=WxH", "dark", "paper" (as it is printed), "print=FILE" (PDF), "script=FILE", or "tree":
// what a screen reader is told, a line for each node: its role, name and states, indented as they lie.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const [page, ...words] = process.argv.slice(2);
const steps = words.filter((word) => word !== "console=severe");
const severe = steps.length < words.length;
const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
const port = await new Promise((found, failed) => {
  let said = "";
  driver.stdout.on("data", (data) => {
    const match = /successfully on port (\d+)/.exec((said += data));
    if (match) found(match[1]);
  });
  driver.on("exit", () => failed(new Error("chromedriver ended: " + said)));
});

async function ask(method, path, body) {
  const answer = await fetch("http://127.0.0.1:" + port + path, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (value && value.error) throw new Error(value.message);
  return value;
}

const helpers = `
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const text = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText).join("\\n");
`;
/** What a screen reader is told. */
function treeText(nodes) {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const walk = (node, depth) => {
    const role = node.role?.value;
    const shown = !node.ignored && role !== "InlineTextBox" && role !== "none";
    if (shown) {
      const states = (node.properties || []).filter(({ name, value }) => /^(checked|selected|expanded|level|focusable|disabled)$/.test(name) && value.value !== false && value.value !== "false" || name === "expanded").map(({ name, value }) => name + "=" + value.value);
      lines.push(" ".repeat(depth) + role + " " + JSON.stringify(node.name?.value || "") + (states.length ? " " + states.join(" ") : ""));
    }
    for (const id of node.childIds || []) if (byId.has(id)) walk(byId.get(id), depth + (shown ? 1 : 0));
  };
  walk(nodes[0], 0);
  return lines.join("\n");
}
let failed = false;
const { sessionId } = await ask("POST", "/session", {
  capabilities: {
    alwaysMatch: {
      "goog:loggingPrefs": { browser: "ALL" },
      "goog:chromeOptions": { args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1300,900"] },
    },
  },
});
const session = "/session/" + sessionId;
try {
  const [file, state] = page.split(/#(.*)/s);
  await ask("POST", session + "/url", { url: "file://" + resolve(file) + (state ? "#" + state : "") });
  for (const step of steps) {
    const picture = /^screenshot=(.*)$/s.exec(step);
    const size = /^size=(\d+)x(\d+)$/.exec(step);
    const print = /^print=(.*)$/s.exec(step);
    const script = /^script=(.*)$/s.exec(step);
    if (print) writeFileSync(print[1], Buffer.from(await ask("POST", session + "/print", { background: true }), "base64"));
    else if (step === "tree") console.log(treeText((await ask("POST", session + "/goog/cdp/execute", { cmd: "Accessibility.getFullAXTree", params: {} })).nodes));
    else if (step === "dark") await ask("POST", session + "/goog/cdp/execute", { cmd: "Emulation.setEmulatedMedia", params: { features: [{ name: "prefers-color-scheme", value: "dark" }] } });
    else if (step === "paper") await ask("POST", session + "/goog/cdp/execute", { cmd: "Emulation.setEmulatedMedia", params: { media: "print" } });
    else if (picture) writeFileSync(picture[1], Buffer.from(await ask("GET", session + "/screenshot"), "base64"));
    else if (size) await ask("POST", session + "/window/rect", { width: Number(size[1]), height: Number(size[2]) });
    else console.log(String(await ask("POST", session + "/execute/sync", { script: "return (async () => {" + helpers + (script ? readFileSync(script[1], "utf8") : step) + "})()", args: [] })));
  }
  for (const entry of await ask("POST", session + "/se/log", { type: "browser" })) {
    if (severe && entry.level !== "SEVERE") continue;
    console.log("console: " + entry.message);
    failed = true;
  }
} finally {
  await ask("DELETE", session);
  driver.kill();
}
process.exitCode = failed ? 1 : 0;
