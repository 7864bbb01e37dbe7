// Rights and plans in contracts: to give capacity back, to go on after the term, to have the rate reviewed.

// By contract that changes: its rate per unit as signed at the beginning of the period, before a review or a reset.
var<private> old_rates: array<f32, CHANGE_LENGTH>;

fn find_old_rates(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if ((REDUCED[c] | EXTENSION_PRICED[c]) != 0u) {
            if (INDEXED[c] == 0u) {
                var scheduled = rows[t - 1u].changing[i].rate;
                if (LATE[c] != 0u) {
                    scheduled = late[LATENESS[c]].rate;
                }
                old_rates[i] = changes[i].multiplier * scheduled;
            } else {
                let lowest = terms.contracts[c].floor;
                let highest = terms.contracts[c].cap;
                var quoted = previous[INDEX[c]];
                if (CRISES != 0u) {
                    quoted = previous[INDEX[c]] * crisis[0u].price;
                }
                old_rates[i] = present_rate(changes[i].rate, terms.contracts[c].index_multiplier, quoted, lowest, highest);
            }
        }
    }
}

// Notice of a reduction is given once; whether the reduction takes effect now.
fn give_notice(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (REDUCED[c] != 0u) {
            let o = OWNER[c];
            var stage = rows[t - 1u].changing[i].stage;
            var leaving = rows[t - 1u].changing[i].leaving;
            var obsolescence = rows[t - 1u].changing[i].obsolescence;
            if (LATE[c] != 0u) {
                stage = late[LATENESS[c]].stage;
                leaving = late[LATENESS[c]].leaving;
                obsolescence = late[LATENESS[c]].obsolescence;
            }
            var cheap = 1u;
            if (REDUCTION_PRICED[c] != 0u) {
                var market = 1.0;
                if (CRISES != 0u) {
                    market = crisis[0u].price;
                }
                let price = terms.organizations[o].on_demand_scale * previous[PRICE[o]] * market;
                cheap = u32(price < terms.changes[i].market_below * old_rates[i] * obsolescence);
            }
            let bound = (changes[i].over == 0u) & (changes[i].settled == 0u);
            let gives = ((conditions[REDUCTION_CONDITION[c]].holds & leaving & cheap) != 0u) & bound;
            let noticed = select(NEVER, t + terms.changes[i].notice, gives & (changes[i].effect == NEVER));
            let effect = min(changes[i].effect, noticed);
            changes[i].effect = effect;
            let in_service = (stage == STAGE_TERM) | (stage == STAGE_EXTENDED);
            changes[i].cuts = u32((effect == t) & bound & in_service);
        }
    }
}

// A reduction that takes effect: what it costs and what the vendor loses.
fn reduce_capacity(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (REDUCED[c] != 0u) {
            var fee = rows[t - 1u].changing[i].fee;
            if (LATE[c] != 0u) {
                fee = late[LATENESS[c]].fee;
            }
            var elsewhere = 0.0;
            if (RELETS[c] != 0u) {
                var market = 1.0;
                if (CRISES != 0u) {
                    market = crisis[0u].price;
                }
                elsewhere = terms.counterparties[COUNTERPARTY[c]].relet_multiplier * previous[RELET_PRICE[c]] * market;
            }
            let share = select(0.0, terms.changes[i].share, changes[i].cuts != 0u);
            let due = fee * share * changes[i].bills;
            let unpaid = share * claim(changes[i].bills, changes[i].units, elsewhere) - due;
            changes[i].fee = due;
            changes[i].exit += due;
            changes[i].lost += max(unpaid, 0.0);
            changes[i].kept *= 1.0 - share;
            if (WHOLE[c] != 0u) {
                changes[i].leaves = changes[i].leaves | changes[i].cuts;
                changes[i].ended = changes[i].ended | changes[i].cuts;
                changes[i].over = changes[i].over | changes[i].cuts;
            }
        }
    }
}

// Fees, and what a contract's end closes at the rate of the period: drawn from the prepayment, of whose rest a share may come back.
fn pay_for_reductions() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (REDUCED[c] != 0u) {
            if (WHOLE[c] != 0u) {
                var closing = 0.0;
                if (WINDOWED[c] != 0u) {
                    let missing = max(changes[i].window_minimum - changes[i].window_used, 0.0);
                    closing = select(0.0, missing * changes[i].rate, changes[i].cuts != 0u);
                }
                let due = changes[i].fee + closing;
                changes[i].closing = closing;
                if (PREPAYS[c] != 0u) {
                    let draw = drawn(contracts[c].balance, due);
                    let left = contracts[c].balance - draw;
                    let back = select(0.0, terms.changes[i].refund * left, changes[i].cuts != 0u);
                    contracts[c].balance = left;
                    changes[i].extra += due - draw - back;
                } else {
                    changes[i].extra += due;
                }
            } else {
                let due = changes[i].fee;
                if (PREPAYS[c] != 0u) {
                    let draw = drawn(contracts[c].balance, due);
                    contracts[c].balance -= draw;
                    changes[i].extra += due - draw;
                } else {
                    changes[i].extra += due;
                }
            }
        }
    }
}

