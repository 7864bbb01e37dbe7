// Money with conditions: each tranche is paid once, in the first period of its time in which its condition holds and, where
// it has an intensity, its word says so.

struct TrancheState {
    paid: u32,               // when, or NEVER
}

var<private> tranches: array<TrancheState, TRANCHE_LENGTH>;

fn start_tranches() {
    for (var i = 0u; i < TRANCHES; i++) {
        tranches[i].paid = NEVER;
    }
}

// What is raised in period t leaves less to be paid out of the balance.
fn raise(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        organizations[o].raised = 0.0;
        if (CRISES != 0u) {
            // lumps of funding are part of the period's cash flow
            let missing = (1.0 - crisis[0u].fund) * rows[t - 1u].funding[o];
            organizations[o].outflow = organizations[o].outflow + missing;
        }
    }
    for (var i = 0u; i < TRANCHES; i++) {
        let in_time = (t >= terms.tranches[i].first_period) & (t <= terms.tranches[i].last_period);
        if (in_time) {
            var multiplier = 1.0;
            if (CRISES != 0u) {
                multiplier = crisis[0u].fund;
            }
            var word = 0u;
            var threshold = 1u;
            if (TRANCHE_DRAWN[i] != 0u) {
                word = tranche_words[i];
                threshold = terms.tranche_thresholds[i * STATES];
                for (var s = 1u; s < STATES; s++) {
                    threshold = select(threshold, terms.tranche_thresholds[i * STATES + s], state == s);
                }
            }
            var solvent = 1u;
            if (TRANCHE_PAID[i] != 0u) {
                solvent = u32(counterparties[TRANCHE_PAYER[i]].failed == NEVER);
            }
            let holds = conditions[TRANCHE_CONDITION[i]].holds != 0u;
            let before = tranches[i].paid;
            let able = (multiplier > 0.0) & (solvent != 0u);
            let asked = u32(holds & able);
            let due = holds & (before == NEVER) & (word < threshold) & able;
            let paid = min(before, select(NEVER, t, due));
            tranches[i].paid = paid;
            let last = t == terms.tranches[i].last_period;
            let otherwise = select(0.0, terms.tranches[i].otherwise, (paid == NEVER) & last & (solvent != 0u));
            let amount = multiplier * select(otherwise, terms.tranches[i].amount, due);
            let outflow = organizations[TRANCHE_ORGANIZATION[i]].outflow;
            organizations[TRANCHE_ORGANIZATION[i]].outflow = outflow - amount;
            organizations[TRANCHE_ORGANIZATION[i]].raised += amount;
            if (TRANCHE_DRAWN[i] != 0u && POINTS != 0u) {
                tranche_words[i] = select(word, left_over(word, threshold), asked != 0u);
            }
        }
    }
}
