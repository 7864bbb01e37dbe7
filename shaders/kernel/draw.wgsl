// Factors drawn on the device (model.md §3).

var<private> y: array<f32, FACTOR_LENGTH>;
var<private> normals: array<f32, FACTOR_LENGTH>;
// What jumps in the period, by factor.
var<private> shocks: array<f32, FACTOR_LENGTH>;

// Up to four periods' words of each stream, the present one first.
var<private> diffusion_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> jump_count_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> jump_size_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> regime_words: vec4<u32>;

fn start_factors() {
    for (var i = 0u; i < FACTORS; i++) {
        y[i] = terms.factors[i].state;
        x[i] = terms.factors[i].start;
    }
    state = terms.common_terms.start_state;
}

// Draws four periods' words of all streams.
fn refill(t: u32) {
    for (var i = 0u; i < FACTORS; i++) {
        if (FACTOR_KIND[i] != KIND_TABLE) {
            diffusion_words[i] = stream(PURPOSE_DIFFUSION, t, i);
        }
        if (JUMPING[i] != 0u) {
            jump_count_words[i] = stream(PURPOSE_JUMP_COUNT, t, i);
            jump_size_words[i] = stream(PURPOSE_JUMP_SIZE, t, i);
        }
    }
    if (STATES > 1u) {
        regime_words = stream(PURPOSE_REGIME, t, 0u);
    }
}

// Moves on to the next period's words.
fn rotate() {
    for (var i = 0u; i < FACTORS; i++) {
        diffusion_words[i] = next(diffusion_words[i]);
        if (JUMPING[i] != 0u) {
            jump_count_words[i] = next(jump_count_words[i]);
            jump_size_words[i] = next(jump_size_words[i]);
        }
    }
    regime_words = next(regime_words);
}

fn move_chain() {
    previous_state = state;
    state = 0u;
    for (var j = 0u; j < LAST_STATE; j++) {
        var threshold = terms.regime_thresholds[j];
        for (var s = 1u; s < STATES; s++) {
            threshold = select(threshold, terms.regime_thresholds[s * STATES + j], previous_state == s);
        }
        state += u32(reaches(regime_words.x, threshold));
    }
}

fn draw_shocks() {
    for (var i = 0u; i < FACTORS; i++) {
        shocks[i] = 0.0;
        if (JUMPING[i] != 0u) {
            let word = jump_count_words[i].x;
            var count = 0u;
            for (var k = terms.factors[i].jumps_first; k < terms.factors[i].jumps_end; k++) {
                count += u32(reaches(word, terms.jump_thresholds[k >> 2u][k & 3u]));
            }
            let normal = normal_quantile(jump_size_words[i].x);
            shocks[i] = jump(f32(count), terms.factors[i].jump_mean, terms.factors[i].jump_sd, normal);
        }
        // regimes cost a factor only what they change of it
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
    if (((t - 1u) & 3u) == 0u) {
        refill(t);
    } else {
        rotate();
    }
    if (STATES > 1u) {
        move_chain();
    }
    draw_shocks();
    for (var i = 0u; i < FACTORS; i++) {
        previous[i] = x[i];
        let base = rows[t - 1u].factor_bases[i];
        if (FACTOR_KIND[i] == KIND_TABLE) {
            x[i] = base;
        } else {
            normals[i] = normal_quantile(diffusion_words[i].x);
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
