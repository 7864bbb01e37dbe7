// Events and bubbles (model.md §6).

struct EventState {
    held_for: u32,           // periods
    happened: u32,           // its time
}

// An event's metric, for whoever follows a path.
struct MetricState {
    numerator: f32,
    denominator: f32,
}

var<private> events: array<EventState, EVENT_LENGTH>;
var<private> metrics: array<MetricState, EVENT_LENGTH>;

fn start_events() {
    for (var e = 0u; e < EVENTS; e++) {
        events[e].held_for = 0u;
        events[e].happened = NEVER;
    }
}

// Capacity as signed and what is left of it for use, amount locked in, and minimum bills due, by organization, where an event asks
// for them: what all paths share of the capacities, and what contracts that change add to them.
var<private> capacities: array<f32, ORGANIZATION_LENGTH>;
var<private> useful: array<f32, ORGANIZATION_LENGTH>;
var<private> changing_capacities: array<f32, ORGANIZATION_LENGTH>;
var<private> changing_useful: array<f32, ORGANIZATION_LENGTH>;
var<private> locked: array<f32, ORGANIZATION_LENGTH>;
var<private> overhangs: array<f32, ORGANIZATION_LENGTH>;

fn add_up_capacities(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if ((CAPACITY_WATCHED[o] | USEFUL_WATCHED[o]) != 0u) {
            var capacity = 0.0;
            var useful_capacity = 0.0;
            for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
                if (CHANGES[c] == 0u) {
                    if (AGING[c] == 0u) {
                        capacity = capacity + rows[t - 1u].contracts[c].capacity;
                    } else {
                        capacity = capacity + rows[t - 1u].aging[AGED[c]].capacity;
                    }
                    useful_capacity = useful_capacity + rows[t - 1u].contracts[c].capacity;
                }
            }
            if (CAPACITY_WATCHED[o] != 0u) {
                capacities[o] = capacity;
            }
            if (USEFUL_WATCHED[o] != 0u) {
                useful[o] = useful_capacity;
            }
        }
    }
}

// What contracts that change add to them.
fn add_up_changing_capacities() {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (CHANGEABLE[o] != 0u) {
            changing_capacities[o] = 0.0;
            changing_useful[o] = 0.0;
        }
    }
    for (var i = 0u; i < CHANGING; i++) {
        let o = OWNER[CHANGING_CONTRACT[i]];
        if (CAPACITY_WATCHED[o] != 0u) {
            changing_capacities[o] += changes[i].signed_capacity;
        }
        if (USEFUL_WATCHED[o] != 0u) {
            changing_useful[o] += changes[i].capacity;
        }
    }
}

fn add_up_locked(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (LOCK_IN_WATCHED[o] != 0u) {
            // rate × capacity is the same for useful and signed units
            var sum = 0.0;
            for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
                if (CHANGES[c] == 0u) {
                    sum = accumulated(sum, contracts[c].rate, rows[t - 1u].contracts[c].capacity);
                } else {
                    sum = accumulated(sum, contracts[c].rate, changes[CHANGED[c]].capacity);
                }
            }
            locked[o] = sum;
        }
    }
}

// Minimum bills due after the period.
fn add_up_minima(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (OVERHANG_WATCHED[o] != 0u) {
            var sum = rows[t - 1u].organizations[o].minimum_after;
            for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
                if (INDEXED[c] != 0u) {
                    let lowest = terms.contracts[c].floor;
                    let highest = terms.contracts[c].cap;
                    var quoted = x[INDEX[c]];
                    if (CRISES != 0u) {
                        quoted = x[INDEX[c]] * crisis[0u].price;
                    }
                    let multiplier = terms.contracts[c].index_multiplier;
                    if (CHANGES[c] == 0u) {
                        let units = rows[t - 1u].contracts[c].units_after;
                        var current = contracts[c].rate;
                        if (AGING[c] != 0u) {
                            current = agreed[AGED[c]];
                        }
                        let rate = present_rate(current, multiplier, quoted, lowest, highest);
                        sum = accumulated(sum, rate, units);
                    } else {
                        let rate = present_rate(changes[CHANGED[c]].rate, multiplier, quoted, lowest, highest);
                        sum = accumulated(sum, rate, changes[CHANGED[c]].after);
                    }
                } else if (CHANGES[c] != 0u) {
                    let due = changes[CHANGED[c]].after;
                    sum = accumulated(sum, changes[CHANGED[c]].multiplier, due);
                }
            }
            overhangs[o] = sum;
        }
    }
}

