// One path per invocation, from τ = 0 to the horizon; its figures and times go to the chunk's arrays.

@compute @workgroup_size(WORKGROUP)
fn simulate(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= chunk.stride) {
        return;
    }
    take_path(id.x);
    start_factors();
    start_flows();
    start_events();
    draw_delays();
    for (var t = 1u; t <= chunk.periods; t++) {
        advance_factors(t);
        draw_words(t);
        settle(t);
        watch_events(t);
    }
    finish();
}
