//! Mail for the benchmarks: synthetic, reproducible, and similar to real mail in what takes time. Half of the messages
//! are below 4 KB, and a few large ones with attachments make the mean 11 KB. People write to each other repeatedly:
//! the n-th occurs one n-th as often as the first, so that there are 0.8 addresses per message (a business mailbox of
//! 4,139 messages had 0.74, a mailing list of 17,885 had 0.12).
//! mailbox of 4,139 messages had 0.74, a mailing list of 17,885 had 0.12).

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::generate::Series;
use crate::generate::people::{address, mix};

/// Number of messages in a folder.
const FOLDER: u64 = 1000;

/// Writes `count` messages as separate files, a fifth of them replies. They are from and to at most `count` people,
/// whose addresses have numbers below `people`.
pub fn mail(folder: &Path, count: u64, people: u64) -> io::Result<()> {
    let mut series = Series::new(42);
    for n in 0..count {
        let place = folder.join(format!("{:03}", n / FOLDER));
        if n % FOLDER == 0 {
            fs::create_dir_all(&place)?;
        }
        let text = message(n, Circle { count, people }, &mut series);
        fs::write(place.join(format!("{n}.eml")), text)?;
    }
    Ok(())
}

/// Writes the same messages as one mbox.
pub fn mbox(file: &Path, count: u64, people: u64) -> io::Result<()> {
    let mut series = Series::new(42);
    let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(file)?);
    for n in 0..count {
        let text = message(n, Circle { count, people }, &mut series);
        writeln!(
            out,
            "From x@company.example Mon Mar  2 09:30:00 2026\n{text}"
        )?;
    }
    out.flush()
}

/// The people who write to each other.
#[derive(Clone, Copy)]
struct Circle {
    count: u64,
    people: u64,
}

impl Circle {
    /// Returns a random person; some occur far more often than others.
    fn someone(self, series: &mut Series) -> u64 {
        let share = (series.next() >> 32) as f64 / f64::from(u32::MAX);
        mix((self.count as f64).powf(share) as u64) % self.people
    }
}

fn message(n: u64, circle: Circle, series: &mut Series) -> String {
    let mut text = String::with_capacity(4096);
    head(&mut text, n, circle, series);
    body(&mut text, series);
    text
}

fn head(text: &mut String, n: u64, circle: Circle, series: &mut Series) {
    for hop in 0..3 {
        let _ = writeln!(
            text,
            "Received: from mx{hop}.example (mx{hop}.example [10.0.0.{hop}])\n\tby mail.contoso.example with ESMTPS id {n:x};\n\t{}",
            date(n)
        );
    }
    let sender = circle.someone(series);
    let _ = writeln!(
        text,
        "Return-Path: <{0}>\nAuthentication-Results: mx.contoso.example;\n\tdkim=pass header.i=@company.example header.s=s1 header.b={1};\n\tspf=pass smtp.mailfrom={0}",
        address(sender),
        letters(n, 8)
    );
    let _ = writeln!(
        text,
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=company.example; s=s1;\n\th=from:to:cc:subject:date:message-id:mime-version;\n\tbh={};\n\tb={}\n\t {}\n\t {}",
        letters(n + 1, 44),
        letters(n + 2, 72),
        letters(n + 3, 72),
        letters(n + 4, 72)
    );
    let _ = writeln!(
        text,
        "From: \"First Last{sender}\" <{}>\nTo: Uma Owner <uma@contoso.example>",
        address(sender)
    );
    let copies: Vec<String> = (0..series.below(4))
        .map(|_| address(circle.someone(series)))
        .collect();
    if !copies.is_empty() {
        let _ = writeln!(text, "Cc: {}", copies.join(",\n\t"));
    }
    let _ = writeln!(
        text,
        "Subject: =?utf-8?Q?Angebot_{n}_f=C3=BCr?= 40 units\nDate: {}\nMessage-ID: <{n}@company.example>",
        date(n)
    );
    if n > 0 && series.below(5) == 0 {
        let _ = writeln!(text, "In-Reply-To: <{}@company.example>", series.below(n));
    }
    let _ = writeln!(
        text,
        "MIME-Version: 1.0\nContent-Language: en-US\nX-Mailer: some mailer 1.0\nX-MS-Has-Attach:\nX-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00,DKIM_SIGNED,\n\tDKIM_VALID,SPF_PASS autolearn=ham version=3.4.6\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)"
    );
}

/// Adds a body of realistic length and structure: most are short, a few are very long.
fn body(text: &mut String, series: &mut Series) {
    match series.below(100) {
        0..=54 => plain(text, 300 + series.below(3_000)),
        55..=79 => with_html(text, 300 + series.below(3_000)),
        80..=84 => plain(text, 3_000 + series.below(20_000)),
        85..=94 => with_html(text, 3_000 + series.below(20_000)),
        _ => with_attachment(text, 50_000 + series.below(150_000)),
    }
}

/// Adds text of about `length` bytes, with the header fields of its part.
fn plain(text: &mut String, length: u64) {
    text.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    let end = text.len() + length as usize;
    let mut line = 0;
    while text.len() < end {
        let _ = writeln!(
            text,
            "Line {line} of a message that says nothing in particular, für Sie."
        );
        line += 1;
    }
}

/// Adds the same text twice, as office mail programs do; two thirds of it are HTML in quoted-printable.
fn with_html(text: &mut String, length: u64) {
    text.push_str("Content-Type: multipart/alternative; boundary=\"=_two\"\n\n--=_two\n");
    plain(text, length / 3);
    text.push_str(
        "\n--=_two\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<html><body>\n",
    );
    let end = text.len() + length as usize * 2 / 3;
    while text.len() < end {
        text.push_str(
            "<p class=3D\"MsoNormal\"><span style=3D\"font-size:11.0pt\">A line of a mess=\nage that says nothing in particular, f=C3=BCr Sie.</span></p>\n",
        );
    }
    text.push_str("</body></html>\n\n--=_two--\n");
}

/// Adds a short text, and an attachment of `length` bytes of base64.
fn with_attachment(text: &mut String, length: u64) {
    text.push_str("Content-Type: multipart/mixed; boundary=\"=_mixed\"\n\n--=_mixed\n");
    plain(text, 500);
    text.push_str(
        "\n--=_mixed\nContent-Type: application/pdf; name=\"offer.pdf\"\nContent-Disposition: attachment; filename=\"offer.pdf\"\nContent-Transfer-Encoding: base64\n\n",
    );
    for line in 0..length / 77 {
        let _ = writeln!(text, "{}", letters(line, 76));
    }
    text.push_str("--=_mixed--\n");
}

fn letters(n: u64, count: usize) -> String {
    let letter = |at: usize| char::from(b'a' + (mix(n * 100 + at as u64) % 26) as u8);
    (0..count).map(letter).collect()
}

fn date(n: u64) -> String {
    let (day, hour, minute, second) = (n / 86_400 % 28 + 1, n / 3600 % 24, n / 60 % 60, n % 60);
    format!("{day} Mar 2026 {hour:02}:{minute:02}:{second:02} +0000")
}
