// A walk through a page of --html, run in it by browser.mjs: each view is opened and looked at by its content, the flame graph is
// searched and zoomed, loss records are filtered. What is returned begins with "wrong:" or "right:". EXPECT is a word that the
// flame graph of METRIC shows, or empty: the log has nothing to show.
const wrong = [];
const check = (what, holds) => holds || wrong.push(what + " " + location.hash + ": " + text("main").slice(0, 160).replace(/\s+/g, " "));
const open = async (hash) => { location.hash = hash; await wait(80); for (let i = 0; i < 60 && !document.getElementById("view").children.length; i++) await wait(50); await wait(60); };
const data = JSON.parse(document.querySelector("script.process").textContent);
const grouped = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
await open("v=summary");
check("cards", document.querySelectorAll(".card").length >= 4);
check("calls", text("main").includes(grouped(data.totals.allocations) + " call"));
check("how it ended", text("main").includes(data.ending));
await open("v=leaks&k=definite,indirect,possible,reachable,unknown&supp=yes");
const records = data.records.kind.length;
check("loss records", text("caption").startsWith(grouped(records) + " loss record"));
if (records) {
  document.querySelector("td button.open").click();
  check("a stack", document.querySelectorAll(".stack div").length > 0);
  const named = document.querySelector("td button.open").innerText.replace(/ \(.*/, "");
  await open("v=leaks&k=definite,indirect,possible,reachable,unknown&supp=yes&in=function&q=" + encodeURIComponent(named));
  check("filtered records of " + named, document.querySelectorAll("tbody tr").length > 0 && document.querySelectorAll("tbody tr").length <= records);
}
for (const dir of ["callees", "callers"]) for (const by of ["function", "line", "file", "module"]) {
  await open("v=flame&metric=allocated&dir=" + dir + "&by=" + by);
  check("frames", document.querySelectorAll(".frame").length > 1 || !data.totals.allocations);
}
await open("v=flame&metric=allocated");
const boxes = [...document.querySelectorAll(".frame")];
if (boxes.length > 3) {
  check("all of it", text(".detail").includes("100.0 % of all"));
  const box = boxes.filter((one) => one.innerText.length > 2)[2];
  box.click();
  const name = text(".detail strong");
  check("the frame's name", box.innerText === name);
  document.querySelector(".detail button").click();
  await wait(120);
  check("zoom", document.querySelectorAll(".frame.passed").length > 0 && location.hash.includes("zoom="));
  await open("v=flame&metric=allocated&q=" + encodeURIComponent(name));
  const found = /Found: ([0-9.]+) %/.exec(text("main p"));
  check("search", found && Number(found[1]) > 0 && document.querySelectorAll(".frame.match").length > 0);
  await open("v=flame&metric=allocated&about=" + encodeURIComponent(name));
  check("sandwich", text(".frame.about").trim() === name || document.querySelector(".frame.about").title.startsWith(name));
}
await open("v=table&metric=allocated");
check("functions", document.querySelectorAll("tbody tr").length > 0 || !data.totals.allocations);
await open("v=timeline");
check("timeline", document.querySelector("svg polyline.live") || !data.timeline.time_ns.length);
check("peak", !data.timeline.time_ns.length || text("main").includes("The peak was " + grouped(data.peak.bytes)));
await open("v=errors");
check("errors", document.querySelectorAll("section.error").length === data.errors.length);
await open("v=sizes");
check("modules", text("main").includes("Modules") && document.querySelectorAll("tbody tr").length > 0);
return wrong.length ? "wrong: " + wrong.join("; ") : "right: " + data.stacks.node.length + " stacks, first paint after " + Math.round(performance.getEntriesByType("paint").map((one) => one.startTime)[0]) + " ms";
