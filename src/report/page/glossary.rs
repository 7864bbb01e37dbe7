//! The words of a page explained, once for all of its sections.

use maud::{Markup, html};

/// A term: the end of its address, its name, what it means.
const TERMS: [(&str, &str, &str); 20] = [
    (
        "path",
        "Path, or simulated future",
        "One way in which prices, use, returns and events may unfold until the horizon. Shares and probabilities count paths.",
    ),
    (
        "bubble",
        "Bubble",
        "The condition that the file defines for the moment at which the commitment has failed. “Burst” is when it is first met. The bubble-risk probability is the share of futures in which that happens by the given date.",
    ),
    (
        "commitment-cost",
        "Total commitment cost",
        "Present value of everything paid under the contracts: prepayments and bills, whether or not the capacity is used.",
    ),
    ("compute-cost", "Compute cost", "Commitment cost and burst cost together."),
    (
        "burst",
        "Burst",
        "Capacity bought on demand in the public cloud, beyond what the contracts supply. (A bubble that bursts is something else.)",
    ),
    ("stranded-cost", "Stranded cost", "The part of commitment cost that pays for capacity that is not used."),
    (
        "net-value",
        "Net value",
        "Present value of the margin on what the capacity earns, less compute cost. Below zero, the commitment does not pay for itself.",
    ),
    (
        "final-cash",
        "Cash at the horizon",
        "The balance at the end, not discounted; negative if more was spent than there was.",
    ),
    (
        "residual-commitment",
        "Residual commitment",
        "Present value of the minimum bills that fall due after the horizon.",
    ),
    ("take-or-pay", "Take-or-pay", "The share of the capacity that is billed even if it is not used."),
    ("present-value", "Present value", "What a payment is worth on the start date, at the file's discount rates."),
    (
        "distribution",
        "90% of futures",
        "The range from the 5% to the 95% quantile: one future in twenty lies below it, and one in twenty above.",
    ),
    ("value-at-risk", "Value at risk (VaR)", "At 95%: the cost that is exceeded in one future in twenty."),
    (
        "expected-shortfall",
        "Expected shortfall (ES)",
        "At 95%: the mean of the costliest twentieth of all futures. For value and cash, of the lowest twentieth.",
    ),
    (
        "standard-error",
        "Standard error (± se)",
        "How far the printed figure may be off because the number of paths is finite. It says nothing about the inputs.",
    ),
    (
        "interval",
        "95% confidence interval",
        "A range computed so that it contains the model's exact figure in 95 of 100 simulations.",
    ),
    (
        "predictive",
        "Predictive",
        "With the uncertain inputs drawn from their ranges: what is known before anybody learns which values hold.",
    ),
    (
        "crn",
        "Common random numbers",
        "Scenarios are compared on the same simulated futures, so that a difference is due to the scenario and not to chance.",
    ),
    (
        "significant",
        "Significant",
        "Unlikely to be due to the finite number of paths: Holm's test over all differences of the page rejects zero at the 5% level.",
    ),
    ("regime", "Regime", "A state of the market that changes how factors move, such as a shortage or a glut."),
];

/// A word that leads to its explanation.
pub fn term(id: &str, text: &str) -> Markup {
    html! { a.term href=(format!("#term-{id}")) { (text) } }
}

/// All terms.
pub fn glossary() -> Markup {
    html! {
        section #glossary { h2 { "Glossary" }
            details { summary { "What the words on this page mean" }
                dl { @for (id, name, meaning) in TERMS { dt #(format!("term-{id}")) { (name) } dd { (meaning) } } } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_explained_once() {
        let page = glossary().into_string();
        for (id, name, _) in TERMS {
            assert_eq!(page.matches(&format!("id=\"term-{id}\"")).count(), 1, "{name}");
        }
    }
}
