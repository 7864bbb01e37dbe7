// One period of contracts, use, value and cash (model.md §4, §5), stage by stage for all organizations.

struct OrganizationState {
    // balances, sums and averages over the periods so far
    cash: f32,
    min_cash: f32,
    experience: f32,         // K, effective unit-years
    average_value: f32,      // per year
    average_cost: f32,
    average_stranded: f32,
    average_use: f32,        // capacity, where an event watches it
    average_wanted: f32,
    average_unserved: f32,
    burst_cost: f32,         // discounted
    market_cost: f32,
    value: f32,
    discounted_use: f32,
    used: f32,               // undiscounted
    unserved: f32,
    // of the period
    price: f32,              // burst, with its premium; 0 without burst
    wanted: f32,
    rest: f32,               // wanted, and neither served nor bought
    served: f32,             // by contracts
    on_demand: f32,
    outflow: f32,            // bills net of what they drew from prepayments, less what is raised and resold
    raised: f32,             // by tranches
    bills: f32,
    stranded: f32,
    on_demand_bill: f32,
    earned: f32,             // value
}

struct ContractState {
    rate: f32,               // per unit of useful capacity; negative until an indexed rate is first set
    balance: f32,            // what is left of the prepayment
    commitment_cost: f32,    // discounted sums so far
    stranded_cost: f32,
    // of the period
    served: f32,
    bill: f32,
    paid: f32,
}

// Of an organization with contracts that change: discounted sums so far.
struct ClauseSums {
    exit_cost: f32,          // fees and settlements
    resale_income: f32,
}

var<private> organizations: array<OrganizationState, ORGANIZATION_LENGTH>;
var<private> clause_sums: array<ClauseSums, CLAUSE_LENGTH>;
var<private> contracts: array<ContractState, CONTRACT_LENGTH>;

fn start_clause_sums() {
    if ((CHANGING | CLAUSE_FIGURES) != 0u) {
        for (var o = 0u; o < ORGANIZATIONS; o++) {
            clause_sums[o] = ClauseSums();
        }
    }
}

// The rate as agreed of each contract whose hardware ages; negative until an indexed rate is first set.
var<private> agreed: array<f32, AGING_LENGTH>;

fn start_flows() {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        organizations[o] = OrganizationState();
        organizations[o].cash = terms.organizations[o].opening;
        organizations[o].min_cash = terms.organizations[o].opening;
    }
    for (var c = 0u; c < CONTRACTS; c++) {
        contracts[c] = ContractState();
        contracts[c].rate = UNDEFINED;
        contracts[c].balance = terms.contracts[c].prepaid;
        contracts[c].commitment_cost = terms.contracts[c].prepaid_value;
        if (AGING[c] != 0u) {
            agreed[AGED[c]] = UNDEFINED;
        }
    }
    start_crisis();
    start_parties();
    start_changes();
    start_clause_sums();
    start_tranches();
}

fn set_rates(t: u32) {
    for (var c = 0u; c < CONTRACTS; c++) {
        if (INDEXED[c] == 0u && CHANGES[c] == 0u) {
            contracts[c].rate = rows[t - 1u].contracts[c].rate;
        } else if (CHANGES[c] == 0u) {
            // a select, since Microsoft's FXC compiles a branch here for minutes, or without end
            let lowest = terms.contracts[c].floor;
            let highest = terms.contracts[c].cap;
            var quoted = previous[INDEX[c]];
            if (CRISES != 0u) {
                quoted = previous[INDEX[c]] * crisis[0u].price;
            }
            let anew = indexed_rate(terms.contracts[c].index_multiplier, quoted, lowest, highest);
            contracts[c].rate = select(contracts[c].rate, anew, rows[t - 1u].contracts[c].reset != 0u);
        }
    }
}

// Hardware grows old and bills do not, so a unit of useful capacity costs ever more. As capacity and minimum in `rows` are what is
// left of them, this is all that aging changes: r·max(m·k, served·e^{aging·a}) = r·e^{aging·a}·max(m·κ, served), m being
// take_or_pay and κ = k·e^{−aging·a}.
fn age_rates(t: u32) {
    for (var c = 0u; c < CONTRACTS; c++) {
        if (AGING[c] != 0u) {
            let anew = (INDEXED[c] == 0u) | (rows[t - 1u].contracts[c].reset != 0u);
            agreed[AGED[c]] = select(agreed[AGED[c]], contracts[c].rate, anew);
            contracts[c].rate = aged_rate(agreed[AGED[c]], rows[t - 1u].aging[AGED[c]].obsolescence);
        }
    }
}

