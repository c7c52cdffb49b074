// The button that shows the filters that are used less often, and how many of them are in use.
"use strict";

(() => {
  const LESS_USED = ["language", "edition", "kind", "year"];
  const opener = () => document.getElementById("show-more-filters");

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("#show-more-filters");
    if (!button) return;
    const open = document.body.classList.toggle("more-filters");
    button.setAttribute("aria-expanded", String(open));
  });

  function update() {
    const used = LESS_USED.reduce((sum, group) =>
      sum + document.querySelectorAll(`#chosen [data-lift="${group}"]`).length, 0);
    const said = used ? `More filters (${used})` : "More filters";
    if (opener() && opener().textContent !== said) opener().textContent = said;
    document.querySelectorAll("#years :is(input, textarea)").forEach((box) => {
      if (box.inputMode !== "numeric") box.inputMode = "numeric";
    });
  }

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; update(); });
  }).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
})();
