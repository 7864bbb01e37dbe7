"use strict";
// Computes a run again on the reader's GPU through WebGPU, and compares it with the printed values. The kernels and tables are the
// engine's; they give the figures of every path, of which again_statistics.js makes estimates. Nothing is sent or fetched.
(() => {
  const BLOCK = 256;
  const PATHS = { least: 256, usual: 1e6, most: 1e7 };
  const FIRST_CHUNK = 8192;
  const CHUNK_MS = 100;
  const { add, compared, emptySample } = againStatistics;

  // ------------------------------------------------------------------ the device

  let opened = null;

  const openDevice = async () => {
    if (!window.isSecureContext) {
      throw new Error("Browsers offer WebGPU only on pages from disk, over https or from this machine. Save this page and open the file.");
    }
    if (!navigator.gpu) {
      throw new Error("This browser has no WebGPU. Current versions of Chrome, Edge, Safari and Firefox have it on most systems.");
    }
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) throw new Error("This browser finds no GPU that it can use. Its page about GPUs, such as chrome://gpu, says why.");
    const device = await adapter.requestDevice();
    const { vendor = "", architecture = "", device: model = "", description = "" } = adapter.info ?? {};
    const name = description || [vendor, architecture, model].filter(Boolean).join(" ") || "a GPU without a name";
    const gpu = { device, name, fault: null, pipelines: new Map() };
    device.lost.then(({ message, reason }) => { gpu.fault ??= `the device was lost (${message || reason})`; });
    device.addEventListener("uncapturederror", (event) => { event.preventDefault(); gpu.fault ??= event.error.message; });
    return gpu;
  };

  const device = async () => {
    if (!opened || opened.fault) opened = await openDevice();
    return opened;
  };

  const pipelineOf = async (gpu, code) => {
    if (!gpu.pipelines.has(code)) {
      const module = gpu.device.createShaderModule({ code });
      const refused = (await module.getCompilationInfo()).messages.find((message) => message.type === "error");
      if (refused) throw new Error(`The shader compiler refuses the kernel: ${refused.message}`);
      gpu.pipelines.set(code, await gpu.device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "simulate" } }));
    }
    return gpu.pipelines.get(code);
  };

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  // the buffers of a scenario for chunks of up to `room` paths; rows of figures and times that are read back lie one after the other
  const session = async (gpu, widget, item, paths) => {
    const { limits } = gpu.device;
    const kernel = widget.data.kernels[item.kernel];
    const widest = Math.max(item.slots, item.times) * 4;
    const byBytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / widest;
    const most = Math.min(byBytes, limits.maxComputeWorkgroupsPerDimension * kernel.workgroup);
    const room = Math.min(Math.floor(most / BLOCK), Math.ceil(paths / BLOCK)) * BLOCK;
    if (room === 0) throw new Error("The figures of this scenario are too many for the buffers of this device.");
    const pipeline = await pipelineOf(gpu, widget.codes[item.kernel]);
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const made = [];
    const buffer = (size, usage) => { made.push(gpu.device.createBuffer({ size, usage })); return made.at(-1); };
    const table = (index) => {
      const bytes = bytesOf(widget.data.tables[index]);
      const filled = buffer(bytes.length, STORAGE | UNIFORM | COPY_DST);
      gpu.device.queue.writeBuffer(filled, 0, bytes);
      return filled;
    };
    const reads = [...item.figures.map(({ slot }) => [3, slot]), ...(item.bubble === null ? [] : [[4, item.bubble]])];
    const buffers = [table(item.terms), table(item.rows), buffer(32, UNIFORM | COPY_DST),
      buffer(item.slots * room * 4, STORAGE | COPY_SRC), buffer(item.times * room * 4, STORAGE | COPY_SRC)];
    const entries = kernel.bindings.map((binding) => ({ binding, resource: { buffer: buffers[binding] } }));
    const group = gpu.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const staging = buffer(Math.max(1, reads.length) * room * 4, MAP_READ | COPY_DST);
    return { gpu, item, pipeline, group, buffers, staging, reads, room, workgroup: kernel.workgroup, end: () => made.forEach((one) => one.destroy()) };
  };

  // computes `count` paths from `first` on, and adds them to the sample
  const step = async ({ gpu, item, pipeline, group, buffers, staging, reads, workgroup }, seed, first, count, sample) => {
    const stride = Math.ceil(count / BLOCK) * BLOCK;
    const low = Number(seed & 0xffffffffn);
    const terms = new Uint32Array([low, Number(seed >> 32n), item.replicate, first, Math.floor(first / 2 ** 32), count, stride, item.periods]);
    gpu.device.queue.writeBuffer(buffers[2], 0, terms);
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(Math.ceil(stride / workgroup));
    pass.end();
    reads.forEach(([from, row], place) => encoder.copyBufferToBuffer(buffers[from], row * stride * 4, staging, place * stride * 4, stride * 4));
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, reads.length * stride * 4);
    if (gpu.fault) throw new Error(`The GPU reported a fault: ${gpu.fault}`);
    const home = staging.getMappedRange(0, reads.length * stride * 4);
    const row = (Kind, place) => new Kind(home, place * stride * 4, count);
    add(sample, item.figures.map((_, place) => row(Float32Array, place)), item.bubble === null ? null : row(Uint32Array, item.figures.length));
    staging.unmap();
  };

  // ------------------------------------------------------------------ a run

  const compute = async (widget, item, { paths, seed, tell = async () => true }) => {
    const gpu = await device();
    const open = await session(gpu, widget, item, paths);
    const sample = emptySample(item, paths);
    const began = performance.now();
    const result = () => {
      const seconds = (performance.now() - began) / 1000;
      return { item, seed, done, asked: paths, seconds, rate: done / seconds, gpu: gpu.name, sample };
    };
    let [done, size] = [0, Math.min(FIRST_CHUNK, open.room)];
    try {
      while (done < paths) {
        const count = Math.min(size, paths - done);
        const started = performance.now();
        await step(open, seed, done, count, sample);
        done += count;
        const ratio = Math.min(2, Math.max(0.5, CHUNK_MS / Math.max(performance.now() - started, 0.01)));
        if (count === size) size = Math.min(open.room, Math.max(BLOCK, Math.floor((size * ratio) / BLOCK) * BLOCK));
        if (!(await tell(result()))) break;
      }
    } finally {
      open.end();
    }
    if (sample.count < 2) throw new Error("No path has figures that are numbers.");
    const rows = compared(item, sample, seed, done);
    return { ...result(), rows, agrees: rows.every((row) => row.agrees) && (sample.invalid === 0 || item.invalid > 0) };
  };

  // ------------------------------------------------------------------ what readers see

  const fixed = (x, digits) => x.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace(/^-(0(\.0*)?)$/, "$1");
  const whole = (x) => fixed(Math.round(x), 0);
  const decimals = (error) => (error > 0 ? Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error)))) : 3);

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const tableOf = (runs, all) => {
    const table = element("table");
    table.createCaption().textContent = "Printed values and values computed here";
    const head = table.createTHead().insertRow();
    const headings = ["figure", "printed", "its standard error", "here", "its standard error", "difference in standard errors", "verdict"];
    [...(all ? ["scenario"] : []), ...headings].forEach((heading) => { head.append(element("th", heading)); });
    const body = table.createTBody();
    for (const { item, rows } of runs) {
      for (const { name, factor, printed, here, errors, agrees } of rows) {
        const line = body.insertRow();
        if (all) line.append(element("td", item.name));
        const digits = decimals(Math.min(printed.se || here.se, here.se || printed.se) / factor);
        const number = (x) => element("td", fixed(x / factor, digits), "number");
        line.append(element("th", name), number(printed.value), number(printed.se), number(here.value), number(here.se),
          element("td", Number.isFinite(errors) ? fixed(errors, Math.abs(errors) < 0.1 ? 4 : 2) : "–", "number"), element("td", agrees ? "agrees" : "differs"));
        line.cells[all ? 1 : 0].scope = "row";
      }
    }
    [...head.cells].forEach((cell, place) => { cell.scope = "col"; if (body.rows[0]?.cells[place]?.className) cell.className = "over-numbers"; });
    return table;
  };

  // shares of the paths by bins of equal width, the printed ones as a line over those computed here
  const pictureOf = ({ item, sample }) => {
    const { edges, counts } = item.histogram;
    const width = edges.length > 4 ? edges[2] - edges[1] : 0;
    if (!(width > 0)) return null;
    const inner = counts.map((_, bin) => bin).filter((bin) => Math.abs(edges[bin + 1] - edges[bin] - width) < 1e-6 * width);
    const [low, high] = [edges[inner[0]], edges[inner.at(-1) + 1]];
    const here = new Array(inner.length).fill(0);
    const values = sample.figures.commitment_cost;
    for (let path = 0; path < sample.count; path += 1) {
      const bin = Math.floor((values[path] - low) / width);
      if (bin >= 0 && bin < here.length) here[bin] += 1;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    const shares = [here.map((count) => count / sample.count), inner.map((bin) => counts[bin] / total)];
    const top = Math.max(...shares.flat());
    const [wide, base] = [720, 170];
    const x = (place) => (place * wide) / inner.length;
    const y = (share) => base - (share / top) * (base - 10);
    const svg = (name, attributes, parent) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      parent?.append(made);
      return made;
    };
    const drawing = svg("svg", { viewBox: `0 0 ${wide} ${base}`, role: "img", "aria-label": "Distribution of total commitment cost, computed here and printed" });
    shares[0].forEach((share, place) => svg("rect", { x: x(place), y: y(share), width: x(1), height: base - y(share), fill: "#56B4E9" }, drawing));
    const line = shares[1].map((share, place) => `${x(place)},${y(share)} ${x(place + 1)},${y(share)}`).join(" ");
    svg("polyline", { points: line, fill: "none", stroke: "#1F2328", "stroke-width": 1.5 }, drawing);
    const digits = decimals((high - low) / item.factor / 4);
    const axis = element("div", undefined, "axis");
    axis.append(...[fixed(low / item.factor, digits), `total commitment cost, ${item.unit}`, fixed(high / item.factor, digits)].map((text) => element("bdi", text)));
    const box = element("div");
    box.append(drawing, axis, element("p", "Bars: paths computed here. Line: printed. The lowest and highest 0.1% are left out.", "note"));
    return box;
  };

  const verdictOf = (run) => {
    const nested = run.item.samePaths && run.seed === BigInt(run.item.seed);
    const same = nested && run.done === run.item.paths;
    const off = run.rows.filter((row) => !row.agrees).map((row) => row.name);
    const invalid = run.sample.invalid > 0 ? ` ${whole(run.sample.invalid)} paths have figures that are no numbers.` : "";
    if (off.length > 0) return `Differs by more than ${same ? "rounding explains" : "standard errors allow"}: ${off.join("; ")}.${invalid}`;
    if (!run.agrees) return `Differs.${invalid}`;
    return same ? `Agrees: ${run.rows.length} values of the same paths, up to rounding.${invalid}`
      : `Agrees: ${run.rows.length} values within what their standard errors allow.${invalid}`;
  };

  const paceOf = ({ done, asked, seconds, rate, gpu }) =>
    `${whole(done)}${done < asked ? ` of ${whole(asked)}` : ""} paths in ${fixed(seconds, 1)} s, ${whole(rate)} paths per second, on ${gpu}.`;

  const pathsOf = (text) => {
    const paths = Number(text.replace(/[\s_,']/g, "") || NaN);
    if (Number.isInteger(paths) && paths >= PATHS.least && paths <= PATHS.most) return paths;
    throw new Error(`Paths must be a whole number from ${whole(PATHS.least)} to ${whole(PATHS.most)}.`);
  };

  const seedOf = (text) => {
    const seed = /^\s*\d{1,20}\s*$/.test(text) ? BigInt(text.trim()) : -1n;
    if (seed >= 0n && seed < 2n ** 64n) return seed;
    throw new Error("Seed must be a whole number from 0 to 18,446,744,073,709,551,615.");
  };

  const setUp = (root) => {
    const find = (selector) => root.querySelector(selector);
    const widget = {
      data: JSON.parse(find("script[type='application/json']").textContent),
      codes: [...root.querySelectorAll("script[type='text/wgsl']")].map((script) => script.textContent),
    };
    const { cases, all } = widget.data;
    const [start, stop, state, progress, picture, verdicts, table] =
      [".start", ".stop", ".state", "progress", ".picture", ".verdicts", ".table"].map(find);
    const [paths, seed, chosen] = [".paths", ".seed", ".case"].map(find);
    let [running, stopped] = [false, false];

    const choose = () => {
      const item = cases[chosen ? Number(chosen.value) : 0];
      paths.value = String(Math.min(Math.max(item.paths, PATHS.least), PATHS.usual));
      seed.value = item.seed;
      find(".origin").textContent = item.origin;
    };
    chosen?.addEventListener("change", choose);
    choose();

    const show = (runs) => {
      const drawn = pictureOf(runs.at(-1));
      picture.hidden = !drawn;
      picture.replaceChildren(...(drawn ? [drawn] : []));
      const known = runs.map((run) => ({ ...run, rows: run.rows ?? compared(run.item, run.sample, run.seed, run.done) }));
      table.hidden = false;
      table.replaceChildren(tableOf(known, all));
    };

    const one = async (item, before, options) => {
      let [due, cost] = [0, 0];
      const tell = async (run) => {
        progress.value = run.done / run.asked;
        state.textContent = `${all ? `${item.name}: ` : ""}${paceOf(run)}`;
        const now = performance.now();
        if (now >= due && run.sample.count > 1) {
          show([...before, run]);
          cost = performance.now() - now;
          due = performance.now() + Math.max(300, 10 * cost);
        }
        return !stopped;
      };
      return compute(widget, item, { ...options, tell });
    };

    const judge = (runs) => {
      const agrees = runs.every((run) => run.agrees);
      show(runs);
      verdicts.hidden = false;
      verdicts.replaceChildren(...runs.map((run) => element("li", `${all ? `${run.item.name}: ` : ""}${verdictOf(run)} ${paceOf(run)}`)));
      state.textContent = agrees ? "This GPU agrees with the printed values." : "This GPU differs from the printed values.";
      document.body.dataset.runAgain = agrees ? "agrees" : "differs";
    };

    const press = async () => {
      if (running) return;
      [running, stopped] = [true, false];
      delete document.body.dataset.runAgain;
      [start.disabled, stop.hidden, progress.hidden, verdicts.hidden] = [true, false, false, true];
      progress.value = 0;
      state.textContent = "Compiling the kernel for this GPU …";
      try {
        const options = { paths: pathsOf(paths.value), seed: seedOf(seed.value) };
        const runs = [];
        for (const item of all ? cases : [cases[chosen ? Number(chosen.value) : 0]]) {
          if (!stopped) runs.push(await one(item, runs, options));
        }
        judge(runs);
      } catch (error) {
        state.textContent = error.message;
        document.body.dataset.runAgain = "unavailable";
      } finally {
        [running, start.disabled, stop.hidden, progress.hidden] = [false, false, true, true];
      }
    };
    start.addEventListener("click", press);
    stop.addEventListener("click", () => { stopped = true; });
    const addressed = () => { if (location.hash === `#${start.id}`) press(); };
    window.addEventListener("hashchange", addressed);
    addressed();
    return widget;
  };

  const widgets = [...document.querySelectorAll(".again")].map(setUp);

  // for tests and the curious, from the browser's console: `await runAgain({ paths: 4096, seed: "7", values: true })`
  window.runAgain = async ({ widget = 0, scenario = 0, paths, seed, values = false } = {}) => {
    const item = widgets[widget].data.cases[scenario];
    const options = { paths: paths ?? Math.min(item.paths, PATHS.usual), seed: BigInt(seed ?? item.seed) };
    const { sample, rows, agrees, rate, gpu } = await compute(widgets[widget], item, options);
    const lists = values && Object.fromEntries(Object.entries({ ...sample.figures, ...(sample.times && { bubble: sample.times }) })
      .map(([key, list]) => [key, [...list.subarray(0, sample.count)]]));
    return { name: item.name, agrees, paths: sample.count, invalid: sample.invalid, rate, gpu, rows, ...(lists && { values: lists }) };
  };
})();
