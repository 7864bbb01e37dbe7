//! There is nothing to do; without this, the dependencies of build scripts would not count.

fn main() {}
