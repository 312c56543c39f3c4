"use strict";
const { nodes, columns, edges } = JSON.parse(document.getElementById("data").textContent);
const MOST = 60;
const up = columns.map(() => []);
const down = columns.map(() => []);
const declared = new Set();
for (const [parent, child, isDeclared] of edges) {
  up[child].push(parent);
  down[parent].push(child);
  if (isDeclared) declared.add(`${parent} ${child}`);
}
const nameOf = (at) => {
  const [table] = nodes[columns[at][0]];
  return table === "code" ? `code: ${columns[at][1]}` : `${table}.${columns[at][1]}`;
};
const names = columns.map((_, at) => nameOf(at));
const byName = new Map(names.map((name, at) => [name, at]));

const make = (tag, text = "", attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const link = (at) => make("a", names[at], { href: `#${encodeURIComponent(names[at])}` });

// every column that is reached, with the one it is reached through; nearest first
const reached = (start, steps) => {
  const through = new Map([[start, null]]);
  for (const at of through.keys()) {
    for (const next of steps[at]) if (!through.has(next)) through.set(next, at);
  }
  return through;
};
const item = (at, isDeclared) => {
  const made = make("li");
  made.append(link(at));
  if (isDeclared) made.append(make("span", " – declared by the model", { class: "quiet" }));
  return made;
};
const near = (title, ats, isDeclared, none) => {
  const part = make("section");
  part.append(make("h3", `${title} (${ats.length})`));
  const list = make("ul");
  for (const at of ats) list.append(item(at, isDeclared(at)));
  part.append(ats.length ? list : make("p", none, { class: "quiet" }));
  return part;
};
const far = (title, start, steps, isEnd, isUpwards) => {
  const through = reached(start, steps);
  const ends = [...through.keys()].filter((at) => at !== start && isEnd(at));
  const part = make("section");
  part.append(make("h3", `${title} (${ends.length})`));
  if (!ends.length) part.append(make("p", "None.", { class: "quiet" }));
  for (const end of ends.sort((a, b) => names[a].localeCompare(names[b]))) {
    const fold = make("details");
    fold.append(make("summary", names[end]));
    fold.addEventListener("toggle", () => {
      if (!fold.open || fold.children.length > 1) return;
      const way = [];
      for (let at = end; at !== null; at = through.get(at)) way.push(at);
      const list = make("ol");
      for (const at of isUpwards ? way : way.reverse()) list.append(item(at, false));
      fold.append(list);
    });
    part.append(fold);
  }
  return part;
};

const place = document.getElementById("column");
const show = (at) => {
  const [table, name, type, said] = columns[at];
  const [model, kind, description, file, page] = nodes[table];
  place.replaceChildren(make("h2", names[at]));
  if (said) place.append(make("p", said));
  if (type) place.append(make("p", `Type: ${type}`, { class: "quiet" }));
  if (page) {
    const about = make("p", `${kind[0].toUpperCase()}${kind.slice(1)} `);
    about.append(make("a", model, { href: page }), make("span", `: ${description}`));
    place.append(about, make("p", file, { class: "quiet" }));
  }
  place.append(
    near("Comes from", up[at], (other) => declared.has(`${other} ${at}`),
      columns[at][4] ? "This is where the data begin." : "Nothing."),
    near("Goes to", down[at], (other) => declared.has(`${at} ${other}`), "Nothing."),
    far("Begins in", at, up, (other) => columns[other][4], true),
    far("Ends in public marts", at, down, (other) => columns[other][5], false),
  );
  document.title = `${names[at]} – column lineage`;
};

const search = document.getElementById("search");
const list = () => {
  const words = search.value.toLowerCase().split(/[\s.]+/).filter(Boolean);
  const plain = names.map((name) => name.toLowerCase());
  const found = words.length
    ? columns.map((_, at) => at).filter((at) =>
      words.every((word) => plain[at].includes(word)))
    : [];
  // marts first, then short names
  found.sort((a, b) => columns[b][5] - columns[a][5] || names[a].length - names[b].length
    || a - b);
  document.getElementById("count").textContent = words.length
    ? `${found.length} columns${found.length > MOST ? `, the first ${MOST}:` : ""}` : "";
  document.getElementById("results").replaceChildren(
    ...found.slice(0, MOST).map((at) => item(at, false)));
};
const follow = () => {
  const at = byName.get(decodeURIComponent(location.hash.slice(1)));
  if (at === undefined) return;
  search.value = "";
  list();
  show(at);
  place.focus();
  scrollTo(0, 0);
};
search.addEventListener("input", list);
search.addEventListener("keydown", (event) => {
  const first = document.querySelector("#results a");
  if (event.key === "Enter" && first) first.click();
});
addEventListener("hashchange", follow);
follow();
document.documentElement.dataset.drawn = "yes";