// Wanted use goes to the contracts' minima first, then to capacity beyond the minima (in merit order only where it is no
// dearer than burst), to burst, and in merit order to the rest of the capacity.
fn dispatch(t: u32) {
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (PRICED[o] != 0u) {
            organizations[o].price = terms.organizations[o].on_demand_scale * x[PRICE[o]];
            if (CRISES != 0u) {
                organizations[o].price = organizations[o].price * crisis[0u].price;
            }
        }
        var relative = x[UTILIZATION[o]];
        if (CRISES != 0u) {
            relative = x[UTILIZATION[o]] * crisis[0u].utilization;
        }
        let whole = wanted(relative, rows[t - 1u].organizations[o].demand);
        var rest = whole;
        organizations[o].wanted = whole;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
            if (CHANGES[c] == 0u) {
                let first = serve(rest, rows[t - 1u].contracts[c].minimum);
                rest = rest - first;
                contracts[c].served = first;
            } else {
                let first = serve(rest, changes[CHANGED[c]].minimum);
                rest = rest - first;
                contracts[c].served = first;
            }
        }
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
            if (CHANGES[c] == 0u) {
                let room = rows[t - 1u].contracts[c].capacity - rows[t - 1u].contracts[c].minimum;
                let turn = (MERIT[o] == 0u) | before_on_demand(contracts[c].rate, organizations[o].price);
                let more = serve(rest, select(0.0, room, turn));
                rest = rest - more;
                contracts[c].served += more;
            } else {
                let room = changes[CHANGED[c]].capacity - changes[CHANGED[c]].minimum;
                let turn = (MERIT[o] == 0u) | before_on_demand(contracts[c].rate, organizations[o].price);
                let more = serve(rest, select(0.0, room, turn));
                rest = rest - more;
                contracts[c].served += more;
            }
        }
        if (PRICED[o] != 0u) {
            let limit = rows[t - 1u].organizations[o].on_demand_limit;
            let open = affordable(organizations[o].price, terms.organizations[o].max_price);
            let on_demand = serve(rest, select(0.0, limit, open));
            rest = rest - on_demand;
            organizations[o].on_demand = on_demand;
        }
        if (MERIT[o] != 0u) {
            for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
                if (CHANGES[c] == 0u) {
                    let room = rows[t - 1u].contracts[c].capacity - rows[t - 1u].contracts[c].minimum;
                    let more = serve(rest, select(room, 0.0, before_on_demand(contracts[c].rate, organizations[o].price)));
                    rest = rest - more;
                    contracts[c].served += more;
                } else {
                    let room = changes[CHANGED[c]].capacity - changes[CHANGED[c]].minimum;
                    let more = serve(rest, select(room, 0.0, before_on_demand(contracts[c].rate, organizations[o].price)));
                    rest = rest - more;
                    contracts[c].served += more;
                }
            }
        }
        organizations[o].rest = rest;
    }
}

fn pay(t: u32) {
    let dt = terms.common_terms.dt;
    let discount = rows[t - 1u].period.liability_discount;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        var served = 0.0;
        var paid = 0.0;
        var bills = 0.0;
        var idle_sum = 0.0;
        for (var c = CONTRACTS_FIRST[o]; c < CONTRACTS_END[o]; c++) {
            if (CHANGES[c] == 0u) {
                let minimum = rows[t - 1u].contracts[c].minimum;
                let due = bill(contracts[c].rate, minimum, contracts[c].served, dt);
                let idle = stranded(contracts[c].rate, minimum, contracts[c].served, dt);
                if (PREPAYS[c] != 0u) {
                    let draw = drawn(contracts[c].balance, due);
                    contracts[c].paid = due - draw;
                    contracts[c].balance -= draw;
                } else {
                    // so that compilers cannot fuse the bill's product into the sum of what is paid, which would round otherwise
                    contracts[c].paid = due - drawn(0.0, due);
                }
                let net = contracts[c].paid;
                contracts[c].bill = due;
                contracts[c].commitment_cost = accumulated(contracts[c].commitment_cost, net, discount);
                contracts[c].stranded_cost = accumulated(contracts[c].stranded_cost, idle, discount);
                served = served + contracts[c].served;
                paid = paid + net;
                bills = bills + due;
                idle_sum = idle_sum + idle;
            } else {
                served = served + contracts[c].served;
                paid = paid + contracts[c].paid;
                bills = bills + contracts[c].bill;
                idle_sum = idle_sum + changes[CHANGED[c]].idle;
            }
        }
        organizations[o].served = served;
        organizations[o].outflow = paid;
        organizations[o].bills = bills;
        organizations[o].stranded = idle_sum;
    }
}

// Value of the period's use.
fn earn(t: u32) {
    let dt = terms.common_terms.dt;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (PERFORMING[o] != 0u) {
            var performance = x[PERFORMANCE[o]];
            if (CRISES != 0u) {
                performance = x[PERFORMANCE[o]] * crisis[0u].performance_return;
            }
            let used = organizations[o].served + organizations[o].on_demand;
            let effective = used * rows[t - 1u].organizations[o].efficiency;
            if (DIMINISHING[o] == 0u) {
                organizations[o].earned = plain_value(performance, effective, dt);
            } else {
                let experience = organizations[o].experience;
                let inverse_reference = terms.organizations[o].inverse_reference;
                let exponent = terms.organizations[o].exponent;
                let value = diminished_value(performance, effective, experience, inverse_reference, exponent, dt);
                organizations[o].earned = value;
                organizations[o].experience = accumulated(experience, effective, dt);
            }
        }
    }
}

