// Behaviour of the page: source panel, copying, the filters button, keyboard.
// Gradio redraws the conversation, so all listeners sit on the document.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const say = (text) => { byId("said").textContent = text; };
  let openCard = null;

  // --- the source panel ---

  const openers = (card) => document.querySelectorAll(`button[data-card="${CSS.escape(card)}"]`);

  function markOpener(card, open) {
    if (card) openers(card).forEach((b) => b.setAttribute("aria-expanded", String(open)));
  }

  function openSource(card) {
    const held = byId(card);
    if (!held) return;
    markOpener(openCard, false);
    openCard = card;
    markOpener(card, true);
    byId("source-body").replaceChildren(...[...held.children].map((c) => c.cloneNode(true)));
    const panel = byId("source");
    panel.hidden = false;
    document.body.classList.add("has-source");
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    keepInSight(card, panel);
    panel.dispatchEvent(new CustomEvent("source-opened", { detail: card })); // see viewer.js
  }

  // Where the panel is a sheet from below, it must not cover the marker that opened it.
  function keepInSight(card, panel) {
    const opener = openers(card)[0];
    if (!opener || getComputedStyle(panel).position !== "fixed") return;
    const hidden = opener.getBoundingClientRect().bottom + 24 - panel.getBoundingClientRect().top;
    if (hidden > 0) window.scrollBy({ top: hidden });
  }

  function closeSource(returnFocus) {
    const card = openCard;
    if (card === null) return;
    markOpener(card, false);
    openCard = null;
    byId("source").hidden = true;
    byId("source-body").replaceChildren();
    document.body.classList.remove("has-source");
    if (returnFocus) (openers(card)[0] || questionBox())?.focus();
  }

  // --- copying ---

  function copyBySelection(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  }

  async function copyAnswer(button) {
    const label = button.textContent;
    const done = await copy(byId(button.dataset.copy).textContent);
    button.focus();
    button.textContent = done ? "Copied" : "Could not copy";
    say(done ? "Answer copied with its references." : "The answer could not be copied.");
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  // --- the filters ---

  function toggleFilters(open) {
    document.body.classList.toggle("filters-open", open);
    byId("show-filters").setAttribute("aria-expanded", String(open));
  }

  function countFilters() {
    if (!byId("show-filters")) return;
    const chosen = document.querySelectorAll("#rail input[type=checkbox]:checked").length
      + document.querySelectorAll('#chosen [data-lift="year"]').length;
    byId("show-filters").textContent = chosen ? `Filters (${chosen})` : "Filters";
  }

  // Of a long list the first few show, those that are ticked, and those that fit what is typed.
  const FIRST = { publishers: 5, documents: 4, languages: 5, editions: 4, kinds: 4 };
  const finder = (group) => document.querySelector(`[data-find="${group}"]`);
  const expander = (group) => document.querySelector(`[data-expand="${group}"]`);

  function narrow(group) {
    const [find, expand] = [finder(group), expander(group)];
    const labels = [...document.querySelectorAll(`#${group} label`)];
    if (!find || !expand) return 0;
    const words = find.value.trim().toLowerCase();
    const whole = expand.getAttribute("aria-expanded") === "true";
    const long = labels.length > FIRST[group] + 1;
    labels.forEach((label, place) => {
      const fits = words ? label.textContent.toLowerCase().includes(words)
        : whole || !long || place < FIRST[group];
      const kept = label.querySelector("input").checked || label.contains(document.activeElement);
      label.hidden = !fits && !kept;
    });
    find.hidden = !long;
    expand.hidden = !long || words !== "";
    const said = whole ? "Show fewer" : `Show all ${labels.length}`;
    if (expand.textContent !== said) expand.textContent = said;
    return labels.filter((label) => !label.hidden).length;
  }

  function toggleWhole(button) {
    const whole = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(whole));
    narrow(button.dataset.expand);
  }

  document.addEventListener("input", (event) => {
    const group = event.target instanceof Element ? event.target.dataset.find : undefined;
    if (group) say(`${narrow(group)} shown.`);
  });

  function startAnew() {
    byId("anew")?.click();
    closeSource(false);
    toggleFilters(false);
    questionBox()?.focus();
    const chosen = [...document.querySelectorAll("#chosen .chip")].map((chip) => chip.title);
    say(chosen.length ? `New conversation. Still searching only: ${chosen.join("; ")}.`
      : "New conversation.");
  }

  // --- the question box ---

  const questionBox = () => document.querySelector("#question textarea, #question input");

  // Gradio sends on Enter only; Shift+Enter must reach the box untouched.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.shiftKey || event.isComposing)
        && event.target === questionBox()) {
      event.stopImmediatePropagation();
    }
    if (event.key === "Escape" && openCard !== null) closeSource(true);
    else if (event.key === "Escape") toggleFilters(false);
  }, true);

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("button, a.skip");
    if (!button) return;
    if (button.dataset.card) openSource(button.dataset.card);
    else if (button.dataset.copy) copyAnswer(button);
    else if (button.dataset.expand) toggleWhole(button);
    // A filter that was lifted by key leaves no button to stay on.
    else if ("lift" in button.dataset && event.detail === 0) questionBox()?.focus();
    else if (button.id === "close-source") closeSource(true);
    else if (button.id === "show-filters") {
      toggleFilters(!document.body.classList.contains("filters-open"));
    } else if (button.id === "skip") {
      event.preventDefault();
      questionBox()?.focus();
    } else if (button.id === "new-conversation") startAnew();
  });

  document.addEventListener("change", countFilters);

  // Gradio gives its checkboxes their value, an id, as a tooltip, and their groups no name.
  function tidyFilters() {
    document.querySelectorAll("#rail input[title]").forEach((box) => box.removeAttribute("title"));
    document.querySelectorAll("#rail fieldset:not([aria-label])").forEach((group) => {
      group.setAttribute("aria-label", group.querySelector("[data-testid=block-info]").textContent);
    });
    countFilters();
    Object.keys(FIRST).forEach(narrow);
  }

  // --- what Gradio draws ---

  let shownTurn = null;
  let wasRunning = false;

  function onDraw() {
    const turn = document.querySelector("#current .turn");
    const running = turn?.dataset.state === "running";
    document.body.classList.toggle("running", running);
    if (turn && turn.dataset.turn !== shownTurn) {
      if (shownTurn !== null || running) turn.scrollIntoView({ block: "start" });
      if (openCard !== null && !byId(openCard)) closeSource(false);
      toggleFilters(false);
    }
    if (wasRunning && !running && document.activeElement === document.body) {
      questionBox()?.focus({ preventScroll: true });
    }
    shownTurn = turn ? turn.dataset.turn : null;
    wasRunning = running;
  }

  function start() {
    let due = false;
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => { due = false; onDraw(); tidyFilters(); });
    }).observe(document.querySelector("gradio-app"), {
      childList: true, subtree: true, attributes: true, attributeFilter: ["data-state", "data-turn"],
    });
  }

  window.gendergpt = { copy, say };
  start();
})();
