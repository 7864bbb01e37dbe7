// One path per invocation, as simulate.wgsl has it; after every STEP periods, counted back from the horizon, what is watched
// goes to the chunk's rows.

// [group of WORKGROUP paths, date, quantity, path]: what a group writes lies together, and so in caches.
@group(0) @binding(7) var<storage, read_write> watched: array<f32>;

fn keep(date: u32) {
    let start = (place / WORKGROUP * COURSE_ROWS + date * WATCHED) * WORKGROUP + place % WORKGROUP;
    for (var w = 0u; w < WATCHED; w++) {
        var value = 0.0;
        if (WATCHED_QUANTITY[w] == OBSERVABLE_FACTOR) {
            value = x[WATCHED_FACTOR[w]];
        }
        if (WATCHED_QUANTITY[w] == OBSERVABLE_SERVED) {
            value = organizations[WATCHED_ORGANIZATION[w]].served;
        }
        if (WATCHED_QUANTITY[w] == OBSERVABLE_COVERAGE) {
            let average = organizations[WATCHED_ORGANIZATION[w]].average_value;
            value = coverage(average, organizations[WATCHED_ORGANIZATION[w]].average_cost);
        }
        if (WATCHED_QUANTITY[w] == OBSERVABLE_CASH) {
            value = organizations[WATCHED_ORGANIZATION[w]].cash;
        }
        watched[start + w * WORKGROUP] = value;
    }
}

@compute @workgroup_size(WORKGROUP)
fn course(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= chunk.stride) {
        return;
    }
    take_path(id.x);
    start_factors();
    start_flows();
    start_events();
    var date = 0u;
    for (var t = 1u; t <= chunk.periods; t++) {
        advance_factors(t);
        settle(t);
        watch_events(t);
        if ((chunk.periods - t) % STEP == 0u) {
            keep(date);
            date += 1u;
        }
    }
    finish();
}
