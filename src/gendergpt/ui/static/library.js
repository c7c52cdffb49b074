// The library view: searching while one types, and sorting without loading the page anew.
"use strict";

(() => {
  const table = document.getElementById("documents");
  const box = document.getElementById("search");
  if (!box) return;
  const shown = document.getElementById("shown");
  const heads = [...document.querySelectorAll("[data-column]")];
  const state = () => {
    const head = heads.find((each) => each.hasAttribute("aria-sort"));
    const down = head?.getAttribute("aria-sort") === "descending";
    return { q: box.value.trim(), sort: head?.dataset.column ?? "title", dir: down ? "desc" : "asc" };
  };

  // As ``folded`` in holdings.py has it.
  const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{Mn}/gu, "");

  const address = (view) => `./library?${new URLSearchParams(
    Object.entries(view).filter(([, value]) => value !== ""))}`;

  function remember() {
    const now = state();
    heads.forEach((head) => {
      const turned = head.dataset.column === now.sort && now.dir === "asc";
      head.querySelector("a").href = address({ q: now.q, sort: head.dataset.column, dir: turned ? "desc" : "asc" });
    });
    const form = box.form;
    [form.elements.sort.value, form.elements.dir.value] = [now.sort, now.dir];
    history.replaceState(null, "", address(now));
  }

  function search() {
    const words = folded(box.value).split(/\s+/).filter(Boolean);
    const narrow = (items) => {
      items.forEach((each) => {
        each.hidden = !words.every((word) => each.dataset.words.includes(word));
      });
      return items.filter((each) => !each.hidden).length;
    };
    if (table) {
      const held = narrow([...table.tBodies[0].rows]);
      shown.textContent = words.length ? `${held} of ${shown.dataset.all}` : shown.dataset.all;
    }
    const lacking = [...document.querySelectorAll("ul.missing > li")];
    const none = document.getElementById("none-missing");
    if (none) none.hidden = narrow(lacking) > 0 || lacking.length === 0;
    remember();
  }

  function compare(one, other, number) {
    if (number) return Number(one) - Number(other);
    return one < other ? -1 : one > other ? 1 : 0;
  }

  function sort(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const place = heads.indexOf(head);
    const number = head.classList.contains("number");
    const rows = [...table.tBodies[0].rows].map((row) => ({
      row, value: row.cells[place].dataset.value, first: row.cells[0].dataset.value,
    }));
    rows.sort((one, other) => {
      if ((one.value === "") !== (other.value === "")) return one.value === "" ? 1 : -1;
      const order = compare(one.value, other.value, number);
      return (down ? -order : order) || compare(one.first, other.first, false);
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    shown.textContent = `${shown.textContent.split(",")[0]}, sorted by ${head.textContent.toLowerCase()}, ${down ? "descending" : "ascending"}`;
    remember();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-column] a") : null;
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    sort(target.closest("[data-column]"));
  });
  box.addEventListener("input", search);
  box.form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  box.form.querySelector("button").hidden = true;
})();
