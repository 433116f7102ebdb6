//! Reading a CSV file in pieces that end with a record, on several threads, in memory that does not grow with it.

use std::borrow::Cow;
use std::io::Read;

use super::encoding::{Lines, decoded, separator};
use crate::base::threads::Threads;
use crate::book::rows::row::{Row, SheetError, at, no_line};

/// Bytes that one thread reads at a time.
const PIECE: usize = 1 << 20;

/// Pieces for each thread that are read from the file together.
const PIECES: usize = 4;

/// A file that is being read.
pub(crate) struct Csv<'c> {
    file: Box<dyn Read + 'c>,
    form: Form,
    /// What was read of it and not yet handed on.
    text: Vec<u8>,
    is_at_end: bool,
    /// The line that `text` begins on.
    line: u64,
}

/// How its text is to be read.
#[derive(Clone, Copy)]
struct Form {
    /// Whether lines may be in another encoding than UTF-8.
    is_any: bool,
    /// Whether it was in another one as a whole.
    is_recoded: bool,
    /// What parts cells.
    separator: u8,
    /// Whether rows are counted, from 1 behind the first line, and not lines.
    counts_rows: bool,
}

impl Form {
    /// A file in the book's own form.
    const OWN: Form = Form {
        is_any: false,
        is_recoded: false,
        separator: b',',
        counts_rows: false,
    };
}

/// The first line of a file.
pub(crate) struct Header {
    /// The columns, as it calls them.
    pub(crate) columns: Vec<String>,
    /// What parts cells.
    pub(crate) separator: char,
    /// Whether it was no UTF-8.
    pub(crate) other: Lines,
}

/// Records that follow one another.
struct Piece {
    line: u64,
    text: Vec<u8>,
}

impl<'c> Csv<'c> {
    /// Opens a file: its first line, and the rest of it. `is_any`: it may be in another encoding than UTF-8, and its
    /// cells may be separated by semicolons or tabs. `is_recoded`: it was in another one as a whole, and what could not be
    /// read in it is a `\u{fffd}`.
    pub(crate) fn open(
        file: Box<dyn Read + 'c>,
        is_any: bool,
        is_recoded: bool,
    ) -> Result<(Header, Csv<'c>), SheetError> {
        Csv::begin(
            file,
            Form {
                is_any,
                is_recoded,
                ..Form::OWN
            },
        )
    }

