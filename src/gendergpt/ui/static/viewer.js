// The source viewer: pages of a PDF as they look, sections of other documents as text, each with
// the quoted words marked. chat.js opens and closes the panel and fills it with the card of a
// citation; this shows what the card names. Texts of documents are only ever set as text.
"use strict";

(() => {
  const panel = document.getElementById("source");
  const body = document.getElementById("source-body");
  const strip = document.getElementById("strip");
  const widen = document.getElementById("widen-source");
  const keys = document.getElementById("keys");
  const showKeys = document.getElementById("show-keys");
  const ZOOMS = [1, 1.25, 1.5, 2, 3, 4];
  const SHARPEST = 3;
  const MISSING = "The picture of the page could not be loaded.";
  let shown = null; // the pages or sections of the card that is open
  let zoom = 0; // place in ZOOMS; kept from one citation to the next
  let openCard = "";

  const say = (text) => { document.getElementById("said").textContent = text; };

  function make(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  }

  async function ask(address) {
    try {
      const answer = await fetch(`./${address}`);
      const found = await answer.json();
      return answer.ok ? found : {};
    } catch {
      return {};
    }
  }

  // --- the tools over a page or section ---

  const tool = (does, label, text) =>
    make("button", { type: "button", "data-does": does, "aria-label": label, title: label }, text);

  function tools(what) {
    return make("div", { class: "viewer-bar", role: "group", "aria-label": "Viewer" },
      tool("previous", `Previous ${what}`, "‹"),
      make("span", { class: "viewer-where" }),
      tool("next", `Next ${what}`, "›"),
      make("span", { class: "viewer-zoom" },
        tool("smaller", "Zoom out", "−"),
        tool("fit", "Fit to width", "Fit"),
        tool("larger", "Zoom in", "+")),
      tool("quotation", "Back to the quotation", "Back to the quotation"));
  }

  function showState({ where, first, last, away }) {
    const bar = body.querySelector(".viewer-bar");
    if (!bar) return;
    const set = (does, off) =>
      bar.querySelector(`[data-does=${does}]`).setAttribute("aria-disabled", String(off));
    bar.querySelector(".viewer-where").textContent = where;
    set("previous", first);
    set("next", last);
    set("smaller", zoom === 0);
    set("larger", zoom === ZOOMS.length - 1);
    set("fit", zoom === 0);
    const back = bar.querySelector("[data-does=quotation]");
    if (!away && document.activeElement === back) panel.focus({ preventScroll: true });
    back.hidden = !away;
  }

  // --- pages of a PDF ---

  class Pages {
    constructor(figures) {
      this.quoted = new Map(figures.map((each) => [this.number(each), each]));
      const [first] = figures;
      this.base = first.dataset.page.replace(/\d+$/, "");
      this.count = Number(first.dataset.of) || 0;
      this.language = first.dataset.language;
      this.title = first.dataset.alt.replace(/^.*? of /, "").replace(/, quoted words marked$/, "");
      this.aspect = null;
      this.current = this.number(first);
      this.frame = make("div",
        { class: "frame", tabindex: "0", role: "group", "aria-label": "Pages of the publication" });
      this.shorten(body.querySelector("blockquote"));
      first.before(tools("page"), this.frame);
      this.frame.append(...figures);
      this.frame.addEventListener("scroll", () => this.follow(), { passive: true });
      this.stack = figures;
      this.loads = figures.map((each) => this.load(each));
      // A quotation over a page break shows both pages, the first of them in sight.
      this.reveal(first);
      this.tell();
    }

    // A long passage scrolls in a few lines, so that the page itself comes in sight.
    shorten(passage) {
      if (!passage) return;
      passage.classList.add("short");
      const mark = passage.querySelector("mark");
      if (passage.scrollHeight <= passage.clientHeight) return;
      passage.tabIndex = 0;
      const fade = () => passage.classList.toggle(
        "more", passage.scrollTop + passage.clientHeight < passage.scrollHeight - 2);
      passage.addEventListener("scroll", fade, { passive: true });
      fade();
      if (mark) {
        const top = mark.getBoundingClientRect().top - passage.getBoundingClientRect().top;
        passage.scrollTop = Math.max(0, top - 28);
      }
    }

    number(figure) { return Number(figure.dataset.page.match(/\d+$/)[0]); }

    tell() {
      const of = this.count ? ` of ${this.count}` : "";
      showState({
        where: `PDF page ${this.current}${of}`,
        first: this.current <= 1,
        last: this.count > 0 && this.current >= this.count,
        away: !this.quoted.has(this.stack[0] && this.number(this.stack[0])),
      });
      const link = body.querySelector(".original a");
      link?.setAttribute("href",
        link.getAttribute("href").replace(/#page=\d+$/, `#page=${this.current}`));
    }

    // Marks come with the page's size, so that nothing moves when the picture arrives.
    async load(figure) {
      if (figure.querySelector("img")) return;
      if (!figure.dataset.spans) {
        figure.append(this.sheet(figure, { width: 3, height: 4, ...this.aspect, boxes: [] }));
        return;
      }
      const found = await ask(`${figure.dataset.page}/boxes?${figure.dataset.spans}`);
      if (!found.boxes) sayInstead(figure, found.problem || MISSING);
      else {
        this.aspect = { width: found.width, height: found.height };
        figure.append(this.sheet(figure, found));
      }
    }

    sheet(figure, { width, height, boxes }) {
      const picture = make("img", { alt: figure.dataset.alt, loading: "lazy" });
      [picture.width, picture.height] = [Math.round(width), Math.round(height)];
      picture.addEventListener("error", () => this.failed(figure));
      picture.addEventListener("load", () => sharpen(picture, figure));
      picture.src = `./${figure.dataset.page}.png`;
      return make("div", {}, picture, ...boxes.map((box) => {
        const mark = make("span");
        mark.style.left = `${100 * box.left / width}%`;
        mark.style.top = `${100 * box.top / height}%`;
        mark.style.width = `${100 * (box.right - box.left) / width}%`;
        mark.style.height = `${100 * (box.bottom - box.top) / height}%`;
        return mark;
      }));
    }

    // The sentence that says why comes with the address of the picture.
    async failed(figure) {
      let why = MISSING;
      try {
        const answer = await fetch(`./${figure.dataset.page}.png`);
        if (!answer.ok) why = await answer.text();
      } catch { /* the server is gone */ }
      sayInstead(figure, why);
    }

    async reveal(figure) {
      await Promise.all(this.loads);
      if (!this.frame.isConnected || !this.stack.includes(figure)) return;
      const mark = figure.querySelector("span");
      const frame = this.frame.getBoundingClientRect();
      const at = this.frame.scrollTop + (mark || figure).getBoundingClientRect().top - frame.top;
      const seen = Math.max(120, Math.min(frame.bottom, window.innerHeight) - frame.top);
      this.placed = Date.now();
      if (!mark) this.frame.scrollTop = at;
      else this.frame.scrollTop = at < 0.7 * seen ? 0 : at - seen / 3;
      if (mark && zoom) {
        const left = mark.getBoundingClientRect().left - this.frame.getBoundingClientRect().left;
        this.frame.scrollLeft += left - 24;
      }
    }

    // The page in the middle of the frame is the current one, unless a button chose another.
    follow() {
      if (Date.now() - (this.placed || 0) < 300) return;
      const box = this.frame.getBoundingClientRect();
      const middle = box.top + box.height / 2;
      const seen = this.stack.find((each) => each.getBoundingClientRect().bottom > middle);
      if (seen && this.number(seen) !== this.current) {
        this.current = this.number(seen);
        this.tell();
      }
    }

    move(step) {
      const number = this.current + step;
      if (number < 1 || (this.count && number > this.count)) return;
      this.current = number;
      const there = this.stack.find((each) => this.number(each) === number);
      if (!there) this.replace([this.quoted.get(number) || this.other(number)]);
      this.reveal(there || this.stack[0]);
      this.tell();
      this.announce();
    }

    replace(figures) {
      this.stack = figures;
      this.frame.replaceChildren(...figures);
      this.frame.scrollTop = 0;
      this.loads = figures.map((each) => this.load(each));
    }

    other(number) {
      const caption = make("figcaption", {}, `PDF page ${number}`);
      const figure = make("figure", {
        class: "sheet",
        "data-page": `${this.base}${number}`,
        "data-alt": `PDF page ${number} of ${this.title}`,
      }, caption);
      ask(`${this.base}${number}/place?language=${encodeURIComponent(this.language || "en")}`)
        .then((found) => { if (found.place) caption.textContent = found.place; });
      return figure;
    }

    announce() {
      const marked = this.quoted.has(this.current) ? ", with quoted words marked" : "";
      say(`PDF page ${this.current}${this.count ? ` of ${this.count}` : ""}${marked}.`);
    }

    back() {
      this.replace([...this.quoted.values()]);
      this.current = this.number(this.stack[0]);
      this.reveal(this.stack[0]);
      this.tell();
      this.announce();
    }

    zoomed() {
      this.frame.style.setProperty("--zoom", ZOOMS[zoom]);
      const figure = this.stack.find((each) => this.number(each) === this.current);
      if (figure) this.reveal(figure);
      this.stack.forEach((each) => {
        const picture = each.querySelector("img");
        if (picture?.complete) sharpen(picture, each);
      });
      this.tell();
    }
  }

  // A picture that is stretched beyond its pixels is asked for again with more of them.
  function sharpen(picture, figure) {
    const now = Number(picture.dataset.sharp || 1);
    const needed = picture.clientWidth * window.devicePixelRatio;
    const wanted = Math.min(SHARPEST, Math.ceil(needed / (1.15 * picture.naturalWidth / now)));
    if (wanted <= now || picture.dataset.awaits) return;
    picture.dataset.awaits = "true";
    const sharper = new Image();
    const done = () => { delete picture.dataset.awaits; };
    sharper.addEventListener("error", done);
    sharper.addEventListener("load", () => {
      picture.dataset.sharp = String(wanted);
      picture.src = sharper.src;
      done();
    });
    sharper.src = `./${figure.dataset.page}.png?sharp=${wanted}`;
  }

  function sayInstead(figure, why) {
    figure.querySelector("div, p")?.remove();
    figure.append(make("p", {}, why));
  }

  // --- sections of other documents ---

  class Sections {
    constructor(held) {
      this.held = held;
      this.quotation = body.querySelector("blockquote");
      this.language = this.quotation?.lang || "";
      this.number = null;
      this.show("");
    }

    async show(number) {
      this.asked = number;
      const { text, spans, language } = this.held.dataset;
      const found = await ask(
        `${text}?${spans}&language=${encodeURIComponent(language)}${number && `&number=${number}`}`);
      if (!this.held.isConnected || this.asked !== number) return;
      if (!found.stretches) this.failed(found.problem);
      else this.draw(found, number !== "");
    }

    // The passage stands on the card already; only why there is no more is said.
    failed(problem = "More of the document could not be loaded.") {
      const said = this.held.querySelector(".problem") || make("p", { class: "problem" });
      said.textContent = problem;
      if (!said.isConnected) this.held.append(said);
    }

    draw(found, moved) {
      if (!this.frame) this.begin();
      [this.number, this.count] = [found.number, found.count];
      this.home ??= found.number;
      const path = found.heading.slice(0, -1).join(" › ");
      const text = make("div", { class: "reading-text", dir: "auto" });
      if (this.language) text.lang = this.language;
      text.append(...found.stretches.map((each) =>
        each.marked ? make("mark", {}, each.text) : document.createTextNode(each.text)));
      this.frame.replaceChildren(
        ...(path ? [make("p", { class: "reading-path", dir: "auto" }, path)] : []),
        ...(found.heading.length
          ? [make("h4", { dir: "auto" }, found.heading[found.heading.length - 1])] : []),
        text);
      this.reveal();
      this.tell(found.place);
      if (moved) say(`Section ${found.number} of ${found.count}: ${found.heading.at(-1) || ""}`);
    }

    // The section holds the passage; shown twice, the words would be marked twice.
    begin() {
      this.quotation?.remove();
      this.frame = make("div",
        { class: "frame reading-frame", tabindex: "0", role: "group", "aria-label": "The section" });
      this.held.replaceChildren(tools("section"), this.frame);
      this.frame.style.setProperty("--zoom", ZOOMS[zoom]);
    }

    tell(place) {
      if (place !== undefined) this.place = place;
      showState({
        where: `${this.place ? `${this.place} · ` : ""}Section ${this.number} of ${this.count}`,
        first: this.number <= 1,
        last: this.number >= this.count,
        away: this.number !== this.home,
      });
    }

    reveal() {
      const mark = this.frame.querySelector("mark");
      this.frame.scrollTop = 0;
      if (!mark) return;
      const top = mark.getBoundingClientRect().top - this.frame.getBoundingClientRect().top;
      this.frame.scrollTop = Math.max(0, top - this.frame.clientHeight / 3);
    }

    move(step) {
      const number = (Number(this.asked) || this.number) + step; // what is asked for may be on its way
      if (this.number && number >= 1 && number <= this.count) this.show(String(number));
    }

    back() { if (this.number) this.show(String(this.home)); }

    zoomed() {
      this.frame?.style.setProperty("--zoom", ZOOMS[zoom]);
      if (this.frame) this.reveal();
      if (this.number) this.tell();
    }
  }

  // --- the strip of the answer's citations ---

  const family = (card) => card.replace(/-[a-z]+\d+$/, "-c");
  const citations = () => [...document.querySelectorAll(`.card[id^="${CSS.escape(family(openCard))}"]`)]
    .map((each) => each.id);
  const numberOf = (card) => card.match(/\d+$/)[0];

  function showStrip() {
    const cards = citations();
    const held = strip.contains(document.activeElement);
    strip.replaceChildren(...cards.map((card) => make("button", {
      type: "button",
      class: "goto",
      "data-goto": card,
      "aria-label": `Citation ${numberOf(card)}`,
      ...(card === openCard ? { "aria-current": "true" } : {}),
    }, numberOf(card))));
    strip.hidden = cards.length < 2;
    return held;
  }

  // The marker in the answer opens it, so that the panel knows where to return to.
  function goTo(card, fromStrip) {
    const marker = document.querySelector(`button[data-card="${CSS.escape(card)}"]`);
    if (!marker || card === openCard) return;
    marker.click();
    if (fromStrip) strip.querySelector(`[data-goto="${CSS.escape(card)}"]`)?.focus();
    say(`Citation ${numberOf(card)} of ${citations().length}.`);
  }

  function step(by) {
    const cards = citations();
    const at = cards.indexOf(openCard);
    const next = cards[at < 0 ? 0 : at + by];
    if (next) goTo(next, strip.contains(document.activeElement));
  }

  // --- what people do ---

  function setZoom(to) {
    const now = Math.min(ZOOMS.length - 1, Math.max(0, to));
    if (now === zoom || !shown) return;
    zoom = now;
    shown.zoomed();
    say(zoom ? `Zoom ${Math.round(100 * ZOOMS[zoom])} per cent.` : "Fitted to width.");
  }

  function toggleWide() {
    const wide = document.body.classList.toggle("source-wide");
    widen.setAttribute("aria-pressed", String(wide));
    shown?.zoomed();
  }

  const DOES = {
    previous: () => shown?.move(-1),
    next: () => shown?.move(1),
    smaller: () => setZoom(zoom - 1),
    larger: () => setZoom(zoom + 1),
    fit: () => setZoom(0),
    quotation: () => shown?.back(),
    wide: toggleWide,
    keys: () => {
      keys.hidden = !keys.hidden;
      showKeys.setAttribute("aria-expanded", String(!keys.hidden));
      showKeys.focus();
      if (!keys.hidden) keys.scrollIntoView({ block: "nearest" });
    },
    before: () => step(-1),
    after: () => step(1),
  };
  const KEYS = {
    ArrowLeft: "before", ArrowRight: "after", n: "next", p: "previous", "+": "larger",
    "=": "larger", "-": "smaller", 0: "fit", q: "quotation", w: "wide", "?": "keys",
  };

  function scrollsSideways(target) {
    const frame = target.closest?.(".frame");
    return frame && frame.scrollWidth > frame.clientWidth + 1;
  }

  // Only while the focus is in the panel, so that no key of the page or of an aid is taken.
  panel.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const does = KEYS[event.key];
    if (!does || (event.key.startsWith("Arrow") && scrollsSideways(event.target))) return;
    event.preventDefault();
    DOES[does]();
  });

  panel.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === widen) toggleWide();
    else if (button?.dataset.goto) goTo(button.dataset.goto, true);
    else if (button?.dataset.does && button.getAttribute("aria-disabled") !== "true") {
      DOES[button.dataset.does]();
    }
  });

  panel.addEventListener("source-opened", (event) => {
    openCard = event.detail;
    showStrip();
    const figures = [...body.querySelectorAll("figure.sheet")];
    const reading = body.querySelector(".reading");
    shown = null;
    if (figures.length) shown = new Pages(figures);
    else if (reading) shown = new Sections(reading);
    shown?.zoomed();
  });
})();
