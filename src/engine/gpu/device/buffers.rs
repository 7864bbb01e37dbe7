//! Buffers, what binds them to kernels, and how kernels are recorded and buffers read.

use wgpu::util::DeviceExt;
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, Device};

use super::context::{Context, Fault};
use crate::engine::gpu::kernel::compose::WORKGROUP;
use crate::engine::gpu::kernel::layout::CHUNK_BYTES;
use crate::engine::gpu::kernel::pipeline::Kernel;

/// Workgroups of a kernel with one path to an invocation.
pub fn groups_of_paths(stride: usize) -> u32 {
    (stride as u32).div_ceil(WORKGROUP)
}

/// Records a kernel.
pub fn dispatch(encoder: &mut CommandEncoder, kernel: &Kernel, group: &BindGroup, (x, y): (u32, u32)) {
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&kernel.pipeline);
    pass.set_bind_group(0, group, &[]);
    pass.dispatch_workgroups(x, y, 1);
}

/// What a kernel reads and the host writes once.
pub fn input(device: &Device, label: &str, contents: &[u8]) -> Buffer {
    let usage = BufferUsages::STORAGE | BufferUsages::UNIFORM;
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// `ChunkTerms`.
pub fn chunk_buffer(device: &Device) -> Buffer {
    buffer(device, "chunk", CHUNK_BYTES, BufferUsages::UNIFORM | BufferUsages::COPY_DST)
}

/// What a chunk comes home in.
pub fn readback(device: &Device, bytes: usize) -> Buffer {
    buffer(device, "readback", bytes, BufferUsages::MAP_READ | BufferUsages::COPY_DST)
}

/// A buffer of so many bytes.
pub fn buffer(device: &Device, label: &str, size: usize, usage: BufferUsages) -> Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size as u64,
        usage,
        mapped_at_creation: false,
    })
}

/// What kernels read and write.
pub fn storage(device: &Device, label: &str, size: usize) -> Buffer {
    buffer(device, label, size, BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST)
}

/// Buffers for a kernel by their bindings, of which it takes what it uses.
pub fn group(device: &Device, kernel: &Kernel, buffers: &[(u32, &Buffer)]) -> BindGroup {
    let entries: Vec<_> = buffers
        .iter()
        .filter(|(binding, _)| kernel.bindings.contains(binding))
        .map(|&(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &kernel.pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

/// Reads a buffer's first bytes back.
pub fn read(context: &Context, source: &Buffer, bytes: usize) -> Result<Vec<u8>, Fault> {
    let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
    let staging = buffer(&context.device, "staging", bytes, usage);
    let mut encoder = context.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(source, 0, &staging, 0, bytes as u64);
    let submission = context.queue.submit([encoder.finish()]);
    staging.map_async(wgpu::MapMode::Read, .., |_| {});
    context.wait(Some(submission))?;
    let view = staging.get_mapped_range(..).map_err(|error| context.inaccessible(error))?;
    Ok(view.to_vec())
}
