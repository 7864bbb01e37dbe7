// The figures and times at a path's end (model.md §7).

// Figures in the order of src/registry/figure.rs.
fn finish() {
    var total: array<f32, ORGANIZATION_FIGURE_COUNT>;
    var total_use = 0.0;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        var commitment = 0.0;
        var idle = 0.0;
        var residual = 0.0;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
            commitment = commitment + contracts[c].commitment_cost;
            idle = idle + contracts[c].stranded_cost;
            if (CHANGES[c] == 0u) {
                residual = residual + terms.contracts[c].residual_value;
            } else if (INDEXED[c] == 0u) {
                residual = accumulated(residual, changes[CHANGED[c]].multiplier, changes[CHANGED[c]].residual);
            }
            if (INDEXED[c] != 0u) {
                let lowest = terms.contracts[c].floor;
                let highest = terms.contracts[c].cap;
                var quoted = x[INDEX[c]];
                if (CRISES != 0u) {
                    quoted = x[INDEX[c]] * crisis[0u].price;
                }
                let multiplier = terms.contracts[c].index_multiplier;
                if (CHANGES[c] == 0u) {
                    let units = terms.contracts[c].residual_units;
                    var current = contracts[c].rate;
                    if (AGING[c] != 0u) {
                        current = agreed[AGED[c]];
                    }
                    let rate = present_rate(current, multiplier, quoted, lowest, highest);
                    residual = accumulated(residual, rate, units);
                } else {
                    let rate = present_rate(changes[CHANGED[c]].rate, multiplier, quoted, lowest, highest);
                    residual = accumulated(residual, rate, changes[CHANGED[c]].residual);
                }
            }
        }
        let compute = commitment + organizations[o].burst_cost;
        var own: array<f32, ORGANIZATION_FIGURE_COUNT>;
        own[FIGURE_COMMITMENT_COST] = commitment;
        own[FIGURE_BURST_COST] = organizations[o].burst_cost;
        own[FIGURE_COMPUTE_COST] = compute;
        own[FIGURE_STRANDED_COST] = idle;
        own[FIGURE_MARKET_COST] = organizations[o].market_cost;
        own[FIGURE_LOCK_IN_COST] = compute - organizations[o].market_cost;
        own[FIGURE_RESIDUAL_COMMITMENT] = residual;
        own[FIGURE_VALUE] = organizations[o].value;
        var others = -compute;
        if (CHANGING != 0u) {
            others = clause_sums[o].resale_income - compute;
        }
        own[FIGURE_NET_VALUE] = terms.organizations[o].margin * organizations[o].value + others;
        own[FIGURE_USED] = organizations[o].used;
        own[FIGURE_UNSERVED] = organizations[o].unserved;
        own[FIGURE_UNIT_COST] = unit_cost(compute, organizations[o].discounted_use);
        own[FIGURE_MIN_CASH] = organizations[o].min_cash;
        own[FIGURE_FINAL_CASH] = organizations[o].cash;
        for (var k = 0u; k < ORGANIZATION_FIGURE_COUNT; k++) {
            put(o * ORGANIZATION_FIGURE_COUNT + k, own[k]);
            total[k] += own[k];
        }
        total_use += organizations[o].discounted_use;
    }
    let contract_slot = ORGANIZATIONS * ORGANIZATION_FIGURE_COUNT;
    let vendor_slot = contract_slot + CONTRACT_FIGURE_COUNT * CONTRACTS;
    let system_slot = vendor_slot + VENDOR_FIGURE_COUNT * VENDORS;
    if (ORGANIZATIONS > 1u) {
        total[FIGURE_UNIT_COST] = unit_cost(total[FIGURE_COMPUTE_COST], total_use);
        for (var k = 0u; k < ORGANIZATION_FIGURE_COUNT; k++) {
            put(system_slot + k, total[k]);
        }
    }
    for (var c = 0u; c < CONTRACTS; c++) {
        put(contract_slot + CONTRACT_FIGURE_COUNT * c, contracts[c].commitment_cost);
        put(contract_slot + CONTRACT_FIGURE_COUNT * c + 1u, contracts[c].stranded_cost);
    }
    for (var v = 0u; v < VENDORS; v++) {
        var commitments = 0.0;
        var idle = 0.0;
        for (var c = 0u; c < CONTRACTS; c++) {
            if (VENDOR[c] == v) {
                commitments += contracts[c].commitment_cost;
                idle += contracts[c].stranded_cost;
            }
        }
        put(vendor_slot + VENDOR_FIGURE_COUNT * v, commitments);
        put(vendor_slot + VENDOR_FIGURE_COUNT * v + 1u, idle);
    }
    finish_times();
    finish_clauses();
}

