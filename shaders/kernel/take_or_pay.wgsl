// Bills of contracts that change: over windows of take-or-pay, with what was paid for and not used made up later, or with idle capacity
// sold.

// The period's bill and stranded part without windows.
fn bill_periods() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (WINDOWED[c] == 0u) {
            let dt = terms.common_terms.dt;
            contracts[c].bill = bill(contracts[c].rate, changes[i].minimum, contracts[c].served, dt);
            changes[i].idle = stranded(contracts[c].rate, changes[i].minimum, contracts[c].served, dt);
        }
    }
}

// The same over windows: use is billed as it comes, and what is missing at the end of a window then.
fn bill_windows(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (WINDOWED[c] != 0u) {
            let dt = terms.common_terms.dt;
            var closes = rows[t - 1u].changing[i].closes;
            var obsolescence = rows[t - 1u].changing[i].obsolescence;
            if (LATE[c] != 0u) {
                closes = late[LATENESS[c]].closes;
                obsolescence = late[LATENESS[c]].obsolescence;
            }
            let least = changes[i].minimum * obsolescence * dt;
            let units = contracts[c].served * obsolescence * dt;
            let free = made_up(changes[i].bank, least, units);
            let window_minimum = changes[i].window_minimum + least;
            let window_used = changes[i].window_used + (units - free);
            let closed = (closes != 0u) | (t == PERIODS);
            let missing = select(0.0, max(window_minimum - window_used, 0.0), closed);
            let goes_on = select(1.0, 0.0, closed);
            changes[i].window_minimum = window_minimum * goes_on;
            changes[i].window_used = window_used * goes_on;
            changes[i].bank = changes[i].bank - free + terms.changes[i].make_up * missing;
            // whoever has settled has neither a minimum nor a bank, and pays another rate
            contracts[c].bill = cost(contracts[c].served, contracts[c].rate, dt) + changes[i].rate * (missing - free);
            changes[i].idle = changes[i].rate * missing;
        }
    }
}

// Idle capacity that the minimum pays for is sold at a market price; what is left of it is stranded.
fn sell_idle() {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (RESOLD[c] != 0u) {
            let dt = terms.common_terms.dt;
            var market = 1.0;
            if (CRISES != 0u) {
                market = crisis[0u].price;
            }
            let unused = max(changes[i].minimum - contracts[c].served, 0.0);
            let sold = min(unused, terms.changes[i].resale_limit * changes[i].capacity);
            let price = terms.changes[i].resale_multiplier * x[RESALE_PRICE[c]] * market;
            changes[i].resold = cost(sold, price, dt);
            changes[i].idle = cost(unused - sold, contracts[c].rate, dt);
        }
    }
}

// Bills and what is paid beside them, net of what is drawn from prepayments.
fn add_up_payments(t: u32) {
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        let discount = rows[t - 1u].period.liability_discount;
        let due = contracts[c].bill;
        if (PREPAYS[c] != 0u) {
            let draw = drawn(contracts[c].balance, due);
            contracts[c].paid = due - draw + changes[i].extra;
            contracts[c].balance -= draw;
        } else {
            contracts[c].paid = due + changes[i].extra;
        }
        let net = contracts[c].paid;
        var closing = 0.0;
        if (OWES[c] != 0u) {
            closing = changes[i].closing;
        }
        let idle = changes[i].idle + closing;
        contracts[c].bill = due + closing;
        contracts[c].commitment_cost = accumulated(contracts[c].commitment_cost, net, discount);
        contracts[c].stranded_cost = accumulated(contracts[c].stranded_cost, idle, discount);
        changes[i].idle = idle;
    }
}

// What contracts that change are paid in period t.
fn pay_changing(t: u32) {
    bill_periods();
    bill_windows(t);
    sell_idle();
    add_up_payments(t);
}
