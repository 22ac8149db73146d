//! The rule at the end of a time zone file, for instants after the last change it lists: `CET-1CEST,M3.5.0,M10.5.0/3`.

use crate::base::time;

const DAY: i64 = 86_400;

/// An offset, and another one for a part of each year.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Seconds ahead of UTC.
    standard: i64,
    summer: Option<Summer>,
}

#[derive(Debug, PartialEq, Eq)]
struct Summer {
    offset: i64,
    begins: Moment,
    ends: Moment,
}

/// A moment of a year, by the clock that it ends.
#[derive(Debug, PartialEq, Eq)]
struct Moment {
    day: Day,
    /// Seconds after the day's midnight; before it, where negative.
    second: i64,
}

#[derive(Debug, PartialEq, Eq)]
enum Day {
    /// `M3.5.0`: the fifth, which means the last, Sunday of March.
    Weekday { month: i64, week: i64, weekday: i64 },
    /// `J60`: March 1 in every year.
    NeverLeap(i64),
    /// `59`: the 60th day of the year.
    Number(i64),
}

impl Rule {
    /// Reads a rule.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = name(text)?;
        let (west, text) = clock(text, 24)?;
        let standard = -west;
        if text.is_empty() {
            return Some(Self { standard, summer: None });
        }
        let text = name(text)?;
        let (offset, text) = match clock(text, 24) {
            Some((west, text)) => (-west, text),
            None => (standard + 3600, text),
        };
        let (begins, text) = Moment::parse(text.strip_prefix(',')?)?;
        let (ends, text) = Moment::parse(text.strip_prefix(',')?)?;
        text.is_empty().then_some(Self { standard, summer: Some(Summer { offset, begins, ends }) })
    }

    /// Seconds ahead of UTC.
    pub(super) fn offset(&self, instant: i64) -> i64 {
        let Some(summer) = &self.summer else {
            return self.standard;
        };
        let year = start_of_year(instant + self.standard);
        let begins = summer.begins.instant(year) - self.standard;
        let ends = summer.ends.instant(year) - summer.offset;
        let is_summer = if begins < ends {
            (begins..ends).contains(&instant)
        } else {
            !(ends..begins).contains(&instant)
        };
        if is_summer { summer.offset } else { self.standard }
    }
}

impl Moment {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let end = text.find([',', '/']).unwrap_or(text.len());
        let (day, rest) = text.split_at(end);
        let day = Day::parse(day)?;
        let (second, rest) = match rest.strip_prefix('/') {
            Some(time) => clock(time, 167)?,
            None => (2 * 3600, rest),
        };
        Some((Self { day, second }, rest))
    }

    /// In the year that begins at this instant, both of local time.
    fn instant(&self, year: i64) -> i64 {
        self.day.midnight(year) + self.second
    }
}

impl Day {
    fn parse(text: &str) -> Option<Self> {
        if let Some(numbers) = text.strip_prefix('M') {
            let mut numbers = numbers.split('.').map(number);
            let (month, week, weekday) = (numbers.next()??, numbers.next()??, numbers.next()??);
            let sound = (1..=12).contains(&month) && (1..=5).contains(&week) && weekday < 7;
            return (sound && numbers.next().is_none()).then_some(Self::Weekday {
                month,
                week,
                weekday,
            });
        }
        match text.strip_prefix('J') {
            Some(day) => number(day).filter(|day| (1..=365).contains(day)).map(Self::NeverLeap),
            None => number(text).filter(|day| *day <= 365).map(Self::Number),
        }
    }

    fn midnight(&self, year: i64) -> i64 {
        match *self {
            Self::Number(day) => year + day * DAY,
            Self::NeverLeap(day) => {
                let leap = start_of_year(year + 365 * DAY) == year;
                year + (day - 1 + i64::from(leap && day >= 60)) * DAY
            }
            Self::Weekday { month, week, weekday } => {
                let first = start_of_month(year, month);
                let next = start_of_month(first + 31 * DAY, 0);
                // 1970 began on a Thursday, the day 4 of a week that begins on Sunday.
                let first_weekday = (first / DAY + 4).rem_euclid(7);
                let day = first + ((weekday - first_weekday).rem_euclid(7) + (week - 1) * 7) * DAY;
                if day >= next { day - 7 * DAY } else { day }
            }
        }
    }
}

/// The first instant of the year that an instant lies in.
fn start_of_year(instant: i64) -> i64 {
    start_of_month(instant, 1)
}

/// The first instant of a month of the year that an instant lies in; month 0 is the instant's own.
fn start_of_month(instant: i64, month: i64) -> i64 {
    let text = time::format(instant);
    let own = text.get(..7).unwrap_or_default();
    let of_year = format!("{}-{month:02}", own.get(..4).unwrap_or_default());
    time::parse(&format!("{}-01", if month == 0 { own } else { &of_year })).unwrap_or(instant)
}

/// What follows the name of an offset: letters, or anything between `<` and `>`.
fn name(text: &str) -> Option<&str> {
    if let Some(quoted) = text.strip_prefix('<') {
        return quoted.split_once('>').map(|(_, rest)| rest);
    }
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    (rest.len() < text.len()).then_some(rest)
}

/// `[+-]hh[:mm[:ss]]` in seconds, and what follows it.
fn clock(text: &str, most_hours: i64) -> Option<(i64, &str)> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.split(':').map(number);
    let hours = parts.next()?.filter(|hours| *hours <= most_hours)?;
    let mut sixtieth = || parts.next().unwrap_or(Some(0)).filter(|count| *count < 60);
    let seconds = hours * 3600 + sixtieth()? * 60 + sixtieth()?;
    parts.next().is_none().then_some((sign * seconds, rest))
}

fn number(text: &str) -> Option<i64> {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(rule: &str, instants: &[&str]) -> Vec<i64> {
        let rule = Rule::parse(rule).unwrap_or_else(|| panic!("{rule}"));
        instants.iter().map(|at| rule.offset(time::parse(at).unwrap())).collect()
    }

    #[test]
    fn every_way_to_name_a_day() {
        let edges = [
            "2024-02-29T22:59:59Z",
            "2024-02-29T23:00:00Z",
            "2024-10-27T00:59:59Z",
            "2024-10-27T01:00:00Z",
        ];
        assert_eq!(offsets("A-1B,J60/0,M10.5.0/3", &edges), [3600, 7200, 7200, 3600]);
        assert_eq!(offsets("A-1B-2,60/0,M10.4.0/3", &edges), [3600, 7200, 7200, 3600]);
        assert_eq!(offsets("A-1B,59/0,M10.5.0/3", &edges), [7200, 7200, 7200, 3600]);
        assert_eq!(offsets("<+0545>-5:45", &edges[..1]), [20_700]);
    }

    #[test]
    fn what_is_no_rule() {
        for text in [
            "",
            "A",
            "1",
            "A-1B",
            "A-1B,",
            "A-1B,M3.5.0",
            "A-1B,M3.5.0,M13.1.0",
            "A-25",
            "<A-1",
            "A-1B,M3.5,M10.5.0",
            "A-1B,M3.5.0,M10.5.0,",
            "A-1:60",
            "A-1B,J0,J365",
            "A-1B,366,1",
            "A-1B,M3.5.0/168,M10.5.0",
            "A-1 ",
            "A-1B,M3.5.0.0,M10.5.0",
            "A-é",
            "A-1:0:0:0",
        ] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
    }
}
