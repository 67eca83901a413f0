// What every page gains from script; all of it works without, but for saving a picture as PNG.
"use strict";

// A picture's SVG file drawn on a canvas, at twice its size, and saved.
async function savePng(link) {
  const answer = await fetch(link.href);
  const address = URL.createObjectURL(new Blob([await answer.text()], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => {
    const save = document.createElement("a");
    save.href = URL.createObjectURL(blob);
    save.download = link.dataset.png;
    save.click();
    URL.revokeObjectURL(save.href);
  }, "image/png");
}

for (const link of document.querySelectorAll("a[data-png]")) {
  link.hidden = false;
  link.insertAdjacentText("afterend", ", ");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    savePng(link);
  });
}

// On a narrow screen the filters are folded away.
if (window.matchMedia("(max-width: 52rem)").matches) {
  for (const box of document.querySelectorAll("details.all-facets")) box.open = false;
}

// Days in the reader's own manner; the source's own stands in the title.
const manner = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const day = time.getAttribute("datetime").slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || time.dataset.keep !== undefined) continue;
  if (!time.title) time.title = time.textContent.trim();
  time.textContent = manner.format(new Date(day + "T00:00:00Z"));
}

// "/" goes to the search box, as on other pages of this kind.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector(".find input");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
