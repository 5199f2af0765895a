// Draws every chart as wide as the box it stands in, in the colours of the reader's theme, and again when either
// changes; saves a chart as it is shown.
"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const boxes = specs.map((_, i) => document.getElementById("chart-" + i));
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const views = [];

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    const ink = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    const font = getComputedStyle(document.body).fontFamily;
    return {
      background: null,
      view: { stroke: null },
      text: { font, fill: ink },
      title: {
        font, color: ink, fontSize: 13, fontWeight: 600, offset: 8,
        subtitleFont: font, subtitleColor: soft, subtitleFontSize: 11, subtitlePadding: 4
      },
      axis: {
        domainColor: soft, tickColor: soft, gridColor: line, labelColor: soft, titleColor: soft,
        labelFont: font, titleFont: font, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500
      },
      legend: {
        labelColor: soft, titleColor: soft, labelFont: font, titleFont: font, labelFontSize: 11, titleFontSize: 11,
        titleFontWeight: 500
      }
    };
  }

  function fit(i) {
    const width = Math.floor(boxes[i].clientWidth);
    if (!views[i] || width === 0 || views[i].boxWidth === width) return;
    views[i].boxWidth = width;
    views[i].signal("width", width).runAsync().then(() => { boxes[i].dataset.drawn = width; });
  }

  function draw() {
    specs.forEach((spec, i) => {
      if (views[i]) views[i].finalize();
      delete boxes[i].dataset.drawn;
      views[i] = new vega.View(vega.parse(spec, theme()), { renderer: "svg", container: boxes[i], hover: true });
      fit(i);
    });
  }

  // The words over a chart: the page's last heading before it, and its own title where it has one.
  function wordsOver(i) {
    let place = boxes[i].closest("figure");
    while (place && place.tagName !== "H2") place = place.previousElementSibling || place.parentElement;
    const own = specs[i].title ? specs[i].title.text || specs[i].title : "";
    return [place ? place.textContent : "", own].filter(words => words).join(": ");
  }

  function fileName(i, type) {
    const words = (document.title + " " + wordsOver(i)).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
    return words.slice(0, 100).replace(/^-+|-+$/g, "") + "." + type;
  }

  // On the page's paper, as wide as it is shown, with a title where it has none of its own.
  async function save(i, type) {
    const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
    const title = { text: wordsOver(i), subtitle: document.title, anchor: "start", frame: "group" };
    const view = new vega.View(vega.parse({ title, ...specs[i] }, { ...theme(), background: paper }),
      { renderer: "none" });
    view.signal("width", Math.floor(boxes[i].clientWidth));
    const link = document.createElement("a");
    link.href = await view.toImageURL(type, 2);
    link.download = fileName(i, type);
    link.click();
    if (link.href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    view.finalize();
  }

  // A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are left alone.
  function csvCell(value) {
    if (value === null || value === undefined) return "";
    let text = String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  }

  function saveCsv(i) {
    const rows = specs[i].data.find(set => set.name === specs[i].usermeta.csv).values;
    const names = [...new Set(rows.flatMap(Object.keys))];
    const lines = [names, ...rows.map(row => names.map(name => row[name]))].map(cells => cells.map(csvCell).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    link.download = fileName(i, "csv");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function addButtons(box, i) {
    const row = document.createElement("div");
    row.className = "save";
    const add = (type, action) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Save " + type.toUpperCase();
      button.setAttribute("aria-label", button.textContent + ": " + wordsOver(i));
      button.addEventListener("click", action);
      row.append(button);
    };
    for (const type of ["svg", "png"]) add(type, () => save(i, type));
    if (specs[i].usermeta && specs[i].usermeta.csv) add("csv", () => saveCsv(i));
    box.after(row);
  }

  // A cell's number where it begins with one, without which it stands last in either order.
  function cellNumber(cell) {
    const found = /^[+\u2212-]?\d+(\.\d+)?/.exec(cell.textContent.trim());
    return found ? parseFloat(found[0].replace("\u2212", "-")) : NaN;
  }

  function sortBy(table, column, head) {
    const down = head.getAttribute("aria-sort") === "ascending" || !head.hasAttribute("aria-sort") && head.className === "number";
    const body = table.tBodies[0], rows = [...body.rows];
    const numbers = rows.map(row => cellNumber(row.cells[column]));
    const numeric = numbers.filter(number => !isNaN(number)).length * 2 > rows.length;
    const order = rows.map((row, i) => ({ row, number: numbers[i], text: row.cells[column].textContent }));
    order.sort((a, b) => {
      if (!numeric) return (down ? -1 : 1) * a.text.localeCompare(b.text);
      if (isNaN(a.number) || isNaN(b.number)) return isNaN(a.number) - isNaN(b.number);
      return (down ? -1 : 1) * (a.number - b.number);
    });
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...order.map(entry => entry.row));
  }

  function makeSortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.title = "Sort by this column";
      button.addEventListener("click", () => sortBy(table, column, head));
      head.replaceChildren(button);
    });
  }

  // Charts over time follow what is played, and a click on one plays from there.
  function follow(audio) {
    const timed = specs.map(spec => (spec.signals || []).some(signal => signal.name === "playhead"));
    const move = () => views.forEach((view, i) => { if (timed[i]) view.signal("playhead", audio.currentTime).runAsync(); });
    for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, move);
    boxes.forEach((box, i) => {
      if (!timed[i]) return;
      box.addEventListener("click", event => {
        const at = views[i].scale("x").invert(event.offsetX - views[i].origin()[0]);
        if (at >= 0 && at <= audio.duration) audio.currentTime = at;
      });
    });
  }

  draw();
  document.querySelectorAll("audio").forEach(follow);
  boxes.forEach(addButtons);
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(one => { one.open = true; }));
  dark.addEventListener("change", draw);
  const observer = new ResizeObserver(entries => entries.forEach(entry => fit(boxes.indexOf(entry.target))));
  boxes.forEach(box => observer.observe(box));
})();
