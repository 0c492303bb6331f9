/* Shows one run at a time. */
(function () {
  'use strict';

  const drawings = JSON.parse(document.getElementById('drawings').textContent);
  const runs = Array.from(document.querySelectorAll('.run'));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const charts = new Map();
  let waiting = 0;

  function figures(run) {
    return Array.from(run.querySelectorAll('.plot'));
  }

  function drawingOf(figure) {
    return drawings[figure.dataset.run][figure.dataset.plot];
  }

  function draw(figure) {
    if (charts.has(figure)) {
      charts.get(figure).dispose();
    }
    const size = { width: figure.clientWidth, height: figure.clientHeight };
    const chart = echarts.init(figure, null, Object.assign({ renderer: 'svg' }, size));
    chart.setOption(Plots.option(drawingOf(figure), size.width, dark.matches ? 'dark' : 'light', true));
    charts.set(figure, chart);
  }

  /* Makes room for all plots at once, so that nothing moves; then draws one after the other, so that nothing stands still. */
  function drawAll(run) {
    clearTimeout(waiting);
    const left = figures(run);
    left.forEach((figure) => { figure.style.height = Plots.height(drawingOf(figure), figure.clientWidth, true) + 2 + 'px'; });
    const next = () => {
      if (left.length > 0) {
        draw(left.shift());
        waiting = setTimeout(next, 0);
      }
    };
    next();
  }

  /* The part of #run/chapter before the slash names the run. */
  function target() {
    return decodeURIComponent(location.hash.substring(1));
  }

  function shownRun() {
    return runs.find((run) => run.id === target().split('/')[0]) || runs[0];
  }

  function show() {
    const shown = shownRun();
    if (!shown) {
      return;
    }
    runs.forEach((run) => { run.hidden = run !== shown; });
    document.querySelectorAll('nav a').forEach((link) => {
      if (link.hash === '#' + shown.id) {
        link.setAttribute('aria-current', 'page');
      } else {
        link.removeAttribute('aria-current');
      }
    });
    drawAll(shown);
    const place = document.getElementById(target());
    if (place) {
      place.scrollIntoView();
    }
  }

  function redraw() {
    const shown = shownRun();
    if (shown) {
      drawAll(shown);
    }
  }

  let resized = 0;
  addEventListener('resize', () => {
    clearTimeout(resized);
    resized = setTimeout(redraw, 150);
  });
  dark.addEventListener('change', redraw);
  addEventListener('hashchange', show);
  show();
})();
