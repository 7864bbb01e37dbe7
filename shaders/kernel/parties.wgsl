// Those whom contracts bind, and what happens to them: what conditions of clauses wait for, vendors that fail, organizations that
// settle with their vendors, and what vendors lose by it.

struct ConditionState {
    holds: u32,              // in the period, 1 or 0
    begins: u32,             // whether the period is the first in which it does
}

struct CounterpartyState {
    failed: u32,             // when, or NEVER
    ends: u32,               // whether its contracts end in the period
    lost: f32,               // so far, undiscounted
}

struct WorkoutState {
    settled: u32,            // when, or NEVER
    settles: u32,            // whether it does in the period
}

struct ExposureState {
    loss: f32,               // discounted sum so far
}

var<private> conditions: array<ConditionState, CONDITION_LENGTH>;
var<private> counterparties: array<CounterpartyState, COUNTERPARTY_LENGTH>;
var<private> workouts: array<WorkoutState, WORKOUT_LENGTH>;
var<private> exposures: array<ExposureState, EXPOSURE_LENGTH>;

fn start_parties() {
    for (var i = 0u; i < CONDITIONS; i++) {
        conditions[i] = ConditionState();
    }
    for (var v = 0u; v < COUNTERPARTIES; v++) {
        counterparties[v] = CounterpartyState();
        counterparties[v].failed = NEVER;
    }
    for (var w = 0u; w < WORKOUTS; w++) {
        workouts[w] = WorkoutState();
        workouts[w].settled = NEVER;
    }
    for (var p = 0u; p < EXPOSURES; p++) {
        exposures[p] = ExposureState();
    }
}

// Which conditions hold in the period: what they wait for counts once it has happened by the end of the period before.
fn look_back() {
    for (var i = 0u; i < CONDITIONS; i++) {
        var happened = 0u;
        if (TRIGGER[i] == TRIGGER_EVENT) {
            happened = events[TRIGGER_SUBJECT[i]].happened;
        } else if (TRIGGER[i] == TRIGGER_BUBBLE) {
            happened = bubbles[TRIGGER_SUBJECT[i]];
        } else if (TRIGGER[i] == TRIGGER_SYSTEM_BUBBLE) {
            happened = system_bubble[0u];
        }
        let holds = u32((happened != NEVER) == (HOLDS_UNTIL[i] == 0u));
        let before = conditions[i].holds;
        conditions[i].begins = holds & (1u - before);
        conditions[i].holds = holds;
    }
}

// Vendors fail at random, or because they have lost more than their capital.
fn fail_counterparties(t: u32) {
    for (var v = 0u; v < COUNTERPARTIES; v++) {
        var word = 0u;
        var threshold = 0u;
        if (FAILING[v] != 0u) {
            word = failure_words[v];
            threshold = terms.counterparties[v].threshold;
            if (CRISES != 0u) {
                let worse = terms.counterparties[v].crisis_threshold;
                threshold = select(terms.counterparties[v].threshold, worse, crisis[0u].lasting != 0u);
            }
            if (POINTS != 0u) {
                failure_words[v] = left_over(word, threshold);
            }
        }
        var broke = 0u;
        if (CAPITALISED[v] != 0u) {
            broke = u32(counterparties[v].lost > terms.counterparties[v].capital);
        }
        var novation = 0u;
        var taking = 0u;
        if (NOVATED[v] != 0u) {
            novation = novation_words[v];
            taking = terms.counterparties[v].novation_threshold;
        }
        let fails = ((word < threshold) | (broke != 0u)) & (counterparties[v].failed == NEVER);
        counterparties[v].failed = min(counterparties[v].failed, select(NEVER, t, fails));
        counterparties[v].ends = u32(fails & (novation >= taking));
    }
}

// Organizations settle once, at random while their condition holds.
fn work_out(t: u32) {
    for (var w = 0u; w < WORKOUTS; w++) {
        let holds = conditions[WORKOUT_CONDITION[w]].holds != 0u;
        let word = workout_words[w];
        let settles = holds & (workouts[w].settled == NEVER) & (word < terms.workouts[w].threshold);
        workouts[w].settled = min(workouts[w].settled, select(NEVER, t, settles));
        workouts[w].settles = u32(settles);
        if (POINTS != 0u) {
            let asked = conditions[WORKOUT_CONDITION[w]].holds != 0u;
            workout_words[w] = select(word, left_over(word, terms.workouts[w].threshold), asked);
        }
    }
}

// What vendors lose with contracts that changed in the period and with stakes; those that have failed lose no more.
fn lose(t: u32) {
    let discount = rows[t - 1u].period.liability_discount;
    for (var i = 0u; i < CHANGING; i++) {
        let c = CHANGING_CONTRACT[i];
        if (SOLD[c] != 0u) {
            let lost = select(0.0, changes[i].lost, counterparties[COUNTERPARTY[c]].failed == NEVER);
            counterparties[COUNTERPARTY[c]].lost += lost;
            exposures[EXPOSURE[c]].loss = accumulated(exposures[EXPOSURE[c]].loss, lost, discount);
        }
    }
    for (var s = 0u; s < STAKES; s++) {
        let survives = counterparties[STAKE_COUNTERPARTY[s]].failed == NEVER;
        let falls = (conditions[STAKE_CONDITION[s]].begins != 0u) & survives;
        let lost = select(0.0, terms.stakes[s].loss, falls);
        counterparties[STAKE_COUNTERPARTY[s]].lost += lost;
        exposures[STAKE_EXPOSURE[s]].loss = accumulated(exposures[STAKE_EXPOSURE[s]].loss, lost, discount);
    }
}
