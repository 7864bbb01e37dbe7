// Random words of clauses (model.md §2): drawn wherever factors come from, since they are no part of them.

// Words of a contract that may be late, its own two before its vendor's, and where the words behind them begin: the crisis's, vendors'
// failures, what becomes of their contracts, settlements, tranches (src/plan/points/clause.rs).
const DELAY_WORDS: u32 = 4u;
const CRISIS_WORD: u32 = DELAY_WORDS * LATE_CONTRACTS;

// Up to four periods' words of each stream, the present one first.
var<private> crisis_stream: vec4<u32>;
var<private> failure_streams: array<vec4<u32>, COUNTERPARTY_LENGTH>;
var<private> novation_streams: array<vec4<u32>, COUNTERPARTY_LENGTH>;
var<private> workout_streams: array<vec4<u32>, WORKOUT_LENGTH>;

// Draws the words of period t; periods come in order.
fn draw_words(t: u32) {
    if (POINTS != 0u) {
        keep_words(t);
    } else {
        draw_streams(t);
    }
    find_rows(t);
}

// The words of quasi-random paths: each is for the whole horizon, and what is left of it serves the next period.
fn keep_words(t: u32) {
    if (t == 1u) {
        for (var i = 0u; i < CRISES; i++) {
            crisis_words[i] = given_word(CRISIS_WORD + i);
        }
        for (var v = 0u; v < COUNTERPARTIES; v++) {
            failure_words[v] = given_word(CRISIS_WORD + CRISES + v);
            novation_words[v] = given_word(CRISIS_WORD + CRISES + COUNTERPARTIES + v);
        }
        for (var w = 0u; w < WORKOUTS; w++) {
            workout_words[w] = given_word(CRISIS_WORD + CRISES + 2u * COUNTERPARTIES + w);
        }
        for (var i = 0u; i < TRANCHES; i++) {
            tranche_words[i] = given_word(CRISIS_WORD + CRISES + 2u * COUNTERPARTIES + WORKOUTS + i);
        }
    }
    // after the first crisis they are drawn period by period
    if (CRISES != 0u) {
        if (crisis[0u].begun != 0u) {
            crisis_words[0u] = word(PURPOSE_CRISIS, t, 0u);
        }
    }
}

// The words of a period of independent paths.
fn draw_streams(t: u32) {
    let anew = ((t - 1u) & 3u) == 0u;
    for (var i = 0u; i < TRANCHES; i++) {
        // in few periods, so that the word is computed in each rather than kept for four
        if (TRANCHE_DRAWN[i] != 0u) {
            if ((t >= terms.tranches[i].first_period) & (t <= terms.tranches[i].last_period)) {
                tranche_words[i] = word(PURPOSE_TRANCHE, t, i);
            }
        }
    }
    if (CRISES != 0u) {
        crisis_stream = next(crisis_stream);
        if (anew) {
            crisis_stream = stream(PURPOSE_CRISIS, t, 0u);
        }
        crisis_words[0u] = crisis_stream.x;
    }
    for (var v = 0u; v < COUNTERPARTIES; v++) {
        if (FAILING[v] != 0u) {
            failure_streams[v] = next(failure_streams[v]);
            if (anew) {
                failure_streams[v] = stream(PURPOSE_VENDOR, t, v);
            }
            failure_words[v] = failure_streams[v].x;
        }
        if (NOVATED[v] != 0u) {
            novation_streams[v] = next(novation_streams[v]);
            if (anew) {
                novation_streams[v] = stream(PURPOSE_VENDOR, t, COUNTERPARTIES + v);
            }
            novation_words[v] = novation_streams[v].x;
        }
    }
    for (var w = 0u; w < WORKOUTS; w++) {
        workout_streams[w] = next(workout_streams[w]);
        if (anew) {
            workout_streams[w] = stream(PURPOSE_WORKOUT, t, WORKOUT_ORGANIZATION[w]);
        }
        workout_words[w] = workout_streams[w].x;
    }
}

