//! Reads a CSV file in pieces that end with a record, on several threads, in memory that does not grow with the file.

use std::borrow::Cow;
use std::io::Read;

use super::encoding::{Lines, decoded, separator};
use crate::base::threads::Threads;
use crate::book::rows::row::{SheetError, SheetRow, at, no_line};

/// Minimum size of the piece that one thread parses, in bytes.
const PIECE: usize = 1 << 20;

/// Pieces per thread that are read from the file at once.
const PIECES: usize = 4;

/// A CSV file that is being read.
pub(crate) struct Csv<'c> {
    file: Box<dyn Read + 'c>,
    form: CsvReading,
    /// The bytes that were read from the file and not yet processed.
    text: Vec<u8>,
    is_at_end: bool,
    /// The line on which `text` begins.
    line: u64,
}

/// The format of the file.
#[derive(Clone, Copy)]
struct CsvReading {
    /// Whether lines may be in another encoding than UTF-8.
    is_any: bool,
    /// Whether the whole file was converted from another encoding.
    is_recoded: bool,
    /// The delimiter of cells.
    separator: u8,
    /// Whether rows are numbered, from 1 after the header, instead of lines.
    counts_rows: bool,
}

impl CsvReading {
    /// The form of a book's own files.
    const OWN: CsvReading = CsvReading {
        is_any: false,
        is_recoded: false,
        separator: b',',
        counts_rows: false,
    };
}

/// The header of a file.
pub(crate) struct Header {
    /// The column names in the file.
    pub(crate) columns: Vec<String>,
    /// The delimiter of cells.
    pub(crate) separator: char,
    /// The lines of the header that are not UTF-8.
    pub(crate) other: Lines,
}

/// Consecutive records.
struct Piece {
    line: u64,
    text: Vec<u8>,
}

impl<'c> Csv<'c> {
    /// Opens a file and reads its header. With `is_any`, lines may be in another encoding than UTF-8, and cells may be
    /// separated by semicolons or tabs. With `is_recoded`, the whole file was converted from another encoding, and
    /// undecodable characters are `\u{fffd}`.
    pub(crate) fn open(
        file: Box<dyn Read + 'c>,
        is_any: bool,
        is_recoded: bool,
    ) -> Result<(Header, Csv<'c>), SheetError> {
        Csv::begin(
            file,
            CsvReading {
                is_any,
                is_recoded,
                ..CsvReading::OWN
            },
        )
    }

    /// Opens the output of a database: a header of column names, and rows, which are numbered from 1.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_rows(file: Box<dyn Read + 'c>) -> Result<(Header, Csv<'c>), SheetError> {
        Csv::begin(
            file,
            CsvReading {
                counts_rows: true,
                ..CsvReading::OWN
            },
        )
    }

    fn begin(file: Box<dyn Read + 'c>, form: CsvReading) -> Result<(Header, Csv<'c>), SheetError> {
        let mut csv = Csv {
            file,
            form,
            text: Vec::new(),
            is_at_end: false,
            line: if form.counts_rows { 0 } else { 1 },
        };
        let is_blank = |record: &[u8]| record.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        loop {
            // The size doubles each time, so that scanning a long header takes linear time.
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

    /// Reads every row, each with this number of cells, like [`RecordReader::read`](super::sheet::RecordReader::read).
    /// Returns the warnings about lines and rows.
    pub(crate) fn read<P: Send>(
        mut self,
        cells: Cells,
        threads: &Threads,
        start: impl Fn() -> P + Sync + Send,
        take: impl Fn(&mut P, &SheetRow<'_>) + Sync + Send,
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
            // The last pieces are added while the next are read and parsed.
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

    /// Reads until there are `wanted` bytes of text, or the file ends.
    fn fill(&mut self, wanted: usize) -> Result<(), SheetError> {
        let missing = wanted.saturating_sub(self.text.len()) as u64;
        let read = (&mut self.file)
            .take(missing)
            .read_to_end(&mut self.text)
            .map_err(|error| no_line(&error))?;
        self.is_at_end = (read as u64) < missing;
        Ok(())
    }

    /// Returns the next pieces, about `count` of them; none at the end of the file.
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

    /// Removes the pieces that end at these offsets from the front of the text.
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

/// Passes the end of each record to `take`, except that of a last one without a line end. Returns whether the text ends
/// within quotes. A quote that is not at the start of a cell is an ordinary character.
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

/// Counts the records of a text that ends with a whole record.
fn records_in(text: &[u8]) -> u64 {
    let mut count = 0;
    record_ends(text, b',', |_| count += 1);
    count
}

fn lines_in(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Returns the first line that is not empty.
fn first_line(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|it| !matches!(it, b'\r' | b'\n'));
    let text = text.get(start.unwrap_or(0)..).unwrap_or_default();
    let end = memchr::memchr2(b'\n', b'\r', text);
    &text[..end.unwrap_or(text.len())]
}

/// The number of cells in a row.
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) count: usize,
    /// Whether the file may end with rows of one cell that do not belong to the table.
    pub(crate) has_footer: bool,
}

/// Warnings about the rows of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CsvWarnings {
    /// Lines that are not UTF-8.
    pub(crate) other: Lines,
    /// Lines with undecodable characters.
    pub(crate) broken: Lines,
    /// The number of rows of one cell that do not belong to the table.
    pub(crate) footer: u64,
}

impl CsvWarnings {
    fn add(&mut self, more: CsvWarnings) {
        self.other.add(more.other);
        self.broken.add(more.broken);
        self.footer += more.footer;
    }
}

impl CsvReading {
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
        mut take: impl FnMut(&SheetRow<'_>),
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
        // The line numbers of the `csv` crate are wrong for CRLF and empty lines.
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
            take(&SheetRow {
                line,
                cells: &cells,
            });
        }
    }
}
