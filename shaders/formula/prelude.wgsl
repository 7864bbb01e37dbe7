// What WGSL has under other names, or none, beside Rust's prelude (src/formula/prelude.rs).

fn wrapping_add(a: u32, b: u32) -> u32 {
    return a + b;
}

fn wrapping_mul(a: u32, b: u32) -> u32 {
    return a * b;
}

fn wrapping_sub(a: u32, b: u32) -> u32 {
    return a - b;
}
