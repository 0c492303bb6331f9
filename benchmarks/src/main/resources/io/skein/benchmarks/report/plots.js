/* Turns the JSON of a drawing into an ECharts option, for the still pictures and for index.html alike.
   Scales, bars, whiskers and labels are laid out here: ECharts draws no logarithmic bars below 1 and no ticks but powers of ten.
   In loops let, not const: Rhino keeps the first value of a const that is declared in a loop. */
var Plots = (function () {
  'use strict';

  const FONT = 'Segoe UI, Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif';
  const LOOKS = {
    light: { text: '#1c2330', muted: '#5d6778', grid: '#e7e9ee', background: '#ffffff', faint: 0.5, band: 0.13 },
    dark: { text: '#e8ebf1', muted: '#9aa5b6', grid: '#2b3340', background: '#151a22', faint: 0.6, band: 0.18 },
  };
  const SCENARIOS = ['#2f6fde', '#e08a1e', '#1f9d7a', '#8e54c8', '#d1436b', '#5f6b7a'];
  const BAR = 12, SINGLE = 16, GAP = 12, LINE = 16, PAD = 16, CURVES = 340;

  /* Widths by eye: there is no canvas to measure with. */
  function widthOf(text, size) {
    let width = 0;
    for (let i = 0; i < text.length; i++) {
      let c = text[i];
      width += 'iljtf.,:;|!\' ()[]I'.indexOf(c) >= 0 ? 0.32 : 'mwMW@%✗—'.indexOf(c) >= 0 ? 0.9 : c >= 'A' && c <= 'Z' ? 0.68 : 0.55;
    }
    return width * size;
  }

  function widest(texts, size) {
    return texts.reduce((most, text) => Math.max(most, widthOf(text, size)), 0);
  }

  function wrapped(text, width, size) {
    const lines = [];
    let line = '';
    text.split(' ').forEach((word) => {
      const longer = line === '' ? word : line + ' ' + word;
      if (line !== '' && widthOf(longer, size) > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    });
    lines.push(line);
    return lines;
  }

  function cut(text, width, size) {
    if (widthOf(text, size) <= width) {
      return text;
    }
    let end = text.length;
    while (end > 1 && widthOf(text.substring(0, end) + '…', size) > width) {
      end--;
    }
    return text.substring(0, end) + '…';
  }

  function number(value) {
    const digits = value !== 0 && Math.abs(value) < 1 ? Math.min(6, Math.ceil(-Math.log(Math.abs(value)) / Math.LN10 - 1e-9)) : 0;
    if (Math.abs(value) >= 1e6) {
      return trimmed((value / 1e6).toFixed(1)) + 'M';
    }
    const parts = trimmed(value.toFixed(digits + (Math.abs(value) < 10 ? 1 : 0))).split('.');
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
    return parts.join('.');
  }

  /* As the tables show it. */
  function measured(value) {
    return Math.abs(value) >= 100 ? number(Math.round(value)) : value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);
  }

  function trimmed(digits) {
    return digits.indexOf('.') < 0 ? digits : digits.replace(/0+$/, '').replace(/\.$/, '');
  }

  function log10(value) {
    return Math.log(value) / Math.LN10;
  }

  function power(exponent) {
    return Number('1e' + exponent);
  }

  /* The 1, 2 or 5 times a power of ten that is next. */
  function nice(value, up) {
    const exponent = Math.floor(log10(value) + 1e-9);
    const steps = [1, 2, 5, 10].map((step) => Number(step + 'e' + exponent));
    return up ? steps.filter((step) => step >= value * (1 - 1e-9))[0] : steps.filter((step) => step <= value * (1 + 1e-9)).pop();
  }

  /* at() tells where between 0 and 1 a value lies; what is 0 or less lies at the bottom, which is labelled so. */
  function logScale(from, to, most, withZero) {
    const low = log10(from), span = log10(to) - low;
    const ticks = [];
    const decades = Math.max(1, Math.ceil(span / most));
    for (let exponent = Math.floor(low); exponent <= low + span + 1e-9; exponent++) {
      (span < most / 3 ? [1, 2, 5] : [1]).forEach((step) => {
        const value = Number(step + 'e' + exponent);
        const at = (log10(value) - low) / span;
        if (at > -1e-9 && at < 1 + 1e-9 && (exponent - Math.floor(low)) % decades === 0) {
          ticks.push({ at: at, label: withZero && at < 1e-9 ? '0' : number(value) });
        }
      });
    }
    return { ticks: ticks, at: (value) => (value <= 0 ? 0 : Math.max(0, Math.min(1, (log10(value) - low) / span))) };
  }

  function linearScale(from, to, most) {
    const ticks = [];
    const step = to > from ? nice((to - from) / most, true) : 1;
    for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
      ticks.push({ at: (i * step - from) / (to - from || 1), label: number(i * step) });
    }
    return { ticks: ticks, at: (value) => (value - from) / (to - from || 1) };
  }

  function extent(lines) {
    let least = Infinity, most = 0, zero = false;
    lines.forEach((line) => {
      [line.values, line.lows, line.highs].forEach((values) =>
        values.forEach((value) => {
          if (value > 0) {
            least = Math.min(least, value);
            most = Math.max(most, value);
          } else {
            zero = true;
          }
        }));
    });
    return most === 0 ? { least: 1, most: 1, zero: zero } : { least: least, most: most, zero: zero };
  }

  function barScale(drawing, ticks) {
    const seen = extent(drawing.lines);
    if (!drawing.logarithmic) {
      return linearScale(0, seen.most, ticks);
    }
    /* The shortest bar can be seen, too. */
    const from = power(Math.floor(log10(seen.least * 0.6)));
    return logScale(from, Math.max(seen.most, from * 10), ticks, false);
  }

  function curveScale(drawing, ticks) {
    const seen = extent(drawing.lines);
    if (!drawing.logarithmic) {
      const step = nice(seen.most / ticks, true);
      return linearScale(0, Math.ceil(seen.most / step - 1e-9) * step, ticks);
    }
    const from = seen.zero ? power(Math.floor(log10(seen.least)) - 1) : nice(seen.least, false);
    const to = nice(seen.most, true);
    return logScale(from, to > from ? to : from * 10, ticks, seen.zero);
  }

  function label(look, text, x, y, size, colour, more) {
    return { type: 'text', silent: true, style: Object.assign({ text: look.written(text), x: x, y: y, fill: colour, fontFamily: FONT, fontSize: size, verticalAlign: 'middle' }, more || {}) };
  }

  function stroke(points, colour, width, more) {
    return { type: 'polyline', silent: true, shape: { points: points }, style: Object.assign({ stroke: colour, lineWidth: width, fill: 'none' }, more || {}) };
  }

  /* Where everything goes. The legend is the one of the scenarios; contenders are labelled where they are. */
  function frame(drawing, width, interactive) {
    const bars = drawing.kind === 'BARS';
    const inner = width - 2 * PAD;
    const texts = drawing.lines.reduce((all, line) => all.concat(line.texts), []);
    const title = wrapped(drawing.title, inner, 16);
    const subtitle = wrapped(drawing.subtitle, inner, 12);
    const notes = [];
    drawing.notes.forEach((note) => wrapped(note, inner, 11).forEach((line) => notes.push(line)));
    const names = drawing.lines.map((line) => line.label);
    const side = Math.min(widest(names, bars ? 13.5 : 12.5) + 12, width * 0.36);
    const legend = bars && drawing.scenarios.length > 1 ? legendRows(drawing.scenarios, inner) : [];
    const head = PAD + title.length * 20 + subtitle.length * LINE + legend.length * 20 + 8;
    const bar = drawing.scenarios.length > 1 ? BAR : SINGLE;
    const perContender = drawing.scenarios.length * bar + (drawing.scenarios.length > 1 ? GAP : 8);
    const height = bars ? names.length * perContender : Math.max(interactive && width < 600 ? 280 : CURVES, names.length * LINE + 20);
    const switches = interactive && !bars ? 30 : 0;
    const foot = (bars || drawing.xTitle === '' ? 26 : 44) + switches + notes.length * LINE + (notes.length > 0 ? 10 : 0) + 6;
    return {
      width: width, total: head + height + foot, switches: head + height + 46, title: title, subtitle: subtitle, notes: notes, legend: legend,
      top: head, height: height, bottom: head + height,
      bar: bar, left: bars ? side + PAD : PAD + 44, right: width - (bars ? Math.max(48, widest(texts, 12) + 18) : side + 26), side: side,
    };
  }

  function legendRows(names, width) {
    const rows = [[]];
    let used = 0;
    names.forEach((name, i) => {
      const needed = widthOf(name, 12) + 34;
      if (used + needed > width && used > 0) {
        rows.push([]);
        used = 0;
      }
      rows[rows.length - 1].push({ name: name, x: used, colour: SCENARIOS[i % SCENARIOS.length] });
      used += needed;
    });
    return rows;
  }

  /* Title, legend, ticks and notes: all that is not data. */
  function scenery(drawing, box, look, xs, ys, interactive) {
    const parts = [];
    let y = PAD + 6;
    box.title.forEach((line) => {
      parts.push(label(look, line, PAD, y, 16, look.text, { fontWeight: 'bold' }));
      y += 20;
    });
    box.subtitle.forEach((line) => {
      parts.push(label(look, line, PAD, y, 12, look.muted));
      y += LINE;
    });
    y += 4;
    /* The interactive page has one to click on in its place. */
    (interactive ? [] : box.legend).forEach((row) => {
      row.forEach((entry) => {
        parts.push({ type: 'rect', silent: true, shape: { x: PAD + entry.x, y: y - 5, width: 11, height: 11, r: 2 }, style: { fill: entry.colour } });
        parts.push(label(look, entry.name, PAD + entry.x + 17, y + 1, 12, look.text));
      });
      y += 20;
    });
    const width = box.right - box.left;
    let last = -Infinity;
    xs.ticks.forEach((tick) => {
      const x = Math.round(box.left + tick.at * width) + 0.5;
      parts.push(stroke([[x, box.top], [x, box.bottom]], look.grid, 1));
      const half = widthOf(tick.label, 11) / 2;
      if (x - half > last + 6) {
        parts.push(label(look, tick.label, x, box.bottom + 13, 11, look.muted, { align: 'center' }));
        last = x + half;
      }
    });
    if (ys) {
      ys.ticks.forEach((tick) => {
        const at = Math.round(box.bottom - tick.at * box.height) + 0.5;
        parts.push(stroke([[box.left, at], [box.right, at]], look.grid, 1));
        parts.push(label(look, tick.label, box.left - 8, at, 11, look.muted, { align: 'right' }));
      });
      if (drawing.xTitle !== '') {
        parts.push(label(look, drawing.xTitle, (box.left + box.right) / 2, box.bottom + 31, 12, look.muted, { align: 'center' }));
      }
    }
    box.notes.forEach((line, i) =>
      parts.push(label(look, line, PAD, box.total - 14 - (box.notes.length - 1 - i) * LINE, 11, look.muted)));
    return parts;
  }

  /* No series, so that it does not fade when one is pointed at. */
  function graphic(parts) {
    return [{ type: 'group', silent: true, z: 0, children: parts }];
  }

  function custom(name, parts, more) {
    return Object.assign({
      type: 'custom', name: name, coordinateSystem: 'cartesian2d', data: [[0.5, 0.5]], clip: false, animation: false,
      renderItem: () => ({ type: 'group', children: parts }),
    }, more || {});
  }

  /* One series for each scenario, one group of shapes for each of its bars. */
  function bars(drawing, box, look, interactive) {
    const xs = barScale(drawing, Math.max(3, Math.floor((box.right - box.left) / 70)));
    const width = box.right - box.left;
    const count = drawing.scenarios.length;
    const band = box.height / drawing.lines.length;
    const names = drawing.lines.map((line, i) =>
      label(look, cut(line.label, box.side - 8, 13), box.left - 10, box.top + (i + 0.5) * band, 13, line.ours ? line.colour : look.text,
        { align: 'right', fontWeight: line.ours ? 'bold' : 'normal' }));
    const series = drawing.scenarios.map((scenario, s) => {
      const shown = drawing.lines.map((line, i) => ({ line: line, i: i, p: line.xs.indexOf(s) })).filter((bar) => bar.p >= 0);
      return custom(scenario, [], {
        z: 3, itemStyle: { color: SCENARIOS[s % SCENARIOS.length] }, data: shown.map(() => [0.5, 0.5]),
        tooltip: { formatter: (hovered) => tip(drawing, shown[hovered.dataIndex].line, shown[hovered.dataIndex].p, scenario) },
        renderItem: (params) => {
          const bar = shown[params.dataIndex], line = bar.line;
          const y = Math.round(box.top + (bar.i + 0.5) * band - (count * box.bar) / 2 + s * box.bar);
          return { type: 'group', children: barShapes(line, bar.p, y, count > 1 ? SCENARIOS[s % SCENARIOS.length] : line.colour) };
        },
      });
    });

    function barShapes(line, p, y, colour) {
      const x = (value) => box.left + xs.at(value) * width;
      const end = x(line.values[p]), low = x(line.lows[p]), high = x(line.highs[p]);
      const middle = y + box.bar / 2;
      const shapes = [{
        type: 'rect', shape: { x: box.left, y: y + 1, width: Math.max(end - box.left, 1), height: box.bar - 2, r: [0, 2, 2, 0] },
        style: { fill: colour, opacity: line.ours || count === 1 ? 1 : look.faint },
      }];
      if (high - low > 2) {
        shapes.push(stroke([[low, middle], [high, middle]], look.text, 1));
        [low, high].forEach((at) => shapes.push(stroke([[at, middle - 3], [at, middle + 3]], look.text, 1)));
      }
      shapes.push(label(look, line.texts[p], Math.max(end, high) + 5, middle + 0.5, 11, line.ours ? look.text : look.muted,
        { fontWeight: line.ours ? 'bold' : 'normal' }));
      return shapes;
    }

    return { graphic: graphic(scenery(drawing, box, look, xs, null, interactive).concat(names)), series: series };
  }

  /* Labels at the right end, pushed apart where the ends are close. */
  function labelHeights(ends, top, bottom) {
    const order = ends.map((end, i) => i).sort((a, b) => ends[a] - ends[b] || a - b);
    const heights = [];
    order.forEach((i, k) => {
      heights[i] = Math.max(ends[i], k === 0 ? top : heights[order[k - 1]] + LINE);
    });
    for (let k = order.length - 1; k >= 0; k--) {
      let limit = k === order.length - 1 ? bottom : heights[order[k + 1]] - LINE;
      heights[order[k]] = Math.min(heights[order[k]], limit);
    }
    return heights;
  }

  function curves(drawing, box, look, interactive) {
    const timeline = drawing.kind === 'TIMELINE';
    const width = box.right - box.left;
    const ys = curveScale(drawing, Math.max(3, Math.floor(box.height / 34)));
    const xs = timeline ? linearScale(0, lastX(drawing), Math.max(3, Math.floor(width / 70))) : placeScale(drawing);
    const at = (line, values, p) => [box.left + xs.at(line.xs[p]) * width, box.bottom - ys.at(values[p]) * box.height];
    const ends = drawing.lines.map((line) => at(line, line.values, line.xs.length - 1));
    const heights = labelHeights(ends.map((end) => end[1]), box.top, box.bottom);
    const series = [];
    drawing.lines.forEach((line, i) => {
      const z = line.ours ? 5 : 3;
      const indices = line.xs.map((x, p) => p);
      const around = [];
      if (line.lows.length > 0) {
        around.push({
          type: 'polygon', silent: true,
          shape: { points: indices.map((p) => at(line, line.highs, p)).concat(indices.map((p) => at(line, line.lows, p)).reverse()) },
          style: { fill: line.colour, opacity: look.band },
        });
      }
      const x = box.right + 20;
      around.push(stroke([[ends[i][0] + 5, ends[i][1]], [box.right + 8, heights[i]], [x - 3, heights[i]]], line.colour, 1, { opacity: 0.55 }));
      around.push(label(look, cut(line.label, box.side - 4, 12), x, heights[i] + 0.5, 12, line.ours ? line.colour : look.text,
        { fontWeight: line.ours ? 'bold' : 'normal' }));
      series.push(custom(line.label, around, { z: z - 1, silent: true, itemStyle: { color: line.colour } }));
      series.push({
        type: 'line', name: line.label, clip: false, z: z, animation: false,
        data: indices.map((p) => [xs.at(line.xs[p]), ys.at(line.values[p])]),
        symbol: line.symbol, symbolSize: line.ours ? 8 : 6, showSymbol: !timeline,
        itemStyle: { color: line.colour }, lineStyle: { color: line.colour, width: line.ours ? 3 : 1.6 },
        emphasis: { focus: 'series', lineStyle: { width: line.ours ? 3.5 : 2.5 } },
        tooltip: { formatter: (hovered) => tip(drawing, line, hovered.dataIndex, '') },
      });
    });
    return { graphic: graphic(scenery(drawing, box, look, xs, ys, interactive)), series: series };
  }

  function lastX(drawing) {
    return drawing.lines.reduce((last, line) => line.xs.reduce((a, b) => Math.max(a, b), last), 0);
  }

  function placeScale(drawing) {
    const places = [];
    drawing.lines.forEach((line) => line.xs.forEach((x) => places.indexOf(x) < 0 && places.push(x)));
    places.sort((a, b) => a - b);
    const low = log10(places[0]), span = log10(places[places.length - 1]) - low;
    const at = (x) => (span === 0 ? 0.5 : (log10(x) - low) / span);
    return { at: at, ticks: places.map((place) => ({ at: at(place), label: number(place) })) };
  }

  function escaped(text) {
    return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
  }

  function tip(drawing, line, p, scenario) {
    const unit = drawing.unit === '' ? '' : ' ' + drawing.unit;
    const where = drawing.kind === 'BARS' ? scenario : number(line.xs[p]) + ' ' + drawing.xTitle;
    const value = line.texts.length > 0 ? line.texts[p] + unit : measured(line.values[p]);
    const quartiles = line.lows.length > 0 && line.lows[p] < line.highs[p]
      ? '<br>quartiles ' + escaped(measured(line.lows[p]) + ' to ' + measured(line.highs[p]) + unit) : '';
    return '<b>' + escaped(line.label) + '</b><br>' + escaped(where) + '<br><b>' + escaped(value) + '</b>' + quartiles;
  }

  /* What all tracks of a timeline are at under the pointer. */
  function moment(drawing, all) {
    const hovered = all.filter((one) => one.seriesType === 'line');
    const lineOf = (one) => drawing.lines.filter((line) => line.label === one.seriesName)[0];
    if (hovered.length === 0) {
      return '';
    }
    return number(lineOf(hovered[0]).xs[hovered[0].dataIndex]) + ' s' + hovered.map((one) =>
      '<br>' + one.marker + escaped(one.seriesName) + ' <b>' + escaped(measured(lineOf(one).values[one.dataIndex])) + '</b>').join('');
  }

  function legend(drawing, box, look, interactive) {
    const bars = drawing.kind === 'BARS';
    return {
      show: interactive && (!bars || drawing.scenarios.length > 1), data: bars ? drawing.scenarios : drawing.lines.map((line) => line.label),
      type: bars ? 'plain' : 'scroll', left: PAD - 5, right: PAD, top: bars ? box.top - 12 - box.legend.length * 20 : box.switches,
      itemWidth: bars ? 11 : 20, itemHeight: bars ? 11 : 8, itemGap: 17, textStyle: { color: look.text, fontSize: 12 },
      inactiveColor: look.grid, pageIconColor: look.text, pageIconInactiveColor: look.grid, pageTextStyle: { color: look.muted },
    };
  }

  /* How high a drawing of this width is. */
  function height(drawing, width, interactive) {
    return frame(drawing, width, interactive).total;
  }

  /* The option for an instance of this width and of the height that height() tells. */
  function option(drawing, width, theme, interactive) {
    /* The still renderer of ECharts 5.3 writes texts into the XML as they are. */
    const look = Object.assign({ written: interactive ? (text) => text : escaped }, LOOKS[theme]);
    const box = frame(drawing, width, interactive);
    const plot = drawing.kind === 'BARS' ? bars(drawing, box, look, interactive) : curves(drawing, box, look, interactive);
    const timeline = drawing.kind === 'TIMELINE';
    return Object.assign(plot, {
      animation: false,
      backgroundColor: look.background,
      textStyle: { fontFamily: FONT },
      grid: { left: box.left, top: box.top, width: box.right - box.left, height: box.height },
      xAxis: { type: 'value', min: 0, max: 1, show: false },
      yAxis: { type: 'value', min: 0, max: 1, show: false },
      legend: legend(drawing, box, look, interactive),
      tooltip: {
        show: interactive, trigger: timeline ? 'axis' : 'item', confine: true, formatter: timeline ? (all) => moment(drawing, all) : undefined,
        backgroundColor: look.background, borderColor: look.grid, textStyle: { color: look.text, fontSize: 12 },
      },
    });
  }

  return { height: height, option: option };
})();