// Whether the contract goes on after its term, in the period behind it.
fn extend(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (EXTENDED[c] != 0u) {
            let o = OWNER[c];
            var stage = rows[t - 1u].changing[i].stage;
            if (LATE[c] != 0u) {
                stage = late[LATENESS[c]].stage;
            }
            var dear = 1u;
            if (EXTENSION_PRICED[c] != 0u) {
                var obsolescence = rows[t - 1u].changing[i].obsolescence;
                if (LATE[c] != 0u) {
                    obsolescence = late[LATENESS[c]].obsolescence;
                }
                var market = 1.0;
                if (CRISES != 0u) {
                    market = crisis[0u].price;
                }
                let price = terms.organizations[o].on_demand_scale * previous[PRICE[o]] * market;
                // a scheduled rate is that of the extension already
                var rate = old_rates[i];
                if (INDEXED[c] != 0u) {
                    rate = old_rates[i] * terms.changes[i].extension_rate;
                }
                dear = u32(price > terms.changes[i].market_above * rate * obsolescence);
            }
            let bound = (changes[i].over == 0u) & (changes[i].settled == 0u) & (stage == STAGE_DECISION);
            let goes_on = u32(((conditions[EXTENSION_CONDITION[c]].holds & dear) != 0u) & bound);
            changes[i].extended = changes[i].extended | goes_on;
            if (INDEXED[c] != 0u) {
                changes[i].rate *= select(1.0, terms.changes[i].extension_rate, goes_on != 0u);
            }
        }
    }
}

// The rate of the period: reviewed, or reset; of a contract that was settled no more than the burst price.
fn set_changing_rates(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        let o = OWNER[c];
        var obsolescence = rows[t - 1u].changing[i].obsolescence;
        if (LATE[c] != 0u) {
            obsolescence = late[LATENESS[c]].obsolescence;
        }
        if (INDEXED[c] == 0u) {
            var scheduled = rows[t - 1u].changing[i].rate;
            if (LATE[c] != 0u) {
                scheduled = late[LATENESS[c]].rate;
            }
            if (REVIEWED[c] != 0u) {
                var review = rows[t - 1u].changing[i].review;
                if (LATE[c] != 0u) {
                    review = late[LATENESS[c]].review;
                }
                var quoted = previous[REVIEW_INDEX[c]];
                if (CRISES != 0u) {
                    quoted = previous[REVIEW_INDEX[c]] * crisis[0u].price;
                }
                let before = changes[i].multiplier;
                changes[i].multiplier = reviewed(before, review, quoted, terms.changes[i].review_floor);
            }
            changes[i].rate = changes[i].multiplier * scheduled;
        } else {
            var reset = rows[t - 1u].changing[i].reset;
            var stage = rows[t - 1u].changing[i].stage;
            if (LATE[c] != 0u) {
                reset = late[LATENESS[c]].reset;
                stage = late[LATENESS[c]].stage;
            }
            let lowest = terms.contracts[c].floor;
            let highest = terms.contracts[c].cap;
            var quoted = previous[INDEX[c]];
            if (CRISES != 0u) {
                quoted = previous[INDEX[c]] * crisis[0u].price;
            }
            var multiplier = 1.0;
            if (EXTENDED[c] != 0u) {
                multiplier = select(1.0, terms.changes[i].extension_rate, stage >= STAGE_DECISION);
            }
            let anew = indexed_rate(terms.contracts[c].index_multiplier, quoted, lowest, highest) * multiplier;
            changes[i].rate = select(changes[i].rate, anew, reset != 0u);
        }
        let aged = aged_rate(changes[i].rate, obsolescence);
        contracts[c].rate = aged;
        if (SETTLES[o] != 0u) {
            if (TO_MARKET[WORKOUT[o]] != 0u) {
                var market = 1.0;
                if (CRISES != 0u) {
                    market = crisis[0u].price;
                }
                let price = terms.organizations[o].on_demand_scale * x[PRICE[o]] * market;
                contracts[c].rate = select(aged, min(aged, price), changes[i].settled != 0u);
            }
        }
    }
}
