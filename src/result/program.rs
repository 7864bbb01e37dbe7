//! Which program this is.

/// Its version, for example 0.2.0.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Its version with the commit and its date in parentheses, as far as they are known.
pub const LONG_VERSION: &str = env!("OVERHANG_VERSION");

/// The commit that it was built from, if that is known.
pub fn commit() -> Option<String> {
    known(env!("OVERHANG_COMMIT"))
}

/// The commit's date, if it is known.
pub fn commit_date() -> Option<String> {
    known(env!("OVERHANG_COMMIT_DATE"))
}

fn known(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A version with its commit and date, as documents have them.
pub fn described(version: &str, commit: Option<&str>, date: Option<&str>) -> String {
    let known: Vec<&str> = commit.into_iter().chain(date).collect();
    if known.is_empty() { format!("overhang {version}") } else { format!("overhang {version} ({})", known.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_stands_behind_the_version() {
        assert_eq!(described("0.1.0", None, None), "overhang 0.1.0");
        assert_eq!(
            described(VERSION, commit().as_deref(), commit_date().as_deref()),
            format!("overhang {LONG_VERSION}")
        );
    }
}
