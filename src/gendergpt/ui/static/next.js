// Questions offered next: only beneath the answer that they go on from, and close to it.
"use strict";

(() => {
  const SPACE = 20;
  const offered = () => document.querySelector("#next .next");
  const turn = () => document.querySelector("#current .turn");

  function match() {
    const next = offered();
    if (!next) return;
    const last = turn();
    const apt = last?.dataset.turn === next.dataset.after && last.dataset.state === "done";
    if (next.hidden === apt) next.hidden = !apt;
    if (apt) settle(next, last);
  }

  // A short answer keeps room below it, so that it can stand at the window's top; the questions
  // go into that room.
  function settle(next, last) {
    const end = last.querySelector(".answer").getBoundingClientRect().bottom;
    const room = document.getElementById("next").getBoundingClientRect().top - end;
    const margin = `${Math.round(SPACE - room)}px`;
    if (next.style.marginTop !== margin) next.style.marginTop = margin;
  }

  new MutationObserver(match).observe(document.querySelector("gradio-app"), {
    childList: true, subtree: true, attributes: true,
    attributeFilter: ["data-state", "data-turn", "open", "hidden"],
  });
  window.addEventListener("resize", match);
})();
