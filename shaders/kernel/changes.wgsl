// Contracts that change: what happens to them at the beginning of a period, in the order in which clauses act. A contract is in one row
// of its schedule, that of the period or, where delivery is late, one before it; `rows` and `late` have them.

struct ChangeState {
    kept: f32,               // share of capacity that no reduction has taken
    multiplier: f32,         // of a fixed rate, after reviews
    rate: f32,               // in force, per unit as signed; negative until an indexed rate is first set
    effect: u32,             // when its reduction takes effect, or NEVER
    extended: u32,           // 1 once its extension is taken
    ended: u32,              // 1 once it has ended before its time
    settled: u32,            // 1 once it goes on at market rates, without a minimum
    window_minimum: f32,     // units as signed, in the window so far
    window_used: f32,
    bank: f32,               // units to be made up
    credited: f32,           // money, for lateness
    // of the period
    over: u32,               // 1 if it has ended or run out
    cuts: u32,               // 1 if its reduction takes effect now
    leaves: u32,             // 1 if it ends or is settled now
    bills: f32,              // minimum bills to come, at the beginning
    units: f32,              // minimum units to come, at the beginning
    capacity: f32,           // useful
    minimum: f32,            // useful
    signed_capacity: f32,
    exit: f32,               // fees and settlements, before prepayments drawn
    extra: f32,              // paid beside bills of use, net of what it draws from the prepayment
    fee: f32,                // for a reduction
    closing: f32,            // a part of it: billed because the contract's end closes a window
    lost: f32,               // by its vendor
    idle: f32,               // stranded
    resold: f32,             // money, for idle capacity
    after: f32,              // minimum bills or units due after the period
    residual: f32,           // their present value, at the horizon
}

var<private> changes: array<ChangeState, CHANGE_LENGTH>;

fn start_changes() {
    for (var i = 0u; i < CHANGING; i++) {
        changes[i] = ChangeState();
        changes[i].kept = 1.0;
        changes[i].multiplier = 1.0;
        changes[i].rate = UNDEFINED;
        changes[i].effect = NEVER;
    }
}

// Whether contracts have ended or run out at the beginning of the period.
fn begin_changes(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        var stage = rows[t - 1u].changing[i].stage;
        if (LATE[c] != 0u) {
            stage = late[LATENESS[c]].stage;
        }
        let beyond = u32(stage == STAGE_EXTENDED) & (1u - changes[i].extended);
        changes[i].over = changes[i].ended | u32(stage == STAGE_PAST) | beyond;
        changes[i].leaves = 0u;
        changes[i].extra = 0.0;
    }
}

// The minimum bills and units that contracts owe at the beginning of the period.
fn find_dues(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (OWES[c] != 0u) {
            var stage = rows[t - 1u].changing[i].stage;
            var bills = rows[t - 1u].changing[i].bills_from;
            var units = rows[t - 1u].changing[i].units_from;
            if (LATE[c] != 0u) {
                stage = late[LATENESS[c]].stage;
                bills = late[LATENESS[c]].bills_from;
                units = late[LATENESS[c]].units_from;
            }
            let bound = (changes[i].over == 0u) & (changes[i].settled == 0u);
            let counts = bound & ((stage <= STAGE_TERM) | (changes[i].extended != 0u));
            let held = select(0.0, changes[i].kept, counts);
            changes[i].units = held * units;
            if (INDEXED[c] == 0u) {
                changes[i].bills = held * changes[i].multiplier * bills;
            } else {
                let lowest = terms.contracts[c].floor;
                let highest = terms.contracts[c].cap;
                var quoted = previous[INDEX[c]];
                if (CRISES != 0u) {
                    quoted = previous[INDEX[c]] * crisis[0u].price;
                }
                let multiplier = terms.contracts[c].index_multiplier;
                let rate = present_rate(changes[i].rate, multiplier, quoted, lowest, highest);
                changes[i].bills = held * units * rate;
            }
            changes[i].exit = 0.0;
            changes[i].closing = 0.0;
            changes[i].lost = 0.0;
        }
    }
}

// A vendor that fails takes its contracts with it, unless somebody takes them over.
fn lose_vendors() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (SOLD[c] != 0u) {
            let ends = counterparties[COUNTERPARTY[c]].ends & (1u - changes[i].over);
            if (PREPAYS[c] != 0u) {
                let back = terms.counterparties[COUNTERPARTY[c]].recovery * contracts[c].balance;
                changes[i].extra = select(0.0, -back, ends != 0u);
            }
            changes[i].leaves = ends;
            changes[i].ended = changes[i].ended | ends;
            changes[i].over = changes[i].over | ends;
        }
    }
}

