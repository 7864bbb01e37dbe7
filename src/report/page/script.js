"use strict";
// Tooltips of charts, by pointer or arrow keys; sortable tables; the numbers under charts, listed on request; tables as CSV.
(() => {
  // RFC 4180. Numbers are exact, in the unit that the table shows them in; text that a spreadsheet would take for a formula stands
  // behind an apostrophe.
  const csvCell = (cell) => {
    const exact = cell.querySelector("data");
    if (exact) return String(exact.dataset.power ? Number(`${exact.value}e${-exact.dataset.power}`) : exact.value);
    const text = cell.textContent.trim();
    const number = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
    const safe = !number && /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };
  const csv = (table) => [...table.rows].map((row) => [...row.cells].map(csvCell).join(",") + "\r\n").join("");

  const csvButton = (table) => {
    const caption = table.caption ? table.caption.textContent : "table";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "csv";
    button.textContent = "CSV";
    button.setAttribute("aria-label", "CSV of the table: " + caption);
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      // the mark tells spreadsheets that it is UTF-8
      link.href = URL.createObjectURL(new Blob(["\ufeff" + csv(table)], { type: "text/csv;charset=utf-8" }));
      link.download = (caption.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "table") + ".csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
    return button;
  };
  document.querySelectorAll("div.table > table").forEach((table) => table.parentElement.after(csvButton(table)));

  const describe = (tip, columns, texts) => {
    tip.replaceChildren();
    texts.forEach((text, i) => {
      const line = document.createElement("div");
      if (columns[i] && i > 0) line.append(columns[i] + ": ");
      const value = document.createElement(i === 0 ? "b" : "bdi");
      value.textContent = text;
      line.append(value);
      tip.append(line);
    });
  };

  const numbersTable = (data, caption) => {
    const table = document.createElement("table");
    table.createCaption().textContent = caption;
    const head = table.createTHead().insertRow();
    data.columns.forEach((name) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    });
    const body = table.createTBody();
    data.rows.forEach(([, , texts]) => {
      const row = body.insertRow();
      texts.forEach((text) => { row.insertCell().textContent = text; });
    });
    const box = document.createElement("div");
    box.className = "table";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", caption);
    box.append(table);
    return box;
  };

  document.querySelectorAll("figure.chart").forEach((figure) => {
    const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const plot = figure.querySelector(".plot");
    const cursor = plot.querySelector(".cursor");
    const tip = plot.querySelector(".tip");
    let at = -1;

    const frame = () => (plot.querySelector(".narrow").offsetParent === null ? data.wide : data.narrow);
    const hide = () => { cursor.hidden = tip.hidden = true; };
    const show = (index) => {
      if (index < 0 || index >= data.rows.length) return;
      at = index;
      const [left, top, right, bottom] = frame();
      const [x, y, texts] = data.rows[index];
      const px = (left + (x ?? 0.5) * (right - left)) * 100;
      const py = (top + (y ?? 0.5) * (bottom - top)) * 100;
      const box = { x: [px, top * 100, "1px", (bottom - top) * 100 + "%"], y: [left * 100, py, (right - left) * 100 + "%", "1px"],
        both: [px, py, "", ""] }[data.by];
      cursor.className = data.by === "both" ? "cursor spot" : "cursor";
      [cursor.style.left, cursor.style.top] = [box[0] + "%", box[1] + "%"];
      [cursor.style.width, cursor.style.height] = [box[2], box[3]];
      describe(tip, data.columns, texts);
      cursor.hidden = tip.hidden = false;
      const anchor = (px / 100) * plot.clientWidth;
      const room = plot.clientWidth - tip.offsetWidth;
      const beside = anchor + 12 > room ? anchor - tip.offsetWidth - 12 : anchor + 12;
      tip.style.left = Math.max(0, Math.min(beside, room)) + "px";
      tip.style.top = (data.by === "x" ? top * 100 : Math.min(py, 80)) + "%";
    };
    const nearest = (event) => {
      const area = plot.getBoundingClientRect();
      const [left, top, right, bottom] = frame();
      const x = ((event.clientX - area.left) / area.width - left) / (right - left);
      const y = ((event.clientY - area.top) / area.height - top) / (bottom - top);
      if (x < -0.05 || x > 1.05 || y < -0.1 || y > 1.1) return -1;
      let best = -1;
      let least = Infinity;
      data.rows.forEach(([rx, ry], i) => {
        const dx = data.by === "y" ? 0 : (rx ?? 9) - x;
        const dy = data.by === "x" ? 0 : (ry ?? 9) - y;
        const distance = dx * dx + dy * dy;
        if (distance < least) [least, best] = [distance, i];
      });
      return best;
    };
    plot.addEventListener("pointermove", (event) => {
      const index = nearest(event);
      if (index < 0) hide(); else show(index);
    });
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const last = data.rows.length - 1;
      const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      show(Math.max(0, Math.min(last, to)));
    });
    const details = figure.querySelector("details.numbers");
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const box = numbersTable(data, figure.getAttribute("aria-label"));
      details.append(box, csvButton(box.firstElementChild));
    });
  });

  document.querySelectorAll("table.sortable").forEach((table) => {
    const headings = [...table.tHead.rows[0].cells];
    const key = (row, column) => {
      const cell = row.cells[column];
      const exact = cell.querySelector("data");
      const text = exact ? exact.value : cell.textContent.trim();
      const number = Number(text);
      return text !== "" && Number.isFinite(number) ? number : text;
    };
    const order = (a, b) => {
      if (typeof a === "number" && typeof b === "number") return a - b;
      if (typeof a === "number") return -1;
      if (typeof b === "number") return 1;
      return a.localeCompare(b);
    };
    headings.forEach((heading, column) => {
      heading.querySelector("button").addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row, place) => ({ row, place, key: key(row, column) }));
        rows.sort((a, b) => (down ? order(b.key, a.key) : order(a.key, b.key)) || a.place - b.place);
        body.append(...rows.map(({ row }) => row));
      });
    });
  });
  document.documentElement.dataset.ready = "true";
})();
