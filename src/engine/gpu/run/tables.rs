//! A plan's tables on a device.

use wgpu::{Buffer, Device};

use crate::engine::gpu::device::buffers::input;
use crate::engine::gpu::kernel::compose::Layout;
use crate::engine::gpu::kernel::layout;
use crate::plan::Plan;

/// A plan's tables on a device.
pub struct Tables {
    pub layout: Layout,
    pub terms: Buffer,
    pub rows: Buffer,
    pub figure_terms: Buffer,
}

impl Tables {
    /// Uploads them as a simulation reads them.
    pub fn new(device: &Device, plan: &Plan, layout: Layout) -> Self {
        Tables {
            layout,
            terms: input(device, "terms", &layout::terms(plan)),
            rows: input(device, "rows", &layout::rows(plan, layout.is_flat())),
            figure_terms: input(device, "figure terms", bytemuck::cast_slice(&layout::figure_terms(plan))),
        }
    }

    /// What a simulation has at its first places: tables, the chunk, its figures and times, and trajectories that come
    /// before it.
    pub fn bound<'a>(
        &'a self,
        [chunk, figures, times]: [&'a Buffer; 3],
        trajectories: &'a Option<[Buffer; 2]>,
    ) -> Vec<(u32, &'a Buffer)> {
        let mut bound = vec![(0, &self.terms), (1, &self.rows), (2, chunk), (3, figures), (4, times)];
        bound.extend(trajectories.iter().flat_map(|[factors, states]| [(5, factors), (6, states)]));
        bound
    }
}