// An organization that settles pays a share of each claim, from the prepayment first.
fn settle_claims() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (SETTLES[OWNER[c]] != 0u) {
            let o = OWNER[c];
            let w = WORKOUT[o];
            let settles = workouts[w].settles & (1u - changes[i].over);
            var elsewhere = 0.0;
            if (TO_MARKET[w] != 0u) {
                elsewhere = terms.organizations[o].on_demand_scale * previous[PRICE[o]];
            } else if (RELETS[c] != 0u) {
                elsewhere = terms.counterparties[COUNTERPARTY[c]].relet_multiplier * previous[RELET_PRICE[c]];
            }
            var market = 1.0;
            if (CRISES != 0u) {
                market = crisis[0u].price;
            }
            let all = claim(changes[i].bills, changes[i].units, elsewhere * market);
            let asked = select(0.0, all, settles != 0u);
            let paid = terms.workouts[w].pay * asked;
            changes[i].exit += paid;
            if (PREPAYS[c] != 0u) {
                changes[i].extra += paid - drawn(contracts[c].balance, paid);
            } else {
                changes[i].extra += paid;
            }
            changes[i].lost += asked - paid;
            changes[i].leaves = changes[i].leaves | settles;
            if (TO_MARKET[w] != 0u) {
                changes[i].settled = changes[i].settled | settles;
            } else {
                changes[i].ended = changes[i].ended | settles;
                changes[i].over = changes[i].over | settles;
            }
        }
    }
}

// A contract that is too late ends in the period in which that is known, and its prepayment comes back.
fn stop_waiting(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (STOPS[c] != 0u) {
            if (t == terms.changes[i].long_stop_period) {
                let ends = late[LATENESS[c]].never_begins & (1u - changes[i].over);
                if (PREPAYS[c] != 0u) {
                    // what was settled has no prepayment left
                    changes[i].extra += select(0.0, -contracts[c].balance, (ends & (1u - changes[i].settled)) != 0u);
                }
                changes[i].leaves = changes[i].leaves | ends;
                changes[i].ended = changes[i].ended | ends;
                changes[i].over = changes[i].over | ends;
            }
        }
    }
}

// What is prepaid in the period, unless the contract has ended.
fn prepay(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (PREPAYS[c] != 0u) {
            if (t == terms.changes[i].prepaid_period) {
                var gone = changes[i].over | changes[i].settled;
                if (WHOLE[c] != 0u) {
                    gone = changes[i].over | changes[i].settled | changes[i].cuts;
                }
                let paid = select(terms.changes[i].prepaid, 0.0, gone != 0u);
                changes[i].extra += paid;
                contracts[c].balance += paid;
            }
        }
    }
}

// What is credited while delivery is late.
fn credit_lateness(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (CREDITED[c] != 0u) {
            let waits = (late[LATENESS[c]].stage == STAGE_BEFORE) & (changes[i].ended == 0u);
            let due = changes[i].kept * rows[t - 1u].changing[i].credit;
            let room = terms.changes[i].credit_limit - changes[i].credited;
            let credit = select(0.0, min(due, room), waits);
            changes[i].credited += credit;
            changes[i].extra -= credit;
        }
    }
}

// Capacity in force, and what is due after the period.
fn stand(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        let o = OWNER[c];
        var stage = rows[t - 1u].changing[i].stage;
        var capacity = rows[t - 1u].changing[i].capacity;
        if (LATE[c] != 0u) {
            stage = late[LATENESS[c]].stage;
            capacity = late[LATENESS[c]].capacity;
        }
        let runs = (changes[i].ended == 0u) & ((stage <= STAGE_TERM) | (changes[i].extended != 0u));
        let kept = select(0.0, changes[i].kept, runs);
        let bound = select(kept, 0.0, changes[i].settled != 0u);
        changes[i].capacity = kept * capacity;
        changes[i].minimum = bound * capacity * terms.changes[i].take_or_pay;
        if (CAPACITY_WATCHED[o] != 0u) {
            // as signed it is as much as it would be if hardware did not age
            var obsolescence = 1.0;
            if (AGES[c] != 0u) {
                obsolescence = rows[t - 1u].changing[i].obsolescence;
                if (LATE[c] != 0u) {
                    obsolescence = late[LATENESS[c]].obsolescence;
                }
            }
            changes[i].signed_capacity = kept * capacity * obsolescence;
        }
        if (OVERHANG_WATCHED[o] != 0u) {
            var after = rows[t - 1u].changing[i].bills_after;
            if (INDEXED[c] != 0u) {
                after = rows[t - 1u].changing[i].units_after;
            }
            if (LATE[c] != 0u) {
                after = late[LATENESS[c]].bills_after;
                if (INDEXED[c] != 0u) {
                    after = late[LATENESS[c]].units_after;
                }
            }
            changes[i].after = bound * after;
        }
        if (t == PERIODS) {
            var residual = rows[t - 1u].changing[i].residual;
            if (LATE[c] != 0u) {
                residual = late[LATENESS[c]].residual;
            }
            changes[i].residual = bound * residual;
        }
    }
}

// Windows and banks of contracts that left are gone, and so is what was left of their prepayments.
fn close_accounts() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        let stays = select(1.0, 0.0, changes[i].leaves != 0u);
        if (PREPAYS[c] != 0u) {
            contracts[c].balance *= stays;
        }
        if (WINDOWED[c] != 0u) {
            changes[i].window_minimum *= stays;
            changes[i].window_used *= stays;
            changes[i].bank *= stays;
        }
    }
}

// All that clauses do to contracts at the beginning of period t.
fn change_contracts(t: u32) {
    begin_changes(t);
    find_dues(t);
    find_old_rates(t);
    lose_vendors();
    settle_claims();
    stop_waiting(t);
    give_notice(t);
    prepay(t);
    reduce_capacity(t);
    extend(t);
    stand(t);
    set_changing_rates(t);
    credit_lateness(t);
    pay_for_reductions();
    close_accounts();
}
