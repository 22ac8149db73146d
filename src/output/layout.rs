//! The places of the cells of a table, and which of them give way on a narrow terminal.

use std::borrow::Cow;

use owo_colors::OwoColorize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::streams::Streams;
use super::table::Fit;

/// Text is cut to no less than this.
const MIN_CUT: usize = 8;
/// Columns that matter least go until names have so much room.
const MIN_NAME: usize = 14;
const GAP: &str = "  ";

/// Where a table is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    /// The columns of the terminal; `None` where nothing is cut.
    pub(crate) width: Option<usize>,
    /// Whether states are coloured.
    pub(crate) colour: bool,
    /// Whether the terminal shows `…`.
    pub(crate) unicode: bool,
}

/// The columns that are shown and their widths, fixed once so that later pages line up with the first.
#[derive(Debug)]
pub(crate) struct Layout {
    shown: Vec<Shown>,
    room: Room,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    /// The place of the cell in its row.
    at: usize,
    width: usize,
    fit: Fit,
}

impl Layout {
    /// Sizes the columns to the rows. On a terminal that is too narrow the columns in `least` go, one by one, until the
    /// rest fits with readable names; then text is cut, the widest most; then more columns go, the last first and never
    /// the first.
    pub(crate) fn new<'a>(
        rows: impl Iterator<Item = Vec<Cow<'a, str>>>,
        fits: &[Fit],
        least: &[usize],
        room: Room,
    ) -> Self {
        let mut widths = Vec::new();
        for row in rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = columns_of(cell).max(*width);
            }
        }
        let fit = |at| match fits.get(at).copied().unwrap_or(Fit::Whole) {
            // Rows of later pages may be wider than the first ones: piped, nothing is cut.
            Fit::Shrinks if room.width.is_none() => Fit::Whole,
            fit => fit,
        };
        let shown = widths.into_iter().enumerate();
        let mut shown: Vec<_> =
            shown.map(|(at, width)| Shown { at, width, fit: fit(at) }).collect();
        if let Some(terminal) = room.width {
            drop_least(&mut shown, least, terminal);
            while shown.len() > 1 && least_width(&shown, MIN_CUT) > terminal {
                shown.pop();
            }
            shrink(&mut shown, terminal);
        }
        Self { shown, room }
    }

    /// Names the columns that there is no room for.
    pub(crate) fn note_left_out(&self, headings: &[Cow<str>], streams: &Streams) {
        let is_shown = |at: usize| self.shown.iter().any(|column| column.at == at);
        let hidden = headings.iter().enumerate().filter(|(at, _)| !is_shown(*at));
        let hidden: Vec<&str> = hidden.map(|(_, heading)| heading.as_ref()).collect();
        if !hidden.is_empty() {
            let hidden = hidden.join(", ");
            streams.note(&format!("no room for {hidden}; --output table --fields a,b chooses"));
        }
    }

    /// One line, without blanks at its end.
    pub(crate) fn line(&self, cells: &[Cow<str>]) -> String {
        let width = self.shown.iter().map(|column| column.width + GAP.len()).sum();
        let mut line = String::with_capacity(width);
        let mut pending = 0;
        for Shown { at, width, fit } in &self.shown {
            let Some(cell) = cells.get(*at) else { continue };
            // Not by a format width: those end at 65,535, and how long a cell is the portal decides.
            blanks(&mut line, pending);
            let shown = match fit {
                Fit::Shrinks => cut(cell, *width, self.room.unicode),
                _ => Cow::Borrowed(&**cell),
            };
            pending = width.saturating_sub(columns_of(&shown)) + GAP.len();
            if self.room.colour && *fit == Fit::State {
                line += &coloured(&shown);
            } else {
                line += &shown;
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// The columns that a text takes on a terminal.
fn columns_of(text: &str) -> usize {
    // What unsafe characters there were are escaped.
    if text.is_ascii() { text.len() } else { text.width() }
}

fn blanks(line: &mut String, count: usize) {
    const BLANKS: &str = "                                ";
    let mut left = count;
    while left > 0 {
        let some = left.min(BLANKS.len());
        line.push_str(&BLANKS[..some]);
        left -= some;
    }
}

/// The width of the columns with all text cut to so much.
fn least_width(shown: &[Shown], text: usize) -> usize {
    let least = shown.iter().map(|column| match column.fit {
        Fit::Shrinks => column.width.min(text),
        _ => column.width,
    });
    least.sum::<usize>() + GAP.len() * shown.len().saturating_sub(1)
}

/// Drops the columns that matter least, one by one, until the rest fits with readable names. A wide one may leave room for
/// some that went before it: those come back, the one that matters most first.
fn drop_least(shown: &mut Vec<Shown>, least: &[usize], terminal: usize) {
    let mut dropped = Vec::new();
    for at in least {
        if least_width(shown, MIN_NAME) <= terminal {
            break;
        }
        dropped.extend(shown.extract_if(.., |column| column.at == *at));
    }
    for column in dropped.into_iter().rev() {
        let place = shown.partition_point(|other| other.at < column.at);
        shown.insert(place, column);
        if least_width(shown, MIN_NAME) > terminal {
            shown.remove(place);
        }
    }
}

fn shrink(shown: &mut [Shown], terminal: usize) {
    for column in shown.iter_mut().filter(|column| column.fit == Fit::Shrinks) {
        column.width = column.width.min(terminal.max(MIN_CUT));
    }
    while least_width(shown, usize::MAX) > terminal {
        let texts = shown.iter_mut();
        let texts = texts.filter(|column| column.fit == Fit::Shrinks && column.width > MIN_CUT);
        let Some(widest) = texts.max_by_key(|column| column.width) else {
            return;
        };
        widest.width -= 1;
    }
}

fn coloured(state: &str) -> String {
    match state {
        "active" | "ALLOW" | "ok" | "enabled" => state.green().to_string(),
        "revoked" | "DENY" | "ERROR" | "fail" => state.red().to_string(),
        "warn" => state.yellow().to_string(),
        "archived" | "expired" | "rotated" | "inactive" | "disabled" | "skip" => {
            state.dimmed().to_string()
        }
        _ => state.to_owned(),
    }
}

fn cut(cell: &str, width: usize, unicode: bool) -> Cow<'_, str> {
    if columns_of(cell) <= width {
        return cell.into();
    }
    let mark = if unicode { "\u{2026}" } else { "..." };
    let mut kept = String::new();
    let mut used = columns_of(mark);
    // Marks of no width have a limit too: a terminal would pile all of them on one letter.
    for c in cell.chars().take(width.saturating_mul(4)) {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    (kept + mark).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(cells: &[&'a str]) -> Vec<Cow<'a, str>> {
        cells.iter().map(|&cell| cell.into()).collect()
    }

    fn room(width: usize) -> Room {
        Room { width: Some(width), ..Room::default() }
    }

    #[test]
    fn lines_up_wide_characters() {
        let rows = [row(&["NAME", "N"]), row(&["猫猫", "1"]), row(&["a", "22"])];
        let layout = Layout::new(rows.iter().cloned(), &[], &[], Room::default());
        let lines: Vec<_> = rows.iter().map(|row| layout.line(row)).collect();
        assert_eq!(lines, ["NAME  N", "猫猫  1", "a     22"]);
    }

    #[test]
    fn what_matters_least_goes_then_text_is_cut_and_then_more_goes() {
        let rows = [row(&["0123456789", "a long text that goes on", "active", "last"])];
        let fits = [Fit::Whole, Fit::Shrinks, Fit::State, Fit::Whole];
        for (terminal, line) in [
            (60, "0123456789  a long text that goes on  active  last"),
            (40, "0123456789  a long text...  active  last"),
            (39, "0123456789  a long text that...  active"),
            (33, "0123456789  a long tex...  active"),
            (28, "0123456789  a lon...  active"),
            (27, "0123456789  a long text ..."),
            (20, "0123456789  a lon..."),
            (5, "0123456789"),
        ] {
            let layout = Layout::new(rows.iter().cloned(), &fits, &[3], room(terminal));
            assert_eq!(layout.line(&rows[0]), line, "{terminal}");
        }
        let unicode = Room { unicode: true, ..room(33) };
        let layout = Layout::new(rows.iter().cloned(), &fits, &[3], unicode);
        assert_eq!(layout.line(&rows[0]), "0123456789  a long text \u{2026}  active");
    }

    #[test]
    fn states_are_coloured_without_moving_what_follows() {
        let rows = [row(&["revoked", "x"]), row(&["active", "y"])];
        let colour = Room { colour: true, ..room(80) };
        let layout = Layout::new(rows.iter().cloned(), &[Fit::State, Fit::Whole], &[], colour);
        assert_eq!(layout.line(&rows[1]), "\u{1b}[32mactive\u{1b}[39m   y");
    }
}
