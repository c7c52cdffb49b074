// Conversations that stay in this browser, asking again, printing and sharing.
// What is kept is the server's own sealed text; the server checks it before it shows it again.
// Nothing from storage is ever put into the page as HTML here.
"use strict";

(() => {
  const PREFIX = "gendergpt.talk.";
  const CURRENT = "gendergpt.current";
  const MOST_TALKS = 50;
  const MOST_TURNS = 40;
  const MOST_CHARACTERS = 2_000_000;
  const LONGEST_TITLE = 300;
  const byId = (id) => document.getElementById(id);
  const say = (text) => window.gendergpt?.say(text);

  // --- storage: a browser may deny it at any time; then nothing is kept ---

  function attempt(work, otherwise) {
    try { return work(); } catch { return otherwise; }
  }

  function read(id) {
    return attempt(() => {
      const found = JSON.parse(localStorage.getItem(PREFIX + id));
      if (!found || !Array.isArray(found.turns)) return null;
      const turns = found.turns.filter((turn) => typeof turn === "string");
      if (!turns.length) return null;
      const at = Number.isFinite(found.at) ? found.at : 0;
      return { id, at, turns, title: String(found.title ?? "").slice(0, LONGEST_TITLE) };
    }, null);
  }

  // Newest first.
  function talks() {
    return attempt(() => Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => read(key.slice(PREFIX.length)))
      .filter(Boolean)
      .sort((one, other) => other.at - one.at), []);
  }

  const forget = (id) => attempt(() => localStorage.removeItem(PREFIX + id));
  const length = (talk) => talk.turns.reduce((sum, turn) => sum + turn.length, 0);

  function makeRoom(keptId) {
    const others = talks().filter((talk) => talk.id !== keptId);
    let room = MOST_CHARACTERS - length(read(keptId) ?? { turns: [] });
    others.forEach((talk, place) => {
      room -= length(talk);
      if (room < 0 || place >= MOST_TALKS - 1) forget(talk.id);
    });
  }

  function write(talk) {
    for (;;) {
      const done = attempt(() => {
        localStorage.setItem(PREFIX + talk.id, JSON.stringify(
          { title: talk.title, at: talk.at, turns: talk.turns }));
        return true;
      }, false);
      if (done) break;
      const oldest = talks().filter((each) => each.id !== talk.id).pop();
      if (!oldest) return;
      forget(oldest.id);
    }
    makeRoom(talk.id);
  }

  // --- the running conversation ---

  const known = new Set();
  let recalling = false;
  let current = attempt(() => sessionStorage.getItem(CURRENT), null);

  function setCurrent(id) {
    current = id;
    attempt(() => (id ? sessionStorage.setItem(CURRENT, id) : sessionStorage.removeItem(CURRENT)));
  }

  const newId = () => [...crypto.getRandomValues(new Uint8Array(9))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  function keepWhatIsNew() {
    const turn = document.querySelector("#current .turn[data-state=done]");
    const sealed = turn?.querySelector(".kept")?.dataset.sealed;
    if (!sealed || known.has(sealed)) return;
    known.add(sealed);
    if (!current) setCurrent(newId());
    const talk = read(current) ?? { id: current, turns: [], title: titleOf(turn) };
    talk.turns = [...talk.turns, sealed].slice(-MOST_TURNS);
    talk.at = Date.now();
    write(talk);
    showButton();
  }

  const titleOf = (turn) => (turn.querySelector(".question")?.lastChild?.textContent ?? "")
    .slice(0, LONGEST_TITLE);

  function recall(id) {
    const talk = id && read(id);
    if (!talk || !keeper) return false;
    talk.turns.forEach((turn) => known.add(turn));
    whenQuiet(() => {
      setCurrent(id);
      recalling = true;
      keeper.dispatchEvent(new CustomEvent("recall", { detail: { turns: talk.turns } }));
    });
    return true;
  }

  // An answer that is still coming in would be drawn over the conversation that is opened.
  function whenQuiet(work) {
    if (!document.querySelector(".turn[data-state=running]")) return work();
    byId("anew").click();
    let looks = 0;
    const timer = setInterval(() => {
      looks += 1;
      if (document.querySelector(".turn") && looks < 100) return;
      clearInterval(timer);
      work();
    }, 50);
  }

  function showLastTurn() {
    const turn = recalling && document.querySelector("#current .turn");
    if (!turn) return;
    recalling = false;
    say("Conversation opened.");
    if (document.querySelector("#past .turn")) turn.scrollIntoView({ block: "start" });
  }

  let keeper = null;
  document.addEventListener("keeper", (event) => {
    keeper = event.detail;
    if (current && !recall(current)) setCurrent(null);
    showButton();
  });

  // --- the list of earlier conversations ---

  function showButton() {
    const button = byId("show-earlier");
    if (!button) return;
    const count = talks().length;
    button.hidden = count === 0;
    const text = `Earlier conversations (${count})`;
    if (button.textContent !== text) button.textContent = text;
  }

  function made(tag, name, text) {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  }

  function entry(talk) {
    const item = document.createElement("li");
    const title = talk.title || "Untitled";
    const open = made("button", "open-talk", "");
    const when = new Date(talk.at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
    const answers = talk.turns.length === 1 ? "1 answer" : `${talk.turns.length} answers`;
    const shown = talk.id === current ? ", shown now" : "";
    open.append(made("span", "title", title), made("span", "when", `${when}, ${answers}${shown}`));
    open.dataset.openTalk = talk.id;
    const remove = made("button", "delete-talk", "Delete");
    remove.setAttribute("aria-label", `Delete: ${title}`);
    remove.dataset.deleteTalk = talk.id;
    open.type = remove.type = "button";
    item.append(open, remove);
    return item;
  }

  function fillList() {
    byId("earlier-list").replaceChildren(...talks().map(entry));
    byId("delete-earlier").hidden = !talks().length;
    resetDeleting();
    showButton();
  }

  function openList() {
    fillList();
    byId("earlier").showModal();
    byId("earlier-title").focus();
  }

  function openTalk(id) {
    byId("earlier").close();
    if (byId("source") && !byId("source").hidden) byId("close-source").click();
    if (id !== current) recall(id);
    document.querySelector("#question textarea")?.focus({ preventScroll: true });
  }

  // If it is the one that is shown, it stays on the page; what is asked next is kept without it.
  function deleteTalk(id) {
    forget(id);
    if (id === current) setCurrent(null);
    fillList();
    say("Conversation deleted.");
    (document.querySelector("#earlier-list button") ?? byId("earlier-title")).focus();
  }

  function resetDeleting() {
    byId("delete-earlier").textContent = "Delete all";
    delete byId("delete-earlier").dataset.sure;
  }

  function deleteAll(button) {
    if (!button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = "Delete all: press again to confirm";
      return;
    }
    talks().forEach((talk) => forget(talk.id));
    setCurrent(null);
    fillList();
    byId("earlier").close();
    say("All earlier conversations deleted.");
    document.querySelector("#question textarea")?.focus();
  }

  // --- asking again, sharing, printing ---

  function askAgain(button) {
    keeper?.dispatchEvent(
      new CustomEvent("again", { detail: { question: button.dataset.again } }));
  }

  async function share(button) {
    const turn = byId(button.dataset.share);
    const label = button.textContent;
    let found;
    try {
      const answer = await fetch("./answers", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sealed: turn.querySelector(".kept").dataset.sealed }),
      });
      found = await answer.json();
    } catch {
      found = {};
    }
    const shown = byId(`${button.dataset.share}-shared`);
    shown.hidden = false;
    if (!found.address) {
      shown.textContent = found.problem ?? "The answer could not be shared. Try again.";
      say(shown.textContent);
      return;
    }
    const address = new URL(found.address, document.baseURI).href;
    const link = made("a", "url", address);
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener";
    shown.replaceChildren("Whoever can reach this server can open it: ", link);
    const done = await window.gendergpt.copy(address);
    button.focus();
    button.textContent = done ? "Link copied" : label;
    say(done ? "Link copied." : `The answer is at ${address}`);
    if (done) setTimeout(() => { button.textContent = label; }, 2000);
  }

  function printTurn(id) {
    document.body.classList.toggle("print-one", Boolean(id));
    if (id) byId(id).classList.add("to-print");
    window.print();
  }

  // References stand folded on the page, but are printed.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".turn details:not([open])").forEach((details) => {
      if (details.querySelector(".refs")) Object.assign(details, { open: true }).dataset.folded = "";
    });
  });

  window.addEventListener("afterprint", () => {
    document.body.classList.remove("print-one");
    document.querySelectorAll(".to-print").forEach((turn) => turn.classList.remove("to-print"));
    document.querySelectorAll("details[data-folded]").forEach((details) => {
      details.open = false;
      delete details.dataset.folded;
    });
  });

  // --- what is pressed ---

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { again, share: shared, print, openTalk: opened, deleteTalk: deleted } = button.dataset;
    if (again !== undefined) askAgain(button);
    else if (shared !== undefined) share(button);
    else if (print !== undefined) printTurn(print);
    else if (opened !== undefined) openTalk(opened);
    else if (deleted !== undefined) deleteTalk(deleted);
    else if (button.id === "print-all") printTurn(null);
    else if (button.id === "show-earlier") openList();
    else if (button.id === "close-earlier") byId("earlier").close();
    else if (button.id === "delete-earlier") deleteAll(button);
    else if (button.id === "new-conversation") setCurrent(null);
  });

  new MutationObserver(() => { keepWhatIsNew(); showLastTurn(); showButton(); })
    .observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
})();
