"use strict";
for (const input of document.querySelectorAll("[data-filter]")) {
  const rows = [...document.getElementById(input.dataset.filter).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
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
    output.textContent = `${shown} of ${rows.length}`;
  };
  input.addEventListener("input", apply);
  apply();
}
for (const drawing of document.querySelectorAll(".drawing")) {
  drawing.scrollLeft = (drawing.scrollWidth - drawing.clientWidth) / 2;
}
const reveal = () => {
  const card = document.getElementById(location.hash.slice(1));
  const branch = card && card.matches(".part") ? card.querySelector("details") : null;
  if (branch) {
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
