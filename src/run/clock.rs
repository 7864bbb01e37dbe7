//! The clock of the machine, which may say anything.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// The time as RFC 3339 writes it; none in years that calendars do not have.
pub fn rfc3339(time: SystemTime, digits: SecondsFormat) -> Option<String> {
    let (since, before) = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (since, false),
        Err(error) => (error.duration(), true),
    };
    let milliseconds = i64::try_from(since.as_millis()).ok()?;
    let date = DateTime::<Utc>::from_timestamp_millis(if before { -milliseconds } else { milliseconds })?;
    Some(date.to_rfc3339_opts(digits, true))
}

/// Seconds since 1970; 0 before.
pub fn unix(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_far_away_is_no_date_and_no_panic() {
        let written = |time| rfc3339(time, SecondsFormat::Millis);
        assert_eq!(written(UNIX_EPOCH + Duration::from_millis(1500)).as_deref(), Some("1970-01-01T00:00:01.500Z"));
        assert_eq!(written(UNIX_EPOCH - Duration::from_secs(1)).as_deref(), Some("1969-12-31T23:59:59.000Z"));
        for seconds in [1_u64 << 43, 1 << 60, i64::MAX as u64] {
            let (late, early) = (Duration::from_secs(seconds), Duration::from_secs(seconds));
            let times = [UNIX_EPOCH.checked_add(late), UNIX_EPOCH.checked_sub(early)];
            for time in times.into_iter().flatten() {
                assert_eq!(written(time), None);
                assert!(unix(time).is_finite());
            }
        }
        assert_eq!(unix(UNIX_EPOCH - Duration::from_secs(5)), 0.0);
    }
}
