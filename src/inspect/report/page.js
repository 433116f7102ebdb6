"use strict";
// The table of decisions, its filters, and the dialog for one decision. Texts are set as text, never as markup.
(() => {
const element = id => document.getElementById(id);
const read = id => JSON.parse(element(id).textContent);
const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const SECONDS_PER_DAY = 86400;
// Rows above and below the visible part that are rendered too, so that scrolling does not show gaps.
const OVERSCAN = 10;
// Participation type masks of Dataverse.
const ROLES = {1: "From", 2: "To", 3: "Cc", 4: "Bcc", 8: "Regarding", 9: "Owner"};
const list = element("list");
const space = element("space");
const inputs = ["search", "sender", "reason", "mailbox", "from", "to"].map(element);

let legend, written, columns, texts, searchTexts, size;
// The numbers of the rows that pass the filters, in the order shown.
let filtered = [];
let isNewestFirst = true;
const blocks = new Map();

function start() {
  legend = read("legend");
  written = read("written");
  columns = read("columns");
  size = columns.source.length;
  legend.reasons.forEach(([name, description]) => {
    const option = make("option", "", name);
    option.title = description;
    element("reason").append(option);
  });
  legend.mailboxes.forEach((path, number) => {
    const option = make("option", "", path || "(all other mail)");
    option.value = number;
    element("mailbox").append(option);
  });
  inputs.forEach(input => input.addEventListener("input", applyFilters));
  element("clear").addEventListener("click", () => setFilters({}));
  element("order").addEventListener("click", reverseOrder);
  list.addEventListener("scroll", render, {passive: true});
  list.addEventListener("keydown", onKey);
  new ResizeObserver(render).observe(list);
  document.addEventListener("click", onClick);
  element("one-close").addEventListener("click", () => element("one").close());
  element("one").addEventListener("click", event => {
    if (event.target === element("one")) element("one").close();
  });
  applyFilters();
}

const sender = row => columns.sender[row] === null ? "" : written[columns.sender[row]];
const subject = row => columns.subject[row] || columns.source[row];
const timestamp = seconds =>
  seconds === null ? "no time" : new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

// The text of a row that the search looks at, made when it is first needed.
function searchText(row) {
  searchTexts ??= new Array(size);
  return searchTexts[row] ??= `${columns.subject[row] ?? ""}\n${sender(row)}\n${columns.source[row]}`.toLowerCase();
}

// A predicate on rows, made from the inputs.
function filter() {
  const [search, senderPart, reason, mailbox, from, to] = inputs.map(input => input.value);
  const seconds = day => Date.parse(day + "T00:00:00Z") / 1000;
  const reasonNumber = legend.reasons.findIndex(([name]) => name === reason);
  const words = search.toLowerCase().split(/\s+/).filter(word => word);
  const address = senderPart.trim().toLowerCase();
  const tests = [];
  if (reason) tests.push(row => columns.reason[row] === reasonNumber);
  if (mailbox) tests.push(row => columns.mailbox[row] === Number(mailbox));
  if (from) tests.push(row => columns.time[row] !== null && columns.time[row] >= seconds(from));
  if (to) tests.push(row => columns.time[row] !== null && columns.time[row] < seconds(to) + SECONDS_PER_DAY);
  if (address) {
    const senders = new Set(written.flatMap((text, id) => text.toLowerCase().includes(address) ? [id] : []));
    tests.push(row => senders.has(columns.sender[row]));
  }
  if (words.length) tests.push(row => words.every(word => searchText(row).includes(word)));
  return row => tests.every(test => test(row));
}

function applyFilters() {
  const passes = filter();
  filtered = [];
  for (let row = 0; row < size; row++) if (passes(row)) filtered.push(row);
  sort();
  const count = filtered.length.toLocaleString("en");
  element("count").textContent = filtered.length === size
    ? `${count} decisions` : `${count} of ${size.toLocaleString("en")} decisions`;
  list.scrollTop = 0;
  render();
}

function sort() {
  const time = row => columns.time[row] ?? -Infinity;
  filtered.sort((a, b) => time(a) - time(b) || a - b);
  if (isNewestFirst) filtered.reverse();
}

function reverseOrder() {
  isNewestFirst = !isNewestFirst;
  element("order").textContent = isNewestFirst ? "Received ↓" : "Received ↑";
  filtered.reverse();
  list.scrollTop = 0;
  render();
}

function setFilters(values) {
  inputs.forEach(input => { input.value = values[input.id] ?? ""; });
  applyFilters();
}

function rowHeight() {
  return parseFloat(getComputedStyle(list).getPropertyValue("--row"));
}

// Only the rows in sight are elements, so that the page stays fast with many decisions.
function render() {
  const height = rowHeight();
  space.style.height = `${filtered.length * height}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / height) - OVERSCAN);
  const end = Math.min(filtered.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + OVERSCAN);
  const rows = [];
  for (let index = first; index < end; index++) rows.push(rowElement(filtered[index], index, height));
  space.replaceChildren(...rows);
}

function rowElement(row, index, height) {
  const [name, description, outcome] = legend.reasons[columns.reason[row]];
  const made = make("div", `row ${outcome}`);
  made.style.top = `${index * height}px`;
  made.dataset.row = row;
  made.setAttribute("role", "listitem");
  made.tabIndex = -1;
  const reason = make("span", "reason", name);
  reason.title = description;
  made.append(make("span", "time", timestamp(columns.time[row])), make("span", "sender", sender(row)),
    make("span", "subject", subject(row)), reason);
  return made;
}

// The arrow keys move from row to row, Enter opens one.
function onKey(event) {
  const focused = document.activeElement.dataset?.row;
  if (event.key === "Enter" && focused !== undefined) return show(Number(focused));
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (!step || !filtered.length) return;
  event.preventDefault();
  const height = rowHeight();
  const current = focused === undefined ? Math.floor(list.scrollTop / height) - Math.min(step, 1)
    : filtered.indexOf(Number(focused));
  const index = Math.min(filtered.length - 1, Math.max(0, current + step));
  const top = index * height;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
  render();
  space.querySelector(`[data-row="${filtered[index]}"]`)?.focus({preventScroll: true});
}

function onClick(event) {
  const link = event.target.closest("[data-row], [data-reason], [data-mailbox], [data-sender], [data-from]");
  if (!link) return;
  const {row, reason, mailbox, sender: address, from, to} = link.dataset;
  if (row !== undefined) return show(Number(row));
  setFilters({reason, mailbox, sender: address, from, to});
  element("decisions").scrollIntoView();
}

function detail(row) {
  const number = Math.floor(row / legend.block);
  if (!blocks.has(number)) blocks.set(number, read(`details-${number}`));
  return blocks.get(number)[row % legend.block];
}

function record(id) {
  texts ??= read("texts");
  const [reference, name] = texts.records[id];
  return name ? `${name} (${reference})` : reference;
}

function show(row) {
  const it = detail(row);
  const [, description, outcome] = legend.reasons[columns.reason[row]];
  const verdict = {tracked: "Tracked", not: "Not tracked", duplicate: "Duplicate"}[outcome];
  const command = legend.commands[it.given];
  element("one-title").textContent = subject(row);
  element("one-words").textContent = `${verdict}: ${description}.`;
  element("one-list").replaceChildren(...facts(row, it, outcome));
  element("one-command").textContent = explain(columns.source[row], command ?? " --mail MAIL --book BOOK");
  element("one-unknown").hidden = command !== undefined;
  if (!element("one").open) element("one").showModal();
  element("one").scrollTop = 0;
}

// What the dialog lists about a decision: terms, each with its lines; a term without lines is left out.
function facts(row, it, outcome) {
  const seconds = columns.time[row];
  const whys = Object.fromEntries(legend.whys);
  const all = [
    ["Received", [timestamp(seconds) + (seconds === null ? "" : " UTC")]],
    ["Direction", [columns.outgoing[row] ? "outgoing" : "incoming"]],
    ["Source", [columns.source[row]]],
    ["Mailbox", legend.mailboxes.length > 1 ? [legend.mailboxes[columns.mailbox[row]] || "(all other mail)"] : []],
    ["Accepted for", it.accepting === undefined ? [] : [record(it.accepting)]],
    ["Sender", senderLines(row, it)],
    ["Parties", (it.parties ?? []).map(party)],
    ["Regarding", it.regarding === undefined ? [] : [record(it.regarding)]],
    [outcome === "duplicate" ? "Duplicate of" : "Correlated with", correlation(it, outcome)],
    ["Created", (it.created ?? []).map(record)],
    ["Not created", (it.notcreated ?? []).map(([address, why]) => `${written[address]}: ${whys[why]}`)],
    ["Activity", it.activity ? [it.activity] : []],
  ];
  return all.filter(([, lines]) => lines.length).flatMap(([term, lines]) => {
    const definition = make("dd");
    definition.append(...lines.map(line => line instanceof Node ? line : make("span", "", line)));
    return [make("dt", "", term), definition];
  });
}

function senderLines(row, it) {
  return [sender(row) || "no usable address", it.record === undefined ? "no record" : record(it.record),
    ...otherRecords(row, it)];
}

// The other records that have the sender's address, if the page knows of any.
function otherRecords(row, it) {
  const shared = legend.shared.find(([address]) => address === sender(row).toLowerCase());
  const others = shared ? shared[1].filter(other => other !== it.record) : [];
  return others.length ? [`also the address of ${others.map(record).join(", ")}`] : [];
}

function party([mask, address, id, isOutOfScope]) {
  const who = address === null ? "" : `${written[address]} → `;
  const what = id !== null ? record(id)
    : isOutOfScope ? "not linked: its records are out of scope or inactive" : "not linked: no record";
  return `${ROLES[mask] ?? mask}: ${who}${what}`;
}

function correlation(it, outcome) {
  const other = it.to === undefined ? null : make("button", "link", subject(it.to));
  if (other) {
    other.type = "button";
    other.dataset.row = it.to;
  }
  if (outcome === "duplicate") return [other ?? it.activity ?? "an activity in the address book"];
  if (!it.correlated) return [];
  const method = Object.fromEntries(legend.methods)[it.method];
  return [other ?? `activity ${it.correlated}`, `by ${method}`];
}

// The `explain` command, quoted for a POSIX shell. A source that begins with a dash would be read as a flag.
function explain(source, flags) {
  const word = /^[-\w./:@%+=,]+$/.test(source) ? source : `'${source.replaceAll("'", "'\\''")}'`;
  return source.startsWith("-") ? `mailtrack explain${flags} -- ${word}` : `mailtrack explain ${word}${flags}`;
}

// The sections above are painted before the table's data is parsed.
requestAnimationFrame(() => setTimeout(start));
})();
