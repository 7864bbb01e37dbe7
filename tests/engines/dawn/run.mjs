// Runs kernels in Dawn on the first Vulkan device, with WebGPU's default limits and no features.
//
//   node run.mjs PACKAGES FOLDER < PROGRAM
//
// PACKAGES has the npm package `webgpu`. PROGRAM is JSON: `buffers`, by name, are bytes, filled from FOLDER/NAME.in if that
// exists and with 0 otherwise; `steps` are dispatches { code, entry, bindings: { binding: name }, groups: [x, y] } in their
// order; `outputs` are names of buffers that go to FOLDER/NAME.out. Prints the device's name. Exits with 3 where there is none.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [packages, folder] = process.argv.slice(2);
const { create, globals } = await import(pathToFileURL(`${packages}/webgpu/index.js`));
Object.assign(globalThis, globals);
// kept by a global name, since collecting any of them as garbage would end the device
globalThis.gpu = create(['backend=vulkan']);
globalThis.adapter = await gpu.requestAdapter();
if (!adapter) {
  process.exit(3);
}
globalThis.device = await adapter.requestDevice();
device.lost.then(({ message }) => {
  console.error(`the device was lost: ${message}`);
  process.exit(1);
});

const { buffers, steps, outputs } = JSON.parse(fs.readFileSync(0, 'utf8'));
device.pushErrorScope('out-of-memory');
device.pushErrorScope('validation');
const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
const made = {};
for (const [name, size] of Object.entries(buffers)) {
  made[name] = device.createBuffer({ size, usage: STORAGE | UNIFORM | COPY_SRC | COPY_DST });
  if (fs.existsSync(`${folder}/${name}.in`)) device.queue.writeBuffer(made[name], 0, Uint8Array.from(fs.readFileSync(`${folder}/${name}.in`)));
}
const encoder = device.createCommandEncoder();
for (const { code, entry, bindings, groups } of steps) {
  const module = device.createShaderModule({ code });
  const compute = { module, entryPoint: entry };
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute });
  const entries = Object.entries(bindings).map(([binding, name]) => ({ binding: Number(binding), resource: { buffer: made[name] } }));
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...groups);
  pass.end();
}
const staged = outputs.map((name) => {
  const size = buffers[name];
  const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  encoder.copyBufferToBuffer(made[name], 0, staging, 0, size);
  return [name, staging];
});
device.queue.submit([encoder.finish()]);
for (const error of [await device.popErrorScope(), await device.popErrorScope()]) {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
}
for (const [name, staging] of staged) {
  await staging.mapAsync(GPUMapMode.READ);
  fs.writeFileSync(`${folder}/${name}.out`, new Uint8Array(staging.getMappedRange()));
}
fs.writeSync(1, adapter.info.description || adapter.info.device);
// Dawn keeps the process alive
process.exit(0);
