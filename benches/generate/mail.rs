//! Mail for the benchmarks: made up, the same every time. Sizes are those of real mail: half of the messages are below
//! 3.8 KB, and a few large ones make the mean 11 KB.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::generate::Series;
use crate::generate::people::{address, mix};

/// Messages in a folder.
const FOLDER: u64 = 1000;

/// `count` messages as loose files, a fifth of them replies, from and to addresses below `people`.
pub fn mail(folder: &Path, count: u64, people: u64) -> io::Result<()> {
    let mut series = Series::new(42);
    for n in 0..count {
        let place = folder.join(format!("{:03}", n / FOLDER));
        if n % FOLDER == 0 {
            fs::create_dir_all(&place)?;
        }
        fs::write(
            place.join(format!("{n}.eml")),
            message(n, people, &mut series),
        )?;
    }
    Ok(())
}

/// The same messages as one mbox.
pub fn mbox(file: &Path, count: u64, people: u64) -> io::Result<()> {
    let mut series = Series::new(42);
    let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(file)?);
    for n in 0..count {
        let text = message(n, people, &mut series);
        writeln!(
            out,
            "From x@company.example Mon Mar  2 09:30:00 2026\n{text}"
        )?;
    }
    out.flush()
}

fn message(n: u64, people: u64, series: &mut Series) -> String {
    let mut text = String::with_capacity(4096);
    head(&mut text, n, people, series);
    body(&mut text, series);
    text
}

fn head(text: &mut String, n: u64, people: u64, series: &mut Series) {
    for hop in 0..3 {
        let _ = writeln!(
            text,
            "Received: from mx{hop}.example (mx{hop}.example [10.0.0.{hop}])\n\tby mail.contoso.example with ESMTPS id {n:x};\n\t{}",
            date(n)
        );
    }
    let sender = series.below(people);
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
        .map(|_| address(series.below(people)))
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
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Language: en-US\nX-Mailer: some mailer 1.0\nX-MS-Has-Attach:\nX-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00,DKIM_SIGNED,\n\tDKIM_VALID,SPF_PASS autolearn=ham version=3.4.6\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\n"
    );
}

/// As long as bodies are: most are short, a few are very long.
fn body(text: &mut String, series: &mut Series) {
    let length = match series.below(100) {
        0..=79 => 300 + series.below(3_000),
        80..=94 => 3_000 + series.below(20_000),
        _ => 50_000 + series.below(150_000),
    };
    let end = text.len() + length as usize;
    let mut line = 0;
    while text.len() < end {
        let _ = writeln!(
            text,
            "Line {line} of a message that says nothing in particular."
        );
        line += 1;
    }
}

fn letters(n: u64, count: usize) -> String {
    let letter = |at: usize| char::from(b'a' + (mix(n * 100 + at as u64) % 26) as u8);
    (0..count).map(letter).collect()
}

fn date(n: u64) -> String {
    let (day, hour, minute, second) = (n / 86_400 % 28 + 1, n / 3600 % 24, n / 60 % 60, n % 60);
    format!("{day} Mar 2026 {hour:02}:{minute:02}:{second:02} +0000")
}