fn watch_events(t: u32) {
    add_up_capacities(t);
    if (CHANGING != 0u) {
        add_up_changing_capacities();
    }
    add_up_locked(t);
    add_up_minima(t);
    for (var e = 0u; e < EVENTS; e++) {
        let counts = t >= terms.events[e].first_period;
        if (BRANCHLESS || TRACED || counts) {
            // the metric
            var numerator = 1.0;
            var denominator = 1.0;
            if (METRIC[e] == METRIC_CASH) {
                numerator = organizations[EVENT_ORGANIZATION[e]].cash;
            } else if (METRIC[e] == METRIC_COVERAGE) {
                numerator = organizations[EVENT_ORGANIZATION[e]].average_value;
                denominator = organizations[EVENT_ORGANIZATION[e]].average_cost;
            } else if (METRIC[e] == METRIC_UTILIZATION) {
                if (CHANGEABLE[EVENT_ORGANIZATION[e]] != 0u) {
                    let capacity = useful[EVENT_ORGANIZATION[e]] + changing_useful[EVENT_ORGANIZATION[e]];
                    numerator = select(1.0, organizations[EVENT_ORGANIZATION[e]].served, capacity > 0.0);
                    denominator = select(1.0, capacity, capacity > 0.0);
                } else if (useful[EVENT_ORGANIZATION[e]] != 0.0) {
                    numerator = organizations[EVENT_ORGANIZATION[e]].served;
                    denominator = useful[EVENT_ORGANIZATION[e]];
                }
            } else if (METRIC[e] == METRIC_STRANDED_SHARE) {
                numerator = organizations[EVENT_ORGANIZATION[e]].average_stranded;
                denominator = organizations[EVENT_ORGANIZATION[e]].average_cost;
            } else if (METRIC[e] == METRIC_LOCK_IN) {
                let changeable = CHANGEABLE[EVENT_ORGANIZATION[e]] != 0u;
                if (EVENT_PRICED[e] != 0u && (changeable || capacities[EVENT_ORGANIZATION[e]] != 0.0)) {
                    var quoted = x[EVENT_PRICE[e]];
                    if (CRISES != 0u) {
                        quoted = x[EVENT_PRICE[e]] * crisis[0u].price;
                    }
                    let market = quoted * terms.organizations[EVENT_ORGANIZATION[e]].market_scale;
                    if (changeable) {
                        let capacity = capacities[EVENT_ORGANIZATION[e]] + changing_capacities[EVENT_ORGANIZATION[e]];
                        denominator = select(1.0, market * capacity, capacity > 0.0);
                        numerator = select(1.0, locked[EVENT_ORGANIZATION[e]], capacity > 0.0);
                    } else {
                        denominator = market * capacities[EVENT_ORGANIZATION[e]];
                        numerator = locked[EVENT_ORGANIZATION[e]];
                    }
                }
            } else if (METRIC[e] == METRIC_OVERHANG) {
                numerator = overhangs[EVENT_ORGANIZATION[e]];
                denominator = organizations[EVENT_ORGANIZATION[e]].average_value;
            } else if (METRIC[e] == METRIC_FACTOR) {
                numerator = x[EVENT_FACTOR[e]];
            } else if (METRIC[e] == METRIC_REGIME) {
                numerator = select(0.0, 1.0, state == terms.events[e].index);
            } else if (METRIC[e] == METRIC_VALUE) {
                numerator = organizations[EVENT_ORGANIZATION[e]].average_value;
            } else if (METRIC[e] == METRIC_USE) {
                numerator = organizations[EVENT_ORGANIZATION[e]].average_use;
            } else if (METRIC[e] == METRIC_UNSERVED_SHARE) {
                numerator = organizations[EVENT_ORGANIZATION[e]].average_unserved;
                denominator = organizations[EVENT_ORGANIZATION[e]].average_wanted;
            } else if (METRIC[e] == METRIC_CAPACITY) {
                numerator = capacities[EVENT_ORGANIZATION[e]];
                if (CHANGEABLE[EVENT_ORGANIZATION[e]] != 0u) {
                    numerator = capacities[EVENT_ORGANIZATION[e]] + changing_capacities[EVENT_ORGANIZATION[e]];
                }
            } else if (METRIC[e] == METRIC_CONTRACT_UTILIZATION) {
                if (CHANGES[EVENT_CONTRACT[e]] != 0u) {
                    let capacity = changes[CHANGED[EVENT_CONTRACT[e]]].capacity;
                    numerator = select(1.0, contracts[EVENT_CONTRACT[e]].served, capacity > 0.0);
                    denominator = select(1.0, capacity, capacity > 0.0);
                } else if (rows[t - 1u].contracts[EVENT_CONTRACT[e]].capacity != 0.0) {
                    numerator = contracts[EVENT_CONTRACT[e]].served;
                    denominator = rows[t - 1u].contracts[EVENT_CONTRACT[e]].capacity;
                }
            } else if (METRIC[e] == METRIC_CONTRACT_PREMIUM) {
                if (EVENT_PRICED[e] != 0u && CHANGES[EVENT_CONTRACT[e]] != 0u) {
                    let capacity = changes[CHANGED[EVENT_CONTRACT[e]]].capacity;
                    numerator = select(1.0, contracts[EVENT_CONTRACT[e]].rate, capacity > 0.0);
                    denominator = select(1.0, organizations[EVENT_ORGANIZATION[e]].price, capacity > 0.0);
                } else if (EVENT_PRICED[e] != 0u && rows[t - 1u].contracts[EVENT_CONTRACT[e]].capacity != 0.0) {
                    numerator = contracts[EVENT_CONTRACT[e]].rate;
                    denominator = organizations[EVENT_ORGANIZATION[e]].price;
                }
            } else if (METRIC[e] == METRIC_CRISIS && CRISES != 0u) {
                numerator = select(0.0, 1.0, crisis[0u].lasting != 0u);
            } else if (METRIC[e] == METRIC_FAILED && COUNTERPARTIES != 0u) {
                numerator = select(0.0, 1.0, counterparties[EVENT_COUNTERPARTY[e]].failed != NEVER);
            }
            if (TRACED) {
                metrics[e].numerator = numerator;
                metrics[e].denominator = denominator;
            }
            var threshold = terms.events[e].threshold;
            if (MOVING[e] != 0u) {
                threshold = rows[t - 1u].events[MOVING_THRESHOLD[e]].threshold;
            }
            let crossed = crosses(numerator, denominator, threshold, terms.events[e].below != 0u);
            if (LASTING[e] != 0u) {
                events[e].held_for = held(events[e].held_for, crossed & counts);
            } else {
                events[e].held_for = u32(crossed & counts);
            }
            events[e].happened = first_time(events[e].happened, t, events[e].held_for, terms.events[e].needed);
        }
    }
}

// When each organization's bubble burst, and the system's.
var<private> bubbles: array<u32, ORGANIZATION_LENGTH>;
var<private> system_bubble: array<u32, 1>;

fn find_bubbles() {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        // the first (any) or last (all) of its events' times
        var burst = select(NEVER, 0u, BUBBLE_ALL[o] != 0u && BUBBLE_FIRST[o] < BUBBLE_END[o]);
        for (var i = BUBBLE_FIRST[o]; i < BUBBLE_END[o]; i++) {
            if (BUBBLE_ALL[o] != 0u) {
                burst = max(burst, events[BUBBLE_EVENT[i]].happened);
            } else {
                burst = min(burst, events[BUBBLE_EVENT[i]].happened);
            }
        }
        bubbles[o] = burst;
    }
}

// The system's bursts at the earliest time by which `bubble_count` of the organizations' have.
fn find_system_bubble() {
    var system = NEVER;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        var burst_by = 0u;
        for (var p = 0u; p < ORGANIZATIONS; p++) {
            burst_by += u32(bubbles[p] <= bubbles[o]);
        }
        system = select(system, min(system, bubbles[o]), burst_by >= terms.common_terms.bubble_count);
    }
    system_bubble[0u] = system;
}
