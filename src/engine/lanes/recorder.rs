// Quantities over time as paths are computed.

use super::super::{Real, twin};
use super::{LANES, Workspace};
use crate::engine::contract::BLOCK;
use crate::plan::profile::{Observable, Profile};

/// Copies the quantities of each group of paths at the profile's dates.
pub struct Recorder<'a> {
    profile: &'a Profile,
    /// The next date.
    date: usize,
    /// Of the group's first path in the block.
    place: usize,
    values: &'a mut [Real],
}

impl<'a> Recorder<'a> {
    /// Of the first group of a block: [row, path].
    pub fn new(profile: &'a Profile, values: &'a mut [Real]) -> Self {
        Recorder { profile, date: 0, place: 0, values }
    }

    /// Called after every period `t` = 1…n of a group.
    #[inline(always)]
    pub(super) fn period(&mut self, t: u32, workspace: &Workspace) {
        if self.profile.dates[self.date] != t {
            return;
        }
        let observed = &self.profile.observed;
        let rows = &mut self.values[self.date * observed.len() * BLOCK..];
        for (row, of) in rows.chunks_exact_mut(BLOCK).zip(observed) {
            let out = &mut row[self.place..self.place + LANES];
            match of.observable {
                Observable::Factor(factor) => out.copy_from_slice(&*workspace.x[factor]),
                Observable::Served(organization) => out.copy_from_slice(&*workspace.organizations[organization].served),
                Observable::Cash(organization) => out.copy_from_slice(&*workspace.organizations[organization].cash),
                Observable::Coverage(organization) => {
                    let state = &workspace.organizations[organization];
                    for (l, out) in out.iter_mut().enumerate() {
                        *out = twin::coverage(state.average_value[l], state.average_cost[l]);
                    }
                }
            }
        }
        self.date += 1;
        if self.date == self.profile.dates.len() {
            (self.date, self.place) = (0, self.place + LANES);
        }
    }
}
