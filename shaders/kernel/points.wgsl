// What factors are moved by, for quasi-random paths: the coordinates of the path's point make the normals and jumps of the whole horizon,
// which wait for their periods where the trajectories come to lie. src/engine/gpu/kernel/points.rs lays the table out.

@group(0) @binding(7) var<storage, read> point_table: array<u32>;
@group(0) @binding(8) var<storage, read_write> jump_trajectories: array<f32>; // [period, factor that jumps, path]

// The period at whose end the chain leaves its state, and its exits so far.
var<private> leaves_in: u32;
var<private> exits: u32;

// The word of a dimension.
fn coordinate(dimension: u32) -> u32 {
    let base = point_table[POINT_COORDINATES] + dimension * POINT_DIGITS;
    let low = point_table[base + (path_low & 0xffu)] ^ point_table[base + 256u + ((path_low >> 8u) & 0xffu)];
    let high = point_table[base + 512u + ((path_low >> 16u) & 0xffu)] ^ point_table[base + 768u + (path_low >> 24u)];
    return scrambled(low ^ high, point_table[point_table[POINT_SCRAMBLES] + dimension]);
}

fn normal_place(first: u32, factor: u32) -> u32 {
    return ((first + 1u) * FACTORS + factor) * chunk.stride + place;
}

fn start_draws() {
    var jumper = 0u;
    for (var i = 0u; i < FACTORS; i++) {
        if (FACTOR_KIND[i] != KIND_TABLE) {
            draw_normals(i);
        }
        if (JUMPING[i] != 0u) {
            draw_jumps(i, jumper, terms.factors[i].jump_mean, terms.factors[i].jump_sd);
            jumper += 1u;
        }
    }
    for (var word = 0u; word < CLAUSE_WORDS; word++) {
        let dimension = point_table[point_table[POINT_CLAUSE_DIMENSIONS] + word];
        if (dimension != NONE) {
            state_trajectories[word * chunk.stride + place] = coordinate(dimension);
        }
    }
    exits = 0u;
    if (STATES > 1u) {
        stay(0u);
    }
}

// The normals of a factor's periods.
fn draw_normals(factor: u32) {
    let range = point_table[POINT_NODE_RANGES] + factor;
    let start = point_table[range];
    for (var node = start; node < point_table[range + 1u]; node++) {
        let at = node * POINT_NODE;
        let dimension = point_table[at];
        var word = 0u;
        if (dimension == NONE) {
            let number = node - start;
            let words = block_words(PURPOSE_DIFFUSION, number >> 2u, factor);
            let pair = select(words.xy, words.zw, (number & 2u) != 0u);
            word = select(pair.x, pair.y, (number & 1u) != 0u);
        } else {
            word = coordinate(dimension);
        }
        let first = normal_place(point_table[at + 1u], factor);
        let middle = normal_place(point_table[at + 2u], factor);
        var sum = 0.0;
        if (middle != first) {
            sum = trajectories[first];
        }
        let share = bitcast<f32>(point_table[at + 3u]);
        let part = first_part(sum, share, bitcast<f32>(point_table[at + 4u]), normal_quantile(word));
        trajectories[first] = part;
        if (middle != first) {
            trajectories[middle] = sum - part;
        }
    }
}

fn jump_place(period: u32, jumper: u32) -> u32 {
    return (period * point_table[POINT_JUMPER_COUNT] + jumper) * chunk.stride + place;
}

// The jumps of a factor, each added in its period; it is the one of this number among those that jump.
fn draw_jumps(factor: u32, jumper: u32, mean: f32, sd: f32) {
    for (var period = 0u; period < chunk.periods; period++) {
        jump_trajectories[jump_place(period, jumper)] = 0.0;
    }
    let at = point_table[POINT_JUMPERS] + jumper * POINT_JUMPER;
    let totals = point_table[at];
    let total_word = coordinate(point_table[at + 2u]);
    // as many as there are thresholds that the word reaches
    var count = 0u;
    var end = point_table[at + 1u];
    while (count < end) {
        let middle = (count + end) >> 1u;
        if (reaches(total_word, point_table[totals + middle])) {
            count = middle + 1u;
        } else {
            end = middle;
        }
    }
    for (var number = 0u; number < count; number++) {
        var words = vec2<u32>();
        if (number < point_table[at + 4u]) {
            let pair = point_table[at + 3u] + 2u * number;
            words = vec2<u32>(coordinate(point_table[pair]), coordinate(point_table[pair + 1u]));
        } else {
            words = block_words(PURPOSE_JUMP_SIZE, number, factor).xy;
        }
        let spot = jump_place(scaled(words.x, chunk.periods), jumper);
        let size = jump(1.0, mean, sd, normal_quantile(words.y));
        jump_trajectories[spot] = jump_trajectories[spot] + size;
    }
}

// How long the chain stays in its state, which it has from the end of period t on.
fn stay(t: u32) {
    var word = 0u;
    if (exits < point_table[POINT_EXIT_COUNT]) {
        word = coordinate(point_table[point_table[POINT_EXITS] + 2u * exits]);
    } else {
        word = block_words(PURPOSE_REGIME, exits, 0u).x;
    }
    let stays = point_table[POINT_STAYS] + state * chunk.periods;
    var stayed = 0u;
    var end = chunk.periods;
    while (stayed < end) {
        let middle = (stayed + end) >> 1u;
        if (reaches(word, point_table[stays + middle])) {
            end = middle;
        } else {
            stayed = middle + 1u;
        }
    }
    leaves_in = t + stayed + 1u;
}

fn leave(t: u32) {
    var word = 0u;
    if (exits < point_table[POINT_EXIT_COUNT]) {
        word = coordinate(point_table[point_table[POINT_EXITS] + 2u * exits + 1u]);
    } else {
        word = block_words(PURPOSE_REGIME, exits, 0u).y;
    }
    let leaves = point_table[POINT_LEAVES] + state * STATES;
    var to = 0u;
    for (var j = 0u; j < LAST_STATE; j++) {
        to += u32(reaches(word, point_table[leaves + j]));
    }
    state = to;
    exits = exits + 1u;
    stay(t);
}

// Takes what moves the chain and the factors in period t.
fn draw_period(t: u32) {
    if (STATES > 1u) {
        previous_state = state;
        if (leaves_in == t) {
            leave(t);
        }
    }
    var jumper = 0u;
    for (var i = 0u; i < FACTORS; i++) {
        if (FACTOR_KIND[i] != KIND_TABLE) {
            normals[i] = trajectories[normal_place(t - 1u, i)];
        }
        if (JUMPING[i] != 0u) {
            shocks[i] = jump_trajectories[jump_place(t - 1u, jumper)];
            jumper += 1u;
        }
    }
}
