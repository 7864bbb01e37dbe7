//! When crises begin and end.

use super::{Walk, words};

impl Walk<'_> {
    pub(super) fn crisis(&mut self) {
        let Some(crisis) = &self.scenario.crisis else { return };
        let (word, dt) = (self.words().crisis, self.model.dt);
        if self.in_crisis {
            self.in_crisis = !words::happens(word, words::within(crisis.recovery, dt));
            return;
        }
        let burst = self.path.bubbles.iter().flatten().count() as f64;
        let hazard = crisis.hazard * (crisis.sensitivity * self.gap() + crisis.contagion * burst).exp();
        self.in_crisis = words::happens(word, words::within(hazard, dt));
    }

    /// How far returns of all organizations fall short of their costs.
    fn gap(&self) -> f64 {
        let total = |k: usize| self.books.iter().map(|books| books.averages.map_or(0.0, |a| a[k])).sum::<f64>();
        let (value, cost) = (total(0), total(1));
        if cost == 0.0 { 0.0 } else { (1.0 - value / cost).max(0.0) }
    }
}
