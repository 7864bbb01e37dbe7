//! The words that clauses draw: whether and how late a contract is delivered, whether a vendor fails, and the like. Each has one word for the
//! whole horizon; what is left of it where nothing happened in a period serves the next.

use crate::plan::Plan;

/// A word of a clause, by what it is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseWord {
    /// How late a contract is, or all of a vendor's: whether, and by how much. The index is that of the stream.
    Delay { index: u32, word: usize },
    /// When the first crisis begins.
    Crisis,
    /// When a vendor fails.
    Failure { vendor: usize },
    /// Whether its contracts are taken over then.
    Novation { vendor: usize },
    /// When an organization settles.
    Workout { organization: u32 },
    /// When a tranche is paid.
    Tranche { tranche: usize },
}

/// Where each word stands among those of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClauseWords {
    late: usize,
    crises: usize,
    counterparties: usize,
    workouts: usize,
    tranches: usize,
}

/// Words of a contract that may be late: its own two, then its vendor's.
const DELAY_WORDS: usize = 4;

impl ClauseWords {
    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        ClauseWords {
            late: plan.double.delays.len(),
            crises: plan.double.crisis.len(),
            counterparties: plan.sizes.counterparties,
            workouts: plan.sizes.workouts,
            tranches: plan.sizes.tranches,
        }
    }

    /// The words of a contract that may be late.
    pub fn delay(&self, late: usize) -> [usize; DELAY_WORDS] {
        std::array::from_fn(|word| DELAY_WORDS * late + word)
    }

    /// The crisis's.
    pub fn crisis(&self) -> usize {
        DELAY_WORDS * self.late
    }

    /// A vendor's failure.
    pub fn failure(&self, vendor: usize) -> usize {
        self.crisis() + self.crises + vendor
    }

    /// Whether its contracts are taken over.
    pub fn novation(&self, vendor: usize) -> usize {
        self.failure(self.counterparties) + vendor
    }

    /// The settlement of an organization that may settle.
    pub fn workout(&self, workout: usize) -> usize {
        self.novation(self.counterparties) + workout
    }

    /// A tranche's payment.
    pub fn tranche(&self, tranche: usize) -> usize {
        self.workout(self.workouts) + tranche
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.tranche(self.tranches)
    }

    /// What stands at each place; `None` where nothing is drawn.
    pub(super) fn drawn(&self, plan: &Plan) -> Vec<Option<ClauseWord>> {
        let lists = &plan.structure.lists;
        let mut drawn = vec![None; self.count()];
        for (k, delay) in plan.double.delays.iter().enumerate() {
            let [own, vendor] = [delay.contract, delay.vendor];
            let words = [(own, 0), (own, 1), (vendor, 0), (vendor, 1)];
            for (place, (index, word)) in self.delay(k).into_iter().zip(words) {
                drawn[place] = Some(ClauseWord::Delay { index, word });
            }
        }
        if self.crises != 0 {
            drawn[self.crisis()] = Some(ClauseWord::Crisis);
        }
        for vendor in 0..self.counterparties {
            drawn[self.failure(vendor)] = (lists.failing[vendor] != 0).then_some(ClauseWord::Failure { vendor });
            drawn[self.novation(vendor)] = (lists.novated[vendor] != 0).then_some(ClauseWord::Novation { vendor });
        }
        for (k, workout) in plan.double.workouts.iter().enumerate() {
            drawn[self.workout(k)] = Some(ClauseWord::Workout { organization: workout.organization });
        }
        for tranche in 0..self.tranches {
            drawn[self.tranche(tranche)] =
                (lists.tranche_drawn[tranche] != 0).then_some(ClauseWord::Tranche { tranche });
        }
        drawn
    }
}
