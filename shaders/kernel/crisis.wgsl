// A market that loses patience: a crisis begins the sooner the less returns cover costs and the more bubbles have burst, and
// while it lasts it moves prices, use, returns and what is raised.

struct CrisisState {
    lasting: u32,             // 1 while it lasts
    begun: u32,               // 1 once there has been one; quasi-random paths alone
    // multipliers of the period, 1 outside a crisis
    price: f32,
    utilization: f32,
    performance_return: f32,
    fund: f32,
}

// One, or none.
var<private> crisis: array<CrisisState, CRISIS_LENGTH>;

fn start_crisis() {
    for (var i = 0u; i < CRISES; i++) {
        crisis[i] = CrisisState();
    }
}

// Whether there is a crisis in period t, from what is known at its beginning.
fn move_crisis(t: u32) {
    for (var i = 0u; i < CRISES; i++) {
        var value = 0.0;
        var cost = 0.0;
        var burst = 0.0;
        for (var o = 0u; o < ORGANIZATIONS; o++) {
            value = value + organizations[o].average_value;
            cost = cost + organizations[o].average_cost;
            burst = burst + select(0.0, 1.0, bubbles[o] != NEVER);
        }
        let excess = terms.crisis[i].sensitivity * shortfall_of_returns(value, cost) + terms.crisis[i].contagion * burst;
        let threshold = hazard_threshold(terms.crisis[i].hazard * terms.common_terms.dt, excess);
        let begins = crisis_words[i] < threshold;
        let ends = crisis_words[i] < terms.crisis[i].recovery_threshold;
        let before = crisis[i].lasting;
        let lasting = select(u32(begins), 1u - u32(ends), before != 0u);
        crisis[i].lasting = lasting;
        if (POINTS != 0u) {
            // the first crisis has one word; all that follows is drawn period by period
            crisis_words[i] = left_over(crisis_words[i], threshold);
            crisis[i].begun = crisis[i].begun | lasting;
        }
        crisis[i].price = select(1.0, terms.crisis[i].price, lasting != 0u);
        crisis[i].utilization = select(1.0, terms.crisis[i].utilization, lasting != 0u);
        crisis[i].performance_return = select(1.0, terms.crisis[i].performance_return, lasting != 0u);
        crisis[i].fund = select(1.0, terms.crisis[i].fund, lasting != 0u);
    }
}
