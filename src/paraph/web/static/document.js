// A document's page: words that are selected can be added as a signal, and moving from signal to signal does not load the page
// anew. All of it works without: every signal, and the "+" beside each paragraph, is a link.
"use strict";

const parser = new DOMParser();
const sheet = () => document.querySelector("[data-text]");

// Show what an address of this document shows, in the place of what is there; scroll only where it would not be seen.
async function go(address, { push = true } = {}) {
  const to = new URL(address, location.href);
  let page;
  try {
    const answer = await fetch(to.pathname + to.search);
    if (!answer.ok) throw new Error(String(answer.status));
    page = parser.parseFromString(await answer.text(), "text/html");
  } catch {
    location.href = to.href; // the server tells what is wrong
    return;
  }
  const fresh = page.querySelector("[data-text]");
  const tally = page.querySelector(".tally");
  if (!fresh || !tally) {
    location.href = to.href;
    return;
  }
  drop();
  sheet().replaceWith(document.importNode(fresh, true));
  document.querySelector(".tally").replaceWith(document.importNode(tally, true));
  const kept = [...document.querySelectorAll("nav.parts")];
  const parts = [...page.querySelectorAll("nav.parts")];
  kept.forEach((nav, n) => parts[n] && nav.replaceWith(document.importNode(parts[n], true)));
  if (push) history.pushState({ sheet: true }, "", to.href);
  ready();
  const panel = sheet().querySelector(".panel");
  const mark = sheet().querySelector("mark.on");
  if (mark && !inSight(mark)) mark.scrollIntoView({ block: "center" });
  if (panel && panel.id === "add") (panel.querySelector("select") ?? panel.querySelector("#f-words")).focus({ preventScroll: true });
  else panel?.focus({ preventScroll: true });
}

function inSight(element) {
  const box = element.getBoundingClientRect();
  return box.top > 0 && box.bottom < window.innerHeight;
}

// Links of the text are not dragged about, so that words can be selected from within them.
function ready() {
  for (const link of sheet().querySelectorAll("mark a")) link.draggable = false;
}

// Where the selection begins and ends in the document's text, in code points; null where it holds no letter of it. Each line
// says where it starts, and holds as many code points as the text does there.
function selected() {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const lines = [...sheet().querySelectorAll("p[data-start]")].filter((line) => range.intersectsNode(line));
  if (!lines.length) return null;
  const first = lines[0];
  const last = lines[lines.length - 1];
  const start = first.contains(range.startContainer) ? place(first, range.startContainer, range.startOffset) : Number(first.dataset.start);
  const end = last.contains(range.endContainer) ? place(last, range.endContainer, range.endOffset) : Number(last.dataset.start) + points(last.textContent);
  return end > start && selection.toString().trim() ? { start, end, range } : null;
}

function place(line, node, offset) {
  const before = document.createRange();
  before.setStart(line, 0);
  before.setEnd(node, offset);
  return Number(line.dataset.start) + points(before.toString());
}

const points = (text) => [...text].length;

// The button that comes with a selection.
let pick = null;

function drop() {
  pick?.remove();
  pick = null;
}

function offer() {
  if (!sheet().querySelector(".adds")) return; // a reader
  const found = selected();
  drop();
  if (!found) return;
  pick = document.createElement("button");
  pick.type = "button";
  pick.className = "pick";
  pick.textContent = "Add a signal";
  pick.title = "Key: a";
  pick.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  pick.addEventListener("click", add);
  document.body.append(pick);
  const box = found.range.getBoundingClientRect();
  const across = Math.max(0, Math.min(box.left + box.width / 2 - pick.offsetWidth / 2, window.innerWidth - pick.offsetWidth - 8));
  pick.style.left = `${across + window.scrollX}px`;
  pick.style.top = `${box.bottom + 6 + window.scrollY}px`;
}

function add() {
  const found = selected();
  if (!found) return;
  window.getSelection().removeAllRanges();
  const every = new URLSearchParams(location.search).get("show") === "all" ? "&show=all" : "";
  go(`${sheet().dataset.here}?add=${found.start}-${found.end}${every}#add`);
}

if (sheet()) {
  ready();
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 150); // once the words are chosen, not at each letter
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !sheet().contains(link) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.closest("mark") && !window.getSelection().isCollapsed) {
      event.preventDefault(); // words were selected, no signal was chosen
      return;
    }
    const to = new URL(link.href);
    if (to.origin !== location.origin || to.pathname !== location.pathname) return;
    event.preventDefault();
    go(link.href);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) {
      if (event.key !== "Escape") return;
    }
    if (event.key === "a" && selected() && sheet().querySelector(".adds")) {
      event.preventDefault();
      add();
      return;
    }
    const link = sheet().querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    const first = event.key === "j" && !sheet().querySelector(".panel") && sheet().querySelector("mark.sig a");
    if (link || first) {
      event.preventDefault();
      go((link || first).href);
    }
  });

  window.addEventListener("popstate", () => go(location.href, { push: false }));
}
