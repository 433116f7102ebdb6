//! `export --to csv`: spreadsheets and programs read the same values from the files as from the JSON lines.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::place::{Place, Ran, ran, rows_said};

const TABLES: [&str; 10] = [
    "emails",
    "activityparties",
    "contacts",
    "leads",
    "decisions",
    "updates",
    "duplicates",
    "failures",
    "sent",
    "failed",
];

fn message(number: usize, more: &str, subject: &str, body: &str) -> String {
    format!(
        "From: Kim <kim@fabrikam.example>\nTo: ann@contoso.example\nSubject: {subject}\n{more}\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\n{body}\n"
    )
}

/// Creates a place whose run has written values that are awkward in CSV.
fn place() -> Place {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\ncreate_for = \"everyone\"\n",
    );
    place.write(
        "mail/1.eml",
        message(1, "", "=1+2", "-- \none, \"two\"\n\nthree"),
    );
    let answers = "References: <a@x.example> <b@x.example>\n";
    place.write(
        "mail/2.eml",
        message(2, answers, "@SUM(A1), \"quoted\"", "=2"),
    );
    let odd = "References: <a;b@x.example> <c@x.example>\n";
    place.write("mail/3.eml", message(3, odd, "Grüße; 你好", "+49 30 1"));
    let attached = "Cc: Bo Ek <bo@customer.example>\nMIME-Version: 1.0\nContent-Type: text/csv; name=\"a.csv\"\n\
        Content-Disposition: attachment; filename=\"a.csv\"\n";
    place.write("mail/4.eml", message(4, attached, "plain", "a,b"));
    place.write("mail/empty.eml", "");
    assert_eq!(place.run("--options o.toml").status, 0);
    place
}

fn export(place: &Place, more: &str) -> Ran {
    ran(place.command(&format!("export out --to csv -o sheets {more}")))
}

#[track_caller]
fn good(ran: Ran) -> String {
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    ran.stdout
}

/// Returns a table's header and rows, parsed by the library.
fn sheet(place: &Place, table: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let bytes = fs::read(place.path(&format!("sheets/{table}.csv"))).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&*bytes);
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect();
    (rows.remove(0), rows)
}

/// Converts a cell back to a JSON value, according to the format that the README describes.
fn back(cell: &str, like: &Value) -> Value {
    match like {
        Value::Null => {
            assert_eq!(cell, "");
            Value::Null
        }
        Value::String(_) => cell.into(),
        Value::Array(_) if cell.is_empty() => Value::Array(Vec::new()),
        Value::Array(_) if cell.starts_with('[') => serde_json::from_str(cell).unwrap(),
        Value::Array(_) => cell.split(';').map(Value::from).collect(),
        _ => serde_json::from_str(cell).unwrap(),
    }
}

fn lines(place: &Place, table: &str) -> Vec<Value> {
    match place.path(&format!("out/{table}.jsonl")).exists() {
        true => place.lines(table),
        false => Vec::new(),
    }
}

