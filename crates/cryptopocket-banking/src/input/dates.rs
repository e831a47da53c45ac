//! Days as people and spreadsheets write them.

use std::cell::Cell;

use cryptopocket_types::Date;

/// What the rows of a file show of the order of day and month.
#[derive(Default)]
pub(super) struct Dates {
    /// Whether a day that could be two is read with the day first.
    day_first: bool,
    seen_day_first: Cell<bool>,
    seen_month_first: Cell<bool>,
    seen_unclear: Cell<bool>,
}

impl Dates {
    pub(super) fn new(day_first: bool) -> Self {
        Self {
            day_first,
            ..Self::default()
        }
    }

    /// How to read the file again, if that reads more of it: days were unclear, and other rows show that the day comes first.
    pub(super) fn settled(&self) -> Option<Self> {
        let day_first = self.seen_day_first.get() && !self.seen_month_first.get();
        (day_first && self.seen_unclear.get()).then(|| Self::new(true))
    }

    /// Reads a day: `2026-06-26`, with or without a time, or with the day first as in `26/06/2026` and `26.06.2026`.
    ///
    /// Between slashes some write the month first, so `06/07/2026` needs a file that shows its order. Between points nobody does.
    pub(super) fn read(&self, text: &str, name: &str) -> Result<Date, String> {
        let refused = || format!("{name}: not a day; write it as 2026-06-26");
        let day = match text.as_bytes().get(10) {
            Some(b'T' | b't' | b' ') => text.get(..10).ok_or_else(refused)?,
            _ => text,
        };
        if let Ok(date) = day.parse() {
            return Ok(date);
        }
        let number = |text: &str, longest: usize| {
            let number = text.parse::<u16>().ok();
            number.filter(|_| text.len() <= longest)
        };
        let small = |text: &str| number(text, 2).and_then(|number| u8::try_from(number).ok());
        let parts: Vec<&str> = day.split(['/', '.']).collect();
        let [d, m, y] = parts[..] else {
            return Err(refused());
        };
        let year = number(y, 4).filter(|year| *year >= 1000);
        let (Some(d), Some(m), Some(y)) = (small(d), small(m), year) else {
            return Err(refused());
        };
        if day.contains('/') {
            self.seen_day_first.set(self.seen_day_first.get() || d > 12);
            self.seen_month_first.set(self.seen_month_first.get() || m > 12);
            if d != m && d <= 12 && m <= 12 && !self.day_first {
                self.seen_unclear.set(true);
                return Err(format!(
                    "{name}: day and month could be swapped, and the other rows do not settle it; write it as 2026-06-26, or give --day-first"
                ));
            }
        }
        Date::new(y, m, d).map_err(|_| refused())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_transactions;

    /// The days of the rows, and how many were refused.
    fn read(days: &[&str]) -> (Vec<String>, usize) {
        let row = |day: &&str| format!("t-{day},1.00,EUR,{day}\n");
        let rows: String = days.iter().map(row).collect();
        let read = read_transactions(
            format!("id,amount,currency,booking_date\n{rows}").as_bytes(),
            false,
        );
        let days = read.records.iter().map(|t| t.booking_date.to_string());
        (days.collect(), read.malformed.len())
    }

    #[test]
    fn swappable_day_needs_a_row_that_shows_the_order() {
        assert_eq!(read(&["06/07/2026"]), (vec![], 1));
        let both = vec!["2026-07-06".to_owned(), "2026-06-26".to_owned()];
        assert_eq!(read(&["06/07/2026", "26/06/2026"]), (both, 0));
        let one = vec!["2026-06-26".to_owned()];
        assert_eq!(
            read(&["06/07/2026", "26/06/2026", "06/26/2026"]),
            (one, 2),
            "rows that contradict each other show nothing"
        );
        let clear = vec!["2026-07-06".to_owned(), "2026-06-06".to_owned()];
        assert_eq!(read(&["06.07.2026", "06/06/2026"]), (clear, 0));
    }

    #[test]
    fn caller_says_that_the_day_comes_first() {
        let file = b"id,amount,currency,booking_date\nt-1,1.00,EUR,06/07/2026\n";
        let read = read_transactions(file, true);
        assert_eq!(read.records[0].booking_date.to_string(), "2026-07-06");
    }
}
