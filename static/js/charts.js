/* Draws every <figure data-chart> from its JSON block: number formats, themes, links, patterns, the map (see docs/reference/components.md). */
(function () {
  "use strict";
  const LIGHT = {
    colors: ["#0f6470", "#c28a2c", "#3f5f94", "#ad4f3d", "#6f8f52", "#7b5a86", "#6d7f86", "#c27f8f"],
    text: "#22323a", soft: "#56666b", line: "#dde4e5", axis: "#aab7ba", surface: "#ffffff", empty: "#edf1f1",
    scale: ["#e3eff0", "#a9cfd3", "#5ea3ab", "#21767f", "#0b4a54"],
  };
  const DARK = {
    colors: ["#58b4be", "#dfae5b", "#86a8dd", "#e08d7b", "#a5c586", "#bd9ac9", "#9fb0b6", "#e3abb8"],
    text: "#d9e2e4", soft: "#a3b3b8", line: "#2b3a40", axis: "#52656c", surface: "#18242a", empty: "#223037",
    scale: ["#1d343a", "#215058", "#2b7580", "#4ba0aa", "#97d6dc"],
  };
  const DASHES = ["solid", "dashed", "dotted"];
  const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
  const language = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const palette = () => (document.documentElement.dataset.bsTheme === "dark" ? DARK : LIGHT);

  function format(value, digits) {
    if (value === null || value === undefined || value === "" || Number.isNaN(Number(value))) return "—";
    return Number(value).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /* Axis ticks stay short: 120000 → 12万 in Chinese, 120k in English. */
  function tick(value) {
    return Number(value).toLocaleString(language, { notation: Math.abs(value) >= 10000 ? "compact" : "standard", maximumFractionDigits: 2 });
  }

  function theme(colors) {
    const axis = {
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: { color: colors.soft, fontSize: 12 },
      splitLine: { lineStyle: { color: colors.line } },
      nameTextStyle: { color: colors.soft, fontSize: 12 },
    };
    return {
      color: colors.colors,
      backgroundColor: "transparent",
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colors.text },
      legend: { textStyle: { color: colors.text, fontSize: 12 }, inactiveColor: colors.axis, pageTextStyle: { color: colors.soft } },
      categoryAxis: { ...axis, splitLine: { show: false } },
      valueAxis: { ...axis, axisLine: { show: false } },
      tooltip: {
        backgroundColor: colors.surface, borderColor: colors.axis, borderWidth: 1, padding: [8, 12],
        textStyle: { color: colors.text, fontSize: 13 },
        axisPointer: { lineStyle: { color: colors.axis }, crossStyle: { color: colors.axis }, shadowStyle: { color: "rgba(100,130,140,.10)" } },
      },
    };
  }

  function base(colors, series) {
    return {
      animation: !still,
      animationDuration: 350,
      aria: {
        enabled: true,
        decal: { show: series.length > 1 && series[0].type !== "scatter", decals: decals() },
      },
      tooltip: { confine: true },
    };
  }

  /* Fine patterns beside the colours: the first part is plain, the next ones are told apart without colour. */
  function decals() {
    const ink = "rgba(255,255,255,.35)";
    return [
      { symbol: "none", color: "transparent" },
      { dashArrayX: [1, 0], dashArrayY: [2, 5], symbolSize: 1, rotation: Math.PI / 4, color: ink },
      { dashArrayX: [1, 0], dashArrayY: [2, 5], symbolSize: 1, rotation: -Math.PI / 4, color: ink },
      { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [5, 0], symbolSize: 0.7, color: ink },
      { dashArrayX: [1, 0], dashArrayY: [1, 4], color: ink },
      { dashArrayX: [1, 4], dashArrayY: [1, 0], color: ink },
      { symbol: "rect", dashArrayX: [[5, 5], [0, 5, 5, 0]], dashArrayY: [4, 0], symbolSize: 0.6, color: ink },
      { dashArrayX: [1, 0], dashArrayY: [3, 2], symbolSize: 1, rotation: Math.PI / 6, color: ink },
    ];
  }

  /* ---- bars, lines, points ---- */
  function cartesian(option, colors, width) {
    const { kind, digits } = option.portal;
    const lying = option.yAxis.type === "category";
    const values = option[lying ? "xAxis" : "yAxis"];
    values.axisLabel = { formatter: tick, hideOverlap: true };
    const names = option[lying ? "yAxis" : "xAxis"];
    if (kind !== "scatter") {
      names.axisLabel = lying ? { width: Math.max(130, Math.min(220, width * 0.38)), overflow: "truncate", interval: 0 } : { interval: kind === "line" ? "auto" : 0, rotate: turn(names.data, width) };
      names.axisTick = { show: false };
    }
    if (!lying) Object.assign(values, { nameTextStyle: { align: "left", padding: [0, 0, 0, -32] } });
    const bands = option.series.filter((series) => series.band);
    bands.forEach((series, index) => shade(series, index === 1, colors));
    option.series.filter((series) => !series.band).forEach((series, index) => dress(series, index, kind, digits[index] ?? 2, option.series.length - bands.length, lying));
    const legend = option.legend?.show;
    return {
      ...option,
      grid: { left: 8, right: lying ? 44 : 24, top: lying ? (legend ? 34 : 6) : legend ? 56 : 34, bottom: kind === "scatter" ? 28 : 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel", containLabel: true },
      legend: { type: "scroll", show: false, top: 0, left: 0, itemWidth: 18, itemHeight: 11, ...option.legend },
      tooltip: { ...option.tooltip, ...tooltip(kind, digits, option) },
    };
  }

  /* Category names that would not fit side by side are turned. */
  function turn(names, width) {
    const longest = Math.max(...names.map((name) => [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 7), 0)));
    return longest + 6 > (width - 60) / names.length ? 40 : 0;
  }

  function dress(series, index, kind, digits, count, lying) {
    const linked = series.data.some((point) => point && point.href);
    series.cursor = linked ? "pointer" : "default";
    series.emphasis = { focus: count > 1 ? "series" : "none" };
    if (series.type === "bar") {
      series.barMaxWidth = lying ? 18 : 34;
      series.itemStyle = { borderRadius: series.stack ? 0 : lying ? [0, 2, 2, 0] : [2, 2, 0, 0] };
      if (lying && count === 1) series.label = { show: true, position: "right", formatter: (point) => format(point.value, digits), fontSize: 12, color: "inherit" };
    }
    if (series.type === "line") {
      Object.assign(series, { symbol: SYMBOLS[index % SYMBOLS.length], symbolSize: 7, lineStyle: { width: 2, type: DASHES[index % DASHES.length] } });
    }
    if (series.type === "scatter") Object.assign(series, { symbolSize: 9, itemStyle: { opacity: 0.75 } });
    if (series.markLine) {
      Object.assign(series.markLine, { silent: true, animation: false });
      series.markLine.lineStyle = { type: "dashed", width: 1.5, color: palette().colors[3] };
      series.markLine.label = { ...series.markLine.label, position: "insideStartTop", color: palette().colors[3], backgroundColor: palette().surface, padding: [1, 3], fontSize: 12 };
    }
  }

  /* The range between two limits: an unseen line below, a pale area above it; neither is pointed at. */
  function shade(series, filled, colors) {
    Object.assign(series, { symbol: "none", lineStyle: { opacity: 0 }, emphasis: { disabled: true }, z: 1 });
    series.areaStyle = filled ? { color: colors.colors[2], opacity: 0.16 } : { opacity: 0 };
    series.itemStyle = { decal: { symbol: "none", color: "transparent" } };
  }

  /* What the tooltip says of a band: its limits, not the two areas it is piled from. */
  function limits(points, option, digits) {
    const pair = points.filter((point) => option.series[point.seriesIndex].band).map((point) => point.value);
    if (pair.length !== 2 || pair.some((value) => value === null || value === undefined)) return [];
    return [[option.portal.band, `${format(pair[0], digits)} – ${format(pair[0] + pair[1], digits)}`]];
  }

  function tooltip(kind, digits, option) {
    if (kind === "scatter") {
      return {
        trigger: "item",
        formatter: ({ data }) => lines(data.name, [[option.xAxis.name, format(data.value[0], digits[0])], [option.yAxis.name, format(data.value[1], digits[1])]]),
      };
    }
    return {
      trigger: "axis",
      axisPointer: { type: kind === "line" ? "line" : "shadow" },
      formatter: (points) => lines(points[0].axisValueLabel, [
        ...points.filter((point) => !option.series[point.seriesIndex].band).map((point) => [point.seriesName, format(point.value, digits[point.seriesIndex] ?? 2), point.color]),
        ...limits(points, option, digits[0] ?? 2),
      ]),
    };
  }

  /* Built from nodes, never from text: names come from data. */
  function lines(title, rows) {
    const box = document.createElement("div");
    const head = box.appendChild(document.createElement("strong"));
    head.textContent = title;
    const table = box.appendChild(document.createElement("table"));
    table.className = "chart-tip";
    for (const [name, value, color] of rows) {
      const row = table.insertRow();
      const mark = row.insertCell();
      if (typeof color === "string") mark.appendChild(document.createElement("i")).style.background = color;
      mark.append(name);
      row.insertCell().textContent = value;
    }
    return box;
  }

  /* ---- map and squares ---- */
  function scaleOf(portal, colors) {
    const known = portal.data.map((item) => item.value).filter((value) => value !== null);
    const least = Math.min(...known, 0);
    const most = Math.max(...known, least + 1);
    return {
      least, most,
      visual: {
        type: "continuous", min: least, max: most, calculable: false, left: 4, bottom: 4, itemWidth: 12, itemHeight: 90,
        text: [`${format(most, portal.digits[0])} ${portal.unit}`, format(least, portal.digits[0])],
        textStyle: { color: colors.soft, fontSize: 12 }, inRange: { color: colors.scale },
      },
    };
  }

  function labelColor(value, range, colors) {
    if (value === null) return colors.text;
    const share = (value - range.least) / (range.most - range.least);
    return colors === LIGHT ? (share > 0.6 ? "#ffffff" : "#12242b") : (share > 0.68 ? "#0f191d" : "#f2f8f8");
  }

  function place(portal, shapes) {
    const names = new Map(shapes.map((shape) => [shape.code, shape]));
    return portal.data.filter((item) => names.has(item.code)).map((item) => ({ ...item, shape: names.get(item.code) }));
  }

  function unitTip(portal) {
    return ({ data }) => (data ? lines(data.title, [[portal.label, data.number === null ? portal.missing : `${format(data.number, portal.digits[0])} ${portal.unit}`]]) : "");
  }

  function unitLabel(portal, colors, range) {
    return (item) => ({
      show: true, color: labelColor(item.value, range, colors), fontSize: 11, lineHeight: 14, textBorderWidth: 0,
      formatter: `${language === "zh-CN" ? item.shape.short : item.name}\n${format(item.value, portal.digits[0])}`,
    });
  }

  function areaOption(portal, colors, shapes) {
    const range = scaleOf(portal, colors);
    const label = unitLabel(portal, colors, range);
    const data = place(portal, shapes).map((item) => ({
      name: item.code, value: item.value ?? NaN, number: item.value, title: item.name, href: item.href, label: label(item), emphasis: { label: label(item) },
    }));
    return {
      tooltip: { trigger: "item", formatter: unitTip(portal) },
      visualMap: range.visual,
      series: [{
        type: "map", map: "henan", nameProperty: "code", data, selectedMode: false, aspectScale: 0.82, layoutCenter: ["52%", "50%"], layoutSize: "98%",
        cursor: data.some((item) => item.href) ? "pointer" : "default",
        itemStyle: { areaColor: colors.empty, borderColor: colors.surface, borderWidth: 1.2 },
        emphasis: { itemStyle: { areaColor: null, borderColor: colors.text, borderWidth: 2 } },
      }],
    };
  }

  function tileOption(portal, colors, tiles, width, height) {
    const range = scaleOf(portal, colors);
    const label = unitLabel(portal, colors, range);
    const columns = Math.max(...tiles.map((tile) => tile.col)) + 1;
    const rows = Math.max(...tiles.map((tile) => tile.row)) + 1;
    const side = Math.min(width / columns, height / rows, 76);
    const axis = (count) => ({ type: "category", data: Array.from({ length: count }, (_, index) => index), show: false });
    const squares = place(portal, tiles).map((item) => ({
      value: [item.shape.col, item.shape.row, item.value ?? 0], number: item.value, title: item.name, href: item.href, label: label(item),
    }));
    // A unit without data is drawn too, in the colour of nothing, outside the scale.
    const series = (data) => ({
      type: "scatter", symbol: "rect", symbolSize: side - 4, itemStyle: { opacity: 1 }, data, cursor: data.some((item) => item.href) ? "pointer" : "default",
      emphasis: { scale: false, itemStyle: { borderColor: colors.text, borderWidth: 2 } },
    });
    return {
      tooltip: { trigger: "item", formatter: unitTip(portal) },
      grid: { left: (width - side * columns) / 2, top: (height - side * rows) / 2, width: side * columns, height: side * rows },
      xAxis: axis(columns), yAxis: { ...axis(rows), inverse: true },
      visualMap: { ...range.visual, dimension: 2, seriesIndex: 0 },
      series: [
        series(squares.filter((item) => item.number !== null)),
        { ...series(squares.filter((item) => item.number === null)), itemStyle: { color: colors.empty, opacity: 1 } },
      ],
    };
  }

  async function load(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  async function mapShapes(figure) {
    const [map, tiles] = await Promise.all([load(figure.dataset.mapUrl), load(figure.dataset.tilesUrl)]);
    echarts.registerMap("henan", map);
    return { areas: map.features.map((feature) => feature.properties), tiles };
  }

  /* ---- one figure ---- */
  function setUp(figure) {
    const canvas = figure.querySelector(".chart-canvas");
    const source = document.getElementById(`${canvas.id}-data`).textContent;
    const kind = JSON.parse(source).portal.kind;
    const rows = JSON.parse(source).yAxis?.data?.length;
    if (rows) canvas.style.height = `${Math.max(rows * 28 + 70, 110)}px`;
    let chart = null;
    let shapes = null;
    let view = "map";

    // In a folded panel there is no room to draw on; the observer below calls again when there is.
    const visible = () => canvas.clientWidth > 0 && canvas.clientHeight > 0;

    function draw() {
      if (!visible()) return;
      const colors = palette();
      const option = JSON.parse(source);
      const content = kind !== "map" ? cartesian(option, colors, canvas.clientWidth)
        : view === "map" ? areaOption(option.portal, colors, shapes.areas)
        : tileOption(option.portal, colors, shapes.tiles, canvas.clientWidth, canvas.clientHeight);
      const common = base(colors, content.series);
      chart.setOption({ ...common, ...content, tooltip: { ...common.tooltip, ...content.tooltip } }, true);
    }

    async function start() {
      if (kind === "map") shapes = await mapShapes(figure);
      chart = echarts.init(canvas, theme(palette()), { locale: language === "en" ? "EN" : "ZH" });
      chart.on("click", ({ data }) => data?.href && location.assign(data.href));
      draw();
      new ResizeObserver(() => {
        if (!visible()) return;
        chart.resize();
        draw();
      }).observe(canvas);
      document.addEventListener("portal:theme", () => {
        chart.setTheme(theme(palette()));
        draw();
      });
      window.addEventListener("beforeprint", () => chart.resize());
      figure.dataset.drawn = "yes";
    }

    for (const button of figure.querySelectorAll("[data-map-view]")) {
      button.addEventListener("click", () => {
        view = button.dataset.mapView;
        for (const other of figure.querySelectorAll("[data-map-view]")) other.setAttribute("aria-pressed", String(other === button));
        if (chart) draw();
      });
    }
    // The table beside the chart holds the same figures: where drawing fails, it opens.
    start().catch(() => {
      canvas.hidden = true;
      figure.querySelector("details").open = true;
    });
  }

  function setUpAll(root) {
    for (const figure of root.querySelectorAll("figure[data-chart]:not([data-drawn])")) setUp(figure);
  }
  setUpAll(document);
  document.addEventListener("htmx:afterSettle", (event) => setUpAll(event.detail.elt));
})();
