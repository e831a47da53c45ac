//! Words of a text, and the gaps between them.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Digits,
    Letters,
    Mixed,
    /// Part of an amount or of a reference that was read.
    Taken,
    /// Part of a reference in groups.
    Grouped,
}

/// What stands before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: it is the first.
    Start,
    /// One space or one line break.
    Space,
    /// One point or comma.
    Point,
    Hyphen,
    /// One slash or low line.
    Link,
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) gap: Gap,
}

impl Token {
    pub(super) fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn has_digits(&self) -> bool {
        matches!(self.kind, Kind::Digits | Kind::Mixed)
    }
}

/// Splits a folded text into tokens of letters and digits.
pub(super) fn tokens(text: &str, into: &mut Vec<Token>) {
    into.clear();
    let mut end = 0;
    while let Some(skipped) = text[end..].find(char::is_alphanumeric) {
        let start = end + skipped;
        let gap = gap(&text[end..start], into.is_empty());
        let rest = &text[start..];
        let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        end = start + length;
        let digits = rest[..length].bytes().filter(u8::is_ascii_digit).count();
        let kind = match digits {
            0 => Kind::Letters,
            _ if digits == length => Kind::Digits,
            _ => Kind::Mixed,
        };
        into.push(Token {
            start,
            end,
            kind,
            gap,
        });
    }
}

fn gap(between: &str, first: bool) -> Gap {
    match between {
        _ if first => Gap::Start,
        " " | "\n" | "\r\n" | " \n" | "\n " => Gap::Space,
        "." | "," => Gap::Point,
        "-" => Gap::Hyphen,
        "/" | "_" => Gap::Link,
        _ => Gap::Other,
    }
}

/// Whether three numbers are a date, in the order of day, month and year or the other way round.
pub(super) fn is_date(text: &str, tokens: &[Token]) -> bool {
    let [a, b, c] = tokens else { return false };
    let number = |token: &Token| token.text(text).parse::<u16>().unwrap_or(u16::MAX);
    let day = |token: &Token| token.len() <= 2 && (1..=31).contains(&number(token));
    let year = |token: &Token| match token.len() {
        2 => true,
        4 => (1900..2100).contains(&number(token)),
        _ => false,
    };
    day(b) && ((day(a) && year(c)) || (a.len() == 4 && year(a) && day(c)))
}
