// The processes of factors (model.md §3), all of one form: y is the logarithm or logit of X relative to its mean (gbm) or
// level (ou, logit_ou), so that f32 keeps its digits whatever X is measured in.

// One period of y: decay·y + drift + diffusion·Z + shock.
//   gbm   decay 1, drift (m − (vσ)²/2)·dt − λ(e^{μJ + σJ²/2} − 1)·dt, diffusion vσ√dt
//   ou    decay e^{−κdt}, drift (1 − e^{−κdt})·h, diffusion vσ·√((1 − e^{−2κdt})/2κ)
// The shock is what jumps: on entry of a regime, and J.
fn advance(y: f32, decay: f32, drift: f32, diffusion: f32, normal: f32, shock: f32) -> f32 {
    return fma(decay, y, fma(diffusion, normal, drift + shock));
}

// The sum of `count` normal jumps: J = N·mean + √N·sd·Z′.
fn jump(count: f32, mean: f32, sd: f32, normal: f32) -> f32 {
    return fma(count, mean, sqrt(count) * sd * normal);
}

// X of a gbm or ou, `base` being E[X] of the gbm without regimes, or the ou's level.
fn log_value(base: f32, y: f32) -> f32 {
    return base * exponential(y);
}

// X of a logit_ou, `base` being the logit of its level.
fn logit_value(base: f32, y: f32, lower: f32, width: f32) -> f32 {
    return lower + width / (1.0 + exponential(-(base + y)));
}

// Whether a draw reaches a threshold of a distribution function; no word reaches 0xffffffff.
fn reaches(word: u32, threshold: u32) -> bool {
    return min(word, 0xfffffffeu) >= threshold;
}
