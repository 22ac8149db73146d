//! A window cut into hours, days, weeks or months, all of UTC.

use serde::{Deserialize, Serialize};

use super::Span;
use crate::base::time;
use crate::portal::timestamp::Stamp;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The length of a bucket.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Granularity {
    Hour,
    Day,
    Week,
    Month,
}

impl Granularity {
    /// The buckets that a window touches: when each begins, and what the window holds of it.
    pub(super) fn cut(self, span: Span) -> impl Iterator<Item = (Stamp, Span)> {
        let mut begin = self.begin(span.start);
        std::iter::from_fn(move || {
            let bucket = begin;
            begin = self.next(bucket);
            let held = Span { start: bucket.max(span.start), end: begin.min(span.end) };
            (bucket < span.end && held.start < held.end).then_some((bucket, held))
        })
    }

    /// When the bucket of an instant begins.
    fn begin(self, at: Stamp) -> Stamp {
        let day = at.0.div_euclid(DAY);
        Stamp(match self {
            Self::Hour => at.0.div_euclid(HOUR) * HOUR,
            Self::Day => day * DAY,
            // 1970 began on a Thursday, and weeks do on a Monday.
            Self::Week => (day - (day + 3).rem_euclid(7)) * DAY,
            Self::Month => {
                let text = time::format(at.0);
                let first = text.get(..7).and_then(|month| time::parse(&format!("{month}-01")));
                first.unwrap_or(at.0)
            }
        })
    }

    fn next(self, bucket: Stamp) -> Stamp {
        match self {
            Self::Hour => bucket.plus(HOUR),
            Self::Day => bucket.plus_days(1),
            Self::Week => bucket.plus_days(7),
            // The longest month has 31 days.
            Self::Month => self.begin(bucket.plus_days(31)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(granularity: Granularity, start: &str, end: &str) -> Vec<String> {
        let at = |text| Stamp(time::parse(text).unwrap());
        let buckets = granularity.cut(Span { start: at(start), end: at(end) });
        buckets.map(|(begin, held)| format!("{begin} {} {}", held.start, held.end)).collect()
    }

    #[test]
    fn windows_are_cut_without_gaps() {
        let whole = |text: &str| text.replace(' ', "T00:00:00Z ") + "T00:00:00Z";
        assert_eq!(
            cut(Granularity::Month, "2024-01-31", "2024-04-01"),
            [
                "2024-01-01 2024-01-31 2024-02-01",
                "2024-02-01 2024-02-01 2024-03-01",
                "2024-03-01 2024-03-01 2024-04-01"
            ]
            .map(whole)
        );
        assert_eq!(
            cut(Granularity::Week, "2025-12-31", "2026-01-06"),
            ["2025-12-29 2025-12-31 2026-01-05", "2026-01-05 2026-01-05 2026-01-06"].map(whole)
        );
        assert_eq!(cut(Granularity::Day, "2026-01-01", "2026-01-31").len(), 30);
        assert_eq!(
            cut(Granularity::Hour, "2026-01-01T00:59:59Z", "2026-01-01T01:00:01Z"),
            [
                "2026-01-01T00:00:00Z 2026-01-01T00:59:59Z 2026-01-01T01:00:00Z",
                "2026-01-01T01:00:00Z 2026-01-01T01:00:00Z 2026-01-01T01:00:01Z"
            ]
        );
        assert!(cut(Granularity::Hour, "2026-01-01", "2026-01-01").is_empty());
    }
}