// By how many periods each contract is late, and whether so much that it never begins.
fn draw_delays() {
    for (var k = 0u; k < LATE_CONTRACTS; k++) {
        var own = vec2<u32>();
        var shared_draw = vec2<u32>();
        if (POINTS != 0u) {
            own = vec2<u32>(given_word(DELAY_WORDS * k), given_word(DELAY_WORDS * k + 1u));
            shared_draw = vec2<u32>(given_word(DELAY_WORDS * k + 2u), given_word(DELAY_WORDS * k + 3u));
        } else {
            own = stream(PURPOSE_DELAY, 1u, terms.delays[k].contract).xy;
            shared_draw = stream(PURPOSE_DELAY, 1u, terms.delays[k].vendor).xy;
        }
        let weight = terms.delays[k].vendor_weight;
        let rest = terms.delays[k].own_weight;
        let decisive = mixed(weight, normal_quantile(shared_draw.x), rest, normal_quantile(own.x));
        let scale = mixed(weight, normal_quantile(shared_draw.y), rest, normal_quantile(own.y));
        let is_late = decisive > terms.delays[k].quantile;
        let years = select(0.0, lateness(terms.delays[k].median, terms.delays[k].sigma, scale), is_late);
        late[k].obsolescence = 1.0;
        late[k].periods = whole_periods(years, terms.common_terms.dt, terms.delays[k].most_periods);
        if (STOPS[LATE_CONTRACT[k]] != 0u) {
            late[k].never_begins = u32(years > terms.delays[k].long_stop);
        }
    }
}

// The rows in which contracts that may be late are in period t: those of the period by which they are late before it, and before the
// first period a row like any before service.
fn find_rows(t: u32) {
    for (var k = 0u; k < LATE_CONTRACTS; k++) {
        let i = LATE_CHANGE[k];
        let c = LATE_CONTRACT[k];
        let began = t > late[k].periods;
        let row = select(1u, t - late[k].periods, began) - 1u;
        late[k].stage = select(STAGE_BEFORE, rows[row].changing[i].stage, began);
        late[k].capacity = select(0.0, rows[row].changing[i].capacity, began);
        // what the contract's clauses and its organization's events ask for
        if (AGES[c] != 0u) {
            late[k].obsolescence = select(1.0, rows[row].changing[i].obsolescence, began);
        }
        if (INDEXED[c] != 0u) {
            late[k].reset = select(0u, rows[row].changing[i].reset, began);
        } else {
            late[k].rate = rows[row].changing[i].rate;
        }
        if (OWES[c] != 0u) {
            late[k].bills_from = select(terms.changes[i].bills, rows[row].changing[i].bills_from, began);
            late[k].units_from = select(terms.changes[i].units, rows[row].changing[i].units_from, began);
        }
        if (OVERHANG_WATCHED[OWNER[c]] != 0u) {
            if (INDEXED[c] == 0u) {
                late[k].bills_after = select(terms.changes[i].bills, rows[row].changing[i].bills_after, began);
            } else {
                late[k].units_after = select(terms.changes[i].units, rows[row].changing[i].units_after, began);
            }
        }
        if (REDUCED[c] != 0u) {
            late[k].leaving = select(0u, rows[row].changing[i].leaving, began);
            late[k].fee = rows[row].changing[i].fee;
        }
        if (REVIEWED[c] != 0u) {
            late[k].review = select(0.0, rows[row].changing[i].review, began);
        }
        if (WINDOWED[c] != 0u) {
            late[k].closes = select(0u, rows[row].changing[i].closes, began);
        }
        // given in every period, so that no register keeps it from one to the next
        late[k].residual = 0.0;
        if (t == PERIODS) {
            let at_start = t == late[k].periods;
            let before = select(terms.changes[i].residual_before_start, terms.changes[i].residual_at_start, at_start);
            late[k].residual = select(before, rows[row].changing[i].residual, began);
        }
    }
}
