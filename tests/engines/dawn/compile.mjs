// Compiles WGSL modules with Tint, the compiler of Dawn and so of Chromium, and makes a pipeline of every entry point on a
// device with WebGPU's default limits and no features.
//
//   node compile.mjs FOLDER < MODULES
//
// FOLDER has the npm package `webgpu`; MODULES is a JSON list of { name, code, entries }. Prints a JSON list of
// { name, pipelines, faults }. The null backend has no driver, so this tests the compiler alone.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const { create, globals } = await import(pathToFileURL(`${process.argv[2]}/webgpu/index.js`));
Object.assign(globalThis, globals);
// kept by a global name, since collecting any of them as garbage would end the device
globalThis.gpu = create(['backend=null']);
globalThis.adapter = await gpu.requestAdapter();
globalThis.device = await adapter.requestDevice();

const found = [];
for (const { name, code, entries } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  const faults = [];
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code });
  for (const message of (await module.getCompilationInfo()).messages) {
    faults.push(`${message.type} in line ${message.lineNum}: ${message.message}`);
  }
  const invalid = await device.popErrorScope();
  let pipelines = 0;
  for (const entryPoint of invalid ? [] : entries) {
    try {
      await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } });
      pipelines += 1;
    } catch (error) {
      faults.push(`${entryPoint}: ${error.message}`);
    }
  }
  found.push({ name, pipelines, faults });
}
fs.writeSync(1, JSON.stringify(found));
// Dawn keeps the process alive
process.exit(0);
