//! Mail for the benchmarks: made up, the same every time.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::generate::Series;
use crate::generate::people::address;

/// `count` messages as loose files, a fifth of them replies, from and to addresses below `people`.
pub fn mail(folder: &Path, count: u64, people: u64) {
    let mut series = Series::new(42);
    for n in 0..count {
        let place = folder.join(format!("{:03}", n / 1000));
        fs::create_dir_all(&place).expect("the folder can be made");
        fs::write(
            place.join(format!("{n}.eml")),
            message(n, people, &mut series),
        )
        .expect("the file can be written");
    }
}

fn message(n: u64, people: u64, series: &mut Series) -> String {
    let mut text = String::new();
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
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nX-Mailer: some mailer 1.0\n"
    );
    for line in 0..20 + series.below(60) {
        let _ = writeln!(
            text,
            "Line {line} of a message that says nothing in particular."
        );
    }
    text
}

fn date(n: u64) -> String {
    let (day, hour, minute, second) = (n / 86_400 % 28 + 1, n / 3600 % 24, n / 60 % 60, n % 60);
    format!("{day} Mar 2026 {hour:02}:{minute:02}:{second:02} +0000")
}
