// Draws each figure[data-chart] with uPlot, from the JSON island inside it. The numbers stand in the
// page as a table too, so nothing is lost without this file. The plot is kept as figure.plot.
"use strict";

const steady = matchMedia("(prefers-color-scheme: dark)");

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function brief(value) {
  const size = Math.abs(value);
  for (const [least, unit] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]]) {
    if (size >= least) return `${+(value / least).toPrecision(3)}${unit}`;
  }
  return String(+value.toPrecision(3));
}

const SAY = {
  percent: (value) => `${+(value * 100).toPrecision(4)} %`,
  ms: (value) => (value >= 1000 ? `${+(value / 1000).toPrecision(3)} s` : `${Math.round(value)} ms`),
};

function said(unit, value) {
  if (value === null || value === undefined) return "no data";
  return (SAY[unit] ?? brief)(value);
}

// Stacked: what is drawn is the sum up to a series; what is told is the series itself.
function stacked(rows) {
  const sums = new Array(rows[0]?.length ?? 0).fill(0);
  return rows.map((row) => row.map((value, at) => (sums[at] += value ?? 0)));
}

// Ticks of a chart by day stand at days.
function steps(chart) {
  return chart.step < 86400 ? {} : { incrs: [1, 2, 3, 7, 14, 30, 90].map((days) => days * 86400) };
}

// `12 Nov`, and between midnights `16:00`, both UTC.
function moment(at) {
  const when = new Date(at * 1000);
  if (at % 86400) return when.toISOString().slice(11, 16);
  return when.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

const FEW = 12; // values of a line: they are dots too, for one alone is no line
const isThere = (value) => value !== null;

function look(chart, each) {
  const color = style(`--s${each.color}`);
  const made = { label: each.name, stroke: color, width: 1.75, points: { show: false } };
  if (chart.kind === "stack") {
    made.fill = color;
    made.width = 0;
    made.paths = uPlot.paths.bars({ size: [0.78, 60], gap: 1 });
  }
  if (chart.kind === "lines") made.points = { show: each.values.filter(isThere).length < FEW };
  return made;
}

// Half a step on both sides: a bar is whole at the ends, and one alone stands in the middle.
function reach(chart) {
  const half = Math.max(1, chart.step) / 2;
  return [chart.times[0] - half, chart.times[chart.times.length - 1] + half];
}

// What is counted comes in ones.
function whole(chart) {
  if (chart.unit !== "count" && chart.unit !== "tokens") return {};
  return { incrs: Array.from({ length: 39 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3)) };
}

function options(chart, width, reading) {
  const quiet = style("--quiet");
  const axis = { stroke: quiet, grid: { stroke: style("--line"), width: 1 }, ticks: { show: false } };
  const order = chart.kind === "stack" ? [...chart.series].reverse() : chart.series;
  return {
    width,
    height: chart.height ?? 220,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
    scales: {
      x: { range: () => reach(chart) },
      y: { range: (_, least, most) => [0, chart.unit === "percent" ? 1 : (most || 1) * 1.05] },
    },
    axes: [
      { ...axis, ...steps(chart), size: 30, values: (_, ticks) => ticks.map(moment) },
      { ...axis, ...whole(chart), size: 62, values: (_, ticks) => ticks.map((tick) => said(chart.unit, tick)) },
    ],
    series: [{}, ...order.map((each) => look(chart, each))],
    hooks: { setCursor: [(plot) => tell(plot, chart, reading)] },
  };
}

function tell(plot, chart, reading) {
  const at = plot.cursor.idx;
  if (at === null || at === undefined || !reading) return;
  const when = new Date(chart.times[at] * 1000).toISOString();
  const day = chart.step >= 86400 ? when.slice(0, 10) : `${when.slice(0, 16).replace("T", " ")} UTC`;
  const values = chart.series.map((each) => `${each.name} ${said(chart.unit, each.values[at])}`);
  reading.textContent = `${day}: ${values.join(" · ")}`;
}

// A stack is drawn from its tallest sum down, so that each lower one covers its part.
function columns(chart) {
  const rows = chart.series.map((each) => each.values);
  return [chart.times, ...(chart.kind === "stack" ? stacked(rows).reverse() : rows)];
}

function draw(figure) {
  const island = figure.querySelector('script[type="application/json"]');
  const place = figure.querySelector(".plot");
  const chart = JSON.parse(island.textContent);
  figure.plot?.destroy();
  const width = Math.max(240, place.clientWidth);
  figure.plot = new uPlot(options(chart, width, figure.querySelector(".reading")), columns(chart), place);
}

function drawAll(root = document) {
  for (const figure of root.querySelectorAll("figure[data-chart]")) draw(figure);
}

new ResizeObserver(() => {
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const width = Math.max(240, figure.querySelector(".plot").clientWidth);
    if (figure.plot && figure.plot.width !== width) figure.plot.setSize({ width, height: figure.plot.height });
  }
}).observe(document.body);
steady.addEventListener("change", () => drawAll());
document.addEventListener("darkhorse:new", (event) => drawAll(event.target));
drawAll();
