// Copying citations and quotations, and saying what one thinks of an answer or a citation.
// Cards and answers are drawn anew again and again, so all listeners sit on the document.
"use strict";

(() => {
  const STYLE = "gendergpt.citation-style";
  const { copy, say } = window.gendergpt;

  // --- citations ---

  const made = new WeakMap();

  function chosenStyle() {
    try { return localStorage.getItem(STYLE) || "footnote"; } catch { return "footnote"; }
  }

  function rememberStyle(style) {
    try { localStorage.setItem(STYLE, style); } catch { /* Not kept in this browser. */ }
  }

  async function load(cite) {
    const select = cite.querySelector("select");
    select.value = chosenStyle();
    if (!select.value) select.value = "footnote";
    const { item, pages, beside } = cite.dataset;
    try {
      const answer = await fetch(`./references?${new URLSearchParams({ item, pages, beside })}`);
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.problem);
      made.set(cite, found);
    } catch {
      cite.querySelector(".cited-as").textContent = "The reference could not be made.";
      return;
    }
    show(cite);
  }

  function show(cite) {
    const found = made.get(cite);
    if (!found) return;
    const runs = found[cite.querySelector("select").value];
    cite.querySelector(".cited-as").replaceChildren(...runs.flatMap(([text, italic]) => {
      if (italic) {
        const set = document.createElement("i");
        set.textContent = text;
        return [set];
      }
      return text.split("\n").flatMap((line, place) => (
        place ? [document.createElement("br"), line] : [line]));
    }));
  }

  const referenceOf = (cite) => (
    (made.get(cite)?.[cite.querySelector("select").value] || []).map(([text]) => text).join(""));

  // With italics where the program that one pastes into takes them.
  async function copyRich(text, html) {
    try {
      const parts = { "text/plain": text, "text/html": html };
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(
        Object.entries(parts).map(([kind, value]) => [kind, new Blob([value], { type: kind })]),
      ))]);
      return true;
    } catch {
      return copy(text);
    }
  }

  async function copyTool(button) {
    const cite = button.closest(".cite");
    const reference = referenceOf(cite);
    if (!reference) {
      say("There is no reference to copy.");
      return;
    }
    const words = button.dataset.tool === "quotation" ? cite.dataset.quotation : "";
    const quoted = document.createElement("p");
    quoted.textContent = words;
    const html = `${words ? quoted.outerHTML : ""}<p>${cite.querySelector(".cited-as").innerHTML}</p>`;
    const done = await copyRich(words ? `${words}\n${reference}` : reference, html);
    const label = button.dataset.label || (button.dataset.label = button.textContent);
    button.focus();
    button.textContent = done ? "Copied" : "Could not copy";
    const what = words ? "Quotation with its reference" : "Citation";
    say(done ? `${what} copied.` : `${what} could not be copied.`);
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  // --- opinions ---

  function choose(button) {
    const form = button.closest("form");
    const why = form.querySelector(".why");
    const again = form.dataset.verdict === button.dataset.verdict && !why.hidden;
    form.querySelectorAll("[data-verdict]").forEach((each) => {
      each.setAttribute("aria-expanded", String(each === button && !again));
    });
    form.dataset.verdict = button.dataset.verdict;
    why.hidden = again;
    why.querySelector(".reasons").hidden = button.dataset.verdict === "up";
    if (!again) why.scrollIntoView({ block: "nearest" });
  }

  function entryOf(form) {
    const { verdict, question, outcome = "", cited } = form.dataset;
    const down = verdict === "down";
    return {
      verdict,
      question,
      outcome,
      reason: (down && form.querySelector("input:checked")?.value) || null,
      comment: form.querySelector("textarea").value,
      cited: JSON.parse(cited),
    };
  }

  async function send(form) {
    const thanks = form.querySelector(".thanks");
    const button = form.querySelector("[type=submit]");
    const grateful = thanks.dataset.text || (thanks.dataset.text = thanks.textContent);
    button.disabled = true;
    let problem = "";
    try {
      const answer = await fetch("./feedback", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(entryOf(form)),
      });
      if (!answer.ok) problem = await answer.text();
    } catch {
      problem = "It could not be sent. Try again.";
    }
    button.disabled = false;
    thanks.hidden = false;
    thanks.tabIndex = -1;
    thanks.textContent = problem || grateful;
    say(thanks.textContent);
    if (problem) return;
    form.classList.add("sent");
    form.reset();
    thanks.focus();
  }

  // --- what happens ---

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    if (button.dataset.tool) copyTool(button);
    else if (button.dataset.verdict) choose(button);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target instanceof Element && event.target.closest("form.opinion");
    if (!form) return;
    event.preventDefault();
    send(form);
  }, true);

  document.addEventListener("change", (event) => {
    const select = event.target instanceof Element && event.target.closest("select.cite-style");
    if (!select) return;
    rememberStyle(select.value);
    show(select.closest(".cite"));
  });

  const panel = document.getElementById("source-body");
  new MutationObserver(() => panel.querySelectorAll(".cite").forEach((cite) => {
    if ("loaded" in cite.dataset) return;
    cite.dataset.loaded = "";
    load(cite);
  })).observe(panel, { childList: true });
})();
