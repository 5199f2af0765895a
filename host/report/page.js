// Draws every chart as wide as the box it stands in, in the colours of the reader's theme, and again when either
// changes.
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
      title: { font, color: ink, fontSize: 13, fontWeight: 600, offset: 8 },
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

  draw();
  dark.addEventListener("change", draw);
  const observer = new ResizeObserver(entries => entries.forEach(entry => fit(boxes.indexOf(entry.target))));
  boxes.forEach(box => observer.observe(box));
})();