// Figures of clauses, behind all others: fees, settlements and income from resale, and what vendors that can fail are paid and lose.
fn finish_clauses() {
    if (CLAUSE_FIGURES != 0u) {
        var exit_cost = 0.0;
        var resale_income = 0.0;
        for (var o = 0u; o < ORGANIZATIONS; o++) {
            put(CLAUSE_SLOT + CLAUSE_FIGURE_COUNT * o, clause_sums[o].exit_cost);
            put(CLAUSE_SLOT + CLAUSE_FIGURE_COUNT * o + 1u, clause_sums[o].resale_income);
            exit_cost += clause_sums[o].exit_cost;
            resale_income += clause_sums[o].resale_income;
        }
        put(CLAUSE_SLOT + CLAUSE_FIGURE_COUNT * ORGANIZATIONS, exit_cost);
        put(CLAUSE_SLOT + CLAUSE_FIGURE_COUNT * ORGANIZATIONS + 1u, resale_income);
    }
    let vendor_slot = CLAUSE_SLOT + CLAUSE_FIGURES * CLAUSE_FIGURE_COUNT * (ORGANIZATIONS + 1u);
    for (var v = 0u; v < COUNTERPARTIES; v++) {
        var received = 0.0;
        var loss = 0.0;
        for (var c = 0u; c < CONTRACTS; c++) {
            if (SOLD[c] != 0u && COUNTERPARTY[c] == v) {
                received += contracts[c].commitment_cost;
            }
        }
        for (var p = 0u; p < EXPOSURES; p++) {
            if (EXPOSURE_COUNTERPARTY[p] == v) {
                loss += exposures[p].loss;
            }
        }
        put(vendor_slot + COUNTERPARTY_FIGURE_COUNT * v, received);
        put(vendor_slot + COUNTERPARTY_FIGURE_COUNT * v + 1u, loss);
    }
    let exposure_slot = vendor_slot + COUNTERPARTY_FIGURE_COUNT * COUNTERPARTIES;
    for (var p = 0u; p < EXPOSURES; p++) {
        let loss = exposures[p].loss;
        put(exposure_slot + EXPOSURE_FIGURE_COUNT * p, loss);
        put(exposure_slot + EXPOSURE_FIGURE_COUNT * p + 1u, select(0.0, loss, system_bubble[0u] != NEVER));
    }
}

// When events happened, tranches were paid, and bubbles burst: the organizations' and the system's.
fn finish_times() {
    find_bubbles();
    find_system_bubble();
    for (var e = 0u; e < EVENTS; e++) {
        put_time(e, events[e].happened);
    }
    for (var i = 0u; i < TRANCHES; i++) {
        put_time(EVENTS + i, tranches[i].paid);
    }
    let failures = EVENTS + TRANCHES;
    for (var v = 0u; v < COUNTERPARTIES; v++) {
        put_time(failures + v, counterparties[v].failed);
    }
    let settlements = failures + COUNTERPARTIES;
    for (var w = 0u; w < WORKOUTS; w++) {
        put_time(settlements + w, workouts[w].settled);
    }
    let first_bubble = settlements + WORKOUTS;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        put_time(first_bubble + o, bubbles[o]);
    }
    put_time(first_bubble + ORGANIZATIONS, system_bubble[0u]);
}

fn put(slot: u32, figure: f32) {
    figures[slot * chunk.stride + place] = figure;
}

fn put_time(time: u32, period: u32) {
    times[time * chunk.stride + place] = period;
}
