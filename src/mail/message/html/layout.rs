//! Lays out the elements and the text of HTML as lines of plain text.

/// Text that is being laid out.
#[derive(Default)]
pub(super) struct Layout {
    out: Vec<u8>,
    /// Whether the current line has text.
    is_open: bool,
    /// The number of pending spaces. They are written before the next word of the line, and dropped if there is none.
    blanks: usize,
    /// Whether the last pending space is collapsible white space, with which more white space collapses.
    is_spaced: bool,
    /// The number of open elements with preformatted text.
    preformatted: usize,
    /// Whether a line feed that follows directly is dropped: it ends the line of the `<pre>` tag.
    drops_feed: bool,
    /// The first byte of a character that is split between two pieces of text.
    cut: Option<u8>,
}

/// U+00A0, the no-break space, in UTF-8.
const NO_BREAK: [u8; 2] = [0xC2, 0xA0];

impl Layout {
    /// Begins a line if the element is a block (HTML standard, section 15.3), and separates table cells.
    pub(super) fn start_tag(&mut self, name: &[u8]) {
        self.drops_feed = false;
        match name {
            b"br" => self.feed(),
            b"td" | b"th" => self.space(),
            b"pre" | b"listing" | b"textarea" | b"xmp" | b"plaintext" => {
                self.begin_line();
                self.preformatted += 1;
                self.drops_feed = matches!(name, b"pre" | b"listing" | b"textarea");
            }
            _ if is_block(name) => self.begin_line(),
            _ => (),
        }
    }

    /// Ends an element; after a block a new line begins.
    pub(super) fn end_tag(&mut self, name: &[u8]) {
        self.drops_feed = false;
        match name {
            b"br" => self.feed(),
            b"pre" | b"listing" | b"textarea" | b"xmp" | b"plaintext" => {
                self.begin_line();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            _ if is_block(name) => self.begin_line(),
            _ => (),
        }
    }

    /// Adds a piece of text. Pieces may be split anywhere.
    pub(super) fn text(&mut self, text: &[u8]) {
        let mut rest = text;
        if let Some(byte) = self.cut.take() {
            match rest.strip_prefix(&NO_BREAK[1..]) {
                Some(after) => {
                    self.hard_blank();
                    rest = after;
                }
                None => self.word(&[byte]),
            }
        }
        if std::mem::take(&mut self.drops_feed) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(&byte) = rest.first() {
            rest = match byte {
                b'\n' if self.preformatted > 0 => {
                    self.feed();
                    &rest[1..]
                }
                b' ' if self.preformatted > 0 => {
                    self.blanks += 1;
                    &rest[1..]
                }
                b'\t' if self.preformatted > 0 => {
                    self.word(b"\t");
                    &rest[1..]
                }
                b' ' | b'\t' | b'\n' | b'\r' | b'\x0C' => {
                    self.space();
                    rest.trim_ascii_start()
                }
                0 => &rest[1..],
                0xC2 if rest.len() == 1 => {
                    self.cut = Some(byte);
                    &[]
                }
                0xC2 if rest[1] == NO_BREAK[1] => {
                    self.hard_blank();
                    &rest[2..]
                }
                _ => {
                    let (words, after) = rest.split_at(words_length(rest));
                    self.word(words);
                    after
                }
            };
        }
    }

    /// Returns the text, without empty lines at the ends.
    pub(super) fn finish(mut self) -> String {
        if let Some(byte) = self.cut.take() {
            self.word(&[byte]);
        }
        let length = self.out.trim_ascii_end().len();
        self.out.truncate(length);
        match String::from_utf8(self.out) {
            Ok(text) => text,
            Err(problem) => String::from_utf8_lossy(problem.as_bytes()).into_owned(),
        }
    }

    fn word(&mut self, word: &[u8]) {
        for _ in 0..std::mem::take(&mut self.blanks) {
            self.out.push(b' ');
        }
        self.is_spaced = false;
        self.is_open = true;
        self.out.extend_from_slice(word);
    }

    /// Adds collapsible white space, which is ignored at the start of a line.
    fn space(&mut self) {
        if self.is_open && !self.is_spaced {
            self.blanks += 1;
            self.is_spaced = true;
        }
    }

    /// Adds a space that does not collapse, and that counts as text of its line.
    fn hard_blank(&mut self) {
        self.blanks += 1;
        self.is_spaced = false;
        self.is_open = true;
    }

    fn begin_line(&mut self) {
        if self.is_open {
            self.feed();
        }
        self.forget_blanks();
    }

    fn feed(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
        self.is_open = false;
        self.forget_blanks();
    }

    fn forget_blanks(&mut self) {
        self.blanks = 0;
        self.is_spaced = false;
    }
}

/// Returns the length of the words at the start of a text, with single spaces between them.
fn words_length(text: &[u8]) -> usize {
    let is_of_word =
        |byte: Option<&u8>| byte.is_some_and(|&byte| byte > b' ' && byte != NO_BREAK[0]);
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b' ' if is_of_word(text.get(at + 1)) => at += 2,
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0C' | 0 => break,
            byte if byte == NO_BREAK[0]
                && text.get(at + 1).is_none_or(|&next| next == NO_BREAK[1]) =>
            {
                break;
            }
            _ => at += 1,
        }
    }
    at
}

/// Returns whether an element begins and ends lines.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"frameset"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hgroup"
            | b"hr"
            | b"html"
            | b"legend"
            | b"li"
            | b"main"
            | b"menu"
            | b"nav"
            | b"ol"
            | b"optgroup"
            | b"option"
            | b"p"
            | b"search"
            | b"section"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"tfoot"
            | b"thead"
            | b"tr"
            | b"ul"
    )
}
