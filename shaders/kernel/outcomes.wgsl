// Events, bubbles and the figures at a path's end (model.md §6, §7).

var<private> held_for: array<u32, EVENT_ROOM>;
var<private> happened: array<u32, EVENT_ROOM>;

fn start_events() {
    for (var e = 0u; e < EVENTS; e++) { // unroll
        held_for[e] = 0u;
        happened[e] = NEVER;
    }
}

// Capacity, amount locked in, and minimum bills due, by organization, where an event asks for them.
var<private> capacities: array<f32, ORGANIZATIONS>;
var<private> locked: array<f32, ORGANIZATIONS>;
var<private> overhangs: array<f32, ORGANIZATIONS>;

fn add_up_contracts(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        var capacity = 0.0;
        var locked_in = 0.0;
        var due = rows[t - 1u].organizations[o].minimum_after;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
            capacity = capacity + rows[t - 1u].contracts[c].capacity;
            locked_in = accumulated(locked_in, contracts[c].rate, rows[t - 1u].contracts[c].capacity);
            if (INDEXED[c] != 0u) {
                let bounds = vec2<f32>(terms.contracts[c].floor, terms.contracts[c].cap);
                let rate = present_rate(contracts[c].rate, terms.contracts[c].share, x[INDEX[c]], bounds);
                due = accumulated(due, rate, rows[t - 1u].contracts[c].units_after);
            }
        }
        capacities[o] = capacity;
        locked[o] = locked_in;
        overhangs[o] = due;
    }
}

// The rate of an indexed contract; before its first reset what it would be if it were set now.
fn present_rate(rate: f32, share: f32, quoted: f32, bounds: vec2<f32>) -> f32 {
    return select(rate, indexed_rate(share, quoted, bounds.x, bounds.y), rate < 0.0);
}

fn watch_events(t: u32) {
    if (SUMS_WATCHED != 0u) {
        add_up_contracts(t);
    }
    for (var e = 0u; e < EVENTS; e++) { // unroll
        // the metric as numerator and denominator
        var ratio = vec2<f32>(1.0, 1.0);
        if (METRIC[e] == METRIC_CASH) {
            ratio.x = organizations[EVENT_ORGANIZATION[e]].cash;
        }
        if (METRIC[e] == METRIC_COVERAGE) {
            ratio.x = organizations[EVENT_ORGANIZATION[e]].average_value;
            ratio.y = organizations[EVENT_ORGANIZATION[e]].average_cost;
        }
        if (METRIC[e] == METRIC_UTILIZATION && capacities[EVENT_ORGANIZATION[e]] != 0.0) {
            ratio.x = organizations[EVENT_ORGANIZATION[e]].served;
            ratio.y = capacities[EVENT_ORGANIZATION[e]];
        }
        if (METRIC[e] == METRIC_STRANDED_SHARE) {
            ratio.x = organizations[EVENT_ORGANIZATION[e]].average_stranded;
            ratio.y = organizations[EVENT_ORGANIZATION[e]].average_cost;
        }
        if (METRIC[e] == METRIC_LOCK_IN && EVENT_PRICED[e] != 0u && capacities[EVENT_ORGANIZATION[e]] != 0.0) {
            let market = x[EVENT_PRICE[e]] * terms.organizations[EVENT_ORGANIZATION[e]].market_scale;
            ratio.x = locked[EVENT_ORGANIZATION[e]];
            ratio.y = market * capacities[EVENT_ORGANIZATION[e]];
        }
        if (METRIC[e] == METRIC_OVERHANG) {
            ratio.x = overhangs[EVENT_ORGANIZATION[e]];
            ratio.y = organizations[EVENT_ORGANIZATION[e]].average_value;
        }
        if (METRIC[e] == METRIC_FACTOR) {
            ratio.x = x[EVENT_FACTOR[e]];
        }
        if (METRIC[e] == METRIC_REGIME) {
            ratio.x = select(0.0, 1.0, state == terms.events[e].index);
        }
        let crossed = crosses(ratio.x, ratio.y, terms.events[e].threshold, terms.events[e].below != 0u);
        let counts = t >= terms.events[e].first_period;
        held_for[e] = held(held_for[e], crossed && counts);
        happened[e] = first_time(happened[e], t, held_for[e], terms.events[e].needed);
    }
}

fn put(slot: u32, figure: f32) {
    figures[slot * chunk.stride + place] = figure;
}

