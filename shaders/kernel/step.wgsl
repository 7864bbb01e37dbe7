// Factors drawn on the device (model.md §3): one period of each, from normals and jumps that draw.wgsl or points.wgsl draws.

var<private> y: array<f32, FACTOR_LENGTH>;
var<private> normals: array<f32, FACTOR_LENGTH>;
// What jumps in the period, by factor.
var<private> shocks: array<f32, FACTOR_LENGTH>;

fn start_factors() {
    for (var i = 0u; i < FACTORS; i++) {
        y[i] = terms.factors[i].state;
        x[i] = terms.factors[i].start;
    }
    state = terms.common_terms.start_state;
    start_draws();
}

// What entering the period's state adds; regimes cost a factor only what they change of it.
fn add_entries() {
    for (var i = 0u; i < FACTORS; i++) {
        if (ENTERED[i] != 0u) {
            var entry = terms.effects[i].entry;
            for (var s = 1u; s < STATES; s++) {
                entry = select(entry, terms.effects[s * FACTORS + i].entry, state == s);
            }
            shocks[i] += select(0.0, entry, state != previous_state);
        }
    }
}

// Moves the chain and the factors through period t.
fn advance_factors(t: u32) {
    for (var i = 0u; i < FACTORS; i++) {
        shocks[i] = 0.0;
    }
    draw_period(t);
    add_entries();
    for (var i = 0u; i < FACTORS; i++) {
        previous[i] = x[i];
        let base = rows[t - 1u].factor_bases[i];
        if (FACTOR_KIND[i] == KIND_TABLE) {
            x[i] = base;
        } else {
            var z = 0.0;
            for (var j = 0u; j < ROW_END[i]; j++) {
                z = accumulated(z, normals[j], terms.cholesky[i * FACTORS + j]);
            }
            var drift = terms.effects[i].drift;
            var diffusion = terms.effects[i].diffusion;
            if (DRIFTS[i] != 0u) {
                for (var s = 1u; s < STATES; s++) {
                    drift = select(drift, terms.effects[s * FACTORS + i].drift, state == s);
                }
            }
            if (DIFFUSIONS[i] != 0u) {
                for (var s = 1u; s < STATES; s++) {
                    diffusion = select(diffusion, terms.effects[s * FACTORS + i].diffusion, state == s);
                }
            }
            y[i] = advance(y[i], terms.factors[i].decay, drift, diffusion, z, shocks[i]);
            if (FACTOR_KIND[i] == KIND_LOGIT) {
                x[i] = logit_value(base, y[i], terms.factors[i].lower, terms.factors[i].width);
            } else {
                x[i] = log_value(base, y[i]);
            }
        }
    }
}
