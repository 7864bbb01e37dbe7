// How figures are reduced.

// y = (x − centre) / scale.
fn centred(x: f32, centre: f32, inverse_scale: f32) -> f32 {
    return (x - centre) * inverse_scale;
}

// Whether a figure is defined: cost per unit of use is not without use.
fn defined(x: f32, optional: bool) -> bool {
    return !(optional & (x == UNDEFINED));
}
