"use strict";
// The table of decisions. Every text is set as text, never as markup.
(() => {
const element = id => document.getElementById(id);
const read = id => JSON.parse(element(id).textContent);
const make = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
const DAY = 86400;
// Rows that are made beyond those in sight, at either end.
const BEYOND = 10;
const ROLES = {1: "From", 2: "To", 3: "Cc", 4: "Bcc", 8: "Regarding", 9: "Owner"};
const list = element("list");
const space = element("space");
const inputs = ["search", "sender", "reason", "mailbox", "from", "to"].map(element);

let legend, written, columns, texts, hay, size;
// The rows that pass the filters, by number, in the order in which they are shown.
let passing = [];
let isNewestFirst = true;
const blocks = new Map();

function start() {
  legend = read("legend");
  written = read("written");
  columns = read("columns");
  size = columns.source.length;
  legend.reasons.forEach(([name, words]) => {
    const option = make("option", "", name);
    option.title = words;
    element("reason").append(option);
  });
  legend.mailboxes.forEach((path, number) => {
    const option = make("option", "", path || "(all other mail)");
    option.value = number;
    element("mailbox").append(option);
  });
  inputs.forEach(input => input.addEventListener("input", apply));
  element("clear").addEventListener("click", () => set({}));
  element("order").addEventListener("click", turn);
  list.addEventListener("scroll", draw, {passive: true});
  list.addEventListener("keydown", key);
  new ResizeObserver(draw).observe(list);
  document.addEventListener("click", click);
  element("one-close").addEventListener("click", () => element("one").close());
  element("one").addEventListener("click", event => {
    if (event.target === element("one")) element("one").close();
  });
  apply();
}

const sender = at => columns.sender[at] === null ? "" : written[columns.sender[at]];
const subject = at => columns.subject[at] || columns.source[at];
const moment = seconds => seconds === null ? "no time" : new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

// What search looks in, made when it is first asked.
function haystack(at) {
  hay ??= new Array(size);
  return hay[at] ??= `${columns.subject[at] ?? ""}\n${sender(at)}\n${columns.source[at]}`.toLowerCase();
}

function wanted() {
  const [search, of, reason, mailbox, from, to] = inputs.map(input => input.value);
  const seconds = day => Date.parse(day + "T00:00:00Z") / 1000;
  const reasonNumber = legend.reasons.findIndex(([name]) => name === reason);
  const words = search.toLowerCase().split(/\s+/).filter(word => word);
  const address = of.trim().toLowerCase();
  const tests = [];
  if (reason) tests.push(at => columns.reason[at] === reasonNumber);
  if (mailbox) tests.push(at => columns.mailbox[at] === Number(mailbox));
  if (from) tests.push(at => columns.time[at] !== null && columns.time[at] >= seconds(from));
  if (to) tests.push(at => columns.time[at] !== null && columns.time[at] < seconds(to) + DAY);
  if (address) {
    const those = new Set(written.flatMap((text, number) => text.toLowerCase().includes(address) ? [number] : []));
    tests.push(at => those.has(columns.sender[at]));
  }
  if (words.length) tests.push(at => words.every(word => haystack(at).includes(word)));
  return at => tests.every(test => test(at));
}

function apply() {
  const passes = wanted();
  passing = [];
  for (let at = 0; at < size; at++) if (passes(at)) passing.push(at);
  arrange();
  const shown = passing.length.toLocaleString("en");
  element("count").textContent = passing.length === size
    ? `${shown} decisions` : `${shown} of ${size.toLocaleString("en")} decisions`;
  list.scrollTop = 0;
  draw();
}

function arrange() {
  const time = at => columns.time[at] ?? -Infinity;
  passing.sort((a, b) => time(a) - time(b) || a - b);
  if (isNewestFirst) passing.reverse();
}

function turn() {
  isNewestFirst = !isNewestFirst;
  element("order").textContent = isNewestFirst ? "Received ↓" : "Received ↑";
  passing.reverse();
  list.scrollTop = 0;
  draw();
}

function set(values) {
  inputs.forEach(input => { input.value = values[input.id] ?? ""; });
  apply();
}

function draw() {
  const height = parseFloat(getComputedStyle(list).getPropertyValue("--row"));
  space.style.height = `${passing.length * height}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / height) - BEYOND);
  const last = Math.min(passing.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + BEYOND);
  const rows = [];
  for (let place = first; place < last; place++) rows.push(row(passing[place], place, height));
  space.replaceChildren(...rows);
}

function row(at, place, height) {
  const [name, words, kind] = legend.reasons[columns.reason[at]];
  const made = make("div", `row ${kind}`);
  made.style.top = `${place * height}px`;
  made.dataset.row = at;
  made.setAttribute("role", "listitem");
  made.tabIndex = -1;
  const reason = make("span", "reason", name);
  reason.title = words;
  made.append(make("span", "time", moment(columns.time[at])), make("span", "sender", sender(at)),
    make("span", "subject", subject(at)), reason);
  return made;
}

// Up and down go from row to row, Enter opens one.
function key(event) {
  const focused = document.activeElement.dataset?.row;
  if (event.key === "Enter" && focused !== undefined) return show(Number(focused));
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (!step || !passing.length) return;
  event.preventDefault();
  const height = parseFloat(getComputedStyle(list).getPropertyValue("--row"));
  const now = focused === undefined ? Math.floor(list.scrollTop / height) - Math.min(step, 1)
    : passing.indexOf(Number(focused));
  const place = Math.min(passing.length - 1, Math.max(0, now + step));
  const top = place * height;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
  draw();
  space.querySelector(`[data-row="${passing[place]}"]`)?.focus({preventScroll: true});
}

function click(event) {
  const from = event.target.closest("[data-row], [data-reason], [data-mailbox], [data-sender], [data-from]");
  if (!from) return;
  const {row, reason, mailbox, sender: address, from: first, to: last} = from.dataset;
  if (row !== undefined) return show(Number(row));
  set({reason, sender: address, from: first, to: last,
    mailbox: mailbox === undefined ? "" : String(legend.mailboxes.indexOf(mailbox))});
  element("decisions").scrollIntoView();
}

function detail(at) {
  const number = Math.floor(at / legend.block);
  if (!blocks.has(number)) blocks.set(number, read(`details-${number}`));
  return blocks.get(number)[at % legend.block];
}

function record(number) {
  texts ??= read("texts");
  const [id, name] = texts.records[number];
  return name ? `${name} (${id})` : id;
}

function show(at) {
  const it = detail(at);
  const [, words, kind] = legend.reasons[columns.reason[at]];
  const verdict = {tracked: "Tracked", not: "Not tracked", duplicate: "A duplicate"}[kind];
  element("one-title").textContent = subject(at);
  element("one-words").textContent = `${verdict}: ${words}.`;
  const entries = [];
  const say = (name, ...lines) => {
    if (lines.length) entries.push(make("dt", "", name), lines.reduce((dd, line) => {
      dd.append(line instanceof Node ? line : make("span", "", line));
      return dd;
    }, make("dd")));
  };
  say("Received", moment(columns.time[at]) + (columns.time[at] === null ? "" : " UTC"));
  say("Direction", columns.outgoing[at] ? "outgoing" : "incoming");
  say("Source", columns.source[at]);
  if (legend.mailboxes.length > 1) say("Mailbox", legend.mailboxes[columns.mailbox[at]] || "(all other mail)");
  if (it.accepting !== undefined) say("Accepted for", record(it.accepting));
  say("Sender", sender(at) || "none that is usable",
    it.record === undefined ? "no record" : `is ${record(it.record)}`, ...rivals(at, it));
  say("Parties", ...(it.parties ?? []).map(party));
  if (it.regarding !== undefined) say("Regarding", record(it.regarding));
  say("Tied to", ...ties(at, it, kind));
  say("Created", ...(it.created ?? []).map(record));
  say("Not created", ...(it.refused ?? []).map(([address, why]) => `${written[address]}: ${Object.fromEntries(legend.whys)[why]}`));
  if (it.activity) say("Activity", it.activity);
  element("one-list").replaceChildren(...entries);
  const flags = legend.commands[it.given];
  element("one-command").textContent = command(columns.source[at], flags ?? " --mail MAIL --book BOOK");
  element("one-unknown").hidden = flags !== undefined;
  if (!element("one").open) element("one").showModal();
  element("one").scrollTop = 0;
}

// As a POSIX shell takes it; what begins with a dash would be taken for a flag.
function command(source, flags) {
  const word = /^[-\w./:@%+=,]+$/.test(source) ? source : `'${source.replaceAll("'", "'\\''")}'`;
  return source.startsWith("-") ? `mailtrack explain${flags} -- ${word}` : `mailtrack explain ${word}${flags}`;
}

// The other records that have the sender's address, where the page knows of them.
function rivals(at, it) {
  const shared = legend.shared.find(([address]) => address === sender(at).toLowerCase());
  const others = shared ? shared[1].filter(other => other !== it.record) : [];
  return others.length ? [`also the address of ${others.map(record).join(", ")}`] : [];
}

function party([mask, address, number, isOutOfScope]) {
  const who = address === null ? "" : `${written[address]} `;
  const what = number !== null ? record(number)
    : isOutOfScope ? "not linked: its records are out of scope or inactive" : "not linked: no record";
  return `${ROLES[mask] ?? mask}: ${who}${who ? "→ " : ""}${what}`;
}

function ties(at, it, kind) {
  const method = Object.fromEntries(legend.methods)[it.method];
  const other = it.to === undefined ? null : make("button", "link", subject(it.to));
  if (other) {
    other.type = "button";
    other.dataset.row = it.to;
  }
  if (kind === "duplicate") return [other ?? it.activity ?? "an activity of the book"];
  if (!it.tied) return [];
  return [`by ${method}`, other ?? `the activity ${it.tied}`];
}

// What stands still is painted first.
requestAnimationFrame(() => setTimeout(start));
})();