// Burst bills, sums, trailing averages and the balance.
fn settle_organizations(t: u32) {
    let dt = terms.common_terms.dt;
    let discount = rows[t - 1u].period.discount;
    let liability = rows[t - 1u].period.liability_discount;
    // the first period's figure starts the averages
    let weight = select(terms.common_terms.smoothing, 1.0, t == 1u);
    let per_year = 1.0 / dt;
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        let price = organizations[o].price;
        let used = organizations[o].served + organizations[o].on_demand;
        let on_demand_bill = cost(organizations[o].on_demand, price, dt);
        organizations[o].on_demand_bill = on_demand_bill;
        organizations[o].burst_cost = accumulated(organizations[o].burst_cost, on_demand_bill, liability);
        organizations[o].market_cost = accumulated(organizations[o].market_cost, cost(used, price, dt), liability);
        organizations[o].discounted_use = accumulated(organizations[o].discounted_use, used, dt * liability);
        organizations[o].used = accumulated(organizations[o].used, used, dt);
        organizations[o].unserved = accumulated(organizations[o].unserved, organizations[o].rest, dt);

        let value = organizations[o].earned;
        organizations[o].value = accumulated(organizations[o].value, value, discount);
        let income = terms.organizations[o].margin * value;
        let costs = organizations[o].bills + on_demand_bill;
        let idle = organizations[o].stranded;
        organizations[o].average_value = smoothed(organizations[o].average_value, weight, income * per_year);
        organizations[o].average_cost = smoothed(organizations[o].average_cost, weight, costs * per_year);
        organizations[o].average_stranded = smoothed(organizations[o].average_stranded, weight, idle * per_year);

        let inflow = income + rows[t - 1u].organizations[o].cash_flow;
        let outflow = organizations[o].outflow + on_demand_bill;
        let interest = terms.organizations[o].interest;
        let borrowing = terms.organizations[o].borrowing;
        let cash = balance_after(organizations[o].cash, interest, borrowing, inflow, outflow);
        organizations[o].min_cash = min(organizations[o].min_cash, cash);
        organizations[o].cash = cash;
    }
}

// Trailing averages of use, where an event asks for them.
fn average_use(t: u32) {
    // the first period's figure starts the averages
    let weight = select(terms.common_terms.smoothing, 1.0, t == 1u);
    for (var o = 0u; o < ORGANIZATIONS; o++) {
        if (USE_WATCHED[o] != 0u) {
            let used = organizations[o].served + organizations[o].on_demand;
            organizations[o].average_use = smoothed(organizations[o].average_use, weight, used);
        }
        if (UNSERVED_WATCHED[o] != 0u) {
            let short = organizations[o].rest;
            organizations[o].average_wanted = smoothed(organizations[o].average_wanted, weight, organizations[o].wanted);
            organizations[o].average_unserved = smoothed(organizations[o].average_unserved, weight, short);
        }
    }
}

// Fees, settlements and what idle capacity was sold for, which is income that needs no use.
fn add_up_clauses(t: u32) {
    let discount = rows[t - 1u].period.discount;
    let liability = rows[t - 1u].period.liability_discount;
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        let o = OWNER[c];
        if (OWES[c] != 0u) {
            clause_sums[o].exit_cost = accumulated(clause_sums[o].exit_cost, changes[i].exit, liability);
        }
        if (RESOLD[c] != 0u) {
            let resold = changes[i].resold;
            organizations[o].outflow -= resold;
            clause_sums[o].resale_income = accumulated(clause_sums[o].resale_income, resold, discount);
        }
    }
}

// Settles period t.
fn settle(t: u32) {
    if (LOOKS_BACK != 0u) {
        if (BUBBLES_SEEN != 0u) {
            find_bubbles();
        }
        if (SYSTEM_BUBBLE_SEEN != 0u) {
            find_system_bubble();
        }
        look_back();
        move_crisis(t);
        fail_counterparties(t);
        work_out(t);
    }
    set_rates(t);
    age_rates(t);
    if (CHANGING != 0u) {
        change_contracts(t);
    }
    if (LOOKS_BACK != 0u) {
        lose(t);
    }
    dispatch(t);
    if (CHANGING != 0u) {
        pay_changing(t);
    }
    pay(t);
    if (CHANGING != 0u) {
        add_up_clauses(t);
    }
    if (LOOKS_BACK != 0u) {
        raise(t);
    }
    earn(t);
    settle_organizations(t);
    average_use(t);
}
