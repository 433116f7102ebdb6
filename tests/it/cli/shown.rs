//! Text for a terminal contains no control sequences, whoever chose a name in it.

use crate::place::Place;

/// Returns whether a terminal would interpret a character, or reverse text at it.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[test]
fn paths_and_options_are_shown_without_what_a_terminal_obeys() {
    let place = Place::new();
    let odd = "a\u{1b}[31m\u{202e}\u{9b}b";
    place.write("mail/1.eml", "From: kim@fabrikam.example\n\nHi\n");
    let options = "[[email.folder]]\npath = \"a\\u001b[31m\\u202e\\u009b\\u2066b\"\nregarding = \"contact:c-1\"\n\
                   [email]\nblocklist = [\"x\\u202e@y.example\"]\n[book.columns.contact]\n\"e\\u202e\" = \"emailaddress1\"\n";
    place.write("o.toml", options);
    place.write(&format!("{odd}.toml"), "[email]\ntrack = \"all\"\n");
    let commands: [&[&str]; 7] = [
        &["options", "show", "o.toml"],
        &["options", "check", &format!("{odd}.toml")],
        &["run", "mail", "--book", "book", "--out", odd],
        &["export", odd, "--to", "csv", "-o", &format!("{odd}-csv")],
        &["export", odd, "--to", "sqlite", "-o", &format!("{odd}.db")],
        &["report", odd, "-o", &format!("{odd}.html")],
        &["book", "build", "book", "-o", &format!("{odd}.mtb")],
    ];
    for arguments in commands {
        let mut command = place.command("");
        let output = command.args(arguments).output().unwrap();
        for said in [output.stdout, output.stderr] {
            let said = String::from_utf8(said).unwrap();
            assert!(!said.contains(is_obeyed), "{arguments:?}: {said:?}");
        }
    }
}