#[test]
fn what_is_read_back_is_what_was_written() {
    let place = place();
    let told = good(export(&place, "--no-guard"));
    for (table, line) in TABLES.iter().zip(told.lines()) {
        let rows = lines(&place, table);
        assert_eq!(
            line,
            format!("sheets/{table}.csv: {}", rows_said(rows.len()))
        );
        let (header, sheet) = sheet(&place, table);
        assert_eq!(sheet.len(), rows.len(), "{table}");
        for (cells, row) in sheet.iter().zip(&rows) {
            assert_eq!(row.as_object().unwrap().len(), header.len());
            for (cell, column) in cells.iter().zip(&header) {
                assert_eq!(back(cell, &row[column]), row[column], "{table}.{column}");
            }
        }
    }
    let (header, emails) = sheet(&place, "emails");
    assert_eq!(header[..3], ["activityid", "source", "folder"]);
    let of = |row: usize, column: &str| {
        let at = header.iter().position(|it| it == column).unwrap();
        emails[row][at].as_str()
    };
    assert_eq!(of(0, "subject"), "=1+2");
    assert_eq!(of(1, "references"), "a@x.example;b@x.example");
    assert_eq!(of(2, "references"), r#"["a;b@x.example","c@x.example"]"#);
    assert!(of(3, "attachments").starts_with(r#"[{"filename":"a.csv","#));
    assert!(of(0, "description").contains("one, \"two\""));
}

#[test]
fn formulas_are_guarded_and_lines_end_as_the_format_has_it() {
    let place = place();
    good(export(&place, ""));
    for table in TABLES {
        let bytes = fs::read(place.path(&format!("sheets/{table}.csv"))).unwrap();
        assert!(bytes.ends_with(b"\r\n"), "{table}");
        assert!(!bytes.starts_with(b"\xEF\xBB\xBF"), "{table}");
        let (_, rows) = sheet(&place, table);
        for cell in rows.iter().flatten() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
    }
    let (header, emails) = sheet(&place, "emails");
    let at = |name: &str| header.iter().position(|it| it == name).unwrap();
    let subjects: Vec<&str> = emails.iter().map(|row| &*row[at("subject")]).collect();
    let want = ["'=1+2", "'@SUM(A1), \"quoted\"", "Grüße; 你好", "plain"];
    assert_eq!(subjects, want);
    assert!(emails[2][at("description")].starts_with("'+49"));
    // Again, over existing files, with a byte order mark.
    good(export(&place, "--bom"));
    for table in TABLES {
        let text = fs::read_to_string(place.path(&format!("sheets/{table}.csv"))).unwrap();
        assert!(text.starts_with('\u{FEFF}'), "{table}");
    }
    assert_eq!(place.names("sheets").len(), TABLES.len());
}

#[test]
fn python_reads_the_same() {
    let place = place();
    good(export(&place, "--no-guard --bom"));
    let script = "import csv, json, sys\n\
        rows = list(csv.DictReader(open('sheets/emails.csv', encoding='utf-8-sig', newline='')))\n\
        print(json.dumps([[row['subject'], row['description']] for row in rows]))";
    let python = Command::new("python3")
        .args(["-c", script])
        .current_dir(place.path("."))
        .output();
    let Ok(python) = python else { return };
    assert!(python.status.success());
    let got: Value = serde_json::from_slice(&python.stdout).unwrap();
    let emails = place.lines("emails");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let want = emails
        .iter()
        .map(|row| [text(&row["subject"]), text(&row["description"])]);
    assert_eq!(got, serde_json::json!(want.collect::<Vec<_>>()));
}

#[test]
fn columns_that_only_some_runs_have_are_in_the_sheet() {
    let place = place();
    place.write(
        "cards/a.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Di Fay\r\nEMAIL:di@other.example\r\nTITLE:Head\r\nEND:VCARD\r\n",
    );
    let more = "Cc: di@other.example\n";
    place.write("mail/5.eml", message(5, more, "later", "x"));
    assert_eq!(place.run("--options o.toml --vcards cards").status, 0);
    good(export(&place, ""));
    let (header, rows) = sheet(&place, "contacts");
    let title = header.iter().position(|it| it == "jobtitle").unwrap();
    assert!(title > header.iter().position(|it| it == "activityid").unwrap());
    let titles: Vec<&str> = rows.iter().map(|row| &*row[title]).collect();
    assert_eq!(titles, ["", "Head"]);
}

#[test]
fn an_export_that_fails_leaves_what_was_there() {
    let place = place();
    let failures = place.path("out/failures.jsonl");
    let whole = fs::read(&failures).unwrap();
    fs::write(&failures, &whole[..whole.len() - 5]).unwrap();
    let cut = export(&place, "");
    assert_eq!((cut.status, cut.stderr.lines().count()), (2, 1));
    let says = "mailtrack: out/failures.jsonl: has ";
    assert!(cut.stderr.starts_with(says), "{}", cut.stderr);
    assert!(!place.path("sheets").exists());
    fs::write(&failures, &whole).unwrap();
    for (more, words) in [
        ("--book book", "--book goes with --to vcard only"),
        ("--to vcard --bom", "cannot be used multiple times"),
    ] {
        let ran = export(&place, more);
        assert!(
            ran.status == 2 && ran.stderr.contains(words),
            "{}",
            ran.stderr
        );
    }
    let ran = ran(place.command("export out --to vcard -o x.vcf --no-guard"));
    let words = "--bom and --no-guard go with --to csv only";
    assert!(
        ran.status == 2 && ran.stderr.contains(words),
        "{}",
        ran.stderr
    );
    place.write("sheets", "a file");
    let file = export(&place, "");
    assert_eq!(file.status, 1);
    let says = "mailtrack: sheets: cannot be written: ";
    assert!(file.stderr.starts_with(says), "{}", file.stderr);
}
