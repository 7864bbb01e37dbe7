//! Texts with places for what this module declares, such as the schema of scenario files.

use super::{Figure, MetricKind, ProcessKind, Registered, Unit};

/// Fills in a JSON template. Its places stand within texts:
///
/// | place | text |
/// |---|---|
/// | `{{metric.names}}` | all names, with the quotes and commas between them, so that `["{{metric.names}}"]` is a list |
/// | `{{metric.cash.name}}` | the name of a metric, a process or a figure |
/// | `{{process.gbm.description}}` | its description |
/// | `{{unit.rate}}` | a unit of figures in words |
///
/// # Errors
///
/// Says which place is not known, or does not end.
pub fn filled(template: &str) -> Result<String, String> {
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, behind) = after.split_once("}}").ok_or("a place of the template does not end")?;
        let word = word(place).ok_or_else(|| format!("the registry has nothing for {{{{{place}}}}}"))?;
        text = text + before + &word;
        rest = behind;
    }
    Ok(text + rest)
}

fn word(place: &str) -> Option<String> {
    let (list, rest) = place.split_once('.')?;
    match list {
        "metric" => registered::<MetricKind>(rest),
        "process" => registered::<ProcessKind>(rest),
        "figure" => registered::<Figure>(rest),
        "unit" => Unit::ALL.iter().find(|unit| unit.key() == rest).map(|unit| unit.words().to_owned()),
        _ => None,
    }
}

fn registered<T: Registered>(place: &str) -> Option<String> {
    if place == "names" {
        return Some(T::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join("\", \""));
    }
    let (name, what) = place.split_once('.')?;
    let one = T::named(name)?;
    match what {
        "name" => Some(escaped(one.name())),
        "description" => Some(escaped(one.description())),
        _ => None,
    }
}

/// As it stands within a text of JSON.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_in() {
        assert_eq!(filled("{\"const\": \"{{process.gbm.name}}\"}").as_deref(), Ok("{\"const\": \"gbm\"}"));
        assert_eq!(
            filled("a {{unit.rate}}, {{unit.money}}").as_deref(),
            Ok("a currency per capacity-unit-year, currency")
        );
        let names = filled("[\"{{metric.names}}\"]").expect("they are known");
        assert!(names.starts_with("[\"cash\", \"coverage\", ") && names.ends_with("\"failed\"]"), "{names}");
        assert_eq!(escaped("a \"word\" \\"), "a \\\"word\\\" \\\\");
    }

    #[test]
    fn unknown_places_are_told() {
        for (template, word) in
            [("{{metric.price.name}}", "metric.price.name"), ("{{metric.cash", "end"), ("{{}}", "{{}}")]
        {
            let error = filled(template).expect_err("it has nothing there");
            assert!(error.contains(word), "{error}");
        }
    }
}
