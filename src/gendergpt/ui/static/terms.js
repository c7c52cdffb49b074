// What a term of an answer means, shown beside it while it is pointed at or has the focus.
// The definitions stand hidden in the answer; what is shown is a copy outside it, so that the
// answer's live region does not read it out again.
"use strict";

(() => {
  const LINGER = 200;
  let shown = null;
  let due = 0;

  const tip = document.createElement("div");
  tip.id = "term-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  const termAt = (node) => (node instanceof Element ? node.closest(".term[aria-describedby]") : null);

  function show(term) {
    clearTimeout(due);
    if (shown === term && !tip.hidden) return;
    const held = document.getElementById(term.getAttribute("aria-describedby"));
    if (!held) return;
    tip.replaceChildren(...[...held.childNodes].map((each) => each.cloneNode(true)));
    tip.dir = getComputedStyle(held).direction;
    tip.hidden = false;
    shown = term;
    place();
  }

  function hide() {
    clearTimeout(due);
    tip.hidden = true;
    shown = null;
  }

  // The way from the term to what is shown about it may take a moment.
  function hideSoon() {
    clearTimeout(due);
    due = setTimeout(() => {
      const kept = shown && (shown === document.activeElement || shown.matches(":hover")
        || tip.matches(":hover"));
      if (!kept) hide();
    }, LINGER);
  }

  // Above the term, or below it where the header would cover it; never beyond the window's edges.
  function place() {
    if (tip.hidden) return;
    if (!shown.isConnected) {
      hide();
      return;
    }
    const lines = shown.getClientRects();
    const at = lines[0];
    const top = document.getElementById("top")?.getBoundingClientRect().bottom || 0;
    const { width, height } = tip.getBoundingClientRect();
    const above = at.top - height - 6;
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
    tip.style.left = `${left}px`;
    tip.style.top = `${above > top ? above : lines[lines.length - 1].bottom + 6}px`;
  }

  document.addEventListener("pointerover", (event) => {
    const term = termAt(event.target);
    if (term && event.pointerType !== "touch") show(term);
    else if (shown) hideSoon();
  });
  document.addEventListener("pointerleave", () => { if (shown) hideSoon(); });
  document.addEventListener("focusin", (event) => {
    const term = termAt(event.target);
    if (term) show(term);
    else if (shown && !tip.contains(event.target)) hide();
  });
  document.addEventListener("focusout", () => { if (shown) hideSoon(); });
  document.addEventListener("click", (event) => {
    const term = termAt(event.target);
    if (term) show(term);
    else if (shown && !tip.contains(event.target)) hide();
  });
  window.addEventListener("scroll", place, { capture: true, passive: true });
  window.addEventListener("resize", place);

  // On the window, so that Escape closes this alone and not the source as well.
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) {
      event.stopImmediatePropagation();
      hide();
      return;
    }
    const term = event.key === "Enter" || event.key === " " ? termAt(event.target) : null;
    if (!term) return;
    event.preventDefault();
    if (shown === term) hide();
    else show(term);
  }, true);

  new MutationObserver(place).observe(document.querySelector("gradio-app"), {
    childList: true, subtree: true,
  });
})();
