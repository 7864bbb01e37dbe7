//! Texts of a scenario, made harmless for pages, pictures and terminals.

use crate::scenario::is_misleading;

/// The text with control characters shown as �, and without invisible ones and those that turn the direction of the text around
/// them.
pub fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        // separators of lines and paragraphs break a line like the control characters
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some('\u{fffd}'),
        c if is_misleading(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(shown).collect()
}

/// The same line by line, for terminals.
pub fn harmless_lines(text: &str) -> String {
    text.split('\n').map(harmless).collect::<Vec<_>>().join("\n")
}

/// As [`harmless`], cut off with an ellipsis after so many characters.
pub fn short(text: &str, most: usize) -> String {
    let text = harmless(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_controls_is_left() {
        assert_eq!(harmless("a\u{1b}[31m\u{0}b\nc\u{9b}"), "a\u{fffd}[31m\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(harmless("abc\u{202e}fed\u{2066}g"), "abcfedg");
        assert_eq!(harmless("Überhang €, مركز"), "Überhang €, مركز");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(harmless_lines("a\u{1b}[2J\r\n\n\u{202e}b\n"), "a\u{fffd}[2J\u{fffd}\n\nb\n");
    }

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        assert_eq!(short("12345", 5), "12345");
        assert_eq!(short("123 567", 5), "123…");
        assert_eq!(short(&"é".repeat(500), 20).chars().count(), 20);
    }
}
