//! A check of the adapters as a table.

use super::layout::{Align, grid};
use crate::result::Verified;
use crate::text::numbers::{NOTHING, count};

/// A row for each adapter and scenario, then what went wrong, for a terminal so many characters wide.
pub fn verified_table(found: &[Verified], width: u16) -> String {
    let columns = [
        ("adapter", Align::Left),
        ("driver", Align::Left),
        ("scenario", Align::Left),
        ("paths", Align::Right),
        ("paths that differ", Align::Right),
        ("times that differ", Align::Right),
        ("verdict", Align::Left),
    ];
    let share = |share: Option<f64>| share.map_or(NOTHING.to_owned(), |share| format!("{:.3}%", 100.0 * share));
    let row = |of: &Verified| {
        let verdict = match (of.agrees, &of.fault) {
            (true, _) => "agrees",
            (false, None) => "differs",
            (false, Some(_)) => "failed",
        };
        let texts = [&of.adapter, &of.driver, &of.scenario].map(Clone::clone);
        let numbers = [count(of.paths), share(of.different_paths), share(of.different_times), verdict.to_owned()];
        texts.into_iter().chain(numbers).collect()
    };
    let faults =
        found.iter().filter_map(|of| Some(format!(" {}, {}: {}", of.adapter, of.scenario, of.fault.as_ref()?)));
    let table = grid(&columns, found.iter().map(row).collect(), width);
    std::iter::once(table).chain(faults).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_agrees_differs_or_fails() {
        let of = |agrees, share: Option<f64>, fault: Option<&str>| Verified {
            adapter: "gpu".into(),
            driver: "Vulkan".into(),
            scenario: "start".into(),
            paths: 8192,
            different_paths: share,
            different_times: share,
            agrees,
            fault: fault.map(str::to_owned),
        };
        let found = [of(true, Some(0.0), None), of(false, Some(0.25), None), of(false, None, Some("it is gone"))];
        let table = verified_table(&found, 120);
        for text in ["0.000%", "25.000%", "agrees", "differs", "failed", " gpu, start: it is gone\n"] {
            assert!(table.contains(text), "{text}:\n{table}");
        }
    }
}
