"use strict";
const said = (element) =>
  [element.textContent, ...[...element.querySelectorAll("[data-words]")].map((e) => e.dataset.words)].join(" ").toLowerCase();
for (const fold of document.querySelectorAll("[data-fold]")) fold.open = false;
for (const input of document.querySelectorAll("[data-filter]")) {
  const list = document.getElementById(input.dataset.filter);
  const rows = [...list.querySelectorAll("tbody tr")];
  const groups = [...list.querySelectorAll("[data-fold]")];
  const texts = rows.map((row) => `${row.closest("[data-fold]")?.dataset.words ?? ""} ${said(row)}`.toLowerCase());
  const output = input.parentElement.querySelector("output");
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      shown += row.hidden ? 0 : 1;
      for (const fold of row.querySelectorAll("details")) {
        const inside = fold.textContent.toLowerCase();
        fold.open = words.some((word) => inside.includes(word));
      }
    });
    for (const group of groups) {
      group.hidden = !group.querySelector("tbody tr:not([hidden])");
      group.open = words.length > 0 && !group.hidden;
    }
    output.textContent = `${shown} of ${rows.length}`;
  };
  input.addEventListener("input", apply);
  apply();
}
// Paper has nothing to choose: all is open while it is printed, and as it was afterwards.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const fold of folded) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of folded) fold.open = false;
});
for (const drawing of document.querySelectorAll(".drawing")) {
  drawing.scrollLeft = (drawing.scrollWidth - drawing.clientWidth) / 2;
}
const reveal = () => {
  const card = document.getElementById(location.hash.slice(1));
  for (const fold of card?.querySelectorAll(":scope > .fold") ?? []) fold.open = true;
  const branch = card && card.matches(".part") ? card.querySelector("details") : null;
  if (branch) {
    card.closest(".fold").open = true;
    branch.open = true;
    branch.querySelector("summary").focus();
  }
};
addEventListener("hashchange", reveal);
reveal();
for (const link of document.querySelectorAll("svg a")) {
  link.addEventListener("click", () => {
    if (link.getAttribute("href") === location.hash) reveal();
  });
}
for (const node of document.querySelectorAll("[data-node]")) {
  const drawing = node.closest("svg");
  const light = (on) => {
    drawing.classList.toggle("chosen", on);
    for (const line of drawing.querySelectorAll(".line")) {
      const touches = [line.dataset.from, line.dataset.to].includes(node.dataset.node);
      line.classList.toggle("lit", on && touches);
    }
  };
  for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
    node.addEventListener(event, () => light(on));
  }
}
