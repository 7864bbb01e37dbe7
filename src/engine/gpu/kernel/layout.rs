//! The plan's tables as bytes, in the order of `Terms` and `PeriodRow` in shaders/kernel/bindings.wgsl.

use bytemuck::Pod;

use crate::formula::single::{ChunkTerms, FigureTerms, NONE, RowTerms, SKETCH_BINS};
use crate::plan::Plan;
use crate::plan::course::Course;

/// `Terms`.
pub fn terms(plan: &Plan) -> Vec<u8> {
    let (tables, rooms) = (&plan.single, &plan.structure.rooms);
    let mut bytes = Vec::new();
    push(&mut bytes, &tables.jump_thresholds, 4 * rooms.jump_room as usize);
    bytes.extend_from_slice(bytemuck::bytes_of(&tables.common));
    push(&mut bytes, &tables.factors, tables.factors.len());
    push(&mut bytes, &tables.effects, rooms.effect_room as usize);
    push(&mut bytes, &tables.cholesky, rooms.cholesky_room as usize);
    push(&mut bytes, &tables.regime_thresholds, rooms.regime_room as usize);
    push(&mut bytes, &tables.organizations, tables.organizations.len());
    push(&mut bytes, &tables.contracts, rooms.contract_room as usize);
    push(&mut bytes, &tables.events, rooms.event_room as usize);
    align(&mut bytes);
    bytes
}

/// `PeriodRow` by period, each up to a multiple of 16 bytes where they are flat.
pub fn rows(plan: &Plan, flat: bool) -> Vec<u8> {
    let (tables, sizes, rooms) = (&plan.single, &plan.sizes, &plan.structure.rooms);
    let mut bytes = Vec::new();
    for t in 0..sizes.periods as usize {
        bytes.extend_from_slice(bytemuck::bytes_of(&tables.periods[t]));
        push(&mut bytes, &tables.factor_bases[t * sizes.factors..][..sizes.factors], sizes.factors);
        let organizations = &tables.organization_periods[t * sizes.organizations..][..sizes.organizations];
        push(&mut bytes, organizations, sizes.organizations);
        push(
            &mut bytes,
            &tables.contract_periods[t * sizes.contracts..][..sizes.contracts],
            rooms.contract_room as usize,
        );
        let aging = plan.structure.counts.aging_contracts as usize;
        push(&mut bytes, &tables.aging_periods[t * aging..][..aging], rooms.aging_room as usize);
        let moving = plan.structure.counts.moving_thresholds as usize;
        push(&mut bytes, &tables.event_periods[t * moving..][..moving], rooms.moving_room as usize);
        if flat {
            align(&mut bytes);
        }
    }
    bytes
}

/// Structures in uniform buffers end at multiples of 16 bytes.
fn align(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(16), 0);
}

/// `FigureTerms` by figure; sketches follow each other in the order of the figures.
pub fn figure_terms(plan: &Plan) -> Vec<FigureTerms> {
    let mut sketch = 0;
    let mut terms = Vec::new();
    for spec in &plan.figures {
        terms.push(FigureTerms {
            slot: spec.slot as u32,
            optional: u32::from(spec.figure.is_optional()),
            centre: spec.frame.centre as f32,
            inverse_scale: (1.0 / spec.frame.scale) as f32,
            sketch: if spec.sketched { sketch } else { NONE },
        });
        sketch += if spec.sketched { SKETCH_BINS } else { 0 };
    }
    terms
}

/// `RowTerms` by row of a course.
pub fn row_terms(plan: &Plan, course: &Course) -> Vec<RowTerms> {
    let terms = |row| {
        let frame = course.frame(row);
        RowTerms {
            centre: frame.centre as f32,
            inverse_scale: (1.0 / frame.scale) as f32,
            optional: u32::from(course.is_optional(row)),
            bubble: (course.time(row, plan) - plan.sizes.events) as u32,
        }
    };
    (0..course.rows()).map(terms).collect()
}

/// Appends the elements and as many zeroed ones as there is room for.
fn push<T: Pod>(bytes: &mut Vec<u8>, elements: &[T], room: usize) {
    bytes.extend_from_slice(bytemuck::cast_slice(elements));
    bytes.resize(bytes.len() + (room - elements.len()) * size_of::<T>(), 0);
}

/// Bytes of `Terms` and of all `PeriodRow`s, as the kernels must have them.
pub fn table_bytes(plan: &Plan, flat: bool) -> (usize, usize) {
    (terms(plan).len(), rows(plan, flat).len())
}

/// Bytes of `ChunkTerms`.
pub const CHUNK_BYTES: usize = size_of::<ChunkTerms>();
