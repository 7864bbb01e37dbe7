// What factors are moved by, drawn period by period; every path is independent of all others.

// Up to four periods' words of each stream, the present one first.
var<private> diffusion_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> jump_count_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> jump_size_words: array<vec4<u32>, FACTOR_LENGTH>;
var<private> regime_words: vec4<u32>;

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

// Nothing is drawn before the first period.
fn start_draws() {
}

// Nor do independent paths have words of clauses for the whole horizon.
fn given_word(number: u32) -> u32 {
    return 0u;
}

// The jumps of the period.
fn draw_shocks() {
    for (var i = 0u; i < FACTORS; i++) {
        if (JUMPING[i] != 0u) {
            let word = jump_count_words[i].x;
            var count = 0u;
            for (var k = terms.factors[i].jumps_first; k < terms.factors[i].jumps_end; k++) {
                count += u32(reaches(word, terms.jump_thresholds[k >> 2u][k & 3u]));
            }
            let normal = normal_quantile(jump_size_words[i].x);
            shocks[i] = jump(f32(count), terms.factors[i].jump_mean, terms.factors[i].jump_sd, normal);
        }
    }
}

// Draws what moves the chain and the factors in period t.
fn draw_period(t: u32) {
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
        if (FACTOR_KIND[i] != KIND_TABLE) {
            normals[i] = normal_quantile(diffusion_words[i].x);
        }
    }
}
