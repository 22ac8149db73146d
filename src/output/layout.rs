//! The places of the cells of a table, and which of them give way on a narrow terminal.

use std::borrow::Cow;

use owo_colors::OwoColorize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::streams::Streams;
use super::table::Fit;

/// Text is cut to no less than this.
const MIN_CUT: usize = 8;
const GAP: &str = "  ";

/// The widths of the columns that are shown, fixed once so that later pages line up with the first.
#[derive(Debug)]
pub(crate) struct Layout {
    widths: Vec<usize>,
    fits: Vec<Fit>,
    colour: bool,
}

impl Layout {
    /// Sizes the columns to the rows. On a terminal that is too narrow text is cut first, the widest most; then whole
    /// columns go, the last first and never the first.
    pub(crate) fn new<'a>(
        rows: impl Iterator<Item = Vec<Cow<'a, str>>>,
        fits: &[Fit],
        terminal: Option<usize>,
        colour: bool,
    ) -> Self {
        let mut widths = Vec::new();
        for row in rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = columns_of(cell).max(*width);
            }
        }
        let columns = widths.len();
        let mut fits = fits.to_vec();
        fits.resize(columns, Fit::Whole);
        if terminal.is_none() {
            // Rows of later pages may be wider than the first ones: piped, nothing is cut.
            let whole = |fit: &mut Fit| {
                if *fit == Fit::Shrinks {
                    *fit = Fit::Whole;
                }
            };
            fits.iter_mut().for_each(whole);
        }
        if let Some(terminal) = terminal {
            let shown = (1..=columns).rev().find(|shown| least(&widths, &fits, *shown) <= terminal);
            widths.truncate(shown.unwrap_or(1));
            shrink(&mut widths, &fits, terminal);
        }
        Self { widths, fits, colour }
    }

    /// Names the columns that there is no room for.
    pub(crate) fn note_left_out(&self, headings: &[Cow<str>], streams: &Streams) {
        if let Some(left_out) = headings.get(self.widths.len()..).filter(|left| !left.is_empty()) {
            let names = left_out.join(", ");
            streams.note(&format!("no room for {names}: widen the terminal, or pipe"));
        }
    }

    /// One line, without blanks at its end.
    pub(crate) fn line(&self, cells: &[Cow<str>]) -> String {
        let mut line =
            String::with_capacity(self.widths.iter().map(|width| width + GAP.len()).sum());
        let mut pending = 0;
        for ((width, fit), cell) in self.widths.iter().zip(&self.fits).zip(cells) {
            // Not by a format width: those end at 65,535, and how long a cell is the portal decides.
            blanks(&mut line, pending);
            let shown =
                if *fit == Fit::Shrinks { cut(cell, *width) } else { Cow::Borrowed(&**cell) };
            pending = width.saturating_sub(columns_of(&shown)) + GAP.len();
            if self.colour && *fit == Fit::State {
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

/// The least width of the first columns, with all text cut as far as it may be.
fn least(widths: &[usize], fits: &[Fit], shown: usize) -> usize {
    let cells = widths.iter().zip(fits).take(shown);
    let cells = cells.map(|(width, fit)| match fit {
        Fit::Shrinks => (*width).min(MIN_CUT),
        _ => *width,
    });
    cells.sum::<usize>() + GAP.len() * shown.saturating_sub(1)
}

fn shrink(widths: &mut [usize], fits: &[Fit], terminal: usize) {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    let text = |at: usize| fits.get(at) == Some(&Fit::Shrinks);
    for at in (0..widths.len()).filter(|at| text(*at)) {
        widths[at] = widths[at].min(terminal.max(MIN_CUT));
    }
    while widths.iter().sum::<usize>() + gaps > terminal {
        let texts = (0..widths.len()).filter(|at| text(*at) && widths[*at] > MIN_CUT);
        let Some(widest) = texts.max_by_key(|at| widths[*at]) else {
            return;
        };
        widths[widest] -= 1;
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

fn cut(cell: &str, width: usize) -> Cow<'_, str> {
    if columns_of(cell) <= width {
        return cell.into();
    }
    let mut kept = String::new();
    let mut used = 3;
    // Marks of no width have a limit too: a terminal would pile all of them on one letter.
    for c in cell.chars().take(width.saturating_mul(4)) {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    (kept + "...").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(cells: &[&'a str]) -> Vec<Cow<'a, str>> {
        cells.iter().map(|&cell| cell.into()).collect()
    }

    #[test]
    fn lines_up_wide_characters() {
        let rows = [row(&["NAME", "N"]), row(&["猫猫", "1"]), row(&["a", "22"])];
        let layout = Layout::new(rows.iter().cloned(), &[], None, false);
        let lines: Vec<_> = rows.iter().map(|row| layout.line(row)).collect();
        assert_eq!(lines, ["NAME  N", "猫猫  1", "a     22"]);
    }

    #[test]
    fn text_gives_way_first_and_then_whole_columns() {
        let rows = [row(&["0123456789", "a long text that goes on", "active", "last"])];
        let fits = [Fit::Whole, Fit::Shrinks, Fit::State, Fit::Whole];
        for (terminal, line) in [
            (60, "0123456789  a long text that goes on  active  last"),
            (40, "0123456789  a long text...  active  last"),
            (34, "0123456789  a lon...  active  last"),
            (33, "0123456789  a long tex...  active"),
            (20, "0123456789  a lon..."),
            (5, "0123456789"),
        ] {
            let layout = Layout::new(rows.iter().cloned(), &fits, Some(terminal), false);
            assert_eq!(layout.line(&rows[0]), line, "{terminal}");
        }
    }

    #[test]
    fn states_are_coloured_without_moving_what_follows() {
        let rows = [row(&["revoked", "x"]), row(&["active", "y"])];
        let layout = Layout::new(rows.iter().cloned(), &[Fit::State, Fit::Whole], Some(80), true);
        assert_eq!(layout.line(&rows[1]), "\u{1b}[32mactive\u{1b}[39m   y");
    }
}
