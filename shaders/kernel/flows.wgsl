// One period of contracts, use, value and cash (model.md §4, §5), stage by stage for all organizations.

struct OrganizationState {
    // balances, sums and averages over the periods so far
    cash: f32,
    min_cash: f32,
    experience: f32,
    average_value: f32,
    average_cost: f32,
    average_stranded: f32,
    burst_cost: f32,
    market_cost: f32,
    value: f32,
    discounted_use: f32,
    used: f32,
    unserved: f32,
    // of the period
    price: f32,              // burst, with its premium
    rest: f32,               // wanted and not yet served
    served: f32,
    burst: f32,
    paid: f32,
    bills: f32,
    stranded: f32,
}

struct ContractState {
    rate: f32,               // negative until an indexed rate is first set
    balance: f32,
    served: f32,             // of the period
    commitment_cost: f32,
    stranded_cost: f32,
}

var<private> organizations: array<OrganizationState, ORGANIZATIONS>;
var<private> contracts: array<ContractState, CONTRACT_ROOM>;

fn start_flows() {
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        organizations[o] = OrganizationState();
        organizations[o].cash = terms.organizations[o].opening;
        organizations[o].min_cash = terms.organizations[o].opening;
    }
    for (var c = 0u; c < CONTRACTS; c++) { // unroll
        contracts[c] = ContractState();
        contracts[c].rate = UNDEFINED;
        contracts[c].balance = terms.contracts[c].prepaid;
        contracts[c].commitment_cost = terms.contracts[c].prepaid_value;
    }
}

fn set_rates(t: u32) {
    for (var c = 0u; c < CONTRACTS; c++) { // unroll
        if (INDEXED[c] == 0u) {
            contracts[c].rate = rows[t - 1u].contracts[c].rate;
        } else {
            // a select, since Microsoft's FXC compiles a branch here for minutes, or without end
            let lowest = terms.contracts[c].floor;
            let highest = terms.contracts[c].cap;
            let anew = indexed_rate(terms.contracts[c].share, previous[INDEX[c]], lowest, highest);
            contracts[c].rate = select(contracts[c].rate, anew, rows[t - 1u].contracts[c].reset != 0u);
        }
    }
}

// Wanted use goes to the contracts' minima first.
fn serve_minima(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        organizations[o].price = 0.0;
        if (PRICED[o] != 0u) {
            organizations[o].price = terms.organizations[o].burst_scale * x[PRICE[o]];
        }
        var rest = wanted(x[UTILIZATION[o]], rows[t - 1u].organizations[o].demand);
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
            contracts[c].served = serve(rest, rows[t - 1u].contracts[c].minimum);
            rest = rest - contracts[c].served;
        }
        organizations[o].rest = rest;
    }
}

// Then to capacity beyond the minima (in merit order only where it is no dearer than burst), to burst, and in merit order
// to the rest of the capacity.
fn serve_rest(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        var rest = organizations[o].rest;
        let price = organizations[o].price;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
            let room = rows[t - 1u].contracts[c].capacity - rows[t - 1u].contracts[c].minimum;
            let turn = MERIT[o] == 0u || before_burst(contracts[c].rate, price);
            let more = serve(rest, select(0.0, room, turn));
            rest = rest - more;
            contracts[c].served += more;
        }
        organizations[o].burst = 0.0;
        if (PRICED[o] != 0u) {
            let limit = rows[t - 1u].organizations[o].burst_limit;
            let open = affordable(price, terms.organizations[o].max_price);
            organizations[o].burst = serve(rest, select(0.0, limit, open));
            rest = rest - organizations[o].burst;
        }
        if (MERIT[o] != 0u) {
            for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
                let room = rows[t - 1u].contracts[c].capacity - rows[t - 1u].contracts[c].minimum;
                let more = serve(rest, select(room, 0.0, before_burst(contracts[c].rate, price)));
                rest = rest - more;
                contracts[c].served += more;
            }
        }
        organizations[o].rest = rest;
    }
}

