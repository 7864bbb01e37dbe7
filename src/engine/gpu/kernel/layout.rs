//! The plan's tables as bytes, in the order of `Terms` and `PeriodRow` in shaders/kernel/bindings.wgsl.

use bytemuck::Pod;

use crate::formula::single::{ChunkTerms, FigureTerms, NONE, RowTerms, SKETCH_BINS};
use crate::plan::Plan;
use crate::plan::profile::Profile;

/// `Terms`.
pub fn terms(plan: &Plan) -> Vec<u8> {
    let (tables, lengths) = (&plan.single, &plan.structure.lengths);
    let mut bytes = Vec::new();
    push(&mut bytes, &tables.jump_thresholds, 4 * lengths.jump_length as usize);
    bytes.extend_from_slice(bytemuck::bytes_of(&tables.common));
    push(&mut bytes, &tables.factors, tables.factors.len());
    push(&mut bytes, &tables.effects, lengths.effect_length as usize);
    push(&mut bytes, &tables.cholesky, lengths.cholesky_length as usize);
    push(&mut bytes, &tables.regime_thresholds, lengths.regime_length as usize);
    push(&mut bytes, &tables.organizations, tables.organizations.len());
    push(&mut bytes, &tables.contracts, lengths.contract_length as usize);
    push(&mut bytes, &tables.events, lengths.event_length as usize);
    push(&mut bytes, &tables.crisis, lengths.crisis_length as usize);
    push(&mut bytes, &tables.tranches, lengths.tranche_length as usize);
    push(&mut bytes, &tables.tranche_thresholds, lengths.tranche_threshold_length as usize);
    push(&mut bytes, &tables.changes, lengths.change_length as usize);
    push(&mut bytes, &tables.delays, lengths.late_length as usize);
    push(&mut bytes, &tables.workouts, lengths.workout_length as usize);
    push(&mut bytes, &tables.counterparties, lengths.counterparty_length as usize);
    push(&mut bytes, &tables.stakes, lengths.stake_length as usize);
    align(&mut bytes);
    bytes
}

/// `PeriodRow` by period, each up to a multiple of 16 bytes where they are flat.
pub fn rows(plan: &Plan, flat: bool) -> Vec<u8> {
    let (tables, sizes, lengths) = (&plan.single, &plan.sizes, &plan.structure.lengths);
    let mut bytes = Vec::new();
    for t in 0..sizes.periods as usize {
        bytes.extend_from_slice(bytemuck::bytes_of(&tables.periods[t]));
        push(&mut bytes, &tables.factor_bases[t * sizes.factors..][..sizes.factors], sizes.factors);
        let organizations = &tables.organization_periods[t * sizes.organizations..][..sizes.organizations];
        push(&mut bytes, organizations, sizes.organizations);
        push(
            &mut bytes,
            &tables.contract_periods[t * sizes.contracts..][..sizes.contracts],
            lengths.contract_length as usize,
        );
        let aging = plan.structure.counts.aging_contracts as usize;
        push(&mut bytes, &tables.aging_periods[t * aging..][..aging], lengths.aging_length as usize);
        let moving = plan.structure.counts.moving_thresholds as usize;
        push(&mut bytes, &tables.event_periods[t * moving..][..moving], lengths.moving_length as usize);
        let lumps = tables.funding.len() / sizes.periods as usize;
        push(&mut bytes, &tables.funding[t * lumps..][..lumps], lengths.funding_length as usize);
        let changing = plan.structure.counts.changing as usize;
        push(&mut bytes, &tables.change_periods[t * changing..][..changing], lengths.change_length as usize);
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

/// `RowTerms` by row of a profile.
pub fn row_terms(plan: &Plan, profile: &Profile) -> Vec<RowTerms> {
    let terms = |row| {
        let frame = profile.frame(row);
        RowTerms {
            centre: frame.centre as f32,
            inverse_scale: (1.0 / frame.scale) as f32,
            optional: u32::from(profile.is_optional(row)),
            bubble: (profile.time(row, plan) - plan.sizes.bubble_time(0)) as u32,
        }
    };
    (0..profile.rows()).map(terms).collect()
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
