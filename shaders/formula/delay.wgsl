// Late delivery.

// A normal that is partly shared, with weights whose squares add up to 1.
fn mixed(weight: f32, common_part: f32, rest: f32, own: f32) -> f32 {
    return weight * common_part + rest * own;
}

// Years of lateness, lognormal.
fn lateness(median: f32, sigma: f32, normal: f32) -> f32 {
    return median * exponential(sigma * normal);
}

// Years as the nearest number of whole periods, at most `most`.
fn whole_periods(years: f32, dt: f32, most: f32) -> u32 {
    return u32(min(years / dt + 0.5, most));
}