    /// Opens what a database sends: the names of columns, and rows, which are counted from 1.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_rows(file: Box<dyn Read + 'c>) -> Result<(Header, Csv<'c>), SheetError> {
        Csv::begin(
            file,
            Form {
                counts_rows: true,
                ..Form::OWN
            },
        )
    }

    fn begin(file: Box<dyn Read + 'c>, form: Form) -> Result<(Header, Csv<'c>), SheetError> {
        let mut csv = Csv {
            file,
            form,
            text: Vec::new(),
            is_at_end: false,
            line: if form.counts_rows { 0 } else { 1 },
        };
        let is_blank = |record: &[u8]| record.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        loop {
            // Twice as much each time: a long first line is not gone over for each piece of it.
            csv.fill(PIECE.max(2 * csv.text.len()))?;
            if csv.text.starts_with(b"\xef\xbb\xbf") {
                csv.text.drain(..3);
            }
            let mut end = None;
            if form.is_any {
                csv.form.separator = separator(first_line(&csv.text));
            }
            let is_open = record_ends(&csv.text, csv.form.separator, |at| {
                if end.is_none() && !is_blank(&csv.text[..at]) {
                    end = Some(at);
                }
            });
            if end.is_none() && csv.is_at_end {
                if is_open {
                    return open_quote(1);
                }
                end = Some(csv.text.len());
            }
            if let Some(end) = end {
                let header = csv.cut(&[end]);
                let (text, other) = match header.first() {
                    Some(header) => csv.form.text(header)?,
                    None => ("".into(), Lines::default()),
                };
                let header = Header {
                    columns: csv.form.columns(&text)?,
                    separator: char::from(csv.form.separator),
                    other,
                };
                return Ok((header, csv));
            }
        }
    }

    /// Reads every row of so many cells, as [`super::sheet::Sheet::read`] says; how many lines were no UTF-8.
    pub(crate) fn read<P: Send>(
        mut self,
        cells: Cells,
        threads: &Threads,
        start: impl Fn() -> P + Sync + Send,
        take: impl Fn(&mut P, &Row<'_>) + Sync + Send,
        mut add: impl FnMut(P) + Send,
    ) -> Result<CsvWarnings, SheetError> {
        let form = self.form;
        let make = |piece: &Piece| {
            let mut part = start();
            let read = form.rows(piece, cells, |row| take(&mut part, row));
            (part, read)
        };
        let mut odd = CsvWarnings::default();
        let mut made: Vec<(P, Result<CsvWarnings, SheetError>)> = Vec::new();
        loop {
            let next = self.pieces(threads.count() * PIECES);
            let pieces = next.as_deref().unwrap_or_default();
            let before = std::mem::take(&mut made);
            // What was read before is added while more is read.
            let add_all = || {
                before.into_iter().try_for_each(|(part, read)| {
                    add(part);
                    read.map(|more| odd.add(more))
                })
            };
            let (coming, added) = threads.both(|| threads.map(pieces, make), add_all);
            added?;
            made = coming;
            if made.is_empty() {
                return next.map(|_| odd);
            }
        }
    }

    /// Reads on until there is so much text, or the file ends.
    fn fill(&mut self, wanted: usize) -> Result<(), SheetError> {
        let missing = wanted.saturating_sub(self.text.len()) as u64;
        let read = (&mut self.file)
            .take(missing)
            .read_to_end(&mut self.text)
            .map_err(|error| no_line(&error))?;
        self.is_at_end = (read as u64) < missing;
        Ok(())
    }

    /// The next pieces, at most so many; none at the end of the file.
    fn pieces(&mut self, count: usize) -> Result<Vec<Piece>, SheetError> {
        let mut wanted = PIECE * count;
        loop {
            self.fill(wanted)?;
            let (mut ends, mut last) = (Vec::new(), 0);
            let is_open = record_ends(&self.text, self.form.separator, |end| {
                if end - ends.last().copied().unwrap_or(0) >= PIECE {
                    ends.push(end);
                }
                last = end;
            });
            if self.is_at_end && is_open && last == 0 {
                return open_quote(self.line);
            }
            if self.is_at_end && !is_open {
                last = self.text.len();
            }
            if last > ends.last().copied().unwrap_or(0) {
                ends.push(last);
            }
            if last > 0 || self.is_at_end {
                return Ok(self.cut(&ends));
            }
            wanted *= 2;
        }
    }

    /// Takes the pieces that end here from the front of the text.
    fn cut(&mut self, ends: &[usize]) -> Vec<Piece> {
        let rest = self.text.split_off(ends.last().copied().unwrap_or(0));
        let text = std::mem::replace(&mut self.text, rest);
        let starts = [0].into_iter().chain(ends.iter().copied());
        let pieces = starts.zip(ends).map(|(start, &end)| {
            let text = text[start..end].to_vec();
            let line = self.line;
            self.line += match self.form.counts_rows {
                true => records_in(&text),
                false => lines_in(&text),
            };
            Piece { line, text }
        });
        pieces.collect()
    }
}

fn open_quote<T>(line: u64) -> Result<T, SheetError> {
    at(
        line,
        "has a quote `\"` that is not closed, so that the rest of the file would be one cell",
    )
}

/// Tells where records end, but for a last one without an end; whether the text ends within quotes. A quote stands for
/// itself where it does not begin a cell.
fn record_ends(text: &[u8], separator: u8, mut take: impl FnMut(usize)) -> bool {
    let (mut from, mut is_quoted) = (0, false);
    loop {
        let rest = &text[from..];
        let found = if is_quoted {
            memchr::memchr(b'"', rest)
        } else {
            memchr::memchr2(b'"', b'\n', rest)
        };
        let Some(at) = found.map(|found| from + found) else {
            return is_quoted;
        };
        from = at + 1;
        match text[at] {
            b'\n' => take(from),
            _ if is_quoted && text.get(from) == Some(&b'"') => from += 1,
            _ if is_quoted => is_quoted = false,
            _ => {
                let before = at.checked_sub(1).map(|before| text[before]);
                is_quoted = before.is_none_or(|it| it == separator || matches!(it, b'\n' | b'\r'));
            }
        }
    }
}