fn pay(t: u32) {
    let dt = terms.general.dt;
    let discount = rows[t - 1u].period.liability_discount;
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        var served = 0.0;
        var paid = 0.0;
        var bills = 0.0;
        var idle_sum = 0.0;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) { // unroll
            let minimum = rows[t - 1u].contracts[c].minimum;
            let due = bill(contracts[c].rate, minimum, contracts[c].served, dt);
            let idle = stranded(contracts[c].rate, minimum, contracts[c].served, dt);
            let draw = drawn(contracts[c].balance, due);
            contracts[c].balance -= draw;
            contracts[c].commitment_cost = accumulated(contracts[c].commitment_cost, due - draw, discount);
            contracts[c].stranded_cost = accumulated(contracts[c].stranded_cost, idle, discount);
            served = served + contracts[c].served;
            paid = paid + (due - draw);
            bills = bills + due;
            idle_sum = idle_sum + idle;
        }
        organizations[o].served = served;
        organizations[o].paid = paid;
        organizations[o].bills = bills;
        organizations[o].stranded = idle_sum;
    }
}

// Burst bills, value, trailing averages and the balance.
fn settle_organizations(t: u32) {
    let dt = terms.general.dt;
    let discount = rows[t - 1u].period.discount;
    let liability = rows[t - 1u].period.liability_discount;
    // the first period's figure starts the averages
    let weight = select(terms.general.smoothing, 1.0, t == 1u);
    let per_year = 1.0 / dt;
    for (var o = 0u; o < ORGANIZATIONS; o++) { // unroll
        let price = organizations[o].price;
        let used = organizations[o].served + organizations[o].burst;
        let burst_bill = cost(organizations[o].burst, price, dt);
        organizations[o].burst_cost = accumulated(organizations[o].burst_cost, burst_bill, liability);
        organizations[o].market_cost = accumulated(organizations[o].market_cost, cost(used, price, dt), liability);
        organizations[o].discounted_use = accumulated(organizations[o].discounted_use, used, dt * liability);
        organizations[o].used = accumulated(organizations[o].used, used, dt);
        organizations[o].unserved = accumulated(organizations[o].unserved, organizations[o].rest, dt);

        let effective = used * rows[t - 1u].organizations[o].efficiency;
        var value = 0.0;
        if (PERFORMING[o] != 0u && DIMINISHING[o] == 0u) {
            value = plain_value(x[PERFORMANCE[o]], effective, dt);
        }
        if (PERFORMING[o] != 0u && DIMINISHING[o] != 0u) {
            let experience = organizations[o].experience;
            let inverse_reference = terms.organizations[o].inverse_reference;
            let exponent = terms.organizations[o].exponent;
            value = diminished_value(x[PERFORMANCE[o]], effective, experience, inverse_reference, exponent, dt);
        }
        organizations[o].experience = accumulated(organizations[o].experience, effective, dt);
        organizations[o].value = accumulated(organizations[o].value, value, discount);

        let income = terms.organizations[o].margin * value;
        let costs = organizations[o].bills + burst_bill;
        let idle = organizations[o].stranded;
        organizations[o].average_value = smoothed(organizations[o].average_value, weight, income * per_year);
        organizations[o].average_cost = smoothed(organizations[o].average_cost, weight, costs * per_year);
        organizations[o].average_stranded = smoothed(organizations[o].average_stranded, weight, idle * per_year);

        let inflow = income + rows[t - 1u].organizations[o].cash_flow;
        let outflow = organizations[o].paid + burst_bill;
        let interest = terms.organizations[o].interest;
        let borrowing = terms.organizations[o].borrowing;
        organizations[o].cash = balance_after(organizations[o].cash, interest, borrowing, inflow, outflow);
        organizations[o].min_cash = min(organizations[o].min_cash, organizations[o].cash);
    }
}

// Settles period t.
fn settle(t: u32) {
    set_rates(t);
    serve_minima(t);
    serve_rest(t);
    pay(t);
    settle_organizations(t);
}