// Figures in the order of src/registry/figure.rs.
fn finish() {
    var total: array<f32, FIGURE_COUNT>;
    var total_use = 0.0;
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        var commitment = 0.0;
        var idle = 0.0;
        var residual = 0.0;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
            commitment = commitment + contracts[c].commitment_cost;
            idle = idle + contracts[c].stranded_cost;
            residual = residual + terms.contracts[c].residual_value;
            if (INDEXED[c] != 0u) {
                let bounds = vec2<f32>(terms.contracts[c].floor, terms.contracts[c].cap);
                let rate = present_rate(contracts[c].rate, terms.contracts[c].share, x[INDEX[c]], bounds);
                residual = accumulated(residual, rate, terms.contracts[c].residual_units);
            }
        }
        let compute = commitment + organizations[o].burst_cost;
        let own = array<f32, FIGURE_COUNT>(
            commitment,
            organizations[o].burst_cost,
            compute,
            idle,
            organizations[o].market_cost,
            compute - organizations[o].market_cost,
            residual,
            organizations[o].value,
            terms.organizations[o].margin * organizations[o].value - compute,
            organizations[o].used,
            organizations[o].unserved,
            unit_cost(compute, organizations[o].discounted_use),
            organizations[o].min_cash,
            organizations[o].cash,
        );
        for (var k = 0u; k < FIGURE_COUNT; k++) { // unroll
            put(o * FIGURE_COUNT + k, own[k]);
            total[k] += own[k];
        }
        total_use += organizations[o].discounted_use;
    }
    let contract_slot = ORGANIZATIONS * FIGURE_COUNT;
    let vendor_slot = contract_slot + CONTRACT_FIGURE_COUNT * CONTRACTS;
    let system_slot = vendor_slot + VENDOR_FIGURE_COUNT * VENDORS;
    if (ORGANIZATIONS > 1u) {
        total[FIGURE_UNIT_COST] = unit_cost(total[FIGURE_COMPUTE_COST], total_use);
        for (var k = 0u; k < FIGURE_COUNT; k++) { // unroll
            put(system_slot + k, total[k]);
        }
    }
    for (var c = 0u; c < CONTRACTS; c++) { // unroll
        put(contract_slot + CONTRACT_FIGURE_COUNT * c, contracts[c].commitment_cost);
        put(contract_slot + CONTRACT_FIGURE_COUNT * c + 1u, contracts[c].stranded_cost);
    }
    for (var v = 0u; v < VENDORS; v++) { // unroll
        var sums = vec2<f32>();
        for (var c = 0u; c < CONTRACTS; c++) { // unroll
            if (VENDOR[c] == v) {
                sums += vec2<f32>(contracts[c].commitment_cost, contracts[c].stranded_cost);
            }
        }
        put(vendor_slot + VENDOR_FIGURE_COUNT * v, sums.x);
        put(vendor_slot + VENDOR_FIGURE_COUNT * v + 1u, sums.y);
    }
    finish_times();
}

fn put_time(time: u32, period: u32) {
    times[time * chunk.stride + place] = period;
}

// When each organization's bubble burst.
var<private> bubbles: array<u32, ORGANIZATIONS>;

// Events' times, organizations' bubbles, the system's bubble.
fn finish_times() {
    for (var e = 0u; e < EVENTS; e++) { // unroll
        put_time(e, happened[e]);
    }
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        // the first (any) or last (all) of its events' times
        var time = NEVER;
        if (BUBBLE_ALL[o] != 0u && BUBBLE_FIRST[o] < BUBBLE_END[o]) {
            time = 0u;
        }
        for (var i = BUBBLE_FIRST[o]; i < BUBBLE_END[o]; i++) { // unroll
            if (BUBBLE_ALL[o] != 0u) {
                time = max(time, happened[BUBBLE_EVENT[i]]);
            } else {
                time = min(time, happened[BUBBLE_EVENT[i]]);
            }
        }
        bubbles[o] = time;
        put_time(EVENTS + o, time);
    }
    // the system's bursts at the earliest time by which `bubble_count` of the organizations' have
    var system = NEVER;
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        var burst_by = 0u;
        for (var p = 0u; p < ORGANIZATIONS; p++) { // unroll
            burst_by += u32(bubbles[p] <= bubbles[o]);
        }
        system = select(system, min(system, bubbles[o]), burst_by >= terms.general.bubble_count);
    }
    put_time(EVENTS + ORGANIZATIONS, system);
}
