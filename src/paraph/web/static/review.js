// The review: a key press answers and shows the next question at once; answers are sent in their order behind it.
"use strict";

(() => {
  const page = document.getElementById("review");
  if (!page) return;
  document.documentElement.classList.add("js");

  const now = document.getElementById("now");
  const said = document.getElementById("said");
  const banner = document.getElementById("banner");
  const help = document.getElementById("help");
  const string = page.dataset.string;
  const lists = { last: document.getElementById("last"), waiting: document.getElementById("waiting"), failed: document.getElementById("failed") };
  const OUTBOX = "paraph.review.outbox." + page.dataset.who;
  const KEYS = "paraph.review.keys";
  // Questions held ready, and from how few on more are fetched. By eye: half a minute of fast work.
  const AHEAD = 6, FEW = 5;
  // Ids that an address may carry; the server leaves out as many.
  const SKIPPED = 200;
  // How long an answer may take, and how long to wait before it is sent again: doubled each time up to the longest.
  const PATIENCE = 20000, AGAIN = 1000, LONGEST = 15000;
  // A fault of the server is tried so often; then the answer is set aside, so that the others are not held up.
  const TRIES = 4;

  // The questions in their order; ``at`` is the one that is shown. ``done`` is the entry that answered it.
  const line = [];
  let at = 0;
  // What was decided on this page, oldest first; and what of it is not written yet.
  const history = [];
  const outbox = [];
  let sending = false, stopped = false, fetching = false, exhausted = false, fetchAgain = AGAIN;

  // Small help.

  function token() {
    if (crypto.randomUUID) return crypto.randomUUID();
    // Over plain HTTP on another machine a browser has no randomUUID.
    return [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  }

  function tell(text) {
    said.textContent = text;
  }

  function warn(text, ...buttons) {
    banner.hidden = !text;
    banner.replaceChildren(text || "", ...buttons.flatMap((each) => [" ", each]));
  }

  function button(text, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  function pause(ms) {
    return new Promise((go) => setTimeout(go, ms));
  }

  // Keys.

  const shipped = {};
  for (const each of help.querySelectorAll("[data-remap]")) shipped[each.dataset.remap] = each.dataset.key;
  let keys = { ...shipped, ...kept(KEYS, {}) };

  function kept(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise; // storage is shut off, or holds what we did not write
    }
  }

  function showKeys(root) {
    for (const cap of root.querySelectorAll("kbd[data-for]")) cap.textContent = keys[cap.dataset.for] ?? "";
    for (const each of root.querySelectorAll("[data-act]")) {
      if (keys[each.dataset.act]) each.setAttribute("aria-keyshortcuts", keys[each.dataset.act]);
    }
  }

  // Why a key cannot stand for an action; empty where it can.
  function unfit(key, act) {
    if (key.length !== 1 || key === " ") return "That key is the browser's. Take a letter or a sign.";
    if (/\d/.test(key)) return "Digits choose among values. Take a letter or a sign.";
    if (key === "/" || key === "?" || key === "'") return `“${key}” has its meaning already. Take another.`;
    const other = Object.keys(keys).find((name) => name !== act && keys[name] === key);
    return other ? `“${key}” is taken: ${help.querySelector(`[data-remap="${other}"]`).closest("tr").cells[1].textContent}.` : "";
  }

  let remapping = null;
  function remap(each) {
    if (remapping) remapping.classList.remove("asks");
    remapping = each;
    each.classList.add("asks");
    document.getElementById("help-error").textContent = "";
    tell("Press the key for: " + each.closest("tr").cells[1].textContent);
  }

  function keyGiven(event) {
    if (event.key === "Escape" || event.key === "Tab") return endRemap();
    if (event.ctrlKey || event.metaKey || event.altKey || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const key = event.key.toLowerCase();
    const act = remapping.dataset.remap;
    const why = unfit(key, act);
    document.getElementById("help-error").textContent = why;
    if (why) return;
    keys[act] = key;
    saveKeys();
    tell(`“${key}” it is.`);
    endRemap();
  }

  function endRemap() {
    if (remapping) remapping.classList.remove("asks");
    remapping = null;
  }

  function saveKeys() {
    const own = Object.fromEntries(Object.entries(keys).filter(([act, key]) => shipped[act] !== key));
    try {
      localStorage.setItem(KEYS, JSON.stringify(own));
    } catch {
      // kept for as long as the page is open
    }
    showKeys(document);
    for (const each of line) showKeys(each.node);
  }

  help.addEventListener("click", (event) => {
    const each = event.target.closest("[data-remap]");
    if (each) remap(each);
    else if (event.target.id === "keys-reset") {
      keys = { ...shipped };
      document.getElementById("help-error").textContent = "";
      saveKeys();
    } else if (event.target.id === "help-close") help.close();
  });
  help.addEventListener("keydown", (event) => {
    if (remapping) keyGiven(event);
    else if (event.key === "?") help.close();
  });
  help.addEventListener("close", endRemap);

  // Questions.

  function question(id, node) {
    showKeys(node);
    return { id, node, done: null };
  }

  function made(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html; // from our own server, which escapes all that sources say
    return holder.content.querySelector("article");
  }

  function current() {
    return line[at];
  }

  function show(focus) {
    const asked = current();
    const had = now.contains(document.activeElement);
    const act = had && document.activeElement.closest("[data-act]")?.dataset.act;
    if (!asked) {
      if (exhausted) now.replaceChildren(document.getElementById("none").content.cloneNode(true));
      else now.replaceChildren(loading());
      if (had || focus) (now.querySelector("[tabindex]") ?? page).focus?.();
      return;
    }
    close(asked.node);
    mark(asked);
    now.replaceChildren(asked.node);
    // Who works with Tab and Enter stays on the same button; who was elsewhere on the card goes to its beginning.
    const same = act && asked.node.querySelector(`[data-act="${act}"]`);
    if (had || focus) (same || asked.node).focus({ preventScroll: true });
    if (now.getBoundingClientRect().top < 0) now.scrollIntoView({ block: "start" });
  }

  function loading() {
    const made = document.createElement("p");
    made.className = "note";
    made.textContent = "The next question is on its way.";
    return made;
  }

  function mark(asked) {
    const told = asked.node.querySelector(".decided");
    const entry = asked.done;
    asked.node.classList.toggle("is-done", Boolean(entry));
    told.hidden = !entry;
    told.textContent = entry ? `You decided: ${entry.said}. Another answer takes its place.` : "";
  }

  function next() {
    if (at < line.length) at += 1;
    show();
    const asked = current();
    if (asked) tell("Next: " + heading(asked));
    prefetch();
  }

  function back() {
    if (at === 0) return tell("This is the first question of this page.");
    at -= 1;
    show();
    tell("Back: " + heading(current()));
  }

  function heading(asked) {
    return asked.node.querySelector("h2").textContent + " " + asked.node.dataset.told;
  }

  // On to the next question that has no answer.
  function onward(told) {
    at += 1;
    while (current()?.done) at += 1;
    show();
    tell(told + (current() ? ". Next: " + heading(current()) : ""));
    prefetch();
  }

  function address(path, more) {
    const asked = new URLSearchParams(string);
    for (const [name, value] of more) asked.append(name, value);
    return path + "?" + asked;
  }

  async function prefetch() {
    if (fetching || exhausted || line.length - at > FEW) return;
    fetching = true;
    try {
      const held = [...line.map((each) => each.id), ...outbox.map((entry) => entry.item)];
      const skip = [...new Set(held)].slice(-SKIPPED).map((id) => ["skip", id]);
      const found = await get(address("/review/next", [["n", AHEAD], ...skip]));
      const known = new Set(held);
      const fresh = found.items.filter((each) => !known.has(each.id));
      for (const each of fresh) line.push(question(each.id, made(each.html)));
      exhausted = !fresh.length;
      fetchAgain = AGAIN;
      if (!now.querySelector("article") && (fresh.length || exhausted)) show();
      if (banner.dataset.why === "fetch") { delete banner.dataset.why; warn(""); }
    } catch (error) {
      if (error.stop) {
        stop(error);
      } else {
        if (banner.hidden) { banner.dataset.why = "fetch"; warn("The next questions cannot be had: " + error.message + " It is tried again."); }
        setTimeout(prefetch, fetchAgain);
        fetchAgain = Math.min(2 * fetchAgain, LONGEST);
      }
    } finally {
      fetching = false;
    }
  }

  async function get(url) {
    return read(await reach(url, { headers: { accept: "application/json" } }));
  }

  async function reach(url, asked) {
    try {
      return await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...asked });
    } catch {
      throw Object.assign(new Error("the server does not answer."), { again: true });
    }
  }

  // The answer's JSON; an error says whether to try again, to stop, or that it was refused.
  async function read(answer) {
    let body = null;
    try {
      body = await answer.json();
    } catch {
      // no JSON: told by the status
    }
    if (answer.ok && body) return body;
    const told = body?.error?.message ?? `the server answered ${answer.status}`;
    const status = answer.status;
    const error = new Error(told);
    error.stop = status === 401 || status === 403 || status === 421;
    error.again = !error.stop && (status === 408 || status === 429 || status === 503 || answer.ok);
    error.fault = status >= 500 && status !== 503;
    throw error;
  }

  function stop(error) {
    stopped = true;
    const waits = outbox.length;
    const link = document.createElement("a");
    link.href = "/sign-in?to=" + encodeURIComponent("/review" + string);
    link.target = "_blank";
    link.textContent = "Sign in in another window";
    warn(
      `Not allowed: ${error.message}. ` + (waits ? `${waits} of your answers wait here and are sent after that.` : ""),
      link,
      button("Try again", () => {
        stopped = false;
        warn("");
        send();
        prefetch();
      }),
    );
  }

  // Answers.

  function decide(asked, body, told) {
    const entry = { token: token(), item: asked.id, body, said: told, what: asked.node.dataset.told, numbers: [], state: "waiting", instead: asked.done };
    asked.done = entry;
    history.push(entry);
    push(entry);
    onward(told);
  }

  function push(entry) {
    outbox.push(entry);
    save();
    showWaiting();
    send();
  }

  function undo() {
    const entry = history.pop();
    if (!entry) {
      const row = lists.last.querySelector("li:not(.taken-back)");
      if (!row) return tell("There is nothing to undo.");
      return undoRow(row);
    }
    takeBack(entry);
    const place = line.findIndex((each) => each.id === entry.item);
    if (place >= 0) {
      line[place].done = null;
      at = place;
      show();
      tell(`Undone: ${entry.said}. ${heading(current())}`);
    }
  }

  // What was not sent yet is not sent at all; what is under way or written is undone by another decision.
  function takeBack(entry) {
    const place = outbox.indexOf(entry);
    if (place >= 0 && entry.state === "waiting" && !entry.instead) {
      outbox.splice(place, 1);
      save();
      showWaiting();
    } else {
      push({ token: token(), item: entry.item, body: [["answer", "undo"]], said: "undo", what: entry.what, numbers: [], state: "waiting", of: entry });
    }
  }

  function undoRow(row) {
    const number = Number(row.dataset.number);
    const id = row.dataset.item;
    const known = history.findIndex((entry) => entry.numbers.includes(number));
    const entry = known >= 0 ? history.splice(known, 1)[0] : { item: id, numbers: [number], said: "", what: row.querySelector(".of")?.textContent ?? "", state: "sent" };
    row.classList.add("taken-back");
    takeBack(entry);
    ask(entry.item, (asked) => { asked.done = null; }, "Undone. ");
  }

  function changeRow(row) {
    const number = Number(row.dataset.number);
    const known = history.find((entry) => entry.numbers.includes(number));
    const was = { numbers: [number], said: row.querySelector("b").textContent, state: "sent" };
    ask(known?.item ?? row.dataset.item, (asked) => { asked.done = known ?? was; }, "Change: ");
  }

  // Show the question of an id, fetched where it is not held.
  async function ask(id, change, told) {
    let place = line.findIndex((each) => each.id === id);
    if (place < 0) {
      try {
        const found = await get(address("/review/next", [["item", id]]));
        line.splice(at, 0, question(id, made(found.items[0].html)));
        place = at;
      } catch (error) {
        return warn("That question cannot be shown: " + error.message);
      }
    }
    at = place;
    change(current());
    show(true);
    tell(told + heading(current()));
  }

  // Sending: one after the other, in order; each with a token, so that none is written twice.

  async function send() {
    if (sending || stopped) return;
    sending = true;
    let wait = AGAIN;
    while (outbox.length && !stopped) {
      const entry = outbox[0];
      const body = bodyOf(entry);
      if (!body) { // what it was to undo was never written
        outbox.shift();
        save();
        showWaiting();
        continue;
      }
      entry.state = "sending";
      try {
        const answer = await read(await reach("/review/decide", { method: "POST", body, headers: { accept: "application/json" } }));
        entry.state = "sent";
        entry.numbers = answer.numbers;
        outbox.shift();
        lists.last.innerHTML = answer.last; // from our own server, which escapes
        document.getElementById("left").innerHTML = answer.left;
        page.querySelector("[data-of]").textContent = page.dataset.of;
        document.getElementById("no-last")?.remove();
        wait = AGAIN;
        exhausted = false;
        if (banner.dataset.why === "send") { delete banner.dataset.why; warn(""); }
      } catch (error) {
        entry.tries = (entry.tries ?? 0) + 1;
        if (error.stop) stop(error);
        else if (error.again || (error.fault && entry.tries < TRIES)) {
          banner.dataset.why = "send";
          const n = outbox.length;
          warn(`${n === 1 ? "One answer is" : n + " answers are"} not written yet: ${error.message} It is tried again; keep this page open.`);
          await pause(wait);
          wait = Math.min(2 * wait, LONGEST);
        } else refused(outbox.shift(), error.message);
      }
      save();
      showWaiting();
    }
    sending = false;
  }

  function bodyOf(entry) {
    const body = new URLSearchParams(entry.body);
    body.append("to", "/review" + string);
    body.append("token", entry.token);
    if (entry.of) {
      if (!entry.of.numbers.length) return null;
      for (const number of entry.of.numbers) body.append("number", number);
    } else {
      body.append("item", entry.item);
      for (const number of entry.instead?.numbers ?? []) body.append("instead", number);
    }
    return body;
  }

  function refused(entry, why) {
    entry.state = "failed";
    const asked = line.find((each) => each.id === entry.item);
    if (asked?.done === entry) asked.done = entry.instead?.numbers.length ? entry.instead : null;
    const place = history.indexOf(entry);
    if (place >= 0) history.splice(place, 1);
    const row = document.createElement("li");
    row.className = "failed";
    const did = document.createElement("p");
    did.className = "did";
    did.textContent = `Not written: ${entry.said}`;
    const of = document.createElement("p");
    of.className = "of";
    of.textContent = entry.what;
    const told = document.createElement("p");
    told.className = "error";
    told.textContent = why;
    row.append(did, of, told, button("Ask again", () => { row.remove(); ask(entry.item, () => {}, ""); }), " ", button("Leave it", () => row.remove()));
    lists.failed.prepend(row);
    tell(`Not written: ${entry.said}. ${why}`);
  }

  function showWaiting() {
    page.dataset.waiting = outbox.length;
    lists.waiting.replaceChildren(...outbox.filter((entry) => !entry.of).reverse().map((entry) => {
      const row = document.createElement("li");
      row.className = "waits";
      const did = document.createElement("p");
      did.className = "did";
      did.textContent = entry.said + " …";
      const of = document.createElement("p");
      of.className = "of";
      of.textContent = entry.what;
      row.append(did, of);
      return row;
    }));
  }

  // What waits survives that the page is loaded again.
  function save() {
    const plain = outbox.map((entry) => ({
      token: entry.token, item: entry.item, body: entry.body, said: entry.said, what: entry.what,
      of: entry.of && { token: entry.of.token, numbers: entry.of.numbers },
      instead: entry.instead && { token: entry.instead.token, numbers: entry.instead.numbers },
    }));
    try {
      if (plain.length) sessionStorage.setItem(OUTBOX, JSON.stringify(plain));
      else sessionStorage.removeItem(OUTBOX);
    } catch {
      // then it waits in this page alone
    }
  }

  function restore() {
    let plain = [];
    try {
      plain = JSON.parse(sessionStorage.getItem(OUTBOX)) ?? [];
    } catch {
      return;
    }
    const known = new Map();
    for (const each of plain) {
      const entry = { ...each, numbers: [], state: "waiting" };
      for (const name of ["of", "instead"]) if (each[name]) entry[name] = known.get(each[name].token) ?? each[name];
      known.set(entry.token, entry);
      // Whether it came through before is not known: its token tells the server.
      entry.state = "sending";
      outbox.push(entry);
      if (!entry.of) history.push(entry);
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (outbox.length) event.preventDefault();
  });

  // The choices of a field.

  function opened() {
    return now.querySelector(".choice:not([hidden])");
  }

  function close(root) {
    for (const each of root.querySelectorAll(".choice")) each.hidden = true;
    for (const each of root.querySelectorAll("[data-field]")) each.setAttribute("aria-expanded", "false");
  }

  function open(field, head) {
    const card = current().node;
    const box = card.querySelector(`[data-choice="${field}"]`);
    const was = !box.hidden;
    close(card);
    if (was && !head) return card.focus({ preventScroll: true });
    box.hidden = false;
    if (head) box.querySelector(".choice-head").textContent = head;
    card.querySelector(`[data-field="${field}"]`).setAttribute("aria-expanded", "true");
    // Never the text box: there a digit would be a letter like any other.
    (box.querySelector("button.is") ?? box.querySelector("button[data-choose]") ?? box).focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
    tell(box.getAttribute("aria-label") + ". " + [...box.querySelectorAll("button[data-choose]")].map((each) => `${each.dataset.choose} ${each.querySelector("bdi").textContent}`).join(", "));
  }

  function field(name) {
    if (name === "ahead") {
      const was = was_("ahead");
      return correct({ ahead: was === "yes" ? "no" : "yes" }, was === "yes" ? "not ahead" : "ahead");
    }
    open(name);
  }

  function was_(name) {
    return current().node.querySelector(`[data-field="${name}"]`).dataset.was;
  }

  // The kind of source that waits for the name that goes with it.
  let kindChosen = null;

  function choose(box, each) {
    const name = box.dataset.choice;
    const value = each.matches("input") ? each.value.trim() : each.dataset.value;
    const label = each.matches("input") ? value : each.querySelector("bdi").textContent;
    if (name === "source_type") {
      // "The outlet" stands for itself: it has no name; any other kind has one.
      if (value === "outlet") return correct({ source_type: value, source: "" }, label);
      if (!was_("source")) {
        kindChosen = { value, label };
        return open("source", `Who is it (${label})?`);
      }
      return correct({ source_type: value }, label);
    }
    if (name === "source") {
      const kind = each.dataset?.kind || kindChosen?.value || (value && was_("source_type") === "outlet" ? "official" : "");
      const chosen = kindChosen?.value ?? kind;
      kindChosen = null;
      if (!value) return correct({ source: "", source_type: "outlet" }, label || "the outlet");
      return correct(chosen ? { source: value, source_type: chosen } : { source: value }, label);
    }
    correct({ [name]: value }, label);
  }

  function correct(values, label) {
    const asked = current();
    const first = Object.keys(values)[0];
    const title = asked.node.querySelector(`[data-field="${first}"]`).lastChild.textContent;
    const body = [["answer", "correct"]];
    for (const [name, value] of Object.entries(values)) {
      body.push([name, value]);
      // After an answer was taken back its corrections are as well: what differs is told from what the machine proposed.
      body.push(["was_" + name, was_(name)]);
    }
    const same = Object.entries(values).every(([name, value]) => value === was_(name));
    decide(asked, body, same ? "accepted" : `${title} → ${label}`);
  }

  // Buttons, and keys that press them.

  const DOES = { undo, next, back, help: () => help.showModal() };

  page.addEventListener("click", (event) => {
    const each = event.target.closest("[data-act], [data-choose], .typed-go, [data-last]");
    if (!each || help.contains(each)) return;
    const act = each.dataset.act;
    if (each.matches(".typed-go")) {
      event.preventDefault();
      return choose(each.closest(".choice"), each.closest(".choice").querySelector("input"));
    }
    if (each.dataset.choose && each.matches("button")) return choose(each.closest(".choice"), each);
    if (each.dataset.last) {
      event.preventDefault();
      return (each.dataset.last === "undo" ? undoRow : changeRow)(each.closest("li"));
    }
    if (DOES[act]) {
      event.preventDefault();
      return DOES[act]();
    }
    if (each.dataset.field) field(each.dataset.field);
  });

  page.addEventListener("submit", (event) => {
    const form = event.target;
    const pressed = event.submitter;
    if (!form.closest("article") || !pressed) return;
    event.preventDefault();
    // Enter in a text box would press the form's first button.
    if (document.activeElement.matches(".choice input")) return choose(document.activeElement.closest(".choice"), document.activeElement);
    const body = [...new FormData(form, pressed)].filter(([name]) => name !== "to" && name !== "item");
    decide(current(), body, pressed.dataset.said ?? form.dataset.said ?? pressed.textContent.trim());
  });

  function press(key) {
    const card = current()?.node;
    if (/^\d$/.test(key)) return card?.querySelector(`[data-digit="${key}"]`)?.click();
    if (key === "?") return help.showModal();
    const act = Object.keys(keys).find((name) => keys[name] === key);
    if (!act) return;
    if (DOES[act]) return DOES[act]();
    const there = card?.querySelector(`[data-act="${act}"], [data-act2="${act}"]`);
    if (!there) return tell(`“${key}” is no answer to this question.`);
    if (act === "several") {
      const box = there.closest("details");
      box.open = !box.open;
      if (box.open) {
        box.querySelector("select, input:not([type=hidden])").focus({ preventScroll: true });
        box.querySelector("form").scrollIntoView({ block: "nearest" });
      }
      return;
    }
    there.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const box = opened();
    if (event.key === "Escape") {
      kindChosen = null;
      if (box) {
        open(box.dataset.choice);
        event.preventDefault();
      } else if (document.activeElement?.matches?.("input, select, textarea")) current()?.node.focus({ preventScroll: true });
      return;
    }
    if (event.target.closest?.("input, textarea, select")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (!key || (event.shiftKey && /[a-z]/.test(key)) || key === " ") return;
    if (box) {
      const each = box.querySelector(`[data-choose="${key}"]`);
      const name = box.dataset.choice;
      if (each) {
        event.preventDefault();
        if (event.repeat) return;
        if (each.matches("input")) { each.focus(); each.select(); } else choose(box, each);
        return;
      }
      if (keys[name] !== key) {
        if (key !== "?" && key !== "/") tell(`“${key}” is no choice here.`);
        if (key !== "?") return;
      }
    }
    const taken = key === "?" || /^\d$/.test(key) || Object.values(keys).includes(key);
    if (!taken) return;
    event.preventDefault();
    // A key that is held down is one press.
    if (!event.repeat) press(key);
  });

  // Begin.

  restore();
  const first = now.querySelector("article");
  if (first) line.push(question(first.dataset.item, first));
  for (const each of document.querySelectorAll("template.ready")) {
    const card = each.content.querySelector("article");
    if (!outbox.some((entry) => entry.item === card.dataset.item)) line.push(question(card.dataset.item, card));
  }
  showKeys(document);
  const answered = first && outbox.find((entry) => entry.item === first.dataset.item && !entry.of);
  if (answered) {
    line[0].done = answered;
    onward("");
  }
  showWaiting();
  send();
  prefetch();
})();
