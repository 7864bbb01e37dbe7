// What a reader of a page sees, as facts: run inside the page, returns plain data. `faults` is what should not be.
window.probe = (() => {
  const AXES = ["#57606A", "#E3E6EA"];
  const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const box = (element) => element.getBoundingClientRect();
  const shows = (element) => { const { width, height } = box(element); return width > 0 && height > 0; };
  const title = (figure) => figure.getAttribute("aria-label").slice(0, 60);
  const data = (figure) => JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const within = (inner, outer, slack) => inner.left >= outer.left - slack && inner.right <= outer.right + slack
    && inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;

  const plotBox = (figure, svg) => {
    const [left, top, right, bottom] = data(figure)[svg.parentElement.className];
    const all = box(svg);
    return { left: all.left + left * all.width, top: all.top + top * all.height,
      right: all.left + right * all.width, bottom: all.top + bottom * all.height };
  };

  // drawn by a series, not by axes: those have colours of their own
  const marks = (svg) => [...svg.querySelectorAll("polyline, polygon, rect, circle")].filter((mark) =>
    !AXES.includes(mark.getAttribute("stroke")) && !AXES.includes(mark.getAttribute("fill")));

  const luminance = (colour) => {
    const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [red, green, blue] = parts.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const textFaults = (svg, name) => {
    const faults = [];
    const ground = getComputedStyle(document.body).backgroundColor;
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "");
    const boxes = texts.map(box);
    texts.forEach((text, i) => {
      if (!within(boxes[i], box(svg), 1.5)) faults.push(`${name}: text outside of its chart: ${text.textContent.trim()}`);
      if (contrast(getComputedStyle(text).fill, ground) < 4.5) faults.push(`${name}: pale text: ${text.textContent.trim()}`);
      boxes.slice(0, i).forEach((other, j) => {
        const wide = Math.min(boxes[i].right, other.right) - Math.max(boxes[i].left, other.left);
        const high = Math.min(boxes[i].bottom, other.bottom) - Math.max(boxes[i].top, other.top);
        if (wide > 1 && high > 3) faults.push(`${name}: texts overlap: ${texts[j].textContent.trim()} / ${text.textContent.trim()}`);
      });
    });
    return faults;
  };

  const markFaults = (figure, svg, name) => {
    const faults = [];
    const plot = plotBox(figure, svg);
    // what lies above the plot is the legend
    const drawn = marks(svg).map(box).filter((mark) => (mark.top + mark.bottom) / 2 > plot.top - 4);
    const out = drawn.filter((mark) => !within(mark, plot, 6));
    if (drawn.length === 0) faults.push(`${name}: nothing is drawn`);
    if (out.length > 0) faults.push(`${name}: ${out.length} of ${drawn.length} marks leave the plot`);
    const wide = Math.max(...drawn.map((mark) => mark.right)) - Math.min(...drawn.map((mark) => mark.left));
    const high = Math.max(...drawn.map((mark) => mark.bottom)) - Math.min(...drawn.map((mark) => mark.top));
    if (Math.max(wide / (plot.right - plot.left), high / (plot.bottom - plot.top)) < 0.2) faults.push(`${name}: hardly anything is drawn`);
    return faults;
  };

  const charts = () => {
    const faults = [];
    // long pages leave parts out on paper
    const left = (figure) => { const part = figure.closest(".off-paper"); return part && getComputedStyle(part).display === "none"; };
    const figures = [...document.querySelectorAll("figure.chart")].filter((figure) => !left(figure));
    for (const figure of figures) {
      const name = title(figure);
      const visible = [...figure.querySelectorAll("svg")].filter(shows);
      if (visible.length !== 1) { faults.push(`${name}: ${visible.length} drawings are visible`); continue; }
      const [svg] = visible;
      const { width, height } = box(svg);
      if (!(width > 100 && height > 80)) faults.push(`${name}: only ${width} x ${height} pixels`);
      if (/NaN|inf/i.test([...svg.querySelectorAll("*")].flatMap((e) => [...e.attributes].map((a) => a.value)).join(" "))) {
        faults.push(`${name}: an attribute is not a number`);
      }
      faults.push(...textFaults(svg, name), ...markFaults(figure, svg, name));
    }
    return { count: figures.length, faults };
  };

  const layout = () => {
    const root = document.documentElement;
    const faults = [];
    if (root.scrollWidth > window.innerWidth) faults.push(`the page scrolls sideways: ${root.scrollWidth} of ${window.innerWidth}`);
    const allowed = "A B BDI BODY BUTTON CAPTION CODE DATA DD DESC DETAILS DIV DL DT FIGCAPTION FIGURE H1 H2 H3 HEAD HEADER HTML LI MAIN "
      + "INPUT LABEL META NAV OPTION P PRE PROGRESS SCRIPT SECTION SELECT SMALL STYLE SUMMARY TABLE TBODY TD TH THEAD TITLE TR UL";
    const known = new Set(allowed.split(" "));
    for (const element of document.querySelectorAll("*")) {
      const own = element instanceof SVGElement || known.has(element.tagName);
      if (!own) faults.push(`an element of nobody's: ${element.tagName}`);
      const odd = element.getAttributeNames().filter((name) => name.startsWith("on") || name === "src");
      if (odd.length > 0) faults.push(`attributes that act: ${odd} of ${element.tagName}`);
      // the workbook is in the page itself
      const leads = element.tagName === "A" ? element.getAttribute("href") : "#";
      const inside = leads.startsWith("#") || (leads.startsWith("data:application/vnd.openxmlformats") && element.hasAttribute("download"));
      if (!inside) faults.push(`a link out: ${element.href}`);
    }
    const scripts = document.querySelectorAll("script").length;
    // its own, data of charts, and what runs are computed again with, which is data but for one more of its own
    const carried = document.querySelectorAll(".again script:is([type='application/json'], [type='text/wgsl'])").length;
    const again = document.querySelector("section[id^='again']") ? 1 : 0;
    const wanted = 1 + document.querySelectorAll("figure.chart").length + carried + again;
    if (scripts !== wanted) faults.push(`${scripts} scripts instead of ${wanted}`);
    const missing = [...document.querySelectorAll("nav a")].filter((link) => !document.getElementById(link.hash.slice(1)));
    if (missing.length > 0) faults.push(`${missing.length} links lead nowhere`);
    return { faults, ground: getComputedStyle(document.body).backgroundColor, scroll: getComputedStyle(root).scrollBehavior };
  };

  const tipFaults = (plot, name) => {
    const tip = plot.querySelector(".tip");
    if (tip.hidden || tip.textContent.trim() === "") return [`${name}: no tip`];
    const view = { left: 0, top: 0, right: document.documentElement.clientWidth, bottom: window.innerHeight };
    return within(box(tip), view, 0.5) ? [] : [`${name}: its tip leaves the window: ${JSON.stringify(box(tip))}`];
  };

  // points at the middle and both ends of every plot, walks its readings by keys, and opens its numbers
  const readings = async () => {
    const figures = [...document.querySelectorAll("figure.chart")];
    const faults = figures.flatMap(pointFaults);
    figures.forEach((figure) => { figure.querySelector("details.numbers").open = true; });
    await settled();
    const rows = figures.map((figure) => listed(figure).length).reduce((sum, count) => sum + count, 0);
    faults.push(...figures.flatMap(numberFaults), ...layout().faults);
    figures.forEach((figure) => { figure.querySelector("details.numbers").open = false; });
    return { rows, faults };
  };

  const pointFaults = (figure) => {
    const faults = [];
    const plot = figure.querySelector(".plot");
    plot.scrollIntoView({ block: "center", behavior: "instant" });
    const frame = plotBox(figure, [...figure.querySelectorAll("svg")].find(shows));
    for (const share of [0.02, 0.5, 0.98]) {
      const clientX = frame.left + share * (frame.right - frame.left);
      const clientY = frame.top + share * (frame.bottom - frame.top);
      plot.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
      faults.push(...tipFaults(plot, title(figure)));
    }
    plot.dispatchEvent(new PointerEvent("pointerleave"));
    if (!plot.querySelector(".tip").hidden) faults.push(`${title(figure)}: the tip stays`);
    return [...faults, ...keyFaults(plot, data(figure).rows, title(figure))];
  };

  const listed = (figure) => [...figure.querySelectorAll("details.numbers tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));

  const numberFaults = (figure) => {
    const all = data(figure).rows.map(([, , texts]) => texts);
    const told = all.length > 0 && JSON.stringify(listed(figure)) === JSON.stringify(all);
    return told ? [] : [`${title(figure)}: ${listed(figure).length} rows for ${all.length} readings`];
  };

  const keyFaults = (plot, all, name) => {
    const tip = plot.querySelector(".tip");
    const press = (key) => {
      plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      return tip.hidden ? null : [...tip.children].map((line) => line.lastElementChild.textContent).join("|");
    };
    const text = (place) => all[Math.max(0, Math.min(all.length - 1, place))][2].join("|");
    const walked = [press("Home"), press("ArrowRight"), press("ArrowDown"), press("ArrowLeft"), press("End"), press("ArrowRight")];
    const wanted = [0, 1, 2, Math.min(2, all.length - 1) - 1, all.length - 1, all.length - 1].map(text);
    const gone = press("Escape") === null;
    return gone && JSON.stringify(walked) === JSON.stringify(wanted) ? [] : [`${name}: keys read ${JSON.stringify(walked)}`];
  };

  const exact = (cell) => {
    const text = cell.querySelector("data")?.value ?? cell.textContent.trim();
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const inOrder = (keys) => keys.every((key, i) => {
    if (i === 0) return true;
    const before = keys[i - 1];
    if (typeof before === typeof key) return typeof key === "number" ? before <= key : before.localeCompare(key) <= 0;
    return typeof before === "number";
  });

  const sorting = () => {
    const faults = [];
    let columns = 0;
    for (const table of document.querySelectorAll("table.sortable")) {
      const rows = () => [...table.tBodies[0].rows];
      const content = () => rows().map((row) => row.textContent).sort().join("\n");
      const before = content();
      [...table.tHead.rows[0].cells].forEach((heading, column) => {
        columns += 1;
        const name = `${table.caption.textContent.slice(0, 40)}, ${heading.textContent}`;
        const keys = () => rows().map((row) => exact(row.cells[column]));
        for (const order of ["ascending", "descending"]) {
          heading.querySelector("button").click();
          const sorted = order === "ascending" ? keys() : keys().reverse();
          const marked = [...table.tHead.rows[0].cells].map((cell) => cell.getAttribute("aria-sort")).filter(Boolean);
          if (!inOrder(sorted)) faults.push(`${name}: not ${order}`);
          if (heading.getAttribute("aria-sort") !== order || marked.length !== 1) faults.push(`${name}: aria-sort ${marked}`);
        }
      });
      if (content() !== before) faults.push(`${table.caption.textContent}: sorting changed the rows`);
    }
    return { columns, tables: document.querySelectorAll("table.sortable").length, faults };
  };

  const numbers = () => [...document.querySelectorAll("data[data-place]")].map((element) => {
    const cell = element.closest("td");
    const heads = cell ? [...cell.closest("table").tHead.rows[0].cells].map((head) => head.textContent) : [];
    const place = heads.indexOf("unit");
    const unit = place >= 0 ? cell.parentElement.cells[place].textContent : element.closest("div")?.querySelector("dt")?.textContent ?? "";
    return { place: element.dataset.place, value: element.value, shown: element.textContent, unit,
      heading: cell ? heads[cell.cellIndex] : unit };
  });

  return { charts, layout, readings, sorting, numbers };
})();
