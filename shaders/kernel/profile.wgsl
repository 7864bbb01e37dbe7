// One path per invocation, as simulate.wgsl has it; after every STEP periods, counted back from the horizon, what is observed
// goes to the chunk's rows.

// [group of WORKGROUP paths, date, quantity, path]: what a group writes lies together, and so in caches.
@group(0) @binding(7) var<storage, read_write> observed: array<f32>;

fn keep(date: u32) {
    let start = (place / WORKGROUP * PROFILE_ROWS + date * OBSERVED) * WORKGROUP + place % WORKGROUP;
    for (var w = 0u; w < OBSERVED; w++) {
        var value = 0.0;
        if (OBSERVED_KIND[w] == OBSERVABLE_FACTOR) {
            value = x[OBSERVED_FACTOR[w]];
        }
        if (OBSERVED_KIND[w] == OBSERVABLE_SERVED) {
            value = organizations[OBSERVED_ORGANIZATION[w]].served;
        }
        if (OBSERVED_KIND[w] == OBSERVABLE_COVERAGE) {
            let average = organizations[OBSERVED_ORGANIZATION[w]].average_value;
            value = coverage(average, organizations[OBSERVED_ORGANIZATION[w]].average_cost);
        }
        if (OBSERVED_KIND[w] == OBSERVABLE_CASH) {
            value = organizations[OBSERVED_ORGANIZATION[w]].cash;
        }
        observed[start + w * WORKGROUP] = value;
    }
}

@compute @workgroup_size(WORKGROUP)
fn profile(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= chunk.stride) {
        return;
    }
    take_path(id.x);
    start_factors();
    start_flows();
    start_events();
    draw_delays();
    var date = 0u;
    for (var t = 1u; t <= chunk.periods; t++) {
        advance_factors(t);
        draw_words(t);
        settle(t);
        watch_events(t);
        if ((chunk.periods - t) % STEP == 0u) {
            keep(date);
            date += 1u;
        }
    }
    finish();
}