/// How many records a text has that ends with one.
fn records_in(text: &[u8]) -> u64 {
    let mut count = 0;
    record_ends(text, b',', |_| count += 1);
    count
}

fn lines_in(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// What a text has before its first line's end.
fn first_line(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|it| !matches!(it, b'\r' | b'\n'));
    let text = text.get(start.unwrap_or(0)..).unwrap_or_default();
    let end = memchr::memchr2(b'\n', b'\r', text);
    &text[..end.unwrap_or(text.len())]
}

/// How many cells a row has.
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) count: usize,
    /// Whether rows of one cell may stand at the end, which are no rows of the table.
    pub(crate) has_footer: bool,
}

/// What was odd in the rows of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CsvWarnings {
    /// Lines that are no UTF-8.
    pub(crate) other: Lines,
    /// Lines with characters that could not be read.
    pub(crate) broken: Lines,
    /// Rows of one cell that are none of the table's.
    pub(crate) footer: u64,
}

impl CsvWarnings {
    fn add(&mut self, more: CsvWarnings) {
        self.other.add(more.other);
        self.broken.add(more.broken);
        self.footer += more.footer;
    }
}

impl Form {
    fn text(self, piece: &Piece) -> Result<(Cow<'_, str>, Lines), SheetError> {
        if self.is_any {
            return Ok(decoded(&piece.text, piece.line));
        }
        match std::str::from_utf8(&piece.text) {
            Ok(text) => Ok((text.into(), Lines::default())),
            Err(error) => {
                let line = piece.line + lines_in(&piece.text[..error.valid_up_to()]);
                at(
                    line,
                    "is not UTF-8; save the file as UTF-8, or say whose export it is (--preset), and it is read as it is",
                )
            }
        }
    }

    fn reader(self) -> csv::ReaderBuilder {
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(self.separator);
        reader
    }

    fn columns(self, header: &str) -> Result<Vec<String>, SheetError> {
        let mut reader = self.reader().from_reader(header.as_bytes());
        let header = reader.headers().map_err(|error| SheetError {
            line: Some(1),
            message: error.to_string(),
        })?;
        let columns: Vec<String> = header.iter().map(ToOwned::to_owned).collect();
        match columns.as_slice() {
            [] => at(1, "is empty; its first line names the columns"),
            [only] if only.contains(';') => at(
                1,
                "has one column only: its cells must be separated by commas, not by `;`",
            ),
            _ => Ok(columns),
        }
    }

    fn rows(
        self,
        piece: &Piece,
        cells: Cells,
        mut take: impl FnMut(&Row<'_>),
    ) -> Result<CsvWarnings, SheetError> {
        let (text, other) = self.text(piece)?;
        let mut odd = CsvWarnings {
            other,
            ..CsvWarnings::default()
        };
        if self.is_recoded {
            odd.broken = Lines::with(&text, piece.line, '\u{fffd}');
        }
        let mut reader = self
            .reader()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        // The library's own line numbers do not hold with CRLF and empty lines.
        let (mut counted, mut line) = (0, piece.line);
        loop {
            let from = reader.position().byte() as usize;
            let rest = text.get(from..).unwrap_or("");
            let start = from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
            if !self.counts_rows {
                line += lines_in(&text.as_bytes()[counted..start]);
            } else if counted > 0 || start > 0 {
                line += 1;
            }
            counted = start;
            match reader.read_record(&mut record) {
                Ok(true) => (),
                Ok(false) => return Ok(odd),
                Err(error) => return at(line, error.to_string()),
            }
            if cells.has_footer && record.len() == 1 && cells.count > 1 {
                odd.footer += 1;
                continue;
            }
            if record.len() != cells.count {
                let (found, wanted) = (record.len(), cells.count);
                return at(
                    line,
                    format!("has {found} cells, but the first line names {wanted} columns"),
                );
            }
            let cells: Vec<&str> = record.iter().map(str::trim).collect();
            take(&Row {
                line,
                cells: &cells,
            });
        }
    }
}
